"""The words for hours that came from the journal system: what the journal says, what stands here, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blikk.web.presenters import words
from blikk.web.presenters.launch import ShownCandidate, difference

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

    from blikk.clinics.models import Clinic
    from blikk.documentation.models import Feed, RecordAppointment
    from blikk.documentation.smart.persons import RecordPerson
    from blikk.patients.models import Patient

# What is said, and what to do about it.
NOTICES: dict[str, tuple[StrPromise, StrPromise]] = {
    "unknown_clinician": (
        _("Behandleren i journalen er ikke kjent her"),
        _(
            "Timen er ikke lagt inn. Be administratoren føre behandlerens HPR-nummer, eller bytt behandler i journalen."
        ),
    ),
    "which_patient": (
        _("Blikk er ikke sikker på hvem pasienten er"),
        _("Timen legges inn når dere har sagt hvem det er."),
    ),
    "no_patient": (
        _("Timen i journalen har ikke én pasient"),
        _("Den kan ikke bli en videotime før pasienten er ført i journalen."),
    ),
    "unreadable": (
        _("Timen i journalen kunne ikke leses"),
        _("Tidspunktet mangler eller er ugyldig. Rett det i journalen."),
    ),
    "taken": (
        _("Behandleren har en annen time da"),
        _("Timen er ikke endret her. Flytt en av dem, så følger Blikk etter av seg selv."),
    ),
    "needs_contact": (
        _("Mangler bekreftet telefon eller e-post"),
        _("Les nummeret tilbake til pasienten. Innkallingen går når det er gjort."),
    ),
    "ready": (
        _("Ikke innkalt ennå"),
        _("Telefon eller e-post er bekreftet. Send innkallingen når dere vil."),
    ),
    "record_won": (
        _("Timen var endret her, og journalen gjelder"),
        _(
            "Den er satt tilbake slik den står i journalen, og pasienten har fått beskjed. Endre timen i journalen."
        ),
    ),
    "cancelled_here": (
        _("Avlyst her, men står i journalen"),
        _(
            "Avlys den i journalen også. Skal den likevel holdes, endre den i journalen, så kommer den tilbake."
        ),
    ),
    "cancelled_waiting": (
        _("Avlyst i journalen mens pasienten ventet"),
        _("Pasienten har fått beskjed om at timen er avlyst. Ring hvis det var en feil."),
    ),
    "cancelled_in_talk": (
        _("Avlyst i journalen mens samtalen var i gang"),
        _("Samtalen er ikke rørt. Rett timen i journalen."),
    ),
    "changed_in_talk": (
        _("Endret i journalen mens samtalen var i gang"),
        _("Samtalen er ikke rørt. Rett timen i journalen."),
    ),
    "moved_waiting": (
        _("Flyttet i journalen mens pasienten venter"),
        _("Pasienten sitter fortsatt på venterommet. Slipp inn likevel, eller flytt timen nå."),
    ),
    "not_video": (
        _("Ikke lenger på video i journalen"),
        _("Videotimen er avlyst her, og pasienten har fått beskjed om det."),
    ),
    "gone": (
        _("Finnes ikke lenger i journalen"),
        _("Timen står fortsatt her. Avlys den hvis den ikke skal holdes."),
    ),
}

# Why the journal system could not be read; what the administrator is told.
FAULTS: dict[str, StrPromise] = {
    "host_not_allowed": _("Den som drifter Blikk, har ikke åpnet for serveren."),
    "certificate": _("Serverens sertifikat er ikke til å stole på."),
    "no_answer": _("Serveren svarer ikke."),
    "server_troubled": _("Serveren svarer med en feil hos seg selv."),
    "busy": _("Serveren ber om å få være i fred en stund."),
    "not_fhir": _("Svaret er ikke fra en FHIR-server."),
    "key_refused": _("Serveren kjenner ikke nøkkelen vår."),
    "not_allowed": _("Vi har ikke tilgang til timene på serveren."),
    "scope_refused": _("Vi har ikke tilgang til timene på serveren."),
}


@dataclass(frozen=True, slots=True)
class ShownNotice:
    """One line on the day page."""

    id: str
    name: str
    when: str
    words: str
    href: str
    mark: str


@dataclass(frozen=True, slots=True)
class ShownIncoming:
    """The page about one hour from the journal."""

    id: str
    name: str
    born: str
    words: str
    what_to_do: str
    there: str
    here: str
    clinician: str
    code: str
    patient_href: str
    appointment_href: str
    candidates: Sequence[ShownCandidate]


@dataclass(frozen=True, slots=True)
class ShownFeed:
    """How the reading goes."""

    words: str = ""
    is_wrong: bool = False


def show_notices(rows: Sequence[RecordAppointment]) -> list[ShownNotice]:
    """What the day page says about hours from the journal."""
    return [
        ShownNotice(
            row.public_id,
            _name(row),
            words.capital(words.short_day_and_clock(row.starts_at, row.clinic.zone)) if row.starts_at else "",
            _said(row.notice)[0],
            reverse("incoming", args=[row.public_id]),
            f"{row.notice}:{row.noticed_at}",
        )
        for row in rows
    ]


def show_incoming(
    row: RecordAppointment, person: RecordPerson | None, candidates: Sequence[tuple[Patient, Sequence[str]]]
) -> ShownIncoming:
    """One hour from the journal, with what there is to do."""
    title, what_to_do = _said(row.notice)
    hour, zone = row.appointment, row.clinic.zone
    is_here = hour is not None and hour.status not in {"cancelled"}
    born = row.patient.birth_on if row.patient else (person.birth_on if person else None)
    return ShownIncoming(
        row.public_id,
        row.patient.name if row.patient else (person.name if person else ""),
        words.born(born) if born else "",
        title,
        what_to_do,
        words.day_and_clock(row.starts_at, zone) if row.starts_at and row.is_planned else gettext("Avlyst"),
        words.day_and_clock(hour.starts_at, zone) if hour and is_here else gettext("Ikke lagt inn"),
        row.clinician.name if row.clinician else "",
        row.notice,
        reverse("patient", args=[row.patient.public_id]) if row.patient else "",
        reverse("appointment", args=[hour.public_id]) if hour else "",
        [
            ShownCandidate(
                one.public_id, one.name, words.born(one.birth_on), [difference(code) for code in differs]
            )
            for one, differs in candidates
        ],
    )


def show_feed(feed: Feed | None, clinic: Clinic) -> ShownFeed:
    """How the reading goes, in a sentence."""
    if feed is None or not feed.is_on:
        return ShownFeed()
    if feed.fault:
        why = FAULTS.get(feed.fault, FAULTS["no_answer"])
        return ShownFeed(
            gettext("Timene kan ikke leses nå. %(why)s Blikk prøver igjen av seg selv.") % {"why": why}, True
        )
    if feed.read_at is None:
        return ShownFeed(gettext("Timene er ikke lest ennå."))
    at = words.short_day_and_clock(feed.read_at, clinic.zone)
    return ShownFeed(gettext("Sist lest %(when)s.") % {"when": at})


def _said(code: str) -> tuple[str, str]:
    title, what_to_do = NOTICES.get(code, (gettext("Som i journalen"), ""))
    return str(title), str(what_to_do)


def _name(row: RecordAppointment) -> str:
    return row.patient.name if row.patient else gettext("Time fra journalen")
