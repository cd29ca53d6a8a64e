"""Writing with a patient, from the staff's side: ask for more, begin in writing, answer, decide, close."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.conf import settings
from django.db import transaction

from blikk.audit.services import hold, named
from blikk.clinics.models import Clinic, Membership, Role
from blikk.consultations import queries as consultations
from blikk.consultations import services as talking
from blikk.consultations.models import ParticipantRole
from blikk.consultations.states import Channel
from blikk.documentation.services import note_about
from blikk.invitations import queries as invitations
from blikk.invitations import services as inviting
from blikk.invitations import wishes
from blikk.invitations.models import PersonRole
from blikk.invitations.states import Revoked
from blikk.invitations.words import sender_of
from blikk.journeys.booking import may_be_booked, send
from blikk.journeys.errors import TalkIsRunning
from blikk.journeys.talk import require_clinician
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.times import wall_time
from blikk.notifications import services as outbox
from blikk.patients.contact_points import require_verified, verified_channels
from blikk.patients.errors import ContactNotVerified
from blikk.patients.models import Patient
from blikk.patients.queries import contact
from blikk.scheduling import services as scheduling
from blikk.scheduling.models import Appointment
from blikk.scheduling.queries import get as get_appointment
from blikk.waiting_room import services as waiting_room
from blikk.waiting_room.models import Arrival
from blikk.waiting_room.states import PRESENT
from blikk.writing import photos, proofs, queries
from blikk.writing import services as writing
from blikk.writing.models import Case, Photo
from blikk.writing.proofs import Made
from blikk.writing.sealed import Asked
from blikk.writing.services import Reached
from blikk.writing.states import CaseKind
from blikk.writing.words import Kind, compose

LAST_MINUTE = time(23, 59)


@dataclass(frozen=True, slots=True)
class Opened:
    """A new case, and the code that is shown once, to be read aloud."""

    case: Case
    typed_code: str


def ways_to(patient: Patient) -> tuple[str, ...]:
    """The channels by which a patient can be written to now: those that were verified."""
    channels = tuple(way for way, kind in (("sms", "phone"), ("email", "email")) if contact(patient, kind))
    return verified_channels(patient, channels)


@transaction.atomic
def ask_for_more(
    clinic: Clinic,
    appointment_id: str,
    *,
    asked: Asked,
    wants_photo: bool,
    due_on: date,
    channels: tuple[str, ...],
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Opened:
    """Ask the patient of an appointment for information, behind a link that leads to nothing else.

    Raises Invalid, field by field, AskedAlready, and NotFound for who is no clinician.
    """
    hold(clinic.pk)
    require_clinician(clinic, membership)
    appointment = get_appointment(clinic, appointment_id)
    case = writing.open_case(
        appointment,
        kind=CaseKind.ASK,
        clinician=membership,
        reached=_reached(appointment.patient, channels, actor=actor, now=now),
        asked=asked,
        wants_photo=wants_photo,
        due_at=wall_time(due_on, LAST_MINUTE, clinic.zone),
        actor=actor,
        now=now,
    )
    made = proofs.make_link(case, with_code=True, now=now)
    notify(case, "asked", made=made, key="asked", now=now)
    return Opened(case, made.typed_code)


@transaction.atomic
def begin_with(
    clinic: Clinic,
    patient: Patient,
    *,
    clinician: Membership,
    channels: tuple[str, ...],
    words: str = "",
    actor: Actor,
    now: datetime,
) -> Opened:
    """Book a consultation in writing: it begins with the patient's message, or with the clinician's words.

    Raises Invalid, and NotFound for a patient or clinician of somewhere else.
    """
    hold(clinic.pk)
    if patient.clinic_id != clinic.pk or not may_be_booked(clinic, clinician):
        raise NotFound
    reached = _reached(patient, channels, actor=actor, now=now)
    appointment = scheduling.begin_in_writing(
        clinic, patient=patient, clinician=clinician, actor=actor, now=now
    )
    return _begin(appointment, clinician, reached, words, actor=actor, now=now)


@transaction.atomic
def turn_into_text(
    clinic: Clinic,
    appointment_id: str,
    *,
    version: int,
    channels: tuple[str, ...],
    words: str = "",
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Opened:
    """Go on in writing. An hour that has not begun becomes the one in writing, and its links close; after a
    conversation a consultation in writing of its own begins, and the conversation keeps its own close-out.

    Raises TalkIsRunning while people talk, Invalid, Overtaken, NotFound for who is no clinician.
    """
    hold(clinic.pk)
    require_clinician(clinic, membership)
    appointment = get_appointment(clinic, appointment_id)
    talk = consultations.find_for(appointment)
    if talk is not None or appointment.status not in {"booked", "arrived"}:
        if talk is not None and consultations.is_running(talk):
            raise TalkIsRunning
        return begin_with(
            clinic,
            appointment.patient,
            clinician=membership,
            channels=channels,
            words=words,
            actor=actor,
            now=now,
        )
    reached = _reached(appointment.patient, channels, actor=actor, now=now)
    appointment = scheduling.hold_in_writing(clinic, appointment_id, version=version, actor=actor, now=now)
    _close_doors(appointment, actor=actor, now=now)
    return _begin(appointment, membership, reached, words, actor=actor, now=now)


def _begin(
    appointment: Appointment,
    clinician: Membership,
    reached: Reached,
    words: str,
    *,
    actor: Actor,
    now: datetime,
) -> Opened:
    appointment = scheduling.arrive(appointment, actor=actor, now=now)
    consultation = talking.open_for(appointment, clinician, channel=Channel.TEXT, actor=actor, now=now)
    note_about(consultation, now=now)
    talking.take_in(
        consultation,
        role=ParticipantRole.CLINICIAN,
        name=clinician.name,
        membership=clinician,
        actor=actor,
        now=now,
    )
    case = writing.open_case(
        appointment, kind=CaseKind.TEXT, clinician=clinician, reached=reached, actor=actor, now=now
    )
    if words.strip():
        writing.clinic_writes(case, words, version=None, membership=clinician, actor=actor, now=now)
    made = proofs.make_link(case, with_code=True, now=now)
    notify(case, "writing", made=made, key="writing", now=now)
    return Opened(case, made.typed_code)


def _close_doors(appointment: Appointment, *, actor: Actor, now: datetime) -> None:
    """Close every link into the room of an hour that is held in writing; who comes along is told."""
    wishes.settle_all(appointment, actor=actor, now=now)
    here = Arrival.objects.filter(appointment=appointment, status__in=PRESENT)
    for arrival in here.select_related("clinic", "opening__clinic", "served_by"):
        waiting_room.settle(arrival, actor=actor, now=now)
    for invitation in list(invitations.open_for(appointment)):
        is_patient = invitation.role == PersonRole.PATIENT
        because = Revoked.REPLACED if is_patient else Revoked.CANCELLED
        inviting.revoke(invitation, because=because, actor=actor, now=now)
        outbox.withdraw(about=named(invitation), now=now)
        if not is_patient:
            send(invitation, "cancelled", now=now)


def case_for(clinic: Clinic, case_id: str, *, membership: Membership) -> Case:
    """A case with its words, for the clinician who has it; raises NotFound for everybody else."""
    case = queries.get(clinic, case_id)
    if case.clinician_id != membership.pk or membership.ended_at is not None:
        raise NotFound
    return case


@transaction.atomic
def read(clinic: Clinic, case_id: str, *, membership: Membership, actor: Actor, now: datetime) -> Case:
    """Read what the patient wrote; from now on they cannot change it."""
    hold(clinic.pk)
    case = case_for(clinic, case_id, membership=membership)
    writing.clinic_reads(case, membership=membership, actor=actor, now=now)
    return case


@transaction.atomic
def answer(
    clinic: Clinic,
    case_id: str,
    *,
    text: str,
    version: int,
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Case:
    """Answer the patient, who gets a message that there is an answer; one, until they have read it.

    Raises Overtaken if somebody wrote meanwhile, UnreadMessage, CaseClosed, Invalid.
    """
    hold(clinic.pk)
    case = case_for(clinic, case_id, membership=membership)
    unread = case.messages.filter(writer="clinic", read_at__isnull=True).exists()
    message = writing.clinic_writes(case, text, version=version, membership=membership, actor=actor, now=now)
    if not unread:
        made = proofs.make_link(case, now=now)
        notify(case, "answered", made=made, key=message.public_id, now=now)
    return case


@transaction.atomic
def hand_over(
    clinic: Clinic, case_id: str, *, clinician: Membership, version: int, actor: Actor, now: datetime
) -> Case:
    """Let a colleague go on with a case. The desk may do that too: it needs none of the words."""
    hold(clinic.pk)
    case = queries.get(clinic, case_id)
    if not may_be_booked(clinic, clinician):
        raise NotFound
    if clinician == case.clinician:
        return case
    talk = consultations.find_for(case.appointment) if case.kind == CaseKind.TEXT else None
    writing.hand_over(case, clinician, version=version, actor=actor, now=now)
    if talk is not None:
        talking.hand_over(talk, clinician, actor=actor, now=now)
    return case


@transaction.atomic
def close(
    clinic: Clinic, case_id: str, *, version: int, membership: Membership, actor: Actor, now: datetime
) -> str:
    """Close a case; gives the consultation that is to be closed out, if the case was one.

    Raises Overtaken if somebody wrote meanwhile, UnreadMessage, PhotosUndecided, CaseClosed.
    """
    hold(clinic.pk)
    case = case_for(clinic, case_id, membership=membership)
    writing.close(case, version=version, actor=actor, now=now)
    outbox.withdraw(about=named(case), now=now, kind="asked")
    if case.kind != CaseKind.TEXT:
        return ""
    consultation = consultations.find_for(case.appointment)
    if consultation is None:
        return ""
    talking.end(consultation, actor=actor, now=now)
    scheduling.fulfil(case.appointment, actor=actor, now=now)
    return consultation.public_id


def in_writing(clinic: Clinic, consultation_id: str, *, membership: Membership) -> str:
    """The case that a running consultation is, for its clinician; empty for a conversation and for others."""
    consultation = consultations.get(clinic, consultation_id)
    case = queries.text_case_of(consultation.appointment)
    is_mine = case is not None and case.clinician_id == membership.pk
    return case.public_id if case and is_mine and consultations.is_running(consultation) else ""


@transaction.atomic
def look_at_photo(
    clinic: Clinic, case_id: str, photo_id: str, *, membership: Membership, actor: Actor, now: datetime
) -> Photo:
    """A photo for the clinician of its case, once they have read what it came with; the look is recorded."""
    case = case_for(clinic, case_id, membership=membership)
    photo = queries.photo_of(case, photo_id)
    if photo.message is None or photo.message.read_at is None:
        raise NotFound
    return photos.view(photo, actor=actor, now=now)


@transaction.atomic
def decide_photo(
    clinic: Clinic,
    case_id: str,
    photo_id: str,
    *,
    keep: bool,
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Case:
    """Delete a photo for good, or keep it for the record. Raises IllegalMove for one that was decided about."""
    hold(clinic.pk)
    case = case_for(clinic, case_id, membership=membership)
    decide = photos.send_to_record if keep else photos.delete
    decide(queries.photo_of(case, photo_id), membership=membership, actor=actor, now=now)
    writing.tell_changed(case)
    return case


def require_clinician_of(clinic: Clinic, membership_id: str) -> Membership:
    """A clinician of the clinic by name; raises NotFound."""
    found = Membership.objects.filter(
        clinic=clinic, public_id=membership_id, role=Role.CLINICIAN, ended_at__isnull=True
    ).first()
    if found is None:
        raise NotFound
    return found


def notify(case: Case, kind: Kind, *, made: Made, key: str, now: datetime) -> None:
    """Write to the patient on the channels of the case; never what it is about."""
    words = compose(
        kind, case, base_url=settings.BLIKK_BASE_URL, token=made.token, typed_code=made.typed_code
    )
    for channel in case.sent_by.split(","):
        outbox.queue(
            clinic_id=case.clinic_id,
            kind=kind,
            key=f"{case.public_id}:{key}:{channel}",
            channel=channel,  # type: ignore[arg-type]
            to=case.phone if channel == "sms" else case.email,
            language=case.language,
            subject=words.subject,
            body=words.body,
            about=named(case),
            topic=f"day:{case.clinic.public_id}",
            sender=sender_of(case.clinic, channel),
            now=now,
        )


def _reached(patient: Patient, channels: tuple[str, ...], *, actor: Actor, now: datetime) -> Reached:
    phone, email = contact(patient, "phone"), contact(patient, "email")
    if not channels or not all({"sms": phone, "email": email}.get(channel) for channel in channels):
        raise Invalid(channels="no_way_to_reach")
    try:
        require_verified(patient, channels, actor=actor, now=now)
    except ContactNotVerified as fault:
        raise Invalid(channels=fault.code) from fault
    return Reached(phone, email, patient.language, channels)
