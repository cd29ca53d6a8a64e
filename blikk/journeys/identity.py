"""Who is who, both ways: the clinician makes sure of the patient, and the patient may ask who the clinician is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from blikk.audit.services import hold
from blikk.clinics.cards import Card, cards_of
from blikk.clinics.models import Clinic, Membership
from blikk.consultations import identity
from blikk.consultations import queries as consultations
from blikk.consultations.identity import Known, Seen
from blikk.consultations.identity_tables import IdentityCheck
from blikk.consultations.models import Consultation, Participant, ParticipantRole
from blikk.invitations import services as inviting
from blikk.invitations.models import Invitation, PersonRole
from blikk.journeys.closing import consultation_of
from blikk.journeys.door import who_is_at_the_door
from blikk.journeys.errors import NotAtThisStep
from blikk.kernel.actors import Actor
from blikk.kernel.errors import NotFound
from blikk.scheduling.models import Opening
from blikk.waiting_room import queries as waiting_room
from blikk.waiting_room import services as waiting
from blikk.waiting_room.models import Arrival, Showing
from blikk.waiting_room.states import ArrivalStatus

# Who may ask the clinician to show who they are.
_ASKS = (PersonRole.PATIENT, PersonRole.MEMBER)


@dataclass(frozen=True, slots=True)
class WhoIsWho:
    """What is known of who the people in a conversation are, for the clinician's page."""

    patient: Participant | None
    known: Known | None
    checks: dict[int, IdentityCheck]
    showing: Showing | None
    has_eid: bool
    keeps_card_mark: bool

    @property
    def check(self) -> IdentityCheck | None:
        """How it was made sure who the patient is."""
        return self.checks.get(self.patient.pk) if self.patient else None


@dataclass(frozen=True, slots=True)
class Faces:
    """Whom somebody at the door meets, and how far it is with showing who that is."""

    cards: Sequence[Card]
    showing: str
    may_ask: bool


def who_is_who(consultation: Consultation) -> WhoIsWho:
    """What the clinician's page shows, in a constant number of queries."""
    patient = identity.patient_in(consultation)
    return WhoIsWho(
        patient=patient,
        known=identity.known_before(consultation),
        checks=identity.checks_of(consultation),
        showing=_showing_to(patient),
        has_eid=patient is not None and identity.has_eid(patient),
        keeps_card_mark=consultation.clinic.keeps_card_mark,
    )


@transaction.atomic
def identify(
    clinic: Clinic,
    consultation_id: str,
    *,
    participant_id: str,
    seen: Seen,
    replaces: str,
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> IdentityCheck:
    """Write down how it was made sure who somebody is.

    Raises NotFound for who does not lead the conversation, Overtaken, Over, NoEid, Invalid.
    """
    hold(clinic.pk)
    consultation = consultation_of(clinic, consultation_id, membership=membership)
    participant = identity.get_participant(consultation, participant_id)
    return identity.check(participant, seen, replaces=replaces, by=membership, actor=actor, now=now)


@transaction.atomic
def show_card(
    clinic: Clinic, consultation_id: str, *, membership: Membership, actor: Actor, now: datetime
) -> Showing:
    """Note that the clinician has shown the patient who they are. Raises NotFound."""
    hold(clinic.pk)
    consultation = consultation_of(clinic, consultation_id, membership=membership)
    patient = identity.patient_in(consultation)
    if patient is None or patient.arrival is None or not consultations.is_running(consultation):
        raise NotFound
    arrival = waiting_room.get(clinic, patient.arrival.public_id)
    return waiting.show(arrival, by=membership, actor=actor, now=now)


@transaction.atomic
def ask_for_card(invitation_id: str, device_secret: str, *, where: str, now: datetime) -> Showing:
    """Ask the clinician to show who they are, from the waiting room or the conversation.

    Raises NotAtThisStep, NotFound.
    """
    invitation, arrival = _here(invitation_id, device_secret, now=now)
    hold(invitation.clinic_id)
    if invitation.role not in _ASKS:
        raise NotFound
    return waiting.ask_to_see(arrival, actor=inviting.actor_of(invitation, where=where), now=now)


@transaction.atomic
def answer_card(invitation_id: str, device_secret: str, *, answer: str, where: str, now: datetime) -> Showing:
    """Say whether one saw who the clinician is. Raises NotAtThisStep, NotFound, IllegalMove."""
    invitation, arrival = _here(invitation_id, device_secret, now=now)
    hold(invitation.clinic_id)
    actor = inviting.actor_of(invitation, where=where)
    return waiting.answer_showing(arrival, answer=answer, actor=actor, now=now)


def faces_for(invitation_id: str, device_secret: str, *, now: datetime) -> Faces:
    """Whom the person at the door meets. Raises NotAtThisStep before they are in the waiting room."""
    invitation, arrival = _here(invitation_id, device_secret, now=now)
    showing = waiting_room.showing_of(arrival)
    return Faces(
        cards_of(_met_by(invitation, arrival)),
        str(showing.status) if showing else "",
        invitation.role in _ASKS,
    )


def _here(invitation_id: str, device_secret: str, *, now: datetime) -> tuple[Invitation, Arrival]:
    """Who waits or talks. Raises NotAtThisStep for who does neither, NotFound for strangers."""
    invitation, _device, arrival = who_is_at_the_door(invitation_id, device_secret, now=now)
    if arrival is None or arrival.status == ArrivalStatus.AT_THE_DOOR:
        raise NotAtThisStep
    return invitation, arrival


def _met_by(invitation: Invitation, arrival: Arrival) -> list[Membership]:
    """Those who are in the conversation; before it, who has the hour, or those who serve the queue."""
    participant = consultations.participant_by_invitation(invitation)
    if participant is not None and participant.left_at is None:
        staff = participant.consultation.participants.filter(membership__isnull=False, left_at__isnull=True)
        return [one.membership for one in staff.select_related("membership__user") if one.membership]
    if arrival.meant_for is not None:
        return [arrival.meant_for]
    if arrival.opening is not None and arrival.is_in_queue:
        return _serving(arrival.opening)
    appointment = arrival.appointment or invitation.appointment
    return [appointment.clinician] if appointment is not None else []


def _serving(opening: Opening) -> list[Membership]:
    return [one.membership for one in waiting_room.running_servings(opening)]


def _showing_to(patient: Participant | None) -> Showing | None:
    if patient is None or patient.arrival is None:
        return None
    return Showing.objects.filter(arrival=patient.arrival_id).select_related("shown_by__user").first()


def is_companion(participant: Participant) -> bool:
    """Whether it may matter who this is besides the patient: whose word or consent counts for the patient's."""
    return participant.role in {ParticipantRole.GUARDIAN, ParticipantRole.INTERPRETER}
