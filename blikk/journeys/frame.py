"""The frame around a conversation: the patient answers while waiting, the clinician ticks and confirms."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from blikk.audit.services import hold
from blikk.bus.services import announce
from blikk.clinics.models import Clinic, Membership
from blikk.consultations import frame, frame_lights
from blikk.consultations import queries as consultations
from blikk.consultations.frame_lights import Frame
from blikk.consultations.frame_lights import Troubled as Troubled
from blikk.consultations.frame_lights import troubled_of as troubled_of
from blikk.consultations.frame_questions import FrameWish
from blikk.consultations.identity import confirm_known, is_identified, require_identified
from blikk.consultations.models import Consultation, OwnQuestion
from blikk.invitations import services as inviting
from blikk.invitations.models import Device, Invitation, PersonRole
from blikk.invitations.queries import find_presented
from blikk.journeys.door import DoorView, view_of, who_is_at_the_door
from blikk.journeys.errors import NotAtThisStep
from blikk.journeys.talk import require_leads
from blikk.kernel.actors import SYSTEM, Actor
from blikk.kernel.errors import DomainError, NotFound
from blikk.kernel.times import local
from blikk.waiting_room import queries as waiting_room
from blikk.waiting_room import services as waiting
from blikk.waiting_room.models import Arrival
from blikk.waiting_room.queries import Queue
from blikk.waiting_room.states import ArrivalStatus

A_WHILE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Standing:
    """The frame of a conversation as its clinician sees it."""

    consultation: Consultation
    frame: Frame
    is_identified: bool
    # When the clinician said of today that their own side is in order; None where they did not.
    own_side_at: datetime | None
    is_running: bool
    appointment: str

    @property
    def is_ready(self) -> bool:
        return self.frame.is_settled and self.is_identified and self.own_side_at is not None


def own_words_for(
    invitation_id: str, device_secret: str, *, now: datetime
) -> tuple[str, Sequence[OwnQuestion]]:
    """The language of a patient who waits, and what the clinic asks in its own words. Changes nothing.

    Raises NotFound for who comes along: they are not asked for the patient.
    """
    invitation, _device, _arrival = _patient_at_the_door(invitation_id, device_secret, now=now)
    return invitation.language, frame_lights.asked_now(invitation.clinic)


@transaction.atomic
def answer(
    invitation_id: str,
    device_secret: str,
    *,
    question: str,
    answer: str,
    helped: bool,
    where: str,
    now: datetime,
) -> DoorView:
    """Answer a control question. What comes back is the same whatever was answered.

    Raises NotAtThisStep before the waiting room, NotFound for who comes along, Invalid.
    """
    invitation, device, arrival = _patient_in_line(invitation_id, device_secret, now=now)
    actor = inviting.actor_of(invitation, where=where)
    kept = frame.answer(invitation, question=question, value=answer, helped=helped, actor=actor, now=now)
    if kept.danger_at == now:
        _alert(arrival)
    return view_of(invitation, device, now=now)


@transaction.atomic
def wish(invitation_id: str, device_secret: str, *, wish: str, where: str, now: datetime) -> DoorView:
    """Say what one would rather: five minutes, sound only, the phone; `ready` and an empty wish take it back.

    Raises NotAtThisStep, NotFound, Invalid.
    """
    invitation, device, arrival = _patient_in_line(invitation_id, device_secret, now=now)
    actor = inviting.actor_of(invitation, where=where)
    frame.wish_for(invitation, wish="" if wish == "ready" else wish, actor=actor, now=now)
    if wish == FrameWish.FIVE_MINUTES and arrival.status == ArrivalStatus.WAITING:
        waiting.put_on_hold(arrival, words="", until=now + A_WHILE, actor=actor, now=now)
    elif wish == "ready" and _is_in_a_while(arrival):
        waiting.take_off_hold(arrival, actor=actor, now=now)
    return view_of(invitation, device, now=now)


@transaction.atomic
def hold_a_while(clinic: Clinic, arrival_id: str, *, words: str, actor: Actor, now: datetime) -> Arrival:
    """Give somebody who waits five minutes to put things in order; they come back by themselves.

    Raises NotFound, IllegalMove for who does not wait any more.
    """
    hold(clinic.pk)
    arrival = waiting_room.get(clinic, arrival_id)
    return waiting.put_on_hold(arrival, words=words, until=now + A_WHILE, actor=actor, now=now)


@transaction.atomic
def back_from_a_while(clinic: Clinic, arrival_id: str, *, actor: Actor, now: datetime) -> Arrival:
    """Take somebody back before the five minutes are over. Raises NotFound, IllegalMove."""
    hold(clinic.pk)
    return waiting.take_off_hold(waiting_room.get(clinic, arrival_id), actor=actor, now=now)


def end_whiles(*, now: datetime) -> int:
    """Take back everybody whose five minutes are over, each in a transaction of their own; says how many."""
    due = Arrival.objects.filter(status=ArrivalStatus.ON_HOLD, hold_until__lte=now).select_related("clinic")
    return sum(_end_while(arrival, now=now) for arrival in due)


@transaction.atomic
def _end_while(arrival: Arrival, *, now: datetime) -> int:
    hold(arrival.clinic_id)
    current = waiting_room.get(arrival.clinic, arrival.public_id)
    if not _is_in_a_while(current) or current.hold_until is None or current.hold_until > now:
        return 0
    try:
        waiting.take_off_hold(current, actor=SYSTEM, now=now)
    except DomainError:
        # Somebody else took them back a moment before.
        return 0
    return 1


def standing_of(clinic: Clinic, consultation_id: str, *, membership: Membership, now: datetime) -> Standing:
    """The frame of a conversation, for the clinician who leads it; raises NotFound for everybody else."""
    consultation = consultations.get(clinic, consultation_id)
    require_leads(consultation, membership)
    return Standing(
        consultation,
        frame_lights.frame_of(frame_lights.patient_of(consultation)),
        is_identified(consultation),
        frame_lights.own_side_said_at(membership, _today(clinic, now)),
        consultations.is_running(consultation),
        consultation.appointment.public_id,
    )


@transaction.atomic
def tick(
    clinic: Clinic,
    consultation_id: str,
    *,
    question: str,
    value: str,
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> None:
    """Note how it stands with a question that was asked in the conversation. Raises NotFound, Invalid."""
    hold(clinic.pk)
    consultation = _running(clinic, consultation_id, membership)
    frame.tick(consultation, question=question, value=value, membership=membership, actor=actor, now=now)


@transaction.atomic
def confirm_frame(
    clinic: Clinic,
    consultation_id: str,
    *,
    exception: str = "",
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Consultation:
    """Confirm the frame of a conversation: the questions, who the patient is, and the clinician's own side.

    Confirming twice, from two windows or by two people, confirms once. Raises NotFound, OwnSideOpen, FrameOpen,
    NotIdentified.
    """
    hold(clinic.pk)
    consultation = _running(clinic, consultation_id, membership)
    require_identified(consultation)
    day = _today(clinic, now)
    confirmed = frame.confirm(
        consultation, exception=exception, day=day, membership=membership, actor=actor, now=now
    )
    # Who is known from before is confirmed by the same key.
    confirm_known(confirmed, by=membership, actor=actor, now=now)
    return confirmed


@transaction.atomic
def say_own_side(clinic: Clinic, *, ok: bool, membership: Membership, actor: Actor, now: datetime) -> None:
    """Say of today that one's own side is in order, or that it is no more."""
    hold(clinic.pk)
    frame.say_own_side(membership, ok=ok, day=_today(clinic, now), actor=actor, now=now)


def own_side_of(clinic: Clinic, membership: Membership, *, now: datetime) -> datetime | None:
    """When somebody said of today that their own side is in order."""
    return frame_lights.own_side_said_at(membership, _today(clinic, now))


def _running(clinic: Clinic, consultation_id: str, membership: Membership) -> Consultation:
    consultation = consultations.get(clinic, consultation_id)
    require_leads(consultation, membership)
    return consultation


def _today(clinic: Clinic, now: datetime) -> date:
    return local(now, clinic.zone).date()


def _is_in_a_while(arrival: Arrival) -> bool:
    return arrival.status == ArrivalStatus.ON_HOLD and arrival.hold_until is not None


def _alert(arrival: Arrival) -> None:
    """Tell the clinician whom it concerns, and in a queue all of them; nobody else, and nothing to the patient."""
    appointment = arrival.appointment or arrival.invitation.appointment
    announce(
        f"day:{arrival.clinic.public_id}",
        "alert",
        arrival=arrival.public_id,
        clinician=appointment.clinician.public_id if appointment is not None else "",
    )


def frames_in(clinic: Clinic, queues: Iterable[Queue]) -> Mapping[str, Frame]:
    """The frames of those who wait in queues, by their arrival, in a constant number of queries."""
    names = [row.arrival for queue in queues for row in queue.rows]
    if not names:
        return {}
    waiting = dict(Arrival.objects.filter(public_id__in=names).values_list("public_id", "invitation_id"))
    frames = frame_lights.frames_of(clinic, waiting.values())
    return {arrival: frames[invitation] for arrival, invitation in waiting.items()}


_Found = tuple[Invitation, Device, Arrival]


def _patient_at_the_door(invitation_id: str, device_secret: str, *, now: datetime) -> _Found:
    """A patient on a device that has proven itself, who has sat down in the waiting room."""
    invitation, device, arrival = who_is_at_the_door(invitation_id, device_secret, now=now)
    if invitation.role != PersonRole.PATIENT:
        raise NotFound
    if arrival is None or arrival.status == ArrivalStatus.AT_THE_DOOR:
        raise NotAtThisStep
    return invitation, device, arrival


def _patient_in_line(invitation_id: str, device_secret: str, *, now: datetime) -> _Found:
    """As `_patient_at_the_door`, read again when it is our turn."""
    invitation, _device = find_presented(invitation_id, device_secret)
    hold(invitation.clinic_id)
    return _patient_at_the_door(invitation_id, device_secret, now=now)
