"""Appointments that are held in writing: they take no stretch of a clinician's time."""

from datetime import datetime, timedelta

from django.db import transaction

from blikk.audit.services import hold, record
from blikk.bus.services import announce
from blikk.clinics.models import Clinic, Membership
from blikk.kernel.actors import Actor
from blikk.kernel.errors import IllegalMove, Overtaken
from blikk.kernel.moves import change
from blikk.patients.models import Patient
from blikk.scheduling.models import Appointment, Form
from blikk.scheduling.queries import get
from blikk.scheduling.states import FILLS_TIME

# It has to end some time after it began; how long it really takes stands in the consultation.
ON_PAPER = timedelta(minutes=15)


@transaction.atomic
def begin_in_writing(
    clinic: Clinic, *, patient: Patient, clinician: Membership, actor: Actor, now: datetime
) -> Appointment:
    """Make the appointment of a consultation in writing: it begins now, whatever else the clinician has now."""
    hold(clinic.pk)
    appointment = Appointment.objects.create(
        clinic=clinic,
        patient=patient,
        clinician=clinician,
        starts_at=now,
        ends_at=now + ON_PAPER,
        zone=clinic.zone,
        form=Form.TEXT,
        drop_in=True,
        created_at=now,
    )
    record("appointment.booked", actor=actor, about=appointment, clinic_id=clinic.pk, now=now, form="text")
    announce(f"day:{clinic.public_id}", "day")
    return appointment


@transaction.atomic
def hold_in_writing(
    clinic: Clinic, appointment_id: str, *, version: int, actor: Actor, now: datetime
) -> Appointment:
    """Let an appointment that has not been held be one in writing; its stretch of time falls free."""
    hold(clinic.pk)
    appointment = get(clinic, appointment_id)
    if appointment.version != version:
        raise Overtaken
    if appointment.status not in FILLS_TIME or appointment.form == Form.TEXT:
        raise IllegalMove(appointment.status, "in_writing")
    change(appointment, form=Form.TEXT, drop_in=True)
    record("appointment.in_writing", actor=actor, about=appointment, clinic_id=clinic.pk, now=now)
    announce(f"day:{clinic.public_id}", "day")
    return appointment
