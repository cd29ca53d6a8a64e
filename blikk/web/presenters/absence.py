"""An absence, those whose hours fall within it, and other times for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from blikk.patients.queries import contact
from blikk.web.presenters import words
from blikk.web.presenters.timetable import away_words

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic, Membership
    from blikk.scheduling.models import Absence, Appointment, Period
    from blikk.scheduling.queries import OpeningView, OtherTimes


@dataclass(frozen=True, slots=True)
class Way:
    """Something to do with an hour in one press; `said` says whose hour, for who does not see the row."""

    value: str
    words: str
    said: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A booked hour that falls within an absence, and what may be done with it."""

    name: str
    when: str
    clinician: str
    phone: str
    phone_bare: str
    href: str
    field: str
    ways: Sequence[Way]
    # The slot that nobody else's first proposal is; empty where there is none.
    proposal: str
    fault: str


@dataclass(frozen=True, slots=True)
class ShownAbsence:
    """The page of one absence."""

    words: str
    is_over: bool
    hit: Sequence[Hit]
    # How many have a proposal of their own.
    movable: int
    # Queues that are open and have nobody while this lasts.
    queues: Sequence[tuple[str, str]]
    end_href: str


def show_absence(
    absence: Absence,
    hit: Sequence[Appointment],
    clinic: Clinic,
    *,
    others: Mapping[str, OtherTimes],
    left_alone: Sequence[OpeningView],
    faults: Mapping[str, str],
) -> ShownAbsence:
    """Put an absence into the words of its page; `others` and `faults` are by appointment."""
    rows = [
        _hit(absence, one, clinic, others[one.public_id], fault=faults.get(one.public_id, "")) for one in hit
    ]
    return ShownAbsence(
        words=away_words(absence, clinic.zone),
        is_over=absence.ended_at is not None,
        hit=rows,
        movable=sum(bool(row.proposal) for row in rows),
        queues=[
            (
                f"{view.period.name}, {words.day_and_clock(view.opens_at, clinic.zone)}",
                reverse("queue_opening", args=[view.opening.public_id]),
            )
            for view in left_alone
            if view.opening
        ],
        end_href=reverse("absence_end", args=[absence.public_id]),
    )


def _hit(absence: Absence, one: Appointment, clinic: Clinic, others: OtherTimes, *, fault: str) -> Hit:
    number = contact(one.patient, "phone")
    return Hit(
        name=one.patient.name,
        when=words.day_and_clock(one.starts_at, clinic.zone),
        clinician=one.clinician.name if absence.clinician_id is None else "",
        phone=words.phone(number),
        phone_bare=number,
        href=reverse("appointment", args=[one.public_id]),
        field=f"time-{one.public_id}",
        ways=[*slot_ways(one, others, clinic, prefix="slot:"), *_colleague_ways(one, others)],
        proposal=f"slot:{others.slots[0].name}" if others.slots else "",
        fault=fault,
    )


def slot_ways(one: Appointment, others: OtherTimes, clinic: Clinic, *, prefix: str = "") -> list[Way]:
    """The free slots that an hour may be moved to, the best one first."""
    ways = []
    for slot in others.slots:
        at = words.short_day_and_clock(slot.starts_at, clinic.zone)
        if slot.clinician != one.clinician:
            at = gettext("%(when)s hos %(name)s") % {"when": at, "name": slot.clinician.name}
        said = gettext("Flytt %(name)s til %(when)s") % {"name": one.patient.name, "when": at}
        ways.append(Way(f"{prefix}{slot.name}", at, said))
    return ways


def _colleague_ways(one: Appointment, others: OtherTimes) -> list[Way]:
    ways = []
    for colleague in others.colleagues:
        here = gettext("Samme tid hos %(name)s") % {"name": colleague.name}
        ways.append(Way(f"colleague:{colleague.public_id}", here, f"{here}: {one.patient.name}"))
    return ways


def who_of(period: Period) -> list[Membership]:
    """The clinicians of a period, by name."""
    return sorted(period.clinicians.all(), key=lambda one: one.name)
