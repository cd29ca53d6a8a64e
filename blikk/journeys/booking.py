"""Book and invite, move, cancel, and send again."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.db import transaction

from blikk.audit.services import hold, named
from blikk.clinics.models import Clinic, Membership, Role
from blikk.consultations.queries import find_for
from blikk.invitations import along as coming
from blikk.invitations import queries as invitations
from blikk.invitations import services as inviting
from blikk.invitations import wishes
from blikk.invitations.errors import NoWayToReach
from blikk.invitations.models import Invitation, PersonRole
from blikk.invitations.services import Issued
from blikk.invitations.states import Revoked
from blikk.invitations.words import Kind, compose, sender_of
from blikk.journeys import reminders
from blikk.journeys.calendar_files import calendar_file
from blikk.journeys.errors import TalkIsRunning
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.notifications import services as outbox
from blikk.patients.contact_points import verified_channels
from blikk.patients.errors import ContactNotVerified
from blikk.patients.models import Patient
from blikk.patients.queries import contact
from blikk.patients.services import reach_by, register
from blikk.scheduling import services as scheduling
from blikk.scheduling.models import Appointment, SlotHold
from blikk.scheduling.queries import get as get_appointment
from blikk.scheduling.states import FILLS_TIME
from blikk.waiting_room import services as waiting_room
from blikk.waiting_room.models import Arrival
from blikk.waiting_room.states import PRESENT


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
    actor: Actor,
    now: datetime,
) -> Booked:
    """Book a video consultation and invite the patient, in one transaction with the message.

    `reach` is how the patient said they are reached now, and `read_back` which of it was read back to them. A slot
    that was `held` while this was decided falls free in the same moment. Raises Invalid, field by field, and
    NotFound for a patient or clinician of somewhere else.
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
        actor=actor,
        now=now,
    )
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
    _send_home(appointment, actor=actor, now=now)
    kind: Kind = "moved" if appointment.clinician == before else "moved_to_other"
    mine: Issued | None = None
    for old in list(invitations.open_for(appointment)):
        issued = _replace(old, because=Revoked.MOVED, kind=kind, actor=actor, now=now)
        if old.role == PersonRole.PATIENT:
            mine = issued
    if mine is None:
        raise NotFound
    return Booked(appointment, mine.invitation, mine.typed_code)


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
    close_links(appointment, because=because, kind="cancelled", actor=actor, now=now)
    return appointment


def close_links(
    appointment: Appointment, *, because: Revoked, kind: Kind, actor: Actor, now: datetime
) -> None:
    """Close every link to an hour that is not held by video; who waits goes home, and everybody is told."""
    _send_home(appointment, actor=actor, now=now)
    for invitation in list(invitations.open_for(appointment)):
        why = because if invitation.role == PersonRole.PATIENT else _for_others(because)
        inviting.revoke(invitation, because=why, actor=actor, now=now)
        outbox.withdraw(about=named(invitation), now=now)
        send(invitation, kind, now=now)


def _for_others(because: Revoked) -> Revoked:
    """Who comes along is told that it is cancelled, not that they did it."""
    return Revoked.CANCELLED if because == Revoked.GIVEN_UP else because


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
    issued = _replace(old, because=Revoked.REPLACED, kind="invited", channels=channels, actor=actor, now=now)
    return Booked(old.appointment, issued.invitation, issued.typed_code)


def may_be_booked(clinic: Clinic, clinician: Membership) -> bool:
    """Whether somebody can have appointments at the clinic."""
    is_ours = clinician.clinic_id == clinic.pk
    return is_ours and clinician.role == Role.CLINICIAN and clinician.ended_at is None


def invite_patient(
    clinic: Clinic,
    appointment: Appointment,
    *,
    channels: tuple[str, ...],
    kind: Kind,
    not_before: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> Issued:
    """Make the patient's way into an appointment and send it, not before a moment where one is given.

    Raises Invalid: `channels: no_way_to_reach`, and `contact_not_verified` for the phone or e-mail that is not.
    """
    patient = appointment.patient
    try:
        issued = inviting.issue(
            clinic,
            appointment,
            role=PersonRole.PATIENT,
            patient=patient,
            name=patient.name,
            phone=contact(patient, "phone"),
            email=contact(patient, "email"),
            language=patient.language,
            channels=channels,
            actor=actor,
            now=now,
        )
    except NoWayToReach as fault:
        raise Invalid(channels="no_way_to_reach") from fault
    except ContactNotVerified as fault:
        raise Invalid(**dict.fromkeys(fault.kinds, fault.code)) from fault
    send(issued.invitation, kind, issued=issued, not_before=not_before, now=now)
    reminders.plan(issued.invitation, not_before=not_before, now=now)
    return issued


def _replace(
    old: Invitation,
    *,
    because: Revoked,
    kind: Kind,
    channels: tuple[str, ...] | None = None,
    actor: Actor,
    now: datetime,
) -> Issued:
    outbox.withdraw(about=named(old), now=now)
    inviting.revoke(old, because=because, actor=actor, now=now)
    ways = channels or tuple(old.sent_by.split(","))
    if old.appointment is None:
        raise NotFound
    if old.role == PersonRole.PATIENT and old.patient is not None:
        # What has come into doubt since then is left out as long as another way is sure.
        ways = channels or verified_channels(old.patient, ways) or ways
        return invite_patient(old.clinic, old.appointment, channels=ways, kind=kind, actor=actor, now=now)
    issued = inviting.issue(
        old.clinic,
        old.appointment,
        role=old.role,
        name=old.name,
        phone=old.phone,
        email=old.email,
        language=old.language,
        channels=ways,
        along=coming.along_of(old),
        actor=actor,
        now=now,
    )
    coming.carry_over(old, issued.invitation)
    send(issued.invitation, kind, issued=issued, now=now)
    return issued


def send(
    invitation: Invitation,
    kind: Kind,
    *,
    issued: Issued | None = None,
    token: str = "",
    channels: tuple[str, ...] = (),
    not_before: datetime | None = None,
    now: datetime,
) -> None:
    """Write to an invited person on every channel that their invitation went by, or on those that are given.

    A letter is printed by a person.
    """
    words = compose(
        kind,
        invitation,
        base_url=settings.BLIKK_BASE_URL,
        token=issued.token if issued else token,
        typed_code=issued.typed_code if issued else "",
    )
    secret = issued.token if issued else token
    link = f"{settings.BLIKK_BASE_URL}/m#{secret}" if secret else ""
    for channel in (way for way in channels or invitation.sent_by.split(",") if way != "letter"):
        outbox.queue(
            clinic_id=invitation.clinic_id,
            kind=kind,
            key=f"{invitation.public_id}:{kind}:{channel}",
            channel=channel,  # type: ignore[arg-type]
            to=invitation.phone if channel == "sms" else invitation.email,
            language=invitation.language,
            subject=words.subject,
            body=words.body,
            about=named(invitation),
            topic=f"day:{invitation.clinic.public_id}",
            sender=sender_of(invitation.clinic, channel),
            calendar=calendar_file(invitation, kind, link=link, now=now) if channel == "email" else "",
            not_before=not_before,
            now=now,
        )


def _send_home(appointment: Appointment, *, actor: Actor, now: datetime) -> None:
    wishes.settle_all(appointment, actor=actor, now=now)
    for arrival in Arrival.objects.filter(appointment=appointment, status__in=PRESENT).select_related(
        "clinic"
    ):
        waiting_room.settle(arrival, actor=actor, now=now)
