"""How long somebody in a queue will wait, as an honest range: narrow enough to be of use, wide enough to be true."""

from collections.abc import Sequence
from math import ceil, sqrt
from typing import NamedTuple

# What the clinic expects counts as so many measured consultations.
PRIOR = 4.0
# How much the lengths of a day spread about their mean, before enough of them have been measured.
USUAL_SPREAD = 0.5
# How far the clinic's own expectation usually is from the day's true mean.
DOUBT = 0.25
# So many standard deviations to each side hold the true wait in somewhat more than eight of ten cases.
SIDES = 1.35
SHORTEST = 0.5


class Range(NamedTuple):
    """From so many whole minutes to so many."""

    low: int
    high: int


class Waits:
    """How long the people in one queue wait, as far as that is known at one moment."""

    __slots__ = ("_done", "_doubt", "_mean", "_spread", "idle", "servers")

    def __init__(
        self, servers: int, lengths_today: Sequence[float], expected: float, running: Sequence[float]
    ) -> None:
        self.servers = servers
        self.idle = max(servers - len(running), 0)
        self._mean, self._spread, self._doubt = _learn(lengths_today, expected)
        self._done = _done(servers, self._mean, running)

    def after(self, ahead: int) -> Range | None:
        """From when to when somebody with so many before them is let in; None while nobody serves."""
        if self.servers < 1:
            return None
        turn = ahead + 1 - self.idle
        if turn < 1:
            return Range(0, 2)
        each = self._mean / self.servers
        # How many mean lengths the turn-th end is away, of so many conversations at a time, some of them begun.
        middle = each * (max(turn - self._done, 0.3) if self._done is not None else turn)
        variance = (self._spread * each) ** 2 * turn + (self._doubt * middle) ** 2
        low, high = _quantiles(middle, variance)
        return Range(int(low), max(ceil(high), int(low) + 1))


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
    that the conversations of those who serve have lasted so far. The wait is the time to the turn-th end of a
    conversation; its spread is that of the lengths and of the doubt about their mean.
    """
    return Waits(servers, lengths_today, expected, running).after(ahead)


def around(plain: Range, booked: Sequence[tuple[float, float]], servers: int) -> Range:
    """A wait that goes around booked hours, each given by when it begins and how long it lasts, soonest first.

    An hour that begins before somebody's turn comes first, and one server fewer is there for as long.
    """
    low, high = float(plain.low), float(plain.high)
    for begins, lasts in booked:
        low += lasts / servers if begins < low else 0.0
        high += lasts / servers if begins < high else 0.0
    return Range(int(low), ceil(high))


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
