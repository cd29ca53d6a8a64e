"""Acts of and on people in a queue: enter, step away, come back, be called, be held, be moved."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from blikk.bus.services import announce
from blikk.clinics.models import Membership
from blikk.invitations.models import Invitation
from blikk.kernel.actors import Actor
from blikk.kernel.errors import IllegalMove, Invalid
from blikk.kernel.moves import change
from blikk.scheduling.models import Opening
from blikk.waiting_room.models import LONGEST_WORDS, Arrival, Notice, Pushed
from blikk.waiting_room.queries.arrivals import present_of, someone_else_before
from blikk.waiting_room.queries.places import place_of, require_accepts
from blikk.waiting_room.services import places
from blikk.waiting_room.services.news import queue_changed, tell
from blikk.waiting_room.states import ARRIVAL, ArrivalStatus

# How long somebody who was called has to come.
CALL_LASTS = timedelta(minutes=2)
MOST_MISSED = 2
_NOT_CALLED: dict[str, Any] = {"called_at": None, "called_until": None}


@transaction.atomic
def enter(invitation: Invitation, *, help_kind: str, actor: Actor, now: datetime) -> Arrival:
    """Give somebody the last place in the queue of their invitation; who has a place keeps it.

    Raises QueueClosed, QueueFull.
    """
    arrival = present_of(invitation)
    if arrival is not None:
        return arrival
    opening = invitation.opening
    if opening is None:
        raise Invalid(opening="missing")
    require_accepts(opening, now=now)
    try:
        with transaction.atomic():
            arrival = Arrival.objects.create(
                clinic=invitation.clinic,
                opening=opening,
                invitation=invitation,
                order=places.last_place(opening, now=now),
                help_kind=help_kind[:40],
                came_at=now,
                someone_else_at=someone_else_before(invitation),
            )
    except IntegrityError:
        found = present_of(invitation)
        if found is None:
            raise
        return found
    tell("arrival.entered", arrival, actor=actor, now=now)
    return arrival


@transaction.atomic
def step_away(arrival: Arrival, *, actor: Actor, now: datetime) -> Arrival:
    """Let somebody do something else meanwhile: the place is kept, and they are told when their turn comes near."""
    if arrival.status == ArrivalStatus.AWAY:
        return arrival
    ARRIVAL.make(arrival, ArrivalStatus.AWAY, waiting_since=arrival.waiting_since or now)
    tell("arrival.stepped_away", arrival, actor=actor, now=now)
    return arrival


@transaction.atomic
def come_back(arrival: Arrival, *, actor: Actor, now: datetime) -> Arrival:
    """Note that somebody is back, in the place that was kept."""
    if arrival.status == ArrivalStatus.WAITING and arrival.called_until is None:
        return arrival
    if arrival.status == ArrivalStatus.WAITING:
        change(arrival, **_NOT_CALLED)
    else:
        ARRIVAL.make(
            arrival,
            ArrivalStatus.WAITING,
            waiting_since=arrival.waiting_since or now,
            told_two_left_at=None,
            hold_words="",
            hold_until=None,
            **_NOT_CALLED,
        )
    tell("arrival.came_back", arrival, "arrived", actor=actor, now=now)
    return arrival


@transaction.atomic
def call(arrival: Arrival, *, actor: Actor, now: datetime) -> Arrival:
    """Call somebody who is not at their page: they have a short while to come.

    Who is away to prove who they are has at least as long as that takes.
    """
    if not arrival.is_in_queue or arrival.status == ArrivalStatus.ON_HOLD:
        raise Invalid(arrival="not_in_queue")
    if arrival.called_until is None:
        until = max(now + CALL_LASTS, arrival.proving_until or now)
        change(arrival, called_at=now, called_until=until)
        tell("arrival.called", arrival, actor=actor, now=now)
    return arrival


@transaction.atomic
def passed_over(arrival: Arrival, *, because: str, actor: Actor, now: datetime) -> None:
    """Write down why somebody who stood before was not the one who was let in."""
    tell("arrival.passed_over", arrival, actor=actor, now=now, said=because[:LONGEST_WORDS])


@transaction.atomic
def missed_call(arrival: Arrival, *, actor: Actor, now: datetime) -> Arrival:
    """Move somebody who was called and did not come one place back; the second time they leave the queue."""
    opening = arrival.opening
    if opening is None or not arrival.is_in_queue:
        raise Invalid(arrival="not_in_queue")
    missed = arrival.missed + 1
    if missed >= MOST_MISSED:
        over: dict[str, Any] = {"settled_at": now, "seat": "", "seat_seen_at": None}
        ARRIVAL.make(arrival, ArrivalStatus.LEFT, missed=missed, **over, **_NOT_CALLED)
        tell("arrival.missed_twice", arrival, actor=actor, now=now)
        return arrival
    behind = places.place_behind_next(arrival, opening)
    moved: dict[str, Any] = (
        {"order": behind, "pushed_because": Pushed.MISSED_CALL, "pushed_at": now}
        if behind is not None
        else {}
    )
    moved |= {"missed": missed, **_NOT_CALLED}
    if arrival.status == ArrivalStatus.AWAY:
        change(arrival, **moved)
    else:
        ARRIVAL.make(arrival, ArrivalStatus.AWAY, **moved)
    tell_one(arrival, code="missed_call", actor=actor, now=now)
    tell("arrival.missed_call", arrival, actor=actor, now=now)
    return arrival


@transaction.atomic
def put_on_hold(
    arrival: Arrival, *, words: str, until: datetime | None = None, actor: Actor, now: datetime
) -> Arrival:
    """Ask somebody to wait for something, in words on their screen; the place is kept.

    With `until` they come back by themselves then.
    """
    held: dict[str, Any] = {"hold_words": clean_words(words), "hold_until": until}
    ARRIVAL.make(arrival, ArrivalStatus.ON_HOLD, **held, **_NOT_CALLED)
    tell("arrival.put_on_hold", arrival, actor=actor, now=now)
    return arrival


@transaction.atomic
def take_off_hold(arrival: Arrival, *, actor: Actor, now: datetime) -> Arrival:
    """Let somebody who was asked to wait be called again. Raises IllegalMove for who was not."""
    if arrival.status != ArrivalStatus.ON_HOLD:
        raise IllegalMove(arrival.status, ArrivalStatus.WAITING)
    ARRIVAL.make(arrival, ArrivalStatus.WAITING, hold_words="", hold_until=None)
    tell("arrival.taken_off_hold", arrival, actor=actor, now=now)
    return arrival


@transaction.atomic
def prioritise(arrival: Arrival, *, reason: str, actor: Actor, now: datetime) -> Arrival:
    """Put somebody first in their queue, for a reason that is written down; those they pass are told.

    Raises Invalid (`reason: missing`).
    """
    opening = arrival.opening
    if opening is None or not arrival.is_in_queue:
        raise Invalid(arrival="not_in_queue")
    if not reason.strip():
        raise Invalid(reason="missing")
    passed = 0
    if place_of(arrival) > 1:
        order = places.first_place(opening)
        passed = places.move_forward(arrival, opening, order=order, because=Pushed.PRIORITY, now=now)
    tell("arrival.prioritised", arrival, actor=actor, now=now, said=clean_words(reason), passed=passed)
    return arrival


@transaction.atomic
def transfer(arrival: Arrival, opening: Opening, *, actor: Actor, now: datetime) -> Arrival:
    """Move somebody to another queue, among those who came at the same time; those they pass are told.

    Raises Invalid (`opening: the_same`).
    """
    before = arrival.opening
    if opening.pk == arrival.opening_id:
        raise Invalid(opening="the_same")
    order = places.place_by_time(opening, arrival.came_at)
    kept = {
        name: getattr(arrival, name)
        for name in (
            "clinic", "appointment", "invitation", "came_at", "waiting_since", "help_kind", "missed",
            "camera", "microphone", "sound", "network", "seat", "seat_seen_at",
            "proving_until", "someone_else_at",
        )
    }  # fmt: skip
    status = arrival.status if arrival.status != ArrivalStatus.ON_HOLD else ArrivalStatus.WAITING
    over: dict[str, Any] = {"settled_at": now, "seat": "", "seat_seen_at": None}
    ARRIVAL.make(arrival, ArrivalStatus.TRANSFERRED, **over, **_NOT_CALLED)
    moved = Arrival.objects.create(
        **kept, opening=opening, order=order, status=status, transferred_from=arrival
    )
    arrival.eid_proofs.update(arrival=moved)
    places.push_back(opening, between=(order, _FAR), because=Pushed.TRANSFERRED_IN, now=now)
    tell("arrival.transferred", arrival, actor=actor, now=now, to=opening.public_id)
    tell("arrival.transferred_in", moved, "arrived", actor=actor, now=now)
    if before is not None:
        queue_changed(before)
    return moved


@transaction.atomic
def told_two_left(arrival: Arrival, *, actor: Actor, now: datetime) -> Arrival:
    """Note that somebody who stepped away was told that their turn comes near."""
    change(arrival, told_two_left_at=now)
    tell("arrival.told_two_left", arrival, actor=actor, now=now)
    return arrival


@transaction.atomic
def hand_over(arrival: Arrival, membership: Membership, *, actor: Actor, now: datetime) -> Arrival:
    """Let somebody wait for one certain clinician; the place in the queue is the same."""
    change(arrival, meant_for=membership)
    tell("arrival.handed_over", arrival, actor=actor, now=now, to=membership.public_id)
    return arrival


@transaction.atomic
def tell_one(arrival: Arrival, *, code: str = "", words: str = "", actor: Actor, now: datetime) -> Notice:
    """Put a fixed text or words on one person's screen. Raises Invalid (`words: missing`)."""
    notice = Notice.objects.create(
        clinic=arrival.clinic, arrival=arrival, code=code, words=_needed(code, words), at=now, by=str(actor)
    )
    tell("arrival.told", arrival, actor=actor, now=now, code=code)
    return notice


def look_anew(invitation: Invitation) -> None:
    """Let an open page of this person ask again where they stand."""
    arrival = present_of(invitation)
    if arrival is not None:
        announce(f"arrival:{arrival.public_id}", "door", version=arrival.version)


def clean_words(words: str) -> str:
    """Words as they may stand on a screen: without signs that are not seen, and not too long."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())[:LONGEST_WORDS]


def _needed(code: str, words: str) -> str:
    cleaned = clean_words(words)
    if not code and not cleaned:
        raise Invalid(words="missing")
    return cleaned


_FAR = 2**62
