"""When the drop-in queues of a clinic are open, also on days whose queue nobody has needed yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from blikk.clinics.models import Clinic, Membership
from blikk.kernel.errors import NotFound
from blikk.kernel.times import from_wall, local
from blikk.scheduling.models import Kind, Opening, Period
from blikk.scheduling.queries.stretches import Stretch, left_of
from blikk.scheduling.queries.timetable import Block, Frame, block_of, blocks_on, frame_of
from blikk.scheduling.states import OpeningStatus

LOOKS_AHEAD = 60


@dataclass(frozen=True, slots=True)
class OpeningView:
    """One day of a drop-in period, made or only planned.

    `because` says why nobody may enter now: "not_yet", "after_last_entry", "over", "closed" (by staff, or the
    clinic is), "holiday", "absent", "nobody" or "no_such_hour". Whether the queue is full is the queue's to know.
    """

    period: Period
    opening: Opening | None
    day: date
    opens_at: datetime
    last_entry_at: datetime
    closes_at: datetime
    capacity: int | None
    clinicians: tuple[Membership, ...]
    is_open_now: bool
    accepts_now: bool
    because: str


def get_opening(clinic: Clinic, opening_id: str) -> Opening:
    """The opening of that name at this clinic, with its period; raises NotFound."""
    found = Opening.objects.filter(clinic=clinic, public_id=opening_id).select_related("period", "clinic")
    opening = found.first()
    if opening is None:
        raise NotFound
    return opening


def openings_on(clinic: Clinic, day: date, *, now: datetime) -> list[OpeningView]:
    """The drop-in queues of a day, by time, those that are closed too."""
    return _views(clinic, first=day, days=1, now=now)


def next_opening(clinic: Clinic, *, now: datetime) -> OpeningView | None:
    """The queue that takes people in now, or else the first that will; None if none will in the weeks to come."""
    views = _views(clinic, first=local(now, clinic.zone).date(), days=LOOKS_AHEAD, now=now)
    accepting = (view for view in views if view.accepts_now)
    return next(accepting, None) or next((view for view in views if view.because == "not_yet"), None)


def times_of(frame: Frame, block: Block, day: date) -> tuple[datetime, datetime, datetime]:
    """When the queue of a block opens, takes in the last, and closes; absences at its edges shorten it."""
    period, zone = block.period, frame.clinic.zone
    opens_at, closes_at = block.starts_at, block.ends_at
    if block.attended:
        opens_at, closes_at = block.attended[0][0], block.attended[-1][1]
    last_entry_at = from_wall(datetime.combine(day, period.last_entry or period.ends), zone)
    return opens_at, min(max(last_entry_at, opens_at), closes_at), closes_at


def _views(clinic: Clinic, *, first: date, days: int, now: datetime) -> list[OpeningView]:
    frame = frame_of(clinic, first=first, days=days, kind=Kind.DROP_IN)
    end = first + timedelta(days=days)
    made = Opening.objects.filter(clinic=clinic, day__gte=first, day__lt=end).select_related(
        "period", "clinic"
    )
    by_place = {(opening.period_id, opening.day): opening for opening in made}
    periods = {period.pk: period for period in frame.periods}
    views = []
    for day in (first + timedelta(days=number) for number in range(days)):
        for block in blocks_on(frame, day):
            views.append(_view(frame, block, day, by_place.pop((block.period.pk, day), None), now))
    # A queue that was made lives on, even where its period was retired or put on another day meanwhile.
    for opening in by_place.values():
        block = block_of(frame, periods.get(opening.period_id, opening.period), opening.day)
        views.append(_view(frame, block, opening.day, opening, now))
    return sorted(views, key=lambda view: (view.opens_at, view.period.pk))


def _view(frame: Frame, block: Block, day: date, opening: Opening | None, now: datetime) -> OpeningView:
    opens_at, last_entry_at, closes_at = times_of(frame, block, day)
    capacity = block.period.capacity
    because = block.is_closed_because
    attended: Sequence[Stretch] = block.attended
    if opening is not None:
        opens_at, last_entry_at, closes_at = opening.opens_at, opening.last_entry_at, opening.closes_at
        capacity, attended = opening.capacity, [(opens_at, closes_at)]
        because = "closed" if opening.status == OpeningStatus.CLOSED else ""
    is_open = not because and opens_at <= now < closes_at
    if not because:
        because = _because(now, opens_at, last_entry_at, closes_at, attended)
    return OpeningView(
        period=block.period,
        opening=opening,
        day=day,
        opens_at=opens_at,
        last_entry_at=last_entry_at,
        closes_at=closes_at,
        capacity=capacity,
        clinicians=block.clinicians,
        is_open_now=is_open and because != "absent",
        accepts_now=not because,
        because=because,
    )


def _because(
    now: datetime,
    opens_at: datetime,
    last_entry_at: datetime,
    closes_at: datetime,
    attended: Sequence[Stretch],
) -> str:
    if now < opens_at:
        return "not_yet"
    if now >= closes_at:
        return "over"
    if now >= last_entry_at:
        return "after_last_entry"
    is_attended = any(starts_at <= now < ends_at for starts_at, ends_at in attended)
    return "" if is_attended else "absent"


def drop_in_of(clinician: Membership, *, first: date, days: int) -> list[tuple[Period, date, Stretch]]:
    """When a clinician's drop-in periods need them in the days from the first on, by time: three queries."""
    frame = frame_of(clinician.clinic, first=first, days=days, kind=Kind.DROP_IN)
    away = frame.away(clinician)
    found = []
    for day in (first + timedelta(days=number) for number in range(days)):
        for block in blocks_on(frame, day):
            if clinician in block.clinicians and not block.is_closed_because:
                left = left_of((block.starts_at, block.ends_at), away)
                found += [(block.period, day, stretch) for stretch in left]
    return found
