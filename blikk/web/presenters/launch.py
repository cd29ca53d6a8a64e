"""The words for a start from a journal system: what came of it, and what the person can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blikk.patients.national_numbers import masked
from blikk.web.presenters import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.utils.functional import _StrPromise as StrPromise

    from blikk.journeys.launch import Question


@dataclass(frozen=True, slots=True)
class ShownFault:
    """What came in the way, and what to do."""

    title: str
    words: str


# Title, and what to do; each ends with a way on that stands as a link below it.
FAULTS: dict[str, tuple[StrPromise, StrPromise]] = {
    "unknown_issuer": (
        _("Journalsystemet er ikke registrert her"),
        _(
            "Blikk åpnes bare fra journalsystemer som administratoren har registrert. Be administratoren om det."
        ),
    ),
    "not_for_role": (
        _("Du ser ikke pasienter her"),
        _("Administratorer ser ikke pasienter i Blikk. Be en behandler eller sekretær åpne pasienten."),
    ),
    "down": (
        _("Journalsystemet svarer ikke"),
        _("Ingenting er endret. Prøv igjen fra journalen om litt, eller finn pasienten her i Blikk."),
    ),
    "setup": (
        _("Blikk og journalsystemet er ikke satt opp riktig"),
        _("Det kan ikke du rette. Si fra til administratoren. Imens kan du finne pasienten her i Blikk."),
    ),
    "cancelled": (
        _("Du avbrøt"),
        _("Ingenting er hentet fra journalen. Start fra journalen igjen når du vil."),
    ),
    "refused": (
        _("Journalsystemet sa nei"),
        _("Det ga ikke Blikk tilgang til pasienten. Si fra til den som drifter journalsystemet."),
    ),
    "wrong_state": (
        _("Svaret hører ikke til denne nettleseren"),
        _("Det er derfor ikke brukt. Start fra journalen igjen."),
    ),
    "replayed": (
        _("Denne starten er brukt"),
        _("En start gjelder én gang. Start fra journalen igjen."),
    ),
    "too_late": (
        _("Det gikk for lang tid"),
        _("En start må være ferdig på ti minutter. Start fra journalen igjen."),
    ),
    "signed_out": (
        _("Du er logget ut av Blikk"),
        _("Logg inn, og start fra journalen igjen."),
    ),
    "wrong_issuer": (
        _("Svaret kom fra feil sted"),
        _(
            "Det kom ikke fra journalsystemet som startet Blikk, og er derfor ikke brukt. Si fra til administratoren."
        ),
    ),
    "bad_token": (
        _("Svaret kunne ikke kontrolleres"),
        _("Blikk kan ikke se at det er fra journalsystemet, og bruker det ikke. Si fra til administratoren."),
    ),
    "wrong_nonce": (
        _("Svaret var til en annen start"),
        _("Det er derfor ikke brukt. Start fra journalen igjen."),
    ),
    "clock": (
        _("Klokkene går ikke likt"),
        _("Klokken her og i journalsystemet er uenige. Si fra til den som drifter Blikk."),
    ),
    "other_user": (
        _("En annen er logget inn i journalen"),
        _(
            "Brukeren i journalen er ikke den samme som er logget inn her. Logg ut her, og logg inn som deg selv."
        ),
    ),
    "not_staff": (
        _("Brukeren i journalen er ikke helsepersonell"),
        _("Blikk åpnes bare for helsepersonell. Start fra din egen bruker i journalen."),
    ),
    "no_patient": (
        _("Ingen pasient var åpen i journalen"),
        _("Åpne pasienten i journalen, og start Blikk derfra."),
    ),
    "other_patient": (
        _("Journalsystemet viste en annen pasient"),
        _("Pasienten som kom, var en annen enn den åpne, og er ikke brukt. Skjer det igjen, si fra."),
    ),
    "unreadable": (
        _("Opplysningene fra journalen kunne ikke leses"),
        _("Navn eller fødselsdato mangler, eller posten finnes ikke. Finn pasienten her i Blikk i stedet."),
    ),
    "too_many": (
        _("Det ble for mange forsøk på kort tid"),
        _("Vent et minutt, og start fra journalen igjen."),
    ),
}


def shown_fault(why: str) -> ShownFault:
    """What came in the way, in words."""
    title, said = FAULTS.get(why, FAULTS["bad_token"])
    return ShownFault(str(title), str(said))


@dataclass(frozen=True, slots=True)
class ShownCandidate:
    """A patient of ours beside the one in the journal."""

    id: str
    name: str
    born: str
    differs: Sequence[str]


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """Who is it? The patient in the journal, and who they may be here."""

    name: str
    born: str
    number: str
    journal: str
    candidates: Sequence[ShownCandidate]
    is_one: bool


def show_question(asked: Question) -> ShownQuestion:
    """The question as the page shows it."""
    candidates = [
        ShownCandidate(
            one.patient.public_id,
            one.patient.name,
            words.born(one.patient.birth_on),
            [difference(each) for each in one.differs],
        )
        for one in asked.candidates
    ]
    born = asked.person.birth_on
    return ShownQuestion(
        asked.person.name,
        words.born(born) if born else "",
        masked(asked.person.number) if asked.person.number else "",
        asked.journal,
        candidates,
        len(candidates) == 1,
    )


def difference(code: str) -> str:
    said = {
        "name": gettext("Navnet er et annet"),
        "birth_on": gettext("Fødselsdatoen er en annen"),
        "number": gettext("Fødselsnummeret er et annet"),
    }
    return said[code]
