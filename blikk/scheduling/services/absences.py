"""Acts on the exceptions to the timetable."""

from datetime import datetime, timedelta

from django.db import transaction

from blikk.audit.services import hold, record
from blikk.bus.services import announce
from blikk.clinics.models import Clinic, Membership
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.times import from_wall
from blikk.scheduling.models import Absence, AbsenceKind
from blikk.scheduling.queries import get_absence

LONGEST = timedelta(days=400)


@transaction.atomic
def add_absence(
    clinic: Clinic,
    *,
    clinician: Membership | None,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    actor: Actor,
    now: datetime,
) -> Absence:
    """Say that a clinician is away, or the whole clinic closed (None), from a moment to another.

    Times without a zone are the clinic's wall clock. What is booked then stays booked until somebody decides
    (`queries.hit_by`). Raises Invalid, field by field, and NotFound for a clinician of somewhere else.
    """
    hold(clinic.pk)
    if clinician is not None and (clinician.clinic_id != clinic.pk or clinician.ended_at is not None):
        raise NotFound
    starts_at, ends_at = _moment(clinic, starts_at), _moment(clinic, ends_at)
    faults = {}
    if kind not in AbsenceKind.values:
        faults["kind"] = "unknown"
    if ends_at <= starts_at:
        faults["ends_at"] = "before_start"
    elif ends_at - starts_at > LONGEST:
        faults["ends_at"] = "too_far_ahead"
    elif ends_at <= now:
        faults["ends_at"] = "in_the_past"
    if faults:
        raise Invalid(**faults)
    absence = Absence.objects.create(
        clinic=clinic, clinician=clinician, kind=kind, starts_at=starts_at, ends_at=ends_at, created_at=now
    )
    record("absence.added", actor=actor, about=absence, clinic_id=clinic.pk, now=now, kind=str(kind))
    announce(f"day:{clinic.public_id}", "timetable")
    return absence


@transaction.atomic
def end_absence(clinic: Clinic, absence_id: str, *, actor: Actor, now: datetime) -> Absence:
    """Take an absence back, or end it early: from now on it no longer counts."""
    hold(clinic.pk)
    absence = get_absence(clinic, absence_id)
    absence.ended_at = now
    if Absence.objects.filter(pk=absence.pk, ended_at__isnull=True).update(ended_at=now) != 1:
        raise NotFound
    record("absence.ended", actor=actor, about=absence, clinic_id=clinic.pk, now=now)
    announce(f"day:{clinic.public_id}", "timetable")
    return absence


def _moment(clinic: Clinic, at: datetime) -> datetime:
    return at if at.tzinfo is not None else from_wall(at, clinic.zone)
