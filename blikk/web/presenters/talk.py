"""The conversation's own column: the person, the others, and the note while one talks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from blikk.consultations.queries import is_present, is_running
from blikk.consultations.services import MOST_IN_A_MESH
from blikk.journeys.consent import youth
from blikk.journeys.day import Person, Row
from blikk.kernel.times import local
from blikk.web.companion_forms import GROUNDS, InviteForm
from blikk.web.presenters import words
from blikk.web.presenters.companions import Offer, consent_mark, interpreter_words, youth_words
from blikk.web.presenters.day import Act
from blikk.web.presenters.frame import ShownFrame
from blikk.web.presenters.identity import ShownWho
from blikk.web.presenters.phrases import ShownPhrase
from blikk.web.presenters.words import Mark

if TYPE_CHECKING:
    from blikk.consultations.models import Consultation, Participant
    from blikk.documentation.models import Note


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
    note_key: str
    phrases: Sequence[ShownPhrase]
    appointment: str


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
    key: str,
    phrases: Sequence[ShownPhrase] = (),
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
        note_key=key,
        phrases=phrases,
        appointment=row.appointment,
    )
