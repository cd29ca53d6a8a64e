"""Giving and changing places in a queue. Nobody's place grows without their being told why."""

from datetime import datetime

from django.db.models import Max, Min

from blikk.kernel.moves import change
from blikk.scheduling.models import Opening
from blikk.waiting_room.models import Arrival, Pushed
from blikk.waiting_room.queries.places import in_queue

# So many microseconds apart are two who come at the same moment, to leave room between them.
STEP = 1024


def last_place(opening: Opening, *, now: datetime) -> int:
    """An order behind everybody who waits."""
    highest = in_queue(opening).aggregate(highest=Max("order"))["highest"]
    return max(_microseconds(now), (highest or 0) + STEP)


def place_by_time(opening: Opening, came_at: datetime) -> int:
    """An order among those who came at about the same time, behind them."""
    order = _microseconds(came_at)
    taken = set(in_queue(opening).filter(order__gte=order).values_list("order", flat=True))
    while order in taken:
        order += 1
    return order


def first_place(opening: Opening) -> int:
    """An order before everybody who waits."""
    return (in_queue(opening).aggregate(lowest=Min("order"))["lowest"] or 0) - STEP


def place_behind_next(arrival: Arrival, opening: Opening) -> int | None:
    """An order one place further back; None for the last."""
    following = list(in_queue(opening).filter(order__gt=arrival.order).order_by("order")[:2])
    if not following:
        return None
    after = following[0].order or 0
    if len(following) == 1:
        return after + STEP
    before = following[1].order or 0
    if before - after < 2:
        _make_room(opening, after)
        before += STEP
    return (after + before) // 2


def push_back(opening: Opening, *, between: tuple[int, int], because: Pushed, now: datetime) -> int:
    """Tell everybody with an order in between, ends not counted, why their place grew; says how many."""
    low, high = between
    pushed = in_queue(opening).filter(order__gt=low, order__lt=high)
    return pushed.order_by().update(pushed_because=because, pushed_at=now)


def move_forward(arrival: Arrival, opening: Opening, *, order: int, because: Pushed, now: datetime) -> int:
    """Give somebody an earlier order, and tell those they pass; says how many."""
    was = arrival.order or 0
    change(arrival, order=order, pushed_because="", pushed_at=None)
    return push_back(opening, between=(order, was), because=because, now=now)


def _make_room(opening: Opening, after: int) -> None:
    """Move everybody behind an order a step back, the last one first so that no two meet."""
    for arrival in in_queue(opening).filter(order__gt=after).order_by("-order").only("pk", "order"):
        Arrival.objects.filter(pk=arrival.pk).update(order=(arrival.order or 0) + STEP)


def _microseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)
