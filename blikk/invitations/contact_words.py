"""The words of the messages that ask for a contact point and prove it: nothing but sender, link, digits and phone."""

from django.utils import translation
from django.utils.translation import gettext

from blikk.clinics.models import Clinic
from blikk.invitations.words import Words, grouped


def contact_request(clinic: Clinic, *, language: str, link: str) -> Words:
    """Write the SMS that asks for an e-mail address."""
    with translation.override(language):
        said = {"sender": clinic.sender_label, "link": link, "phone": grouped(clinic.phone)}
        body = gettext(
            "{sender}: Vi trenger e-postadressen din. Svar på denne meldingen med adressen, "
            "eller skriv den her: {link}\nSpørsmål? Ring {phone}."
        )
        return Words(gettext("Vi trenger e-postadressen din"), body.format(**said))


def email_code(clinic: Clinic, *, language: str, digits: str, by_sms: bool) -> Words:
    """Write the code that proves an e-mail address."""
    with translation.override(language):
        said = {"sender": clinic.sender_label, "digits": digits, "phone": grouped(clinic.phone)}
        where = (
            gettext("Svar på SMS-en fra oss med koden, eller skriv den på siden du åpnet.")
            if by_sms
            else gettext("Skriv den på siden du åpnet.")
        )
        body = gettext(
            "{sender}: Koden din er {digits}. Den virker i ti minutter. Ikke gi den til andre.\n{where}\n"
            "Har du ikke bedt om en kode? Da kan du se bort fra denne meldingen. Spørsmål? Ring {phone}."
        )
        return Words(gettext("Engangskode"), body.format(**said, where=where))
