"""Simulated days of a drop-in queue: people come, are seen for as long as it takes, and some do not answer."""

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from blikk.waiting_room.estimate import Range, estimate


@dataclass(frozen=True)
class Told:
    """What somebody was told when they entered, and how long they waited in truth."""

    shown: Range
    wait: float
    ahead: int


def a_day(random_: random.Random) -> Iterator[Told]:
    """One day: how many serve, how long consultations take and how busy it is are different every day."""
    servers, expected = random_.randint(1, 4), random_.choice([8.0, 10.0, 12.0])
    mean = expected * random_.uniform(0.75, 1.35)
    spread = random_.uniform(0.35, 0.6)
    between = mean / servers / random_.uniform(0.9, 1.6)
    until, backlog = random_.choice([90.0, 120.0, 180.0]), random_.randint(0, 6 * servers)
    arrivals = [0.0] * backlog
    at = 0.0
    while (at := at + random_.expovariate(1 / between)) < until:
        arrivals.append(at)
    free = [0.0] * servers
    began: list[tuple[float, float]] = []
    waits: list[float] = []
    for came in arrivals:
        start = max(came, free[0])
        shape = 1 / spread**2
        length = max(random_.gammavariate(shape, mean / shape), 1.0)
        if random_.random() < 0.05:
            length = 1.5  # called, and not there: the next one is called after a moment
        heapq.heapreplace(free, start + length)
        ended = [b - a for a, b in began if b <= came]
        running = [came - a for a, b in began if a <= came < b]
        ahead = sum(1 for a, _ in began if a > came)
        if came == 0.0 and ahead == 0 and len(running) < servers:
            running = running  # the first of the morning
        shown = estimate(ahead, servers, ended, expected, running=running)
        assert shown is not None
        began.append((start, start + length))
        waits.append(start - came)
        yield Told(shown, start - came, ahead)


def days(count: int, seed: int = 1) -> list[Told]:
    """So many days, always the same ones."""
    random_ = random.Random(seed)
    return [told for _ in range(count) for told in a_day(random_)]


def hit_rate(told: list[Told]) -> float:
    """The share of those whose wait fell in the range that they were shown."""
    return sum(one.shown.low <= one.wait <= one.shown.high for one in told) / len(told)


def width_ratio(told: list[Told]) -> float:
    """The median width of the range over the median wait, of those who waited at all."""
    waited = [one for one in told if one.wait >= 1]
    return median((one.shown.high - one.shown.low) / one.wait for one in waited)
