"""One appointment, the patients that were found, and the demo's inbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext

from blikk.invitations.words import Words, spaced
from blikk.journeys.consent import youth
from blikk.journeys.day import Person, Row
from blikk.kernel.times import local
from blikk.patients.queries import contact
from blikk.web.presenters import marks, words
from blikk.web.presenters.companions import consent_mark, interpreter_words, youth_words
from blikk.web.presenters.day import companion_status, state_of, status_of
from blikk.web.presenters.in_person import turn_line
from blikk.web.presenters.marks import Other
from blikk.web.presenters.words import Mark

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic, Membership
    from blikk.notifications.models import InboxMessage
    from blikk.patients.models import Patient
    from blikk.scheduling.models import Turn


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody invited to the appointment."""

    name: str
    role: str
    about: str
    reach: str
    marks: Sequence[Mark]
    send_again: str
    other: Other | None = None
    letter: str = ""


@dataclass(frozen=True, slots=True)
class ShownAppointment:
    """The page of one appointment."""

    id: str
    heading: str
    name: str
    born: str
    patient_href: str
    clinician: str
    when: str
    day_href: str
    status: Mark
    people: Sequence[Invited]
    version: int
    may_change: bool
    talk_href: str
    closing_href: str
    may_invite: bool
    companion_href: str
    is_group: bool
    group_href: str
    youth: str
    move_href: str
    cancel_href: str
    spoken: str
    spoken_to: str
    code_address: str
    # The letter that this booking asked for and nobody has printed yet.
    letter_href: str = ""
    wish: str = ""
    wish_phone: str = ""
    wish_phone_bare: str = ""
    agree_href: str = ""
    settle_href: str = ""
    is_in_person: bool = False
    is_offered: bool = False
    in_person_href: str = ""
    # Why it is held in person, and whether it may be on video again.
    why_in_person: str = ""
    may_be_video: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A patient among those who were found."""

    id: str
    name: str
    full_name: str
    uses_text: bool
    born: str
    reach: str
    href: str
    book_href: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it will be sent."""

    kind: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A message in the demo's inbox."""

    kind: str
    channel: str
    channel_words: str
    to: str
    iso: str
    when: str
    subject: str
    body: str
    file_href: str


def show_appointment(
    row: Row,
    clinic: Clinic,
    membership: Membership,
    *,
    heading: str = "",
    spoken: str = "",
    spoken_to: str = "",
    turn: Turn | None = None,
    base_url: str,
    now: datetime,
) -> ShownAppointment:
    """Put one appointment into the words of its page."""
    patient = next((person for person in row.people if person.role == "patient"), None)
    state = state_of(row, patient)
    is_open = row.status in {"booked", "arrived"} and not row.consultation
    leads = row.led_by == membership.public_id
    day = local(row.starts_at, clinic.zone).date()
    length = words.length(int((row.ends_at - row.starts_at).total_seconds() // 60))
    return ShownAppointment(
        id=row.appointment,
        heading=heading or words.capital(words.day_and_clock(row.starts_at, clinic.zone)),
        name=row.patient_name,
        born=words.born(row.birth_on),
        patient_href=reverse("patient", args=[row.patient]),
        clinician=row.clinician_name,
        when=f"{words.day_and_clock(row.starts_at, clinic.zone)}, {length}",
        day_href=f"{reverse('day')}?{urlencode({'dag': day.isoformat()})}",
        status=status_of(state, row, patient, now),
        people=[_invited(person, may_send=is_open, now=now) for person in row.people],
        version=row.version,
        may_change=is_open and row.status == "booked",
        talk_href=reverse("conversation", args=[row.consultation]) if state == "talking" and leads else "",
        closing_href=reverse("close_out", args=[row.consultation])
        if state in {"ended", "done"} and leads
        else "",
        may_invite=row.status in {"booked", "arrived"},
        companion_href=reverse("companion", args=[row.appointment]),
        is_group=row.is_group,
        group_href=reverse("group", args=[row.appointment]),
        youth=youth_words(youth(row.birth_on, day)),
        move_href=reverse("move", args=[row.appointment]),
        cancel_href=reverse("cancel", args=[row.appointment]),
        spoken=spaced(spoken),
        spoken_to=spoken_to,
        code_address=f"{base_url}/kode".removeprefix("https://").removeprefix("http://"),
        letter_href=_letter_of(patient) if is_open and patient and patient.letter == "due" else "",
        is_in_person=row.is_in_person,
        is_offered=row.is_offered,
        **_about_meeting(row, turn, clinic, may=_may_meet(row, is_open=is_open, leads=leads)),
        **(_wish(row, patient) if is_open and patient and patient.wish else {}),
    )


def _may_meet(row: Row, *, is_open: bool, leads: bool) -> bool:
    """Who may ask the patient to come in person: before the conversation everybody at the desk, then who leads it."""
    if row.consultation:
        return leads and row.consultation_status != "closed_out"
    return is_open and not row.is_in_person


def _about_meeting(row: Row, turn: Turn | None, clinic: Clinic, *, may: bool) -> dict[str, Any]:
    return {
        "in_person_href": reverse("in_person", args=[row.appointment]) if may else "",
        "why_in_person": turn_line(turn, clinic.zone),
        # Only what was a video hour has links to open again.
        "may_be_video": turn is not None and turn.appointment_id == turn.meeting_id,
    }


def _letter_of(person: Person) -> str:
    return reverse("letter", args=[person.invitation])


def _wish(row: Row, patient: Person) -> dict[str, Any]:
    """What the patient asked for from the link, and the ways to answer."""
    return {
        "wish": patient.wish,
        "wish_phone": words.phone(patient.phone),
        "wish_phone_bare": patient.phone,
        "agree_href": reverse("agree_in_person", args=[row.appointment]),
        "settle_href": reverse("settle_wish", args=[patient.wish_id]),
    }


def _invited(person: Person, *, may_send: bool, now: datetime) -> Invited:
    shown = [companion_status(person, now)] if person.arrival else []
    if person.role != "patient":
        shown.append(consent_mark(person.standing))
    shown += marks.of_wish(person) + marks.of_proof(person)
    shown += marks.of_letter(person) + marks.of_each_channel(person)
    if person.is_locked and not person.arrival:
        shown.append(Mark(gettext("Lenken er sperret etter fem feil svar."), "warning", "bad"))
    shown = shown or [companion_status(person, now)]
    return Invited(
        name=person.name,
        role=words.role(person.role),
        about=interpreter_words(person.spoken, person.qualification),
        reach=_reach(person),
        marks=shown,
        send_again=reverse("send_again", args=[person.invitation]) if may_send else "",
        other=marks.other_way(person) if may_send else None,
        letter=_letter_of(person) if may_send else "",
    )


def _reach(person: Person) -> str:
    if person.sent_by == "letter":
        return gettext("Får lenken i brev")
    if person.phone:
        return words.phone(person.phone)
    return gettext("Får lenken på e-post")


def show_found(patients: Sequence[Patient], *, chosen: str = "") -> list[Found]:
    """Put patients into a list to choose from."""
    return [
        Found(
            id=patient.public_id,
            name=f"{patient.family_name}, {patient.given_name}",
            full_name=patient.name,
            uses_text=patient.uses_text,
            born=words.born(patient.birth_on),
            reach=words.phone(contact(patient, "phone"))
            or contact(patient, "email")
            or gettext("ingen kontaktvei"),
            href=reverse("patient", args=[patient.public_id]),
            book_href=f"{reverse('book')}?{urlencode({'pasient': patient.public_id})}",
            is_chosen=patient.public_id == chosen,
        )
        for patient in patients
    ]


def show_letters(message: Words, channels: Sequence[str]) -> list[Letter]:
    """Put a message into the form it has in each channel."""
    shown = {
        "sms": Letter(gettext("SMS"), "", message.body),
        "email": Letter(gettext("E-post"), message.subject, message.body),
        "letter": Letter(
            gettext("Brev"),
            "",
            gettext(
                "Du skriver ut brevet når timen er bestilt. Det har en QR-kode og en kode til å skrive inn."
            ),
        ),
    }
    return [shown[channel] for channel in channels]


def show_inbox(messages: Sequence[InboxMessage], zone: str) -> list[Mail]:
    """Put what would have been sent into a list, newest first."""
    return [
        Mail(
            kind=message.kind,
            channel=message.channel,
            channel_words=gettext("SMS") if message.channel == "sms" else gettext("E-post"),
            to=message.to if message.channel == "email" else words.phone(message.to),
            iso=message.at.isoformat(),
            when=words.day_and_clock(message.at, zone),
            subject=message.subject if message.channel == "email" else "",
            body=message.body,
            file_href=reverse("inbox_file", args=[message.public_id]) if message.calendar else "",
        )
        for message in messages
    ]
