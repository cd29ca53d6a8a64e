"""The words of a message that somebody at the clinic sends to themselves, to see that messages come through."""

from django.utils import translation
from django.utils.translation import gettext

from blikk.clinics.labels import neutral
from blikk.clinics.models import Clinic
from blikk.invitations.words import Words, spoken_phone


def trial(clinic: Clinic, *, language: str, base_url: str) -> Words:
    """Write it as every message is written: sender, link and phone, and nothing about anybody."""
    with translation.override(language):
        return Words(
            gettext("Prøve på en invitasjon"),
            gettext(
                "{sender}: Dette er en prøve. Slik kommer invitasjonene fram.\n"
                "Lenken går til siden, ikke til en time: {link}\n"
                "Spørsmål? Ring {phone}."
            ).format(sender=neutral(clinic.sender_label), link=f"{base_url}/", phone=spoken_phone(clinic)),
        )
