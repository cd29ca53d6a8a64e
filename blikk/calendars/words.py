"""The words in calendars: neutral ones for patients, and of the work alone for clinicians (law 6)."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext

from blikk.clinics.labels import neutral
from blikk.clinics.models import Clinic


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in an entry: its line in the calendar, and what is read when it is opened."""

    summary: str
    description: str


def for_invited(*, sender: str, phone: str, link: str, language: str) -> Words:
    """The entry of who is invited. Its line says nothing at all: others see it over their shoulder."""
    with translation.override(language):
        words = gettext("{sender}\nÅpne denne lenken når det nærmer seg: {link}\nSpørsmål? Ring {phone}.")
        if not link:
            words = gettext("{sender}\nSpørsmål? Ring {phone}.")
        return Words(gettext("Avtale"), words.format(sender=sender, link=link, phone=phone))


def place_of(clinic: Clinic) -> str:
    """Where one meets, for a calendar: at who it comes from. An address can say what people go there for (law 6)."""
    return neutral(clinic.sender_label)


def for_clinician(kind: str, *, link: str, language: str) -> Words:
    """The entry of who works: what kind of work it is, and where to find out more after signing in."""
    with translation.override(language):
        summary = {
            "video": gettext("Videokonsultasjon"),
            "in_person": gettext("Time på kontoret"),
            "drop_in": gettext("Drop-in på video"),
        }[kind]
        return Words(summary, gettext("Åpne dagen (du må logge inn): {link}").format(link=link))
