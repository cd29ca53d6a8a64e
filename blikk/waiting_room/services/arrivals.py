"""Acts in the waiting room: come, wait, be let in, leave."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from blikk.bus.services import announce
from blikk.clinics.models import Membership
from blikk.invitations.models import Invitation
from blikk.kernel.actors import Actor
from blikk.kernel.among import Among
from blikk.kernel.errors import IllegalMove, Overtaken
from blikk.kernel.moves import change
from blikk.scheduling.models import Appointment
from blikk.waiting_room.models import Arrival
from blikk.waiting_room.queries import SEAT_GOES_COLD, present_of, someone_else_before
from blikk.waiting_room.services.news import tell
from blikk.waiting_room.states import ARRIVAL, ArrivalStatus

CHECKS = ("camera", "microphone", "sound", "network")


@transaction.atomic
def come(invitation: Invitation, *, actor: Actor, now: datetime) -> Arrival:
    """Note that a person stands at the door; who is there already stays where they are."""
    arrival = present_of(invitation)
    if arrival is not None:
        return arrival
    try:
        with transaction.atomic():
            arrival = Arrival.objects.create(
                clinic=invitation.clinic,
                appointment=invitation.appointment,
                beside=invitation.beside,
                invitation=invitation,
                came_at=now,
                someone_else_at=someone_else_before(invitation),
            )
    except IntegrityError:
        # Another tab of the same person was a moment faster.
        found = present_of(invitation)
        if found is None:
            raise
        return found
    tell("arrival.came", arrival, "day", actor=actor, now=now)
    return arrival


@transaction.atomic
def wait(arrival: Arrival, *, actor: Actor, now: datetime) -> Arrival:
    """Let a person sit down in the waiting room; the clinic is told."""
    if arrival.status in {ArrivalStatus.WAITING, ArrivalStatus.ADMITTED}:
        return arrival
    called = {"called_at": None, "called_until": None}
    ARRIVAL.make(arrival, ArrivalStatus.WAITING, waiting_since=arrival.waiting_since or now, **called)
    tell("arrival.waiting", arrival, "arrived", actor=actor, now=now)
    return arrival


@transaction.atomic
def admit(
    arrival: Arrival, *, version: int | None, by: Membership | None = None, actor: Actor, now: datetime
) -> Arrival:
    """Let a waiting person in, `by` whom is kept; nobody else's act lets anybody in (law 7).

    Raises IllegalMove or Overtaken.
    """
    called = {"called_at": None, "called_until": None}
    ARRIVAL.make(arrival, ArrivalStatus.ADMITTED, version=version, admitted_at=now, served_by=by, **called)
    tell("arrival.admitted", arrival, "day", actor=actor, now=now)
    return arrival


@transaction.atomic
def follow(invitation: Invitation, appointment: Appointment) -> None:
    """Let somebody who waits beside a patient in a queue wait for the hour that has begun."""
    arrival = present_of(invitation)
    if arrival is not None:
        change(arrival, appointment=appointment)


@transaction.atomic
def leave(arrival: Arrival, *, actor: Actor, now: datetime) -> Arrival:
    """Let a person who waits go away of their own will; they may come again."""
    if arrival.status == ArrivalStatus.ADMITTED:
        raise IllegalMove(arrival.status, ArrivalStatus.LEFT)
    ARRIVAL.make(arrival, ArrivalStatus.LEFT, settled_at=now, seat="", seat_seen_at=None)
    tell("arrival.left", arrival, "day", actor=actor, now=now)
    return arrival


@transaction.atomic
def settle(arrival: Arrival, *, actor: Actor, now: datetime) -> Arrival:
    """Close an arrival whose consultation has ended; who still waits is sent home with it."""
    if arrival.status == ArrivalStatus.ADMITTED:
        ARRIVAL.make(arrival, ArrivalStatus.SETTLED, settled_at=now, seat="", seat_seen_at=None)
    elif ARRIVAL.allows(ArrivalStatus(arrival.status), ArrivalStatus.DECLINED):
        ARRIVAL.make(arrival, ArrivalStatus.DECLINED, settled_at=now, seat="", seat_seen_at=None)
    else:
        return arrival
    tell(f"arrival.{arrival.status}", arrival, "day", actor=actor, now=now)
    return arrival


@transaction.atomic
def report_devices(arrival: Arrival, *, found: dict[str, str], actor: Actor, now: datetime) -> Arrival:
    """Keep what the person's own device check found, so that the clinician is warned beforehand.

    The version stays. Scar: a slow check that ended just before the press made letting in be refused, though nothing
    had happened to the person. Raises Overtaken where something has.
    """
    known = {name: str(found[name])[:20] for name in CHECKS if name in found}
    if known and any(getattr(arrival, name) != value for name, value in known.items()):
        if not Arrival.objects.filter(pk=arrival.pk, status=arrival.status).update(**known):
            raise Overtaken(f"Arrival is no longer {arrival.status}")
        for name, value in known.items():
            setattr(arrival, name, value)
        tell("arrival.devices_reported", arrival, "day", actor=actor, now=now)
    return arrival


def take_seat(arrival: Arrival, *, tab: str, move: bool, now: datetime) -> bool:
    """Let a tab hold the person's place. False if another tab holds it and `move` was not asked for."""
    free = Q(seat="") | Q(seat=tab) | Q(seat_seen_at__lt=now - SEAT_GOES_COLD) | Q(seat_seen_at__isnull=True)
    rows = Arrival.objects.filter(pk=arrival.pk)
    if not move:
        rows = rows.filter(free)
    if rows.update(seat=tab, seat_seen_at=now) != 1:
        return False
    was = arrival.seat
    arrival.seat, arrival.seat_seen_at = tab, now
    _answer_call(arrival)
    if not was:
        announce(f"day:{arrival.clinic.public_id}", "day")
    elif was != tab:
        announce(f"arrival:{arrival.public_id}", "moved_away", tab=was)
    return True


def keep_seats(taken: Iterable[tuple[int, str]], *, now: datetime) -> dict[tuple[int, str], int]:
    """Note of arrivals that their tabs are still there; the versions of those whose seat no other tab took."""
    wanted = set(taken)
    rows = Arrival.objects.filter(Among("pk", [key for key, _ in wanted])).values_list(
        "pk", "seat", "version"
    )
    kept = {(key, seat): version for key, seat, version in rows if (key, seat) in wanted}
    keys, tabs = [key for key, _ in kept], [tab for _, tab in kept]
    # The tabs again: who took over in between is not seen by a tab that is gone.
    Arrival.objects.filter(Among("pk", keys), Among("seat", tabs)).update(seat_seen_at=now)
    return kept


def give_up_seat(arrival_key: int, *, tab: str, clinic_id: str) -> None:
    """Free the seat when its tab goes away; the place in the waiting room is kept."""
    if Arrival.objects.filter(pk=arrival_key, seat=tab).update(seat="", seat_seen_at=None) == 1:
        announce(f"day:{clinic_id}", "day")


def _answer_call(arrival: Arrival) -> None:
    """Who was called while their page was away, and is back in time, has come."""
    called = Arrival.objects.filter(
        pk=arrival.pk, status=ArrivalStatus.WAITING, called_until__isnull=False
    ).update(called_at=None, called_until=None)
    if called:
        arrival.called_at = arrival.called_until = None
        announce(f"day:{arrival.clinic.public_id}", "arrived", arrival=arrival.public_id)
