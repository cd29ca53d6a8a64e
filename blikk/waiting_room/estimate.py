"""How long somebody in a queue will wait, as an honest range: narrow enough to be of use, wide enough to be true."""

from collections.abc import Sequence
from math import ceil, sqrt
from typing import NamedTuple

from blikk.waiting_room.rehearsal import PLACES, AtWork, rehearse

# What the clinic expects counts as so many measured consultations.
PRIOR = 4.0
# How much the lengths of a day spread about their mean, before enough of them have been measured.
USUAL_SPREAD = 0.5
# How far the clinic's own expectation usually is from the day's true mean.
DOUBT = 0.25
# So many standard deviations to each side hold the true wait in somewhat more than eight of ten cases.
SIDES = 1.3
SHORTEST = 0.5
# Of those that have lasted longer than usual already, this much more than so far is expected. To count only what has
# ended would be to learn from the short ones first.
NOT_ENDED = 1.15
# So many places are rehearsed together: who stands among the first ones does not wait for those far back.
TOGETHER = 8
# Who finds somebody free is let in at once, or nearly.
AT_ONCE = (0.0, 2.0)


class Range(NamedTuple):
    """From so many whole minutes to so many."""

    low: int
    high: int


class Waits:
    """How long the people in one queue wait, as far as that is known at one moment.

    Without booked hours the wait is the time to the turn-th end of a conversation; its spread is that of the lengths
    and of the doubt about their mean. Where somebody who serves has booked hours, it is rehearsed.
    """

    __slots__ = ("_at_work", "_done", "_doubt", "_is_among_hours", "_mean", "_spread", "idle", "servers")

    def __init__(self, at_work: Sequence[AtWork], lengths_today: Sequence[float], expected: float) -> None:
        running = [one.talking for one in at_work if one.talking is not None]
        self.servers = len(at_work)
        self.idle = self.servers - len(running)
        self._at_work = tuple(at_work)
        self._is_among_hours = any(one.hours or one.engaged is not None for one in at_work)
        self._mean, self._spread, self._doubt = _learn(lengths_today, expected)
        if late := [lasted * NOT_ENDED for lasted in running if lasted > self._mean]:
            self._mean, self._spread, self._doubt = _learn([*lengths_today, *late], expected)
        self._done = _done(self.servers, self._mean, running)

    def after(self, ahead: int) -> tuple[float, float] | None:
        """From when to when somebody with so many before them is let in; None while nobody serves."""
        if self.servers < 1:
            return None
        if self._is_among_hours:
            return self._among_hours(ahead)
        turn = ahead + 1 - self.idle
        if turn < 1:
            return AT_ONCE
        each = self._mean / self.servers
        # How many mean lengths the turn-th end is away, of so many conversations at a time, some of them begun.
        middle = each * (max(turn - self._done, 0.3) if self._done is not None else turn)
        variance = (self._spread * each) ** 2 * turn + (self._doubt * middle) ** 2
        return _quantiles(middle, variance)

    def _among_hours(self, ahead: int) -> tuple[float, float]:
        counted = min(ahead // TOGETHER * TOGETHER + TOGETHER, PLACES)
        places = rehearse(self._at_work, self._mean, self._spread, self._doubt, places=counted)
        if ahead < PLACES:
            return places[ahead]
        # Far back it goes on as it went so far.
        low, high = places[-1]
        further = (ahead + 1 - PLACES) * self._mean / self.servers / max((low + high) / 2, self._mean)
        return low * (1 + further), high * (1 + further)


def estimate(
    ahead: int,
    servers: int,
    lengths_today: Sequence[float],
    expected: float,
    *,
    running: Sequence[float] = (),
) -> Range | None:
    """Say how many minutes it takes until somebody with `ahead` others before them is let in; None without servers.

    `lengths_today` are the measured minutes of this queue on this day and of no other; `running` are the minutes
    that the conversations of those who serve have lasted so far.
    """
    idle = max(servers - len(running), 0)
    at_work = [*(AtWork(talking=lasted) for lasted in running), *(AtWork() for _ in range(idle))]
    found = Waits(at_work if servers else (), lengths_today, expected).after(ahead)
    return in_minutes(*found) if found else None


def in_minutes(low: float, high: float) -> Range:
    """The same in whole minutes; what should have been over by now is still a moment away."""
    soonest = int(max(low, 0.0))
    return Range(soonest, max(ceil(high), soonest + 1, 2))


def _learn(lengths: Sequence[float], expected: float) -> tuple[float, float, float]:
    """The mean length, the lengths' spread as a share of it, and the doubt about it as a share of it."""
    seen = [max(length, SHORTEST) for length in lengths]
    count = len(seen)
    mean = (PRIOR * expected + sum(seen)) / (PRIOR + count)
    usual = (USUAL_SPREAD * mean) ** 2
    variance = (2 * PRIOR * usual + sum((length - mean) ** 2 for length in seen)) / (2 * PRIOR + count)
    return mean, sqrt(variance) / mean, DOUBT * sqrt(PRIOR / (PRIOR + count))


def _done(servers: int, mean: float, running: Sequence[float]) -> float | None:
    """Which part of a length is behind those who are being talked to, as far as it counts; None if nobody is."""
    if not running:
        return None
    done = sum(min(length / mean, 1.0) for length in running) / len(running)
    return done * 0.5 if servers == 1 else done * 0.3


def _quantiles(middle: float, variance: float) -> tuple[float, float]:
    """Two quantiles of the gamma distribution with this mean and variance (Wilson and Hilferty)."""
    ninth = variance / (9 * middle**2)
    step = SIDES * sqrt(ninth)
    low, high = 1 - ninth - step, 1 - ninth + step
    return max(middle * low**3, 0.0), max(middle * high**3, 0.0)
