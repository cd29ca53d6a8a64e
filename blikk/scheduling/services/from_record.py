"""Acts on hours that a journal system has the last word about: as it says, whoever is away or held here."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from blikk.audit.services import Detail, hold, record
from blikk.bus.services import announce
from blikk.clinics.models import Clinic, Membership
from blikk.kernel.actors import Actor
from blikk.kernel.errors import IllegalMove, Invalid, Overtaken
from blikk.kernel.moves import change
from blikk.patients.models import Patient
from blikk.scheduling.models import Appointment, Form
from blikk.scheduling.queries import get
from blikk.scheduling.states import APPOINTMENT, AppointmentStatus

# Far enough that nobody has an hour there: where hours lie while they change places.
_ASIDE = timedelta(days=365 * 100)


@transaction.atomic
def promise_as_said(
    clinic: Clinic,
    *,
    patient: Patient,
    clinician: Membership,
    starts_at: datetime,
    ends_at: datetime,
    actor: Actor,
    now: datetime,
) -> Appointment:
    """Keep an hour that was promised in the journal system. Raises Invalid (`starts_at: taken`)."""
    hold(clinic.pk)
    try:
        with transaction.atomic():
            appointment = Appointment.objects.create(
                clinic=clinic,
                patient=patient,
                clinician=clinician,
                starts_at=starts_at,
                ends_at=ends_at,
                zone=clinic.zone,
                form=Form.VIDEO,
                status=AppointmentStatus.BOOKED,
                created_at=now,
            )
    except IntegrityError as fault:
        raise Invalid(starts_at="taken") from fault
    record(
        "appointment.booked", actor=actor, about=appointment, clinic_id=clinic.pk, now=now, from_record=True
    )
    announce(f"day:{clinic.public_id}", "day")
    return appointment


@transaction.atomic
def move_as_said(
    clinic: Clinic,
    appointment_id: str,
    *,
    version: int,
    clinician: Membership,
    starts_at: datetime,
    ends_at: datetime,
    actor: Actor,
    now: datetime,
) -> Appointment:
    """Move an hour to where the journal system has it; who waits for it waits no more.

    Raises Invalid (`starts_at: taken`), Overtaken, and IllegalMove where it is held or over.
    """
    hold(clinic.pk)
    appointment = get(clinic, appointment_id)
    if appointment.version != version:
        raise Overtaken
    if appointment.status == AppointmentStatus.ARRIVED:
        APPOINTMENT.make(appointment, AppointmentStatus.BOOKED)
    if appointment.status != AppointmentStatus.BOOKED:
        raise IllegalMove(appointment.status, "moved")
    before = appointment.clinician
    try:
        with transaction.atomic():
            change(appointment, starts_at=starts_at, ends_at=ends_at, clinician=clinician)
    except IntegrityError as fault:
        raise Invalid(starts_at="taken") from fault
    to: dict[str, Detail] = {"from_record": True}
    if clinician != before:
        to |= {"before": before.public_id, "after": clinician.public_id}
    record("appointment.moved", actor=actor, about=appointment, clinic_id=clinic.pk, now=now, **to)
    announce(f"day:{clinic.public_id}", "day")
    return appointment


def put_aside(appointment: Appointment) -> None:
    """Take an hour out of the way for a moment, so that others can have its place; the same transaction moves it."""
    Appointment.objects.filter(pk=appointment.pk).update(
        starts_at=appointment.starts_at + _ASIDE, ends_at=appointment.ends_at + _ASIDE
    )
