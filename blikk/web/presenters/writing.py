"""Cases in writing as staff see them: in the list on the day page, and the one with its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext

from blikk.web.presenters import words
from blikk.web.presenters.words import Mark
from blikk.web.writing_words import question_words
from blikk.writing.sealed import asked_of, written_in

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic, Membership
    from blikk.writing.models import Case, Message, Photo


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in the list: that it exists and whose turn it is, never what is in it."""

    id: str
    name: str
    kind: str
    since: str
    marks: Sequence[Mark]
    clinician: str
    href: str
    # Where one reads what came; empty for who may not.
    read_href: str
    mark: str


@dataclass(frozen=True, slots=True)
class ShownPhoto:
    """A photo and what can be decided about it."""

    id: str
    href: str
    decide_href: str
    status: str
    words: str


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """What one side wrote."""

    id: str
    is_patient: bool
    who: str
    at: str
    text: str
    answers: Sequence[tuple[str, str]]
    photos: Sequence[ShownPhoto]
    read_words: str
    is_unread: bool


@dataclass(frozen=True, slots=True)
class ShownCase:
    """The page of a case. Its words are there for the clinician who has it, and empty for everybody else."""

    id: str
    version: int
    heading: str
    kind: str
    name: str
    born: str
    patient_href: str
    clinician: str
    since: str
    due: str
    marks: Sequence[Mark]
    is_mine: bool
    is_closed: bool
    questions: Sequence[str]
    asked_words: str
    messages: Sequence[ShownMessage]
    unread: int
    undecided: int
    appointment_href: str
    close_out_href: str
    video_href: str
    in_person_href: str
    text_href: str


def show_rows(
    cases: Sequence[Case], clinic: Clinic, membership: Membership, *, is_mine: bool, now: datetime
) -> list[CaseRow]:
    """Put open cases into the list of the day page."""
    return [_row(case, clinic, membership, is_mine, now) for case in cases]


def _row(case: Case, clinic: Clinic, membership: Membership, is_mine: bool, now: datetime) -> CaseRow:
    unread, undecided = case.unread, case.undecided  # type: ignore[attr-defined]
    marks = marks_of(case, unread, undecided, now=now)
    may_read = case.clinician_id == membership.pk and unread
    return CaseRow(
        id=case.public_id,
        name=case.patient.name,
        kind=kind_words(case),
        since=words.day_and_clock(case.opened_at, clinic.zone),
        marks=marks,
        clinician="" if is_mine else case.clinician.name,
        href=reverse("case", args=[case.public_id]),
        read_href=reverse("case_read", args=[case.public_id]) if may_read else "",
        mark=f"{case.version}:{unread}:{undecided}:{len(marks)}",
    )


def ask_href(appointment: str, state: str, *, is_clinician: bool) -> str:
    """Where a clinician asks the patient for more, of who waits or was talked to; empty for all others."""
    asks = is_clinician and state in {"waiting", "at_the_door", "away", "ended"}
    return reverse("ask_for_more", args=[appointment]) if asks else ""


def kind_words(case: Case) -> str:
    """What a case is called."""
    return gettext("Skriftlig konsultasjon") if case.kind == "text" else gettext("Spørsmål til pasienten")


def marks_of(case: Case, unread: int, undecided: int, *, now: datetime) -> list[Mark]:
    """Whose turn it is, whether an answer is overdue, and what waits for a decision."""
    zone, found = case.clinic.zone, []
    if unread:
        said = ngettext("Ny melding", "%(count)s nye meldinger", unread) % {"count": unread}
        found.append(Mark(said, "message", "live"))
    elif case.status == "with_patient":
        found.append(Mark(gettext("Venter på pasienten"), "clock"))
    elif case.status == "with_clinic":
        found.append(Mark(gettext("Lest, ikke avsluttet"), "clock", "care"))
    if case.status == "with_clinic" and case.due_at and case.kind == "text":
        if case.due_at < now:
            found.append(Mark(gettext("Svarfristen er ute"), "warning", "bad"))
        else:
            when = words.short_day_and_clock(case.due_at, zone)
            found.append(Mark(gettext("Svar innen %(when)s") % {"when": when}, "clock"))
    if case.status == "with_patient" and case.due_at and case.due_at < now:
        found.append(Mark(gettext("Pasienten svarte ikke i tide"), "warning", "care"))
    if undecided and not unread:
        said = ngettext("%(count)s bilde å ta stilling til", "%(count)s bilder å ta stilling til", undecided)
        found.append(Mark(said % {"count": undecided}, "camera", "care"))
    return found


def show_case(
    case: Case,
    messages: Sequence[Message],
    membership: Membership,
    *,
    undecided: int,
    consultation: str,
    now: datetime,
) -> ShownCase:
    """Put a case into the words of its page; no word of it for who does not have it."""
    zone, is_mine = case.clinic.zone, case.clinician_id == membership.pk
    unread = sum(one.writer == "patient" and one.read_at is None for one in messages)
    with translation.override(case.language):
        questions = [question_words(one) for one in asked_of(case).questions] if is_mine else []
    return ShownCase(
        id=case.public_id,
        version=case.version,
        heading=kind_words(case),
        kind=case.kind,
        name=case.patient.name,
        born=words.born(case.patient.birth_on),
        patient_href=reverse("patient", args=[case.patient.public_id]),
        clinician=case.clinician.name,
        since=words.day_and_clock(case.opened_at, zone),
        due=words.long_day(case.due_at.astimezone().date()) if case.due_at else "",
        marks=[Mark(gettext("Avsluttet"), "check", "good")]
        if case.status == "closed"
        else marks_of(case, unread, undecided, now=now),
        is_mine=is_mine,
        is_closed=case.status == "closed",
        questions=questions,
        asked_words=asked_of(case).words if is_mine else "",
        messages=[_message(case, one, questions) for one in messages] if is_mine else [],
        unread=unread,
        undecided=undecided,
        appointment_href=reverse("appointment", args=[case.appointment.public_id]),
        close_out_href=reverse("close_out", args=[consultation]) if consultation and is_mine else "",
        video_href=f"{reverse('book')}?{urlencode({'pasient': case.patient.public_id})}",
        in_person_href=_in_person(case) if case.kind == "ask" else "",
        text_href=reverse("text_from", args=[case.appointment.public_id]) if case.kind == "ask" else "",
    )


def _in_person(case: Case) -> str:
    try:
        return reverse("in_person", args=[case.appointment.public_id])
    except NoReverseMatch:
        return ""


def _message(case: Case, message: Message, questions: Sequence[str]) -> ShownMessage:
    zone, is_patient = case.clinic.zone, message.writer == "patient"
    is_unread = is_patient and message.read_at is None
    # What is not read is not shown: until then the patient may change it.
    written = None if is_unread else written_in(message)
    answers = zip(questions, written.answers, strict=False) if written else ()
    return ShownMessage(
        id=message.public_id,
        is_patient=is_patient,
        who=case.patient.name if is_patient else (message.membership.name if message.membership else ""),
        at=words.day_and_clock(message.changed_at or message.sent_at, zone),
        text=written.text if written else "",
        answers=[(question, answer) for question, answer in answers if answer.strip()],
        photos=[] if is_unread else [_photo(case, one) for one in message.photos.all()],
        read_words=_read_words(message, zone),
        is_unread=is_unread,
    )


def _read_words(message: Message, zone: str) -> str:
    if message.writer == "patient":
        return ""
    if message.read_at is None:
        return gettext("Ikke lest av pasienten ennå")
    return gettext("Lest av pasienten %(when)s") % {"when": words.day_and_clock(message.read_at, zone)}


def _photo(case: Case, photo: Photo) -> ShownPhoto:
    name = [case.public_id, photo.public_id]
    said = {
        "to_record": gettext("Sendt til journalen. Bildet ligger låst her til journalen har tatt imot det."),
        "deleted": gettext("Bildet er slettet."),
    }.get(photo.status, "")
    return ShownPhoto(
        id=photo.public_id,
        href="" if photo.status == "deleted" else reverse("case_photo", args=name),
        decide_href=reverse("case_decide", args=name),
        status=photo.status,
        words=said,
    )
