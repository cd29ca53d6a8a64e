"""The conversation's own column, the drafted note and the close-out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation import gettext, ngettext

from blikk.consultations.queries import is_present, is_running
from blikk.consultations.services import MOST_IN_A_MESH
from blikk.journeys.closing import Draft
from blikk.journeys.consent import youth
from blikk.journeys.day import Person, Row
from blikk.kernel.times import local
from blikk.web import forms
from blikk.web.companion_forms import GROUNDS, InviteForm
from blikk.web.presenters import channels, words
from blikk.web.presenters.companions import Offer, consent_mark, interpreter_words, note_words, youth_words
from blikk.web.presenters.day import Act
from blikk.web.presenters.frame import ShownFrame, note_lines
from blikk.web.presenters.identity import ShownWho
from blikk.web.presenters.in_person import turn_line
from blikk.web.presenters.note_writing import lines_in_writing, people_in_writing, times_in_writing
from blikk.web.presenters.suitability import note_line
from blikk.web.presenters.who import who_lines
from blikk.web.presenters.words import Mark

if TYPE_CHECKING:
    from blikk.consultations.models import Consultation, Participant
    from blikk.documentation.models import Note
    from blikk.journeys.tasks import OpenTask


@dataclass(frozen=True, slots=True)
class Here:
    """Somebody who was let in."""

    id: str
    name: str
    role: str
    is_present: bool
    alias: str = ""
    interpreter: str = ""
    may_be_sent_out: bool = False


@dataclass(frozen=True, slots=True)
class Outside:
    """Somebody who waits to be let in too: the patient's answer stands beside the button, which needs a yes."""

    invitation: str
    name: str
    role: str
    interpreter: str
    consent: Mark
    act: Act
    is_guardian: bool
    is_welcome: bool
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class ShownPeople:
    """Who takes part, who waits to, and how to ask one more."""

    here: Sequence[Here]
    waiting: Sequence[Outside]
    is_going_on: bool
    companion_href: str
    decide_href: str
    send_out_href: str
    offers: Sequence[Offer]
    form: InviteForm
    invited: str
    refused: str
    # What the patient's age means for who decides; empty for a grown person.
    youth: str
    grounds: Sequence[tuple[str, str]]
    is_full: bool
    appointment: str
    wishes_in_person: bool = False
    in_person_href: str = ""


@dataclass(frozen=True, slots=True)
class ShownTalk:
    """What stands beside the picture."""

    name: str
    born: str
    age: int
    phone: str
    phone_bare: str
    people: ShownPeople
    who: ShownWho
    frame: ShownFrame
    is_going_on: bool
    note_href: str
    note_text: str
    note_version: int
    appointment: str


@dataclass(frozen=True, slots=True)
class ShownClosing:
    """The close-out page."""

    name: str
    born: str
    version: int
    note_version: int
    note_href: str
    draft: str
    free_text: str
    consultation: str
    is_closed: bool
    may_sign: bool
    appointment: str
    decisions: Sequence[tuple[str, str]]
    in_person_href: str = ""
    task_href: str = ""
    # That the patient has an hour in person after this, or chooses one.
    meeting_words: str = ""


def show_people(
    consultation: Consultation,
    row: Row,
    roster: Sequence[Participant],
    offers: Sequence[Offer] = (),
    *,
    form: InviteForm | None = None,
    invited: str = "",
    refused: str = "",
    now: datetime,
) -> ShownPeople:
    """Put the people of a conversation into words."""
    name = [consultation.public_id]
    day = local(row.starts_at, consultation.clinic.zone).date()
    return ShownPeople(
        here=[_here(person, now) for person in roster],
        waiting=_outside(row.waiting),
        is_going_on=is_running(consultation),
        companion_href=reverse("conversation_companion", args=name),
        decide_href=reverse("conversation_decide", args=name),
        send_out_href=reverse("conversation_send_out", args=name),
        offers=offers,
        form=form or InviteForm(is_group=row.is_group),
        invited=invited,
        refused=refused,
        youth=youth_words(youth(row.birth_on, day)),
        grounds=[(code, str(said)) for code, said in GROUNDS if code != "consent"],
        is_full=len(roster) >= MOST_IN_A_MESH,
        appointment=row.appointment,
        wishes_in_person=any(person.wish == "in_person" for person in row.people),
        in_person_href=reverse("in_person", args=[row.appointment]),
    )


def _here(person: Participant, now: datetime) -> Here:
    return Here(
        person.public_id,
        person.name,
        words.role(person.role),
        is_present(person, now=now),
        person.alias if person.alias != person.name else "",
        interpreter_words(person.spoken, person.qualification),
        may_be_sent_out=person.role not in {"clinician", "patient"},
    )


def _outside(waiting: Sequence[Person]) -> list[Outside]:
    """Those who wait; the key belongs to the first who has no answer yet."""
    asking = next((one.invitation for one in waiting if not one.standing.answer), "")
    return [
        Outside(
            invitation=person.invitation,
            name=person.name,
            role=words.role(person.role),
            interpreter=interpreter_words(person.spoken, person.qualification),
            consent=consent_mark(person.standing),
            act=Act(
                "admit",
                reverse("admit", args=[person.arrival]),
                person.name,
                person.arrival,
                person.version,
            ),
            is_guardian=person.role == "guardian",
            is_welcome=person.standing.answer == "yes" or person.role == "patient",
            is_first=person.invitation == asking,
        )
        for person in waiting
    ]


def show_talk(
    consultation: Consultation,
    row: Row,
    people: ShownPeople,
    frame: ShownFrame,
    note: Note,
    *,
    who: ShownWho,
    now: datetime,
) -> ShownTalk:
    """Put a conversation into the words of its column."""
    today = local(now, consultation.clinic.zone).date()
    return ShownTalk(
        name=row.patient_name,
        born=words.born(row.birth_on),
        age=words.age(row.birth_on, today),
        phone=words.phone(row.phone),
        phone_bare=row.phone,
        people=people,
        who=who,
        frame=frame,
        is_going_on=is_running(consultation),
        note_href=reverse("note", args=[consultation.public_id]),
        note_text=note.free_text,
        note_version=note.version,
        appointment=row.appointment,
    )


def show_closing(consultation: Consultation, note: Note, draft: Draft, *, leads: bool = True) -> ShownClosing:
    """Put the end of a consultation into the words of its page."""
    patient = consultation.appointment.patient
    is_closed = consultation.status == "closed_out"
    decisions = (
        [
            (gettext("Utfall"), forms.chosen(forms.OUTCOMES, consultation.outcome)),
            (gettext("Oppfølging"), forms.chosen(forms.FOLLOW_UPS, consultation.follow_up)),
            (gettext("Egenandel"), forms.chosen(forms.FEES, consultation.fee)),
        ]
        if is_closed
        else []
    )
    return ShownClosing(
        name=patient.name,
        born=words.born(patient.birth_on),
        version=consultation.version,
        note_version=note.version,
        note_href=reverse("note", args=[consultation.public_id]),
        draft=drafted(draft, consultation.clinic.language),
        free_text=note.free_text,
        consultation=consultation.public_id,
        is_closed=is_closed,
        may_sign=leads,
        appointment=consultation.appointment.public_id,
        decisions=decisions,
        in_person_href=reverse("in_person", args=[consultation.appointment.public_id]),
        task_href=reverse("task_new", args=[consultation.appointment.public_id]),
        meeting_words=turn_line(draft.turn, consultation.clinic.zone),
    )


def drafted(draft: Draft, language: str) -> str:
    """Write what the system knows about a consultation as the beginning of its note."""
    with translation.override(language):
        lines = [
            gettext("Konsultasjon %(day)s") % {"day": _day(draft)},
            gettext("Form: tekst") if draft.form == "text" else channels.form_line(draft),
            times_in_writing(draft) if draft.form == "text" else _times(draft),
            gettext("Deltakere: %(people)s")
            % {"people": people_in_writing(draft) if draft.form == "text" else _people(draft)},
        ]
        lines += channels.note_lines(draft)
        lines += who_lines(draft.who, draft.zone)
        lines += lines_in_writing(draft)
        lines += note_lines(draft.frame, draft.zone) if draft.frame else []
        lines += _about_video(draft)
        return "\n".join(lines)


def _about_video(draft: Draft) -> list[str]:
    """Whether video was right, whether the patient is to come in person, and what is still to be found out."""
    said = [note_line(draft.suitability), turn_line(draft.turn, draft.zone)]
    return [line for line in [*said, *(_task_line(one, draft) for one in draft.tasks)] if line]


def _task_line(task: OpenTask, draft: Draft) -> str:
    return gettext("Skal innhentes: %(what)s (%(name)s, frist %(day)s)") % {
        "what": task.what,
        "name": task.holder_name,
        "day": words.born(task.due_on),
    }


def _day(draft: Draft) -> str:
    return formats.date_format(local(draft.opened_at, draft.zone), gettext("j. F Y"))


def _times(draft: Draft) -> str:
    start = words.clock(draft.opened_at, draft.zone)
    if draft.ended_at is None:
        return gettext("Start kl. %(start)s") % {"start": start}
    minutes = max(round((draft.ended_at - draft.opened_at).total_seconds() / 60), 1)
    return gettext("Start kl. %(start)s, slutt kl. %(end)s (%(length)s)") % {
        "start": start,
        "end": words.clock(draft.ended_at, draft.zone),
        "length": words.minutes_in_words(minutes),
    }


def _people(draft: Draft) -> str:
    shown = []
    for person in draft.present:
        about = [words.role(person.role)]
        about += [interpreter_words(person.spoken, person.qualification)] if person.spoken else []
        about += [note_words(person.consent_how, person.consent_ground)] if person.consent_how else []
        one = f"{person.name} ({'; '.join(said for said in about if said)})"
        if person.joined_at is None:
            one += gettext(", sluppet inn, men kom ikke med")
        shown.append(one)
    if draft.others:
        # One patient's record names no other one.
        shown.append(
            ngettext("%(count)s annen i gruppen", "%(count)s andre i gruppen", draft.others)
            % {"count": draft.others}
        )
    return "; ".join(shown)
