"""What those who serve a queue do: take the next, choose with a reason, hold, call, move, and tell."""

from datetime import datetime

from django.db import transaction

from blikk.audit.services import hold as in_line
from blikk.clinics.models import Clinic, Membership, Role
from blikk.clinics.queries import find_member
from blikk.consultations.models import Consultation, Participant
from blikk.invitations import services as inviting
from blikk.journeys import talk
from blikk.journeys.queue import letters
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound, Overtaken
from blikk.scheduling.models import Opening
from blikk.waiting_room import queries, services
from blikk.waiting_room.errors import NobodyReady
from blikk.waiting_room.models import Arrival, Notice, Serving
from blikk.waiting_room.policies import is_someone_else
from blikk.waiting_room.states import PRESENT, ArrivalStatus


def take_next(
    clinic: Clinic, opening_id: str, *, membership: Membership, actor: Actor, now: datetime
) -> Consultation:
    """Let in whoever stands first of those who are there; who stands before and is away is called.

    Raises NobodyReady when nobody can be let in (who stood first has been called then), NotFound, RoomFull.
    """
    consultation = _take_or_call(clinic, opening_id, membership=membership, actor=actor, now=now)
    if consultation is None:
        raise NobodyReady
    return consultation


def take_next_and_sit(
    clinic: Clinic, opening_id: str, *, page: talk.Page, membership: Membership, actor: Actor, now: datetime
) -> tuple[Consultation, Participant | None]:
    """As `take_next`, and sit down with the page that asked, as `talk.admit_and_sit` does."""
    taken = _take_and_sit_or_call(clinic, opening_id, page, membership=membership, actor=actor, now=now)
    if taken is None:
        # Only now: who was called meanwhile has been called.
        raise NobodyReady
    return taken


@transaction.atomic
def _take_and_sit_or_call(
    clinic: Clinic, opening_id: str, page: talk.Page, *, membership: Membership, actor: Actor, now: datetime
) -> tuple[Consultation, Participant | None] | None:
    consultation = _take_or_call(clinic, opening_id, membership=membership, actor=actor, now=now)
    if consultation is None:
        return None
    return consultation, talk.sit_at(consultation, page, membership=membership, actor=actor, now=now)


@transaction.atomic
def _take_or_call(
    clinic: Clinic, opening_id: str, *, membership: Membership, actor: Actor, now: datetime
) -> Consultation | None:
    in_line(clinic.pk)
    opening = _served_by(clinic, opening_id, membership, actor=actor, now=now)
    waiting = queries.in_queue(opening).select_related("clinic", "opening__clinic", "invitation__clinic")
    before: list[Arrival] = []
    for arrival in waiting:
        if queries.is_ready(arrival, now=now, membership=membership):
            _pass_over(before, membership=membership, actor=actor, now=now)
            return talk.let_in(clinic, arrival, membership=membership, actor=actor, now=now)
        before.append(arrival)
    _call_first(before, membership=membership, actor=actor, now=now)
    return None


@transaction.atomic
def take(
    clinic: Clinic,
    arrival_id: str,
    *,
    version: int | None = None,
    reason: str = "",
    despite: str = "",
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Consultation:
    """Let a certain person in. Out of turn only for a reason, which is written down for each who is passed.

    Raises Invalid (`reason: missing`), NotFound, Overtaken or IllegalMove.
    """
    in_line(clinic.pk)
    arrival = _in_queue(clinic, arrival_id)
    if version is not None and version != arrival.version:
        raise Overtaken
    if arrival.opening is None:
        raise NotFound
    _served_by(clinic, arrival.opening.public_id, membership, actor=actor, now=now)
    if arrival.status != ArrivalStatus.WAITING:
        services.come_back(arrival, actor=actor, now=now)
    passed = queries.ready_ahead_of(arrival, membership=membership, now=now)
    if passed and not reason.strip():
        raise Invalid(reason="missing")
    before = queries.in_queue(arrival.opening).filter(order__lt=arrival.order)
    for one in before.select_related("clinic", "opening__clinic"):
        services.passed_over(one, because=reason.strip() or _why(one, membership), actor=actor, now=now)
    if not queries.is_connected(arrival, now=now):
        letters.send(arrival.invitation, "your_turn", key=f"{arrival.public_id}:taken", now=now)
    return talk.let_in(clinic, arrival, despite=despite, membership=membership, actor=actor, now=now)


@transaction.atomic
def take_and_sit(
    clinic: Clinic,
    arrival_id: str,
    *,
    version: int,
    reason: str = "",
    page: talk.Page,
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> tuple[Consultation, Participant | None]:
    """As `take`, and sit down with the page that asked, as `talk.admit_and_sit` does."""
    consultation = take(
        clinic, arrival_id, version=version, reason=reason, membership=membership, actor=actor, now=now
    )
    return consultation, talk.sit_at(consultation, page, membership=membership, actor=actor, now=now)


@transaction.atomic
def call(clinic: Clinic, arrival_id: str, *, actor: Actor, now: datetime) -> Arrival:
    """Call somebody who is not at their page, by SMS; they have two minutes to come."""
    in_line(clinic.pk)
    return _call(_in_queue(clinic, arrival_id), actor=actor, now=now)


@transaction.atomic
def hold(clinic: Clinic, arrival_id: str, *, words: str = "", actor: Actor, now: datetime) -> Arrival:
    """Ask somebody to wait for something, in words on their screen; they keep their place."""
    in_line(clinic.pk)
    return services.put_on_hold(_in_queue(clinic, arrival_id), words=words, actor=actor, now=now)


@transaction.atomic
def unhold(clinic: Clinic, arrival_id: str, *, actor: Actor, now: datetime) -> Arrival:
    """Let somebody who was asked to wait be called again."""
    in_line(clinic.pk)
    return services.take_off_hold(_in_queue(clinic, arrival_id), actor=actor, now=now)


@transaction.atomic
def prioritise(clinic: Clinic, arrival_id: str, *, reason: str, actor: Actor, now: datetime) -> Arrival:
    """Put somebody first, for a reason that is written down. Raises Invalid (`reason: missing`)."""
    in_line(clinic.pk)
    return services.prioritise(_in_queue(clinic, arrival_id), reason=reason, actor=actor, now=now)


@transaction.atomic
def transfer(
    clinic: Clinic,
    arrival_id: str,
    *,
    opening_id: str = "",
    membership_id: str = "",
    actor: Actor,
    now: datetime,
) -> Arrival:
    """Move somebody to another queue by their time of arrival, or let them wait for a colleague.

    Raises Invalid (`opening`): the_same, or stands_there for who has a place in that queue too; NotFound,
    QueueClosed for a queue that is over.
    """
    in_line(clinic.pk)
    arrival = queries.get(clinic, arrival_id)
    if opening_id:
        opening = queries.get_opening(clinic, opening_id)
        queries.require_open(opening)
        _require_not_there(arrival, opening)
        moved = services.transfer(arrival, opening, actor=actor, now=now)
        inviting.lead_to(arrival.invitation, opening=opening)
        return moved
    colleague = find_member(clinic, membership_id)
    if colleague is None or colleague.role != Role.CLINICIAN:
        raise NotFound
    return services.hand_over(arrival, colleague, actor=actor, now=now)


def _require_not_there(arrival: Arrival, opening: Opening) -> None:
    patient = arrival.invitation.patient_id
    there = queries.in_queue(opening).exclude(pk=arrival.pk).filter(invitation__patient=patient)
    if patient is not None and there.exists():
        raise Invalid(opening="stands_there")


@transaction.atomic
def tell(
    clinic: Clinic,
    *,
    arrival_id: str = "",
    opening_id: str = "",
    code: str = "",
    words: str = "",
    actor: Actor,
    now: datetime,
) -> Notice:
    """Put a fixed text, or words, on the screen of one person or of everybody in a queue; never in a message.

    Raises Invalid (`words: missing`, `code: unknown`), NotFound, Overtaken for who is not there any more.
    """
    in_line(clinic.pk)
    if code and code not in services.FIXED_WORDS:
        raise Invalid(code="unknown")
    if opening_id:
        opening = queries.get_opening(clinic, opening_id)
        return services.tell_all(opening, code=code, words=words, actor=actor, now=now)
    arrival = queries.get(clinic, arrival_id)
    if arrival.status not in PRESENT:
        raise Overtaken
    return services.tell_one(arrival, code=code, words=words, actor=actor, now=now)


@transaction.atomic
def serve(clinic: Clinic, opening_id: str, *, membership: Membership, actor: Actor, now: datetime) -> Serving:
    """Begin to serve a queue, also one that takes nobody more in. Raises NotFound for who is no clinician here."""
    in_line(clinic.pk)
    talk.require_clinician(clinic, membership)
    opening = queries.get_opening(clinic, opening_id)
    return services.start_serving(opening, membership, actor=actor, now=now)


@transaction.atomic
def stop_serving(
    clinic: Clinic, opening_id: str, *, membership: Membership, actor: Actor, now: datetime
) -> None:
    """Serve a queue no more."""
    in_line(clinic.pk)
    services.stop_serving(queries.get_opening(clinic, opening_id), membership, actor=actor, now=now)


@transaction.atomic
def set_status(
    clinic: Clinic, opening_id: str, *, status: str, membership: Membership, actor: Actor, now: datetime
) -> Serving:
    """Say whether one is here, busy or at a pause. Raises NotFound for who does not serve the queue."""
    in_line(clinic.pk)
    opening = queries.get_opening(clinic, opening_id)
    return services.set_status(opening, membership, status=status, actor=actor, now=now)


def _served_by(
    clinic: Clinic, opening_id: str, membership: Membership, *, actor: Actor, now: datetime
) -> Opening:
    talk.require_clinician(clinic, membership)
    opening = queries.get_opening(clinic, opening_id)
    services.start_serving(opening, membership, actor=actor, now=now)
    return opening


def _in_queue(clinic: Clinic, arrival_id: str) -> Arrival:
    arrival = queries.get(clinic, arrival_id)
    if not arrival.is_in_queue:
        raise Overtaken
    return arrival


def _pass_over(before: list[Arrival], *, membership: Membership, actor: Actor, now: datetime) -> None:
    for arrival in before:
        services.passed_over(arrival, because=_why(arrival, membership), actor=actor, now=now)
    _call_first(before, membership=membership, actor=actor, now=now)


def _call_first(before: list[Arrival], *, membership: Membership, actor: Actor, now: datetime) -> None:
    """Call the first who is not there and was not called: one at a time, since one at a time is let in."""
    for arrival in before:
        if arrival.called_until is None and _why(arrival, membership) in {
            "away",
            "not_connected",
            "at_the_door",
        }:
            _call(arrival, actor=actor, now=now)
            return


def _call(arrival: Arrival, *, actor: Actor, now: datetime) -> Arrival:
    was_called = arrival.called_until is not None
    services.call(arrival, actor=actor, now=now)
    if not was_called:
        key = f"{arrival.public_id}:{arrival.missed}:{arrival.version}"
        letters.send(arrival.invitation, "your_turn", key=key, now=now)
    return arrival


def _why(arrival: Arrival, membership: Membership) -> str:
    """Why somebody who stands before cannot be let in just now."""
    if arrival.meant_for_id is not None and arrival.meant_for_id != membership.pk:
        return "waits_for_a_colleague"
    if is_someone_else(arrival):
        return "someone_else"
    return "not_connected" if arrival.status == ArrivalStatus.WAITING else str(arrival.status)
