"""Places in a queue, and what they mean in minutes."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from django.db.models import Q, QuerySet

from blikk.clinics.models import Membership
from blikk.scheduling.models import Appointment, Opening
from blikk.scheduling.states import FILLS_TIME, OpeningStatus
from blikk.waiting_room.errors import QueueClosed, QueueFull
from blikk.waiting_room.estimate import Range, Waits, in_minutes
from blikk.waiting_room.models import Arrival, Notice, Serving, ServingStatus
from blikk.waiting_room.queries.arrivals import is_connected
from blikk.waiting_room.rehearsal import AtWork
from blikk.waiting_room.states import IN_QUEUE, ArrivalStatus

# Marks that the system makes for itself; nobody is shown them.
INTERNAL = ("staff_alerted",)
SHOWN_NOTICES = 10
# Booked hours further ahead than this are not in anybody's way.
LOOKS_AHEAD = timedelta(hours=4)
# So long without anything happening, and the conversations under way are longer than was thought.
SILENCE, MOST_SILENCES = timedelta(minutes=2), 15


@dataclass(frozen=True, slots=True)
class Told:
    """Something that those who wait were told."""

    at: datetime
    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Moment:
    """What those who serve were at, so many minutes ago."""

    since: float
    at_work: tuple[AtWork, ...]


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a queue moves today: who serves it, and how long it took with each person so far.

    `moments` are that of the last thing that happened, and then each time that nothing had happened for a while.
    """

    moments: tuple[Moment, ...] = ()
    paused: int = 0
    expected: float = 10
    lengths: tuple[float, ...] = ()
    # Who serves it and has no break, by name.
    names: tuple[str, ...] = ()

    @property
    def at_work(self) -> tuple[AtWork, ...]:
        return self.moments[-1].at_work if self.moments else ()

    @property
    def servers(self) -> int:
        return len(self.at_work)

    def wait(self, ahead: int) -> Range | None:
        """How long somebody with so many before them will wait; None while nobody serves.

        Until something happens it counts down, and never jumps: all that a silence can tell is that it takes
        longer than was thought, and then the far end grows.
        """
        return self.waits()(ahead)

    def waits(self, later: float = 0.0) -> Callable[[int], Range | None]:
        """As `wait`, for who asks for many, so many minutes after this was read: what is the same for all of them is
        reckoned once."""
        seen = [(one.since + later, Waits(one.at_work, self.lengths, self.expected)) for one in self.moments]
        if len(seen) == 1:
            return partial(_wait_since, *seen[0])

        def wait(ahead: int) -> Range | None:
            found = [(since, waits.after(ahead)) for since, waits in seen]
            ranges = [(low_high[0] - since, low_high[1] - since) for since, low_high in found if low_high]
            return in_minutes(ranges[0][0], max(high for _, high in ranges)) if ranges else None

        return wait


def _wait_since(since: float, waits: Waits, ahead: int) -> Range | None:
    low_high = waits.after(ahead)
    return in_minutes(low_high[0] - since, low_high[1] - since) if low_high else None


class Spot(NamedTuple):
    """One person's place in a queue, and why it grew, if it did."""

    place: int
    pushed_because: str = ""
    pushed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Everybody's place in one queue at one moment, read once for all who look."""

    pace: Pace
    spots: dict[str, Spot] = field(default_factory=dict)


def in_queue(opening: Opening) -> QuerySet[Arrival]:
    """Those who have a place in the queue, first to last."""
    return Arrival.objects.filter(opening=opening, status__in=IN_QUEUE).order_by("order")


def place_of(arrival: Arrival) -> int:
    """One more than the number of those before; 0 for who is in no queue."""
    if not arrival.is_in_queue:
        return 0
    return 1 + in_queue_of(arrival).filter(order__lt=arrival.order).count()


def in_queue_of(arrival: Arrival) -> QuerySet[Arrival]:
    """Those who have a place in the queue that this arrival is in."""
    return Arrival.objects.filter(opening=arrival.opening, status__in=IN_QUEUE)


def is_ready(arrival: Arrival, *, now: datetime, membership: Membership | None = None) -> bool:
    """Whether this person could be let in at this moment, by this clinician, without more ado."""
    theirs = arrival.meant_for_id is None or membership is None or arrival.meant_for_id == membership.pk
    is_here = arrival.status == ArrivalStatus.WAITING and is_connected(arrival, now=now)
    return theirs and is_here and arrival.someone_else_at is None


def ready_ahead_of(arrival: Arrival, *, membership: Membership, now: datetime) -> list[Arrival]:
    """Those who stand before this person and could be let in by this clinician."""
    before = in_queue_of(arrival).filter(order__lt=arrival.order).order_by("order")
    return [one for one in before if is_ready(one, membership=membership, now=now)]


def running_servings(opening: Opening) -> QuerySet[Serving]:
    """Who works in the queue now."""
    return Serving.objects.filter(opening=opening, until__isnull=True).select_related("membership__user")


def paces_of(openings: Sequence[Opening], *, now: datetime) -> dict[int, Pace]:
    """How fast each of these queues moves, in a constant number of queries; never from another queue or day."""
    serving: dict[int, dict[int, datetime]] = defaultdict(dict)
    paused: dict[int, int] = defaultdict(int)
    working = Serving.objects.filter(opening__in=openings, until__isnull=True)
    names: dict[int, list[str]] = defaultdict(list)
    found = working.order_by("since", "pk").values_list(
        "opening_id", "membership_id", "membership__user__name", "status", "since"
    )
    for of, member, name, status, since in found:
        if status == ServingStatus.PAUSE:
            paused[of] += 1
        else:
            serving[of][member] = since
            names[of].append(name)
    talks = _talks(openings, now=now)
    members = {member for of in serving.values() for member in of}
    inside = _inside(members)
    booked = _booked(members, now=now)
    paces = {}
    for opening in openings:
        mine = serving[opening.pk]
        happened = [*mine.values(), *(ended for _, ended in talks[opening.pk])]
        happened += [inside[member].began for member in mine if member in inside]
        moments = [
            Moment(
                _minutes(at, now),
                tuple(_at_work(inside.get(member), booked[member], at=at) for member in mine),
            )
            for at in _moments(happened, now=now)
        ]
        paces[opening.pk] = Pace(
            tuple(moments) if mine else (),
            paused[opening.pk],
            opening.period.expected_minutes,
            tuple(_minutes(began, ended) for began, ended in talks[opening.pk]),
            tuple(names[opening.pk]),
        )
    return paces


def _talks(openings: Sequence[Opening], *, now: datetime) -> dict[int, list[tuple[datetime, datetime]]]:
    """The conversations of these queues that are over, each by when it began and ended."""
    talks: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    rows = Arrival.objects.filter(opening__in=openings, status=ArrivalStatus.SETTLED)
    for key, began, ended in rows.values_list("opening_id", "admitted_at", "settled_at"):
        if began is not None:
            talks[key or 0].append((began, ended or now))
    return talks


@dataclass(frozen=True, slots=True)
class _Inside:
    """Whom a clinician is with: since when, and until when in a booked hour."""

    began: datetime
    until: datetime | None


def _moments(happened: Sequence[datetime], *, now: datetime) -> list[datetime]:
    """When the last thing happened, and each time after it that nothing had happened for a while."""
    last = max((moment for moment in happened if moment <= now), default=now)
    silences = min(int((now - last) / SILENCE), MOST_SILENCES)
    return [last + number * SILENCE for number in range(silences + 1)]


def _at_work(inside: _Inside | None, hours: Sequence[tuple[datetime, datetime]], *, at: datetime) -> AtWork:
    ahead = tuple((_span(at, begins), _minutes(max(begins, at), ends)) for begins, ends in sorted(hours))
    if inside is None:
        return AtWork(hours=ahead)
    if inside.until is not None:
        return AtWork(engaged=_minutes(at, inside.until), hours=ahead)
    return AtWork(talking=_minutes(inside.began, at), hours=ahead)


def _inside(members: set[int]) -> dict[int, _Inside]:
    """Whom each of these clinicians is with, from a queue or from a booked hour; the one they began with first."""
    if not members:
        return {}
    rows = Arrival.objects.filter(served_by__in=members, status=ArrivalStatus.ADMITTED)
    found: dict[int, _Inside] = {}
    rows_of = rows.order_by("-admitted_at").values_list(
        "served_by", "admitted_at", "opening", "appointment__ends_at"
    )
    for member, began, opening, ends_at in rows_of:
        if began is not None:
            found[member or 0] = _Inside(began, ends_at if opening is None else None)
    return found


def _booked(members: set[int], *, now: datetime) -> dict[int, list[tuple[datetime, datetime]]]:
    """The booked hours of these clinicians that are still to be held today: they come before the queue."""
    found: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    if not members:
        return found
    begun = Arrival.objects.filter(appointment__isnull=False, status=ArrivalStatus.ADMITTED)
    rows = Appointment.objects.filter(
        clinician__in=members,
        drop_in=False,
        status__in=FILLS_TIME,
        ends_at__gt=now,
        starts_at__lt=now + LOOKS_AHEAD,
    ).exclude(pk__in=begun.values("appointment"))
    for member, starts_at, ends_at in rows.values_list("clinician_id", "starts_at", "ends_at"):
        found[member].append((starts_at, ends_at))
    return found


def pace_of(opening: Opening, *, now: datetime) -> Pace:
    """How fast this queue moves today."""
    return paces_of([opening], now=now)[opening.pk]


def places_of(opening: Opening, *, now: datetime) -> Places:
    """Everybody's place, in a constant number of queries however long the queue is."""
    return Places(pace_of(opening, now=now), spots_of(opening))


def spots_of(opening: Opening) -> dict[str, Spot]:
    """Everybody's place alone, by the public name of their arrival."""
    rows = in_queue(opening).values_list("public_id", "pushed_because", "pushed_at")
    return {name: Spot(place, because, at) for place, (name, because, at) in enumerate(rows, start=1)}


def words_for(arrival: Arrival) -> list[Told]:
    """What this person was told since they came, oldest first: their own words and those to everybody."""
    notices = Notice.objects.filter(arrival=arrival)
    if arrival.opening_id is not None:
        notices |= Notice.objects.filter(opening_id=arrival.opening_id, at__gte=arrival.came_at)
    rows = notices.exclude(code__in=INTERNAL).order_by("-at", "-pk")[:SHOWN_NOTICES]
    return [Told(row.at, row.code, row.words) for row in reversed(rows)]


def last_of(invitation_id: int, opening_id: int) -> Arrival | None:
    """The newest arrival of an invited person in a queue, also one that is over."""
    rows = Arrival.objects.filter(invitation_id=invitation_id, opening_id=opening_id)
    return rows.order_by("-came_at", "-pk").first()


def accepts(opening: Opening, *, now: datetime) -> bool:
    """Whether somebody may enter the queue at this moment, apart from how many are in it."""
    return opening.status == OpeningStatus.OPEN and opening.opens_at <= now < opening.last_entry_at


def require_accepts(opening: Opening, *, now: datetime) -> None:
    """Raise QueueClosed or QueueFull where nobody may enter."""
    if not accepts(opening, now=now):
        raise QueueClosed
    if opening.capacity is not None and in_queue(opening).count() >= opening.capacity:
        raise QueueFull


def require_open(opening: Opening) -> None:
    """Raise QueueClosed for a queue that takes nobody in any more."""
    if opening.status != OpeningStatus.OPEN:
        raise QueueClosed


def queues_with_life(*, now: datetime) -> list[Opening]:
    """The queues that have opened and are not closed, and those in which somebody still waits."""
    is_open = Q(status=OpeningStatus.OPEN, opens_at__lte=now)
    waited_in = Q(pk__in=Arrival.objects.filter(status__in=IN_QUEUE, opening__isnull=False).values("opening"))
    live = Opening.objects.filter(is_open | waited_in)
    return list(live.select_related("clinic", "period").order_by("clinic_id", "pk"))


def _span(began: datetime, ended: datetime) -> float:
    return (ended - began) / timedelta(minutes=1)


def _minutes(began: datetime, ended: datetime) -> float:
    return max(_span(began, ended), 0.0)
