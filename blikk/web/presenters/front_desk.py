"""The desk's page: every clinician's day side by side, and the queues above them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from blikk.kernel.times import local
from blikk.web.presenters import marks, words
from blikk.web.presenters.day import day_heading, lights_of, state_of, status_of, tell_href
from blikk.web.presenters.frame import ShownLights
from blikk.web.presenters.queue import ShownQueue, show_queues
from blikk.web.presenters.words import Mark

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic, Membership
    from blikk.journeys.day import Day, Person, Row


@dataclass(frozen=True, slots=True)
class ShownHour:
    """An appointment in a clinician's column."""

    appointment: str
    version: int
    time: str
    name: str
    href: str
    state: str
    status: Mark
    marks: tuple[Mark, ...]
    rings: str
    move_href: str
    tell_href: str
    lights: ShownLights | None = None

    @property
    def fingerprint(self) -> str:
        """Changes when the hour does, and not merely with the minutes."""
        return hashlib.blake2s(repr(self).encode(), digest_size=9).hexdigest()


@dataclass(frozen=True, slots=True)
class ShownPerson:
    """A clinician and their day."""

    member: str
    name: str
    title: str
    status: Mark
    hours: Sequence[ShownHour]
    day_href: str
    # How late they said that they are; empty on other days than today, as is the way to say so.
    late: Mark | None
    late_href: str

    @property
    def fingerprint(self) -> str:
        """Changes when the head of the column does."""
        head = f"{self.name}{self.status!r}{self.late!r}"
        return hashlib.blake2s(head.encode(), digest_size=9).hexdigest()


@dataclass(frozen=True, slots=True)
class ShownDesk:
    """All that the desk's page shows."""

    iso: str
    heading: str
    before: str
    after: str
    is_today: bool
    people: Sequence[ShownPerson]
    queues: Sequence[ShownQueue]
    til: str = "skranke"


def show_desk(
    day: Day,
    clinic: Clinic,
    membership: Membership,
    clinicians: Sequence[Membership],
    helps: Mapping[str, str],
    *,
    delays: Mapping[int, int],
    now: datetime,
) -> ShownDesk:
    """Put the day of everybody into the words and order of the page."""
    today = local(now, clinic.zone).date()
    return ShownDesk(
        iso=day.day.isoformat(),
        heading=day_heading(day.day, today),
        before=(day.day - timedelta(days=1)).isoformat(),
        after=(day.day + timedelta(days=1)).isoformat(),
        is_today=day.day == today,
        people=[
            _person(one, day, clinic, delays.get(one.pk, 0), is_today=day.day == today, now=now)
            for one in clinicians
        ],
        queues=show_queues(day.queues, clinic, membership, helps, now=now) if day.day == today else [],
    )


def _person(
    clinician: Membership, day: Day, clinic: Clinic, late: int, *, is_today: bool, now: datetime
) -> ShownPerson:
    rows = [row for row in day.rows if row.clinician == clinician.public_id]
    return ShownPerson(
        member=clinician.public_id,
        name=clinician.name,
        title=clinician.title,
        status=_status(clinician, rows, day, now),
        hours=[_hour(row, clinic, day.day, now) for row in rows],
        day_href=reverse("day"),
        late=Mark(gettext("%(minutes)s min forsinket") % {"minutes": late}, "clock", "care")
        if late
        else None,
        late_href=reverse("late_for", args=[clinician.public_id]) if is_today else "",
    )


def _status(clinician: Membership, rows: Sequence[Row], day: Day, now: datetime) -> Mark:
    """What the clinician does now, as far as anybody can know."""
    talking = next(
        (row for row in rows if row.consultation_status in {"open", "confirmed", "interrupted"}), None
    )
    if talking:
        return Mark(gettext("I samtale med %(name)s") % {"name": talking.patient_name}, "talk", "live")
    serving = [
        server
        for one in day.queues
        if one.queue
        for server in one.queue.serving
        if server.membership == clinician.public_id
    ]
    if serving:
        said = {
            "here": Mark(gettext("Tar imot i køen"), "check", "good"),
            "busy": Mark(gettext("Opptatt"), "clock", "care"),
            "pause": Mark(gettext("Pause"), "clock", "care"),
        }
        return said.get(serving[0].status, said["here"])
    waiting = sum(len(row.waiting) for row in rows)
    if waiting:
        return Mark(gettext("Pasient venter"), "chair", "live")
    return Mark(gettext("Ingen i samtale"), "person")


def _hour(row: Row, clinic: Clinic, day: date, now: datetime) -> ShownHour:
    patient = next((person for person in row.people if person.role == "patient"), None)
    state = state_of(row, patient)
    may_move = row.status == "booked" and not row.consultation and not row.is_drop_in and row.starts_at > now
    return ShownHour(
        appointment=row.appointment,
        version=row.version,
        time=words.clock(row.starts_at, clinic.zone),
        name=row.patient_name,
        href=reverse("appointment", args=[row.appointment]),
        state=state,
        status=status_of(state, row, patient, now),
        marks=tuple(_marks(row, patient, state)),
        rings=" ".join(person.arrival for person in row.waiting),
        move_href=reverse("hand_over", args=[row.appointment]) if may_move else "",
        tell_href=tell_href(patient),
        # Here stands what everybody at the desk may see, whoever looks.
        lights=lights_of(row, patient, is_clinician=False),
    )


def _marks(row: Row, patient: Person | None, state: str) -> list[Mark]:
    found = []
    if row.is_drop_in:
        found.append(Mark(gettext("Drop-in"), "person"))
    if patient and state == "booked":
        found += [
            Mark(trouble.words, "warning", "bad") for trouble in marks.troubles_of(patient, may_send=False)
        ]
    if patient and state in {"booked", "waiting", "at_the_door", "away"}:
        found += marks.of_late_answer(patient, row.appointment) + marks.of_wish(patient)
    return found
