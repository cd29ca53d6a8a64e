"""A queue as those who work in it see it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from blikk.clinics.models import Clinic
from blikk.kernel.errors import NotFound
from blikk.scheduling.models import Opening
from blikk.scheduling.states import OpeningStatus
from blikk.waiting_room.estimate import Range
from blikk.waiting_room.models import Arrival, Delay, Serving
from blikk.waiting_room.queries.arrivals import is_connected, is_proving
from blikk.waiting_room.queries.places import Pace, accepts, is_ready, paces_of
from blikk.waiting_room.states import IN_QUEUE, ArrivalStatus


@dataclass(frozen=True, slots=True)
class QueueRow:
    """Somebody who waits in a queue."""

    arrival: str
    version: int
    place: int
    invitation: str
    name: str
    birth_on: date | None
    phone: str
    since: datetime
    waiting_since: datetime | None
    help_kind: str
    status: str
    is_connected: bool
    is_ready: bool
    called_until: datetime | None
    missed: int
    hold_words: str
    pushed_because: str
    meant_for: str
    meant_for_name: str
    wait_low: int | None
    wait_high: int | None
    camera: str = ""
    microphone: str = ""
    sound: str = ""
    network: str = ""
    is_proving: bool = False
    is_someone_else: bool = False


@dataclass(frozen=True, slots=True)
class ServerRow:
    """Somebody who serves a queue, and whom they are with."""

    membership: str
    name: str
    status: str
    since: datetime
    with_name: str = ""
    with_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue on one day."""

    opening: str
    name: str
    is_open: bool
    opens_at: datetime
    last_entry_at: datetime
    closes_at: datetime
    capacity: int | None
    accepts: bool
    rows: Sequence[QueueRow]
    serving: Sequence[ServerRow]
    # For somebody who would come now; None while nobody serves.
    wait: Range | None

    @property
    def waiting(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Summary:
    """What everybody may know of a queue."""

    waiting: int
    servers: int
    wait: Range | None


def get_opening(clinic: Clinic, opening_id: str) -> Opening:
    """The queue of that name at this clinic; raises NotFound."""
    found = (
        Opening.objects.filter(clinic=clinic, public_id=opening_id).select_related("clinic", "period").first()
    )
    if found is None:
        raise NotFound
    return found


def queue_of(opening: Opening, *, now: datetime) -> Queue:
    """One queue, in a constant number of queries."""
    return queues_of([opening], now=now)[opening.public_id]


def queues_of(openings: Sequence[Opening], *, now: datetime) -> dict[str, Queue]:
    """Several queues by their public ids, in a number of queries that does not grow with them."""
    arrivals: dict[int, list[Arrival]] = defaultdict(list)
    rows = Arrival.objects.filter(opening__in=openings, status__in=[*IN_QUEUE, ArrivalStatus.ADMITTED])
    for arrival in rows.select_related("invitation__patient", "meant_for__user").order_by("order"):
        arrivals[arrival.opening_id or 0].append(arrival)
    servings: dict[int, list[Serving]] = defaultdict(list)
    working = Serving.objects.filter(opening__in=openings, until__isnull=True)
    for serving in working.select_related("membership__user").order_by("since", "pk"):
        servings[serving.opening_id].append(serving)
    paces = paces_of(openings, now=now)
    return {
        opening.public_id: _queue(
            opening, arrivals[opening.pk], servings[opening.pk], paces[opening.pk], now=now
        )
        for opening in openings
    }


def summaries_of(openings: Sequence[Opening], *, now: datetime) -> dict[str, Summary]:
    """How long each queue is and about how long it takes, by its public id."""
    rows = Arrival.objects.filter(opening__in=openings, status__in=IN_QUEUE)
    counts = dict(rows.values_list("opening_id").annotate(Count("pk")))
    paces = paces_of(openings, now=now)
    return {
        opening.public_id: Summary(
            counts.get(opening.pk, 0),
            paces[opening.pk].servers,
            paces[opening.pk].wait(counts.get(opening.pk, 0)),
        )
        for opening in openings
    }


def delay_of(membership_id: int, day: date) -> Delay | None:
    """How late a clinician is with that day's booked hours, as they said last."""
    return Delay.objects.filter(membership_id=membership_id, day=day).order_by("-at", "-pk").first()


def delays_of(membership_ids: Sequence[int], day: date) -> dict[int, int]:
    """How many minutes late each of these clinicians is with that day's booked hours, as they said last."""
    rows = Delay.objects.filter(membership__in=membership_ids, day=day).order_by("at", "pk")
    return dict(rows.values_list("membership_id", "minutes"))


def _queue(
    opening: Opening, arrivals: Sequence[Arrival], servings: Sequence[Serving], pace: Pace, *, now: datetime
) -> Queue:
    waiting = [arrival for arrival in arrivals if arrival.status != ArrivalStatus.ADMITTED]
    inside = {a.served_by_id: a for a in arrivals if a.status == ArrivalStatus.ADMITTED}
    return Queue(
        opening=opening.public_id,
        name=opening.period.name,
        is_open=opening.status == OpeningStatus.OPEN,
        opens_at=opening.opens_at,
        last_entry_at=opening.last_entry_at,
        closes_at=opening.closes_at,
        capacity=opening.capacity,
        accepts=accepts(opening, now=now) and (opening.capacity is None or len(waiting) < opening.capacity),
        rows=[_row(arrival, place, pace, now=now) for place, arrival in enumerate(waiting, start=1)],
        serving=[_server(serving, inside.get(serving.membership_id)) for serving in servings],
        wait=pace.wait(len(waiting)),
    )


def _row(arrival: Arrival, place: int, pace: Pace, *, now: datetime) -> QueueRow:
    invitation, wait = arrival.invitation, pace.wait(place - 1)
    return QueueRow(
        arrival=arrival.public_id,
        version=arrival.version,
        place=place,
        invitation=invitation.public_id,
        name=invitation.name,
        birth_on=invitation.patient.birth_on if invitation.patient else None,
        phone=invitation.phone,
        since=arrival.came_at,
        waiting_since=arrival.waiting_since,
        help_kind=arrival.help_kind,
        status=arrival.status,
        is_connected=is_connected(arrival, now=now),
        is_ready=is_ready(arrival, now=now),
        called_until=arrival.called_until,
        missed=arrival.missed,
        hold_words=arrival.hold_words,
        pushed_because=arrival.pushed_because,
        meant_for=arrival.meant_for.public_id if arrival.meant_for else "",
        meant_for_name=arrival.meant_for.name if arrival.meant_for else "",
        wait_low=wait.low if wait else None,
        wait_high=wait.high if wait else None,
        camera=arrival.camera,
        microphone=arrival.microphone,
        sound=arrival.sound,
        network=arrival.network,
        is_proving=is_proving(arrival, now=now),
        is_someone_else=arrival.someone_else_at is not None,
    )


def _server(serving: Serving, arrival: Arrival | None) -> ServerRow:
    return ServerRow(
        membership=serving.membership.public_id,
        name=serving.membership.name,
        status=serving.status,
        since=serving.since,
        with_name=arrival.invitation.name if arrival else "",
        with_since=arrival.admitted_at if arrival else None,
    )
