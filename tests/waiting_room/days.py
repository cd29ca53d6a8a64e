"""Simulated days of a drop-in queue: people come, are seen for as long as it takes, and some do not answer.

Those who serve begin late now and then, and have booked hours in between, which take as long as they take.
"""

import random
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

from blikk.waiting_room.estimate import Range
from blikk.waiting_room.queries import Moment, Pace
from blikk.waiting_room.queries.places import SILENCE
from blikk.waiting_room.rehearsal import AtWork

SILENT = SILENCE.total_seconds() / 60


@dataclass(frozen=True)
class Told:
    """What somebody was told when they entered, and how long they waited in truth."""

    shown: Range
    wait: float
    ahead: int
    among_hours: bool


@dataclass(frozen=True)
class Talk:
    """A conversation; `until` is when a booked hour was to end, `person` whose turn it was in the queue."""

    server: int
    began: float
    ended: float
    hour: tuple[float, float] | None = None
    person: int = -1


@dataclass
class Day:
    """What one day is like, and what happened on it."""

    begins: list[float]
    hours: list[list[tuple[float, float]]]
    mean: float
    spread: float
    expected: float
    care: float
    talks: list[Talk] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)

    def pace(self, now: float, person: int) -> Pace | None:
        """What the product knew when this person came; None before anybody served."""
        known = [talk for talk in self.talks if talk.person < person]
        last = self.moments[max(bisect_left(self.moments, now) - 1, 0)]
        times = [now] if last >= now else [last + n * SILENT for n in range(int((now - last) / SILENT) + 1)]
        if self.begins[0] > times[0]:
            return None
        moments = [Moment(now - at, tuple(self._all_at_work(known, at))) for at in times]
        lengths = tuple(talk.ended - talk.began for talk in known if talk.hour is None and talk.ended <= now)
        return Pace(tuple(moments), 0, self.expected, lengths)

    def _all_at_work(self, known: list[Talk], at: float) -> Iterator[AtWork]:
        return (self._at_work(server, known, at) for server in range(len(self.begins)))

    def _at_work(self, server: int, known: list[Talk], at: float) -> AtWork:
        mine = [talk for talk in known if talk.server == server and talk.began <= at]
        held = {talk.hour for talk in mine}
        ahead = tuple(
            (begins - at, lasts - max(at - begins, 0.0))
            for begins, lasts in self.hours[server]
            if (begins, lasts) not in held and begins + lasts > at
        )
        inside = next((talk for talk in mine if talk.ended > at), None)
        if inside is None:
            return AtWork(hours=ahead)
        if inside.hour is not None:
            return AtWork(engaged=max(sum(inside.hour) - at, 0.0), hours=ahead)
        return AtWork(talking=at - inside.began, hours=ahead)


def a_day(dice: random.Random) -> Iterator[Told]:
    """One day: how many serve, how long consultations take and how busy it is are different every day."""
    servers, expected = dice.randint(1, 4), dice.choice([8.0, 10.0, 12.0])
    until = dice.choice([90.0, 120.0, 180.0])
    # Every third day begins late. That a colleague joins later cannot be foreseen: it changes the range when it is so.
    late = dice.choice([0.0, 0.0, dice.uniform(0, 15)])
    day = Day(
        begins=[late] * servers,
        hours=[_hours(dice) for _ in range(servers)],
        mean=expected * dice.uniform(0.75, 1.35),
        spread=dice.uniform(0.35, 0.6),
        expected=expected,
        care=dice.uniform(0, 0.6),
    )
    booked = sum(lasts for hours in day.hours for _, lasts in hours)
    between = day.mean / max(servers - booked / until, 0.35) / dice.uniform(0.9, 1.6)
    arrivals = [0.0] * dice.randint(0, 6 * servers)
    at = 0.0
    while (at := at + dice.expovariate(1 / between)) < until:
        arrivals.append(at)
    starts = _go_through(day, arrivals, dice)
    for person, (came, start) in enumerate(zip(arrivals, starts, strict=True)):
        pace = day.pace(came, person)
        if pace is None:
            continue
        ahead = sum(1 for other in starts[:person] if other > came)
        shown = pace.wait(ahead)
        assert shown is not None
        yield Told(shown, start - came, ahead, booked > 0)


def _hours(dice: random.Random) -> list[tuple[float, float]]:
    """The booked hours of one who serves; two of five have none."""
    if dice.random() < 0.4:
        return []
    at, found = dice.choice([15.0, 20.0, 30.0, 45.0, 60.0]), []
    for _ in range(dice.randint(1, 4)):
        lasts = dice.choice([15.0, 20.0, 30.0])
        found.append((at, lasts))
        at += lasts + dice.choice([0, 0, 15, 30, 45])
    return found


def _go_through(day: Day, arrivals: list[float], dice: random.Random) -> list[float]:
    """Have everybody seen, and say when each was let in."""
    free = list(day.begins)
    held = [0] * len(free)
    starts = []
    for person, came in enumerate(arrivals):
        while True:
            server = min(range(len(free)), key=lambda one: free[one])
            start = max(free[server], came)
            hours = day.hours[server]
            if held[server] == len(hours) or hours[held[server]][0] > start + day.mean * day.care:
                break
            _hold_hour(day, server, free, hours[held[server]], dice)
            held[server] += 1
        shape = 1 / day.spread**2
        length = max(dice.gammavariate(shape, day.mean / shape), 1.0)
        if dice.random() < 0.05:
            length = 1.5  # called, and not there: the next one is called after a moment
        free[server] = start + length
        day.talks.append(Talk(server, start, start + length, person=person))
        starts.append(start)
    ends = (moment for talk in day.talks for moment in (talk.began, talk.ended))
    day.moments = sorted({*day.begins, *ends})
    return starts


def _hold_hour(
    day: Day, server: int, free: list[float], hour: tuple[float, float], dice: random.Random
) -> None:
    """A booked hour begins when the clock says so, or when the clinician is free; some patients stay away."""
    began = max(free[server], hour[0])
    takes = 3.0 if dice.random() < 0.06 else max(dice.gammavariate(1 / 0.09, hour[1] * 0.95 * 0.09), 2.0)
    free[server] = began + takes
    day.talks.append(Talk(server, began, began + takes, hour))


def days(count: int, seed: int = 1) -> list[Told]:
    """So many days, always the same ones."""
    dice = random.Random(seed)
    return [told for _ in range(count) for told in a_day(dice)]


def hit_rate(told: list[Told]) -> float:
    """The share of those whose wait fell in the range that they were shown."""
    return sum(one.shown.low <= one.wait <= one.shown.high for one in told) / len(told)


def width_ratio(told: list[Told]) -> float:
    """The median width of the range over the median wait, of those who waited at all."""
    waited = [one for one in told if one.wait >= 1]
    return median((one.shown.high - one.shown.low) / one.wait for one in waited)
