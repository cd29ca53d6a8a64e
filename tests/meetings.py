"""Coming in person instead, as tests ask for it."""

from datetime import date, datetime, time, timedelta
from typing import Any

from blikk.clinics.models import Clinic, Membership
from blikk.journeys import in_person
from blikk.journeys.in_person import Asked, TypedTime
from blikk.kernel.times import local
from blikk.scheduling.models import Appointment, Period, Turn
from blikk.scheduling.queries import Slot, free_slots
from blikk.scheduling.services import add_period
from tests import builders as b

# The day after the tests' day.
TOMORROW = date(2026, 11, 25)


def physical_hours(
    clinic: Clinic, clinician: Membership, *, day: date = TOMORROW, starts: int = 9, ends: int = 12
) -> Period:
    """Some hours in person on a weekday, in slots of half an hour."""
    return add_period(
        clinic,
        kind="booked",
        form="in_person",
        name="Oppmøte",
        weekday=day.weekday(),
        starts=time(starts),
        ends=time(ends),
        valid_from=date(2026, 1, 1),
        clinicians=[clinician],
        slot_minutes=30,
        actor=b.staff(clinician),
        now=b.NOW,
    )


def physical_slots(clinic: Clinic, *, days: int = 2, now: datetime = b.NOW) -> list[Slot]:
    first = local(now, clinic.zone).date()
    return free_slots(clinic, first=first, days=days, form="in_person", now=now)


def at(hours: float = 24, *, minutes: int = 30, zone: str = "Europe/Oslo") -> TypedTime:
    """A typed time so many hours from the tests' moment."""
    when = local(b.NOW + timedelta(hours=hours), zone)
    return TypedTime(when.date(), time(when.hour, when.minute), minutes)


def meet(
    hour: b.Hour,
    *,
    reason: str = "examination",
    typed: TypedTime | None = None,
    by: Membership | None = None,
    now: datetime = b.NOW,
    **asked: Any,
) -> Turn:
    """Ask the patient of an hour to come in person: tomorrow at the same time, unless something else is said."""
    by = by or hour.clinician
    version = Appointment.objects.get(pk=hour.appointment.pk).version
    if typed is None and not {"same_time", "slots"} & set(asked):
        typed = at()
    return in_person.come_in_person(
        hour.clinic,
        hour.appointment.public_id,
        Asked(reason=reason, typed=typed, **asked),
        version=version,
        membership=by,
        actor=b.staff(by),
        now=now,
    )


def agree(hour: b.Hour, **more: Any) -> Turn:
    """Say yes to a patient who would rather meet, at the same time."""
    return meet(hour, reason="wish", same_time=True, **more)
