"""The day page: rows in the order of need, each with its state, its signs and the one thing to do."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from blikk.journeys.day import Day, Person, Row, Unreached
from blikk.journeys.delivery import LOOK_BEFORE
from blikk.kernel.times import local
from blikk.web.presenters import marks, words
from blikk.web.presenters.companions import consent_mark
from blikk.web.presenters.frame import ShownLights, show_lights
from blikk.web.presenters.journal import LeftOver, ShownUndelivered, show_left_over, show_undelivered
from blikk.web.presenters.marks import Trouble
from blikk.web.presenters.missed import missed_href
from blikk.web.presenters.queue import ShownQueue, show_queues
from blikk.web.presenters.suitability import of_suitability
from blikk.web.presenters.tasks import ShownTask, show_tasks
from blikk.web.presenters.words import Mark
from blikk.web.presenters.writing import CaseRow, ask_href, show_rows

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic, Membership

BEFORE_TALK = {"booked", "late", "waiting", "at_the_door", "away"}
TALKING = {"open", "confirmed", "interrupted"}


@dataclass(frozen=True, slots=True)
class Act:
    """The one thing to do on a row."""

    kind: str = ""
    href: str = ""
    name: str = ""
    arrival: str = ""
    version: int = 0
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class Companion:
    """Somebody who comes along."""

    name: str
    role: str
    status: Mark
    act: Act
    consent: Mark | None = None


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row as the page shows it."""

    appointment: str
    time: str
    length: str
    name: str
    born: str
    href: str
    state: str
    status: Mark
    marks: tuple[Mark, ...]
    troubles: tuple[Trouble, ...]
    clinician: str
    act: Act
    companions: tuple[Companion, ...]
    waits: bool
    rings: str
    phone: str
    tell_href: str
    ask_href: str = ""
    in_person_href: str = ""
    missed_href: str = ""
    lights: ShownLights | None = None

    @property
    def fingerprint(self) -> str:
        """Changes when the row does, and not merely with the minutes."""
        return hashlib.blake2s(repr(self).encode(), digest_size=9).hexdigest()


@dataclass(frozen=True, slots=True)
class Unsent:
    """Somebody on another day whose invitation did not arrive."""

    name: str
    words: str
    when: str
    href: str


@dataclass(frozen=True, slots=True)
class ShownDay:
    """All that the day page shows."""

    iso: str
    heading: str
    before: str
    after: str
    is_today: bool
    is_mine: bool
    may_be_mine: bool
    may_talk: bool
    keep: str
    waiting: Sequence[ShownRow]
    booked: Sequence[ShownRow]
    left_over: Sequence[LeftOver]
    undelivered: Sequence[ShownUndelivered]
    unsent: Sequence[Unsent]
    queues: Sequence[ShownQueue] = ()
    late_words: str = ""
    tasks: Sequence[ShownTask] = ()
    # When the clinician said of today that their own side is in order; empty where they did not.
    own_side: str = ""
    til: str = "dag"
    cases: Sequence[CaseRow] = ()

    @property
    def tasks_mark(self) -> str:
        """Changes when a task does."""
        return hashlib.blake2s(repr(self.tasks).encode(), digest_size=9).hexdigest()


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who looks, from where, and when."""

    clinic: Clinic
    membership: Membership
    is_mine: bool
    first: str
    now: datetime

    @property
    def is_clinician(self) -> bool:
        return bool(self.membership.role == "clinician")


def show_day(
    day: Day,
    clinic: Clinic,
    membership: Membership,
    *,
    is_mine: bool,
    helps: Mapping[str, str],
    own_side_at: datetime | None = None,
    now: datetime,
) -> ShownDay:
    """Put a day into the words and order of its page."""
    waiting = sorted(_waiting(day.rows), key=lambda pair: (pair[1].waiting_since or now, pair[1].arrival))
    own = [person.arrival for row, person in waiting if row.clinician == membership.public_id]
    reader = _Reader(clinic, membership, is_mine, own[0] if own else "", now)
    rows = [_show(row, reader) for row in day.rows]
    shown_here = {row.appointment for row in rows}
    order = {row.appointment: place for place, (row, _person) in reversed(list(enumerate(waiting)))}
    today = local(now, clinic.zone).date()
    return ShownDay(
        iso=day.day.isoformat(),
        heading=day_heading(day.day, today),
        before=(day.day - timedelta(days=1)).isoformat(),
        after=(day.day + timedelta(days=1)).isoformat(),
        is_today=day.day == today,
        is_mine=is_mine,
        may_be_mine=reader.is_clinician,
        may_talk=reader.is_clinician,
        keep="&hvem=" + ("mine" if is_mine else "alle"),
        waiting=sorted((row for row in rows if row.waits), key=lambda row: order[row.appointment]),
        booked=[row for row in rows if not row.waits],
        unsent=[_unsent(one, clinic) for one in day.unreached if one.appointment not in shown_here],
        left_over=[
            show_left_over(one, clinic.zone)
            for one in day.close_outs
            if one.clinician == membership.public_id
        ],
        undelivered=[
            show_undelivered(one, clinic.zone)
            for one in day.undelivered
            if one.clinician == membership.public_id
        ],
        queues=show_queues(day.queues, clinic, membership, helps, now=now) if day.day == today else [],
        tasks=show_tasks(day.tasks, membership=membership, today=today),
        late_words=gettext("Pasientene dine har fått vite at du er %(minutes)s minutter forsinket.")
        % {"minutes": day.late_minutes}
        if day.late_minutes
        else "",
        cases=show_rows(day.cases, clinic, membership, is_mine=is_mine, now=now),
        own_side=words.clock(own_side_at, clinic.zone) if own_side_at else "",
    )


def _waiting(rows: Sequence[Row]) -> list[tuple[Row, Person]]:
    return [(row, person) for row in rows for person in row.waiting]


def day_heading(day: date, today: date) -> str:
    """A day as the page about it is called."""
    spoken = words.long_day(day)
    if day == today:
        return gettext("I dag, %(day)s") % {"day": spoken}
    if day == today + timedelta(days=1):
        return gettext("I morgen, %(day)s") % {"day": spoken}
    if day == today - timedelta(days=1):
        return gettext("I går, %(day)s") % {"day": spoken}
    return words.capital(spoken)


def _unsent(one: Unreached, clinic: Clinic) -> Unsent:
    return Unsent(
        one.name,
        marks.trouble_words(one.status, one.channel),
        words.day_and_clock(one.starts_at, clinic.zone),
        reverse("appointment", args=[one.appointment]),
    )


def _show(row: Row, reader: _Reader) -> ShownRow:
    patient = next((person for person in row.people if person.role == "patient"), None)
    state = state_of(row, patient)
    zone = reader.clinic.zone
    return ShownRow(
        appointment=row.appointment,
        time=words.clock(row.starts_at, zone),
        length=words.length(int((row.ends_at - row.starts_at).total_seconds() // 60)),
        name=row.patient_name,
        born=words.born(row.birth_on),
        href=reverse("appointment", args=[row.appointment]),
        state=state,
        status=status_of(state, row, patient, reader.now),
        marks=tuple(_marks(row, patient, state)),
        troubles=_troubles(row, reader),
        clinician="" if reader.is_mine else row.clinician_name,
        act=_act(row, patient, state, reader),
        companions=_companions(row, reader),
        waits=bool(row.waiting),
        rings=" ".join(person.arrival for person in row.waiting) if _concerns(row, reader) else "",
        phone=words.phone(row.phone),
        tell_href=tell_href(patient),
        ask_href=ask_href(row.appointment, state, is_clinician=reader.is_clinician),
        in_person_href=reverse("in_person", args=[row.appointment])
        if state in BEFORE_TALK and row.status in {"booked", "arrived"} and not row.is_in_person
        else "",
        missed_href=missed_href(row, state, reader.now),
        lights=lights_of(row, patient, is_clinician=reader.is_clinician),
    )


def _troubles(row: Row, reader: _Reader) -> tuple[Trouble, ...]:
    """What went wrong with the messages, while that still matters."""
    is_open = row.status in {"booked", "arrived"} and row.consultation_status not in {"ended", "closed_out"}
    return tuple(
        trouble
        for person in row.people
        if is_open and not person.arrival
        for trouble in marks.troubles_of(person, may_send=True, is_near=_must_look(person, row, reader.now))
    )


def _marks(row: Row, patient: Person | None, state: str) -> list[Mark]:
    shown_marks: list[Mark] = []
    if patient and state in {"waiting", "at_the_door", "away"}:
        shown_marks = marks.of_presence(patient)
    elif patient and state in {"booked", "late"}:
        shown_marks = marks.of_delivery(patient)
    if patient and state in {"waiting", "at_the_door", "away", "booked", "late"}:
        shown_marks += marks.of_late_answer(patient, row.appointment) + marks.of_wish(patient)
    if state in {"booked", "late"}:
        shown_marks += marks.of_doubt(row.doubts)
    shown_marks += marks.of_kind(row)
    if state in BEFORE_TALK:
        shown_marks += of_suitability(row)
    return shown_marks


def _must_look(person: Person, row: Row, now: datetime) -> bool:
    """Whether it is high time that the patient opens the link."""
    return person.role == "patient" and row.starts_at - LOOK_BEFORE <= now < row.ends_at


def lights_of(row: Row, patient: Person | None, *, is_clinician: bool) -> ShownLights | None:
    """The control questions of a patient who waits."""
    if patient is None or patient.status not in {"waiting", "away", "on_hold"}:
        return None
    return show_lights(
        patient.frame,
        arrival=patient.arrival,
        status=patient.status,
        appointment=row.appointment,
        is_clinician=is_clinician,
    )


def tell_href(patient: Person | None) -> str:
    """Where one says something on the screen of somebody who is there and not let in; empty for all others."""
    is_there = patient is not None and patient.status in {"waiting", "away", "at_the_door", "on_hold"}
    return reverse("tell_waiting", args=[patient.arrival]) if patient and is_there else ""


def _concerns(row: Row, reader: _Reader) -> bool:
    """Whether somebody at this row is this person's to attend to: their own, or at the desk everybody."""
    return not reader.is_clinician or row.clinician == reader.membership.public_id


def state_of(row: Row, patient: Person | None) -> str:
    if row.status == "cancelled":
        return "cancelled"
    if row.status == "no_show":
        return "missed"
    if row.consultation_status == "closed_out":
        return "done"
    if row.consultation_status == "ended":
        return "ended"
    if patient and patient.status in {"waiting", "away", "at_the_door", "on_hold"}:
        return patient.status
    if row.is_in_writing and row.consultation_status in TALKING:
        return "writing"
    if row.consultation_status in TALKING:
        return "talking"
    return "booked"


def status_of(state: str, row: Row, patient: Person | None, now: datetime) -> Mark:
    if state == "waiting" and patient and patient.waiting_since:
        since = patient.waiting_since
        return Mark(gettext("Har ventet"), "chair", "live", since.isoformat(), words.waited(since, now))
    if row.status == "proposed":
        return Mark(gettext("Foreslått oppmøte, pasienten velger tid"), "clock", "care")
    if state == "booked" and row.is_in_person:
        return Mark(gettext("Møter opp, ikke på video"), "person")
    if state == "booked" and row.ends_at < now:
        return Mark(gettext("Kom ikke"), "clock", "care")
    if state == "on_hold" and patient and patient.hold_until:
        until = words.clock(patient.hold_until, row.zone)
        return Mark(gettext("På vent til %(time)s") % {"time": until}, "chair")
    return {
        "cancelled": Mark(gettext("Avlyst"), "cross"),
        "missed": Mark(gettext("Møtte ikke"), "cross"),
        "done": Mark(gettext("Ferdig"), "check", "good"),
        "ended": Mark(gettext("Avsluttet, ikke gjort ferdig"), "clock", "care"),
        "writing": Mark(gettext("Skriver sammen"), "message", "live"),
        "talking": Mark(gettext("I samtale"), "talk", "live"),
        "away": Mark(gettext("Ute en tur"), "door"),
        "on_hold": Mark(gettext("Satt på vent"), "chair"),
        "at_the_door": Mark(gettext("Ved døren, prøver utstyret"), "door"),
    }.get(state, Mark(gettext("Ikke her ennå"), "clock"))


def _act(row: Row, patient: Person | None, state: str, reader: _Reader) -> Act:
    mine = row.led_by == reader.membership.public_id
    if state == "talking" and mine:
        return Act("talk", reverse("conversation", args=[row.consultation]), row.patient_name)
    if patient and state == "waiting" and reader.is_clinician:
        return _admit(patient, reader)
    if state == "ended" and mine:
        return Act("close", reverse("close_out", args=[row.consultation]), row.patient_name)
    return Act("open", reverse("appointment", args=[row.appointment]), row.patient_name)


def _admit(person: Person, reader: _Reader) -> Act:
    if person.eid.is_someone_else:
        return Act("despite", reverse("admit_despite", args=[person.arrival]), person.name)
    href = reverse("admit", args=[person.arrival])
    return Act("admit", href, person.name, person.arrival, person.version, person.arrival == reader.first)


def _companions(row: Row, reader: _Reader) -> tuple[Companion, ...]:
    return tuple(_companion(person, row, reader) for person in row.people if person.role != "patient")


def _companion(person: Person, row: Row, reader: _Reader) -> Companion:
    """Who comes along is let in when the patient is in the conversation and has said yes."""
    mine = row.consultation_status in TALKING and row.led_by == reader.membership.public_id
    is_welcome = person.is_waiting and reader.is_clinician and mine and person.standing.answer == "yes"
    act = _admit(person, reader) if is_welcome else Act()
    status = companion_status(person, reader.now)
    consent = consent_mark(person.standing) if person.status != "admitted" else None
    return Companion(person.name, words.role(person.role), status, act, consent)


def companion_status(person: Person, now: datetime) -> Mark:
    """Where somebody who comes along is."""
    if person.is_waiting and person.waiting_since:
        since = person.waiting_since
        return Mark(gettext("Har ventet"), "chair", "live", since.isoformat(), words.waited(since, now))
    if person.status == "admitted":
        return Mark(gettext("I samtale"), "talk", "live")
    if person.status in {"at_the_door", "away"}:
        return Mark(gettext("Ved døren"), "door")
    delivery = marks.of_delivery(person)
    return delivery[0] if delivery else Mark(gettext("Ikke her ennå"), "clock")
