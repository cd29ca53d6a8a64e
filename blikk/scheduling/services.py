"""Acts on appointments."""

from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction

from blikk.audit.services import record
from blikk.bus.services import announce
from blikk.clinics.models import Clinic, Membership
from blikk.kernel.actors import Actor
from blikk.kernel.errors import IllegalMove, Invalid, Overtaken
from blikk.kernel.moves import change
from blikk.kernel.times import wall_time
from blikk.patients.models import Patient
from blikk.scheduling.models import Appointment
from blikk.scheduling.queries import get, is_free
from blikk.scheduling.states import APPOINTMENT, AppointmentStatus

SHORTEST, LONGEST = 5, 240
FURTHEST = timedelta(days=730)


@transaction.atomic
def book(
    clinic: Clinic,
    *,
    patient: Patient,
    clinician: Membership,
    day: date,
    at: time,
    minutes: int,
    actor: Actor,
    now: datetime,
) -> Appointment:
    """Promise a patient a stretch of a clinician's time.

    Raises Invalid: in the past, over another appointment, or in an hour that does not exist.
    """
    starts_at, ends_at = _stretch(clinic, day, at, minutes, now)
    if not is_free(clinician, starts_at, ends_at):
        raise Invalid(starts_at="taken")
    try:
        with transaction.atomic():
            appointment = Appointment.objects.create(
                clinic=clinic,
                patient=patient,
                clinician=clinician,
                starts_at=starts_at,
                ends_at=ends_at,
                zone=clinic.zone,
                created_at=now,
            )
    except IntegrityError as fault:
        raise Invalid(starts_at="taken") from fault
    record("appointment.booked", actor=actor, about=appointment, clinic_id=clinic.pk, now=now)
    announce(f"day:{clinic.public_id}", "day")
    return appointment


@transaction.atomic
def move(
    clinic: Clinic,
    appointment_id: str,
    *,
    version: int,
    day: date,
    at: time,
    minutes: int,
    actor: Actor,
    now: datetime,
) -> Appointment:
    """Give a booked appointment another time. Raises as `book`; Overtaken if it was changed meanwhile."""
    appointment = get(clinic, appointment_id)
    if appointment.version != version:
        raise Overtaken
    if appointment.status != AppointmentStatus.BOOKED:
        raise IllegalMove(appointment.status, "moved")
    starts_at, ends_at = _stretch(clinic, day, at, minutes, now)
    if not is_free(appointment.clinician, starts_at, ends_at, but=appointment):
        raise Invalid(starts_at="taken")
    try:
        with transaction.atomic():
            change(appointment, starts_at=starts_at, ends_at=ends_at)
    except IntegrityError as fault:
        raise Invalid(starts_at="taken") from fault
    record("appointment.moved", actor=actor, about=appointment, clinic_id=clinic.pk, now=now)
    announce(f"day:{clinic.public_id}", "day")
    return appointment


@transaction.atomic
def cancel(clinic: Clinic, appointment_id: str, *, version: int, actor: Actor, now: datetime) -> Appointment:
    """Cancel an appointment that has not been held."""
    appointment = get(clinic, appointment_id)
    APPOINTMENT.make(appointment, AppointmentStatus.CANCELLED, version=version, cancelled_at=now)
    record("appointment.cancelled", actor=actor, about=appointment, clinic_id=clinic.pk, now=now)
    announce(f"day:{clinic.public_id}", "day")
    return appointment


@transaction.atomic
def arrive(appointment: Appointment, *, actor: Actor, now: datetime) -> Appointment:
    """Note that the patient has come; a second time is no news."""
    if appointment.status == AppointmentStatus.BOOKED:
        APPOINTMENT.make(appointment, AppointmentStatus.ARRIVED)
        record(
            "appointment.arrived", actor=actor, about=appointment, clinic_id=appointment.clinic_id, now=now
        )
    return appointment


@transaction.atomic
def fulfil(appointment: Appointment, *, actor: Actor, now: datetime) -> Appointment:
    """Note that the appointment was held."""
    APPOINTMENT.make(appointment, AppointmentStatus.FULFILLED)
    record("appointment.fulfilled", actor=actor, about=appointment, clinic_id=appointment.clinic_id, now=now)
    return appointment


def _stretch(clinic: Clinic, day: date, at: time, minutes: int, now: datetime) -> tuple[datetime, datetime]:
    if not SHORTEST <= minutes <= LONGEST:
        raise Invalid(minutes="unlikely_length")
    starts_at = wall_time(day, at, clinic.zone)
    if starts_at < now - timedelta(minutes=1):
        raise Invalid(starts_at="in_the_past")
    if starts_at > now + FURTHEST:
        raise Invalid(starts_at="too_far_ahead")
    return starts_at, starts_at + timedelta(minutes=minutes)
