"""Acts on an appointment that the patient did not come to."""

from datetime import datetime

from django.db import IntegrityError, transaction

from blikk.audit.services import record
from blikk.bus.services import announce
from blikk.clinics.models import Clinic
from blikk.kernel.actors import Actor
from blikk.kernel.errors import IllegalMove, Overtaken
from blikk.kernel.times import local
from blikk.scheduling.models import Appointment
from blikk.scheduling.policies import MISSED_AFTER
from blikk.scheduling.queries import get
from blikk.scheduling.states import APPOINTMENT, AppointmentStatus


@transaction.atomic
def miss(clinic: Clinic, appointment_id: str, *, version: int, actor: Actor, now: datetime) -> Appointment:
    """Note that the patient did not come, once the hour has begun and they have had their time to come.

    Raises IllegalMove before that and where they have come, Overtaken if it was changed meanwhile.
    """
    appointment = get(clinic, appointment_id)
    if appointment.version != version:
        raise Overtaken
    if now < appointment.starts_at + MISSED_AFTER or appointment.drop_in:
        raise IllegalMove(appointment.status, "missed")
    APPOINTMENT.make(appointment, AppointmentStatus.NO_SHOW, version=version, missed_at=now)
    record("appointment.missed", actor=actor, about=appointment, clinic_id=clinic.pk, now=now)
    announce(f"day:{clinic.public_id}", "day")
    return appointment


@transaction.atomic
def miss_not(
    clinic: Clinic, appointment_id: str, *, version: int, actor: Actor, now: datetime
) -> Appointment:
    """Take back, on the same day, that the patient did not come. Raises IllegalMove later, and Overtaken.

    Overtaken too where the time was given to somebody else meanwhile.
    """
    appointment = get(clinic, appointment_id)
    said = appointment.missed_at
    if said is None or local(said, clinic.zone).date() != local(now, clinic.zone).date():
        raise IllegalMove(appointment.status, "not missed")
    try:
        with transaction.atomic():
            APPOINTMENT.make(appointment, AppointmentStatus.BOOKED, version=version, missed_at=None)
    except IntegrityError as fault:
        raise Overtaken from fault
    record("appointment.missed_undone", actor=actor, about=appointment, clinic_id=clinic.pk, now=now)
    announce(f"day:{clinic.public_id}", "day")
    return appointment
