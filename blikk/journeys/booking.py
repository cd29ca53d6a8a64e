"""Book and invite, move, cancel, and send again."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction

from blikk.audit.services import hold
from blikk.clinics.models import Clinic, Membership, Role
from blikk.consultations.queries import find_for
from blikk.invitations import queries as invitations
from blikk.invitations.models import Invitation, PersonRole
from blikk.invitations.queries import told_in_person
from blikk.invitations.services import Issued
from blikk.invitations.states import Revoked
from blikk.invitations.words import Kind
from blikk.journeys.errors import TalkIsRunning
from blikk.journeys.invites import (
    cancelled_kind,
    close_links,
    drop_offer,
    invite_patient,
    replace,
    send,
    send_home,
    tell_again,
    tell_meeting,
)
from blikk.kernel.actors import Actor
from blikk.kernel.errors import NotFound
from blikk.patients.models import Patient
from blikk.patients.services import reach_by, register
from blikk.scheduling import services as scheduling
from blikk.scheduling.models import Appointment, Form, SlotHold
from blikk.scheduling.queries import get as get_appointment
from blikk.scheduling.states import FILLS_TIME

__all__ = [
    "Booked",
    "book",
    "cancel",
    "invite_patient",
    "may_be_booked",
    "move",
    "register_and_book",
    "send",
    "send_again",
]


@dataclass(frozen=True, slots=True)
class Booked:
    """A booked hour and the patient's way into it; the typed code is shown once, to be read aloud."""

    appointment: Appointment
    invitation: Invitation
    typed_code: str


@transaction.atomic
def book(
    clinic: Clinic,
    *,
    patient: Patient,
    clinician: Membership,
    day: date,
    at: time,
    minutes: int,
    channels: tuple[str, ...],
    reach: Mapping[str, str] | None = None,
    read_back: Collection[str] = (),
    held: SlotHold | None = None,
    form: str = Form.VIDEO,
    actor: Actor,
    now: datetime,
) -> Booked:
    """Book a consultation and invite the patient, in one transaction with the message.

    One in person has no link, and its message says so. `reach` is how the patient said they are reached now, and
    `read_back` which of it was read back to them. A slot that was `held` while this was decided falls free in the
    same moment. Raises Invalid, field by field, and NotFound for a patient or clinician of somewhere else.
    """
    hold(clinic.pk)
    if held is not None:
        scheduling.let_go(held, now=now)
    if patient.clinic_id != clinic.pk or not may_be_booked(clinic, clinician):
        raise NotFound
    if reach:
        patient = reach_by(clinic, patient.public_id, reach, read_back=read_back, actor=actor, now=now)
    appointment = scheduling.book(
        clinic,
        patient=patient,
        clinician=clinician,
        day=day,
        at=at,
        minutes=minutes,
        form=form,
        actor=actor,
        now=now,
    )
    if form == Form.IN_PERSON:
        issued = tell_meeting(clinic, appointment, channels=channels, actor=actor, now=now)
        return Booked(appointment, issued.invitation, "")
    issued = invite_patient(clinic, appointment, channels=channels, kind="invited", actor=actor, now=now)
    return Booked(appointment, issued.invitation, issued.typed_code)


@transaction.atomic
def register_and_book(
    clinic: Clinic,
    *,
    person: Mapping[str, Any],
    clinician: Membership,
    day: date,
    at: time,
    minutes: int,
    channels: tuple[str, ...],
    held: SlotHold | None = None,
    form: str = Form.VIDEO,
    actor: Actor,
    now: datetime,
) -> Booked:
    """Register a new patient and book their first hour, neither without the other. Raises as `book`."""
    hold(clinic.pk)
    patient = register(clinic, **person, actor=actor, now=now)
    return book(
        clinic,
        patient=patient,
        clinician=clinician,
        day=day,
        at=at,
        minutes=minutes,
        channels=channels,
        held=held,
        form=form,
        actor=actor,
        now=now,
    )


@transaction.atomic
def move(
    clinic: Clinic,
    appointment_id: str,
    *,
    version: int,
    day: date,
    at: time,
    minutes: int,
    clinician: Membership | None = None,
    actor: Actor,
    now: datetime,
) -> Booked:
    """Give an appointment another time: the old links explain, new ones go out. Raises as `book`.

    Where another clinician has it from now on, the messages say that it is another, not who.
    """
    hold(clinic.pk)
    if clinician is not None and not may_be_booked(clinic, clinician):
        raise NotFound
    before = get_appointment(clinic, appointment_id).clinician
    appointment = scheduling.move(
        clinic,
        appointment_id,
        version=version,
        day=day,
        at=at,
        minutes=minutes,
        clinician=clinician,
        actor=actor,
        now=now,
    )
    drop_offer(appointment, actor=actor, now=now)
    told = told_in_person(appointment) if appointment.form == Form.IN_PERSON else None
    if told is not None:
        tell_again(appointment, "meet", now=now)
        return Booked(appointment, told, "")
    mine = tell_moved(appointment, before, actor=actor, now=now)
    if mine is None:
        raise NotFound
    return Booked(appointment, mine.invitation, mine.typed_code)


def tell_moved(appointment: Appointment, before: Membership, *, actor: Actor, now: datetime) -> Issued | None:
    """Give everybody who was invited a new way in, after a move from a clinician; gives the patient's."""
    send_home(appointment, actor=actor, now=now)
    kind: Kind = "moved" if appointment.clinician == before else "moved_to_other"
    mine: Issued | None = None
    for old in list(invitations.open_for(appointment)):
        issued = replace(old, because=Revoked.MOVED, kind=kind, actor=actor, now=now)
        if old.role == PersonRole.PATIENT:
            mine = issued
    return mine


@transaction.atomic
def cancel(
    clinic: Clinic,
    appointment_id: str,
    *,
    version: int,
    because: Revoked = Revoked.CANCELLED,
    actor: Actor,
    now: datetime,
) -> Appointment:
    """Cancel an appointment; everybody who was invited is told, and the links say so, and who it was."""
    hold(clinic.pk)
    appointment = get_appointment(clinic, appointment_id)
    if find_for(appointment) is not None:
        raise TalkIsRunning
    appointment = scheduling.cancel(clinic, appointment_id, version=version, actor=actor, now=now)
    drop_offer(appointment, actor=actor, now=now)
    if appointment.form == Form.IN_PERSON:
        tell_again(appointment, "meet_cancelled", now=now)
    close_links(appointment, because=because, kind=cancelled_kind(appointment), actor=actor, now=now)
    return appointment


@transaction.atomic
def send_again(
    clinic: Clinic,
    invitation_id: str,
    *,
    channels: tuple[str, ...] | None = None,
    actor: Actor,
    now: datetime,
) -> Booked:
    """Send a new link instead of one that was lost, locked or not delivered; the old one says so."""
    hold(clinic.pk)
    old = invitations.get(clinic, invitation_id)
    if old.appointment is None or old.appointment.status not in FILLS_TIME:
        raise NotFound
    issued = replace(old, because=Revoked.REPLACED, kind="invited", channels=channels, actor=actor, now=now)
    return Booked(old.appointment, issued.invitation, issued.typed_code)


def may_be_booked(clinic: Clinic, clinician: Membership) -> bool:
    """Whether somebody can have appointments at the clinic."""
    is_ours = clinician.clinic_id == clinic.pk
    return is_ours and clinician.role == Role.CLINICIAN and clinician.ended_at is None
