"""Acts on the days of a drop-in queue."""

from datetime import date, datetime, timedelta

from django.db import transaction

from blikk.audit.services import hold, record
from blikk.bus.services import announce
from blikk.clinics.models import Membership
from blikk.kernel.actors import SYSTEM, Actor
from blikk.kernel.errors import NotFound
from blikk.kernel.moves import change
from blikk.kernel.times import local
from blikk.patients.models import Patient
from blikk.scheduling.models import Appointment, Kind, Opening, Period
from blikk.scheduling.queries.openings import times_of
from blikk.scheduling.queries.timetable import blocks_on, frame_of
from blikk.scheduling.states import OPENING, OpeningStatus


@transaction.atomic
def opening_for(period: Period, day: date, *, actor: Actor = SYSTEM, now: datetime) -> Opening:
    """The queue of a drop-in period on a day, made by the first who needs it.

    Raises NotFound where the period does not take place that day.
    """
    hold(period.clinic_id)
    made = Opening.objects.filter(period=period, day=day).select_related("period", "clinic").first()
    if made is not None:
        return made
    clinic = period.clinic
    frame = frame_of(clinic, first=day, days=1, kind=Kind.DROP_IN)
    block = next((each for each in blocks_on(frame, day) if each.period.pk == period.pk), None)
    if block is None or block.is_closed_because:
        raise NotFound
    opens_at, last_entry_at, closes_at = times_of(frame, block, day)
    opening = Opening.objects.create(
        clinic=clinic,
        period=period,
        day=day,
        opens_at=opens_at,
        last_entry_at=last_entry_at,
        closes_at=closes_at,
        zone=clinic.zone,
        capacity=period.capacity,
        created_at=now,
    )
    record("opening.made", actor=actor, about=opening, clinic_id=clinic.pk, now=now)
    announce(f"day:{clinic.public_id}", "day")
    return opening


@transaction.atomic
def close_opening(opening: Opening, *, because: str, actor: Actor, now: datetime) -> Opening:
    """Let nobody more into the queue of a day; who is in it stays in it."""
    hold(opening.clinic_id)
    OPENING.make(opening, OpeningStatus.CLOSED, closed_at=now, closed_because=because)
    _tell(opening, "opening.closed", actor, now, because=str(because))
    return opening


@transaction.atomic
def reopen_opening(opening: Opening, *, actor: Actor, now: datetime) -> Opening:
    """Take people in again, for what is left of the day."""
    hold(opening.clinic_id)
    OPENING.make(opening, OpeningStatus.OPEN, closed_at=None, closed_because="")
    _tell(opening, "opening.reopened", actor, now)
    return opening


@transaction.atomic
def begin_drop_in(
    opening: Opening, *, patient: Patient, clinician: Membership, actor: Actor, now: datetime
) -> Appointment:
    """Make the hour of somebody who is taken out of a queue: it begins now, and lasts as long as it lasts."""
    appointment = Appointment.objects.create(
        clinic=opening.clinic,
        patient=patient,
        clinician=clinician,
        period=opening.period,
        starts_at=now,
        ends_at=now + timedelta(minutes=opening.period.expected_minutes),
        zone=opening.zone,
        drop_in=True,
        created_at=now,
    )
    record("appointment.began_in_queue", actor=actor, about=appointment, clinic_id=opening.clinic_id, now=now)
    announce(f"day:{opening.clinic.public_id}", "day")
    return appointment


def follow_period(period: Period, *, now: datetime) -> None:
    """Let the queues that were made already, today's and later ones, have the times of their changed period."""
    if period.kind != Kind.DROP_IN:
        return
    today = local(now, period.clinic.zone).date()
    made = Opening.objects.filter(period=period, day__gte=today, status=OpeningStatus.OPEN)
    for opening in made.select_related("clinic"):
        frame = frame_of(period.clinic, first=opening.day, days=1, kind=Kind.DROP_IN)
        block = next((each for each in blocks_on(frame, opening.day) if each.period.pk == period.pk), None)
        if block is None or block.is_closed_because:
            continue
        opens_at, last_entry_at, closes_at = times_of(frame, block, opening.day)
        change(
            opening,
            opens_at=opens_at,
            last_entry_at=last_entry_at,
            closes_at=closes_at,
            capacity=period.capacity,
        )
        announce(f"queue:{opening.public_id}", "queue")


def _tell(opening: Opening, act: str, actor: Actor, now: datetime, **details: str) -> None:
    record(act, actor=actor, about=opening, clinic_id=opening.clinic_id, now=now, **details)
    announce(f"queue:{opening.public_id}", "queue")
    announce(f"day:{opening.clinic.public_id}", "day")
