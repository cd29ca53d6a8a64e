"""Let somebody in, take part, and end the conversation for everybody."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from blikk.audit.services import hold, record
from blikk.clinics.models import Clinic, Membership, Role
from blikk.consultations import channels
from blikk.consultations import queries as consultations
from blikk.consultations import services as talking
from blikk.consultations.errors import Elsewhere
from blikk.consultations.models import Consultation, Participant, ParticipantRole
from blikk.consultations.services import Came
from blikk.consultations.states import Channel
from blikk.documentation.services import note_about
from blikk.invitations import services as inviting
from blikk.invitations.models import PersonRole
from blikk.invitations.queries import along_with
from blikk.journeys.consent import first_name, require_welcome
from blikk.journeys.door import who_is_at_the_door
from blikk.journeys.errors import PatientFirst
from blikk.journeys.external import engine_for, reserve
from blikk.kernel.actors import Actor
from blikk.kernel.errors import NotFound
from blikk.media.services import close_room, open_room
from blikk.scheduling import services as scheduling
from blikk.scheduling.models import Appointment
from blikk.waiting_room import queries as waiting_room
from blikk.waiting_room import services as waiting
from blikk.waiting_room.errors import NotTheirTurn
from blikk.waiting_room.models import Arrival
from blikk.waiting_room.policies import is_someone_else, require_not_someone_else
from blikk.waiting_room.states import PRESENT


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the staff's that is to become the conversation which its own press begins.

    `listen` is given the consultation's name before anybody can have heard of it, so that nothing about it is missed.
    """

    tab: str
    epoch: str
    listen: Callable[[str], None]


@transaction.atomic
def admit(
    clinic: Clinic,
    arrival_id: str,
    *,
    version: int | None = None,
    despite: str = "",
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Consultation:
    """Let a waiting person in, and open the consultation if they are the first.

    Raises NotFound, Overtaken or IllegalMove (somebody else was faster), RoomFull, Over, NotTheirTurn where
    somebody who is ready stands before them in a queue, SomeoneElse where an eID named somebody else and nobody has
    said why they are let in `despite` that; and for who comes along PatientFirst and NoConsent.
    """
    hold(clinic.pk)
    require_clinician(clinic, membership)
    arrival = waiting_room.get(clinic, arrival_id)
    if arrival.is_in_queue and waiting_room.ready_ahead_of(arrival, membership=membership, now=now):
        raise NotTheirTurn
    return let_in(
        clinic, arrival, version=version, despite=despite, membership=membership, actor=actor, now=now
    )


@transaction.atomic
def let_in(
    clinic: Clinic,
    arrival: Arrival,
    *,
    version: int | None = None,
    despite: str = "",
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Consultation:
    """Let a certain person in, whose turn it is or who was chosen; the caller holds the clinic's line."""
    require_not_someone_else(arrival, reason=despite)
    if is_someone_else(arrival):
        about, because = clinic.pk, waiting.clean_words(despite)
        record("arrival.let_in_despite", actor=actor, about=arrival, clinic_id=about, now=now, said=because)
    came = _welcome(arrival, now=now)
    waiting.admit(arrival, version=version, by=membership, actor=actor, now=now)
    appointment = scheduling.arrive(_hour_of(arrival, membership, actor=actor, now=now), actor=actor, now=now)
    is_first = consultations.find_for(appointment) is None
    engine, solution = engine_for(membership)
    consultation = talking.open_for(appointment, membership, engine=engine, actor=actor, now=now)
    if is_first:
        reserve(consultation, solution, now=now)
        open_room(consultation.public_id)
        note_about(consultation, now=now)
        talking.take_in(
            consultation,
            role=ParticipantRole.CLINICIAN,
            name=membership.name,
            membership=membership,
            actor=actor,
            now=now,
        )
    talking.take_in(
        consultation,
        role=arrival.invitation.role,
        name=arrival.invitation.name,
        arrival=arrival,
        came=came,
        actor=actor,
        now=now,
    )
    return consultation


def _welcome(arrival: Arrival, *, now: datetime) -> Came:
    """What the record is to say of somebody who is let in. Raises PatientFirst, NoConsent."""
    invitation = arrival.invitation
    appointment = invitation.appointment
    alias = ""
    if appointment is not None and appointment.is_group:
        alias = invitation.alias or first_name(invitation.name)
    if invitation.role == PersonRole.PATIENT:
        return Came(alias=alias)
    if appointment is None:
        raise PatientFirst
    standing = require_welcome(arrival, appointment, now=now)
    return Came(standing.how, standing.ground, invitation.spoken, invitation.qualification, alias)


def _hour_of(arrival: Arrival, membership: Membership, *, actor: Actor, now: datetime) -> Appointment:
    """The hour that this conversation is: the booked one, or one that begins now for who comes from a queue."""
    invitation, opening = arrival.invitation, arrival.opening
    appointment = arrival.appointment or invitation.appointment
    if opening is None or invitation.patient is None:
        if appointment is None:
            raise NotFound
        return appointment
    if appointment is None:
        appointment = scheduling.begin_drop_in(
            opening, patient=invitation.patient, clinician=membership, actor=actor, now=now
        )
        inviting.lead_to(invitation, appointment=appointment)
        for beside in along_with(invitation):
            inviting.lead_to(beside, appointment=appointment)
            waiting.follow(beside, appointment)
    waiting.begin_serving(arrival, appointment, membership, actor=actor, now=now)
    return appointment


@transaction.atomic
def admit_and_sit(
    clinic: Clinic,
    arrival_id: str,
    *,
    version: int | None = None,
    page: Page,
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> tuple[Consultation, Participant | None]:
    """As `admit`, and sit down with the page that asked: two people look at the wait for each step of this."""
    consultation = admit(clinic, arrival_id, version=version, membership=membership, actor=actor, now=now)
    return consultation, sit_at(consultation, page, membership=membership, actor=actor, now=now)


def sit_at(
    consultation: Consultation, page: Page, *, membership: Membership, actor: Actor, now: datetime
) -> Participant | None:
    """Sit down in the conversation that a page has just begun; part of the act that began it.

    Nobody sits down who has no place there because a colleague leads it, or who sits there with another page: that
    page is asked first.
    """
    page.listen(consultation.public_id)
    try:
        participant = consultations.participant_of(consultation, membership)
        return sit_down(participant, tab=page.tab, epoch=page.epoch, move=False, actor=actor, now=now)
    except (NotFound, Elsewhere):
        return None


def place_of_member(clinic: Clinic, consultation_id: str, *, membership: Membership) -> Participant:
    """A member of staff's place in a conversation; raises NotFound for everybody who has none."""
    return consultations.participant_of(consultations.get(clinic, consultation_id), membership)


def place_at_the_door(invitation_id: str, device_secret: str, *, now: datetime) -> Participant:
    """An invited person's place in a conversation; raises NotFound until they have been let in (law 7)."""
    invitation, _device, arrival = who_is_at_the_door(invitation_id, device_secret, now=now)
    participant = consultations.participant_by_invitation(invitation)
    if arrival is None or participant is None or participant.left_at is not None:
        raise NotFound
    if participant.arrival_id != arrival.pk:
        raise NotFound
    return participant


@transaction.atomic
def sit_down(
    participant: Participant, *, tab: str, epoch: str, move: bool, actor: Actor, now: datetime
) -> Participant:
    """Let a tab speak for a person in the conversation. Raises Elsewhere, Over."""
    return talking.take_seat(participant, tab=tab, epoch=epoch, move=move, actor=actor, now=now)


@transaction.atomic
def step_out(participant: Participant, *, actor: Actor, now: datetime) -> Participant:
    """Leave without ending: the others go on, and the way back is open."""
    hold(participant.consultation.clinic_id)
    return talking.step_out(participant, actor=actor, now=now)


@transaction.atomic
def send_out(
    clinic: Clinic,
    consultation_id: str,
    participant_id: str,
    *,
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Participant:
    """Ask a companion to leave; they come back only by being let in again. Raises NotFound."""
    hold(clinic.pk)
    consultation = consultations.get(clinic, consultation_id)
    require_leads(consultation, membership)
    participant = next(
        (
            person
            for person in consultations.roster(consultation)
            if person.public_id == participant_id and person.role not in {"clinician", "patient"}
        ),
        None,
    )
    if participant is None:
        raise NotFound
    # Told first that they were sent out: a page that heard of the empty place first would try its camera anew.
    sent_out = talking.send_out(participant, actor=actor, now=now)
    if participant.arrival is not None:
        waiting.settle(participant.arrival, actor=actor, now=now)
    return sent_out


@transaction.atomic
def change_channel(
    clinic: Clinic,
    consultation_id: str,
    *,
    channel: str,
    measured: bool = False,
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Consultation:
    """Note that the people went over to another channel: the record says what was really used."""
    hold(clinic.pk)
    consultation = consultations.get(clinic, consultation_id)
    require_leads(consultation, membership)
    if channel not in Channel.values:
        raise NotFound
    return channels.change_channel(
        consultation, channel=Channel(channel), measured=measured, actor=actor, now=now
    )


@transaction.atomic
def ask_phone(participant: Participant, *, actor: Actor, now: datetime) -> None:
    """The patient would rather talk on the phone. Raises NotFound for everybody else, Over."""
    hold(participant.consultation.clinic_id)
    participant.consultation.refresh_from_db()
    channels.ask_phone(participant, actor=actor, now=now)


@transaction.atomic
def note_unanswered(
    clinic: Clinic, consultation_id: str, *, membership: Membership, actor: Actor, now: datetime
) -> int:
    """The clinician rang and nobody answered. Raises NotFound for who does not lead it, Over."""
    hold(clinic.pk)
    consultation = consultations.get(clinic, consultation_id)
    require_leads(consultation, membership)
    return channels.note_unanswered(consultation, actor=actor, now=now)


@transaction.atomic
def end(
    clinic: Clinic,
    consultation_id: str,
    *,
    version: int | None = None,
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Consultation:
    """End a consultation for everybody: the room is closed, every link is dead, a note lies ready.

    Raises NotFound for who does not lead it, IllegalMove if it has ended already.
    """
    hold(clinic.pk)
    consultation = consultations.get(clinic, consultation_id)
    require_leads(consultation, membership)
    talking.end(consultation, version=version, actor=actor, now=now)
    appointment = consultation.appointment
    inviting.end_all(appointment, actor=actor, now=now)
    for arrival in Arrival.objects.filter(appointment=appointment, status__in=PRESENT).select_related(
        "clinic", "opening__clinic", "served_by"
    ):
        waiting.settle(arrival, actor=actor, now=now)
        waiting.end_serving(arrival, actor=actor, now=now)
    scheduling.fulfil(appointment, actor=actor, now=now)
    close_room(consultation.public_id)
    return consultation


def require_clinician(clinic: Clinic, membership: Membership) -> None:
    """Raise NotFound for everybody who is not a clinician of this clinic today."""
    ours = membership.clinic_id == clinic.pk and membership.ended_at is None
    if not ours or membership.role != Role.CLINICIAN:
        raise NotFound


def require_leads(consultation: Consultation, membership: Membership) -> None:
    """Raise NotFound for everybody but the clinician who leads a conversation."""
    participant = consultations.participant_of(consultation, membership)
    if participant.role != ParticipantRole.CLINICIAN or membership.ended_at is not None:
        raise NotFound
