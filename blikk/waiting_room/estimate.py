"""How long somebody in a queue will wait, as an honest range: narrow enough to be of use, wide enough to be true."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, sqrt

# What the clinic expects counts as so many measured consultations.
PRIOR = 4.0
# How much the lengths of a day spread about their mean, before enough of them have been measured.
USUAL_SPREAD = 0.5
# How far the clinic's own expectation usually is from the day's true mean.
DOUBT = 0.25
# So many standard deviations to each side hold the true wait in somewhat more than eight of ten cases.
SIDES = 1.35
SHORTEST = 0.5


@dataclass(frozen=True, slots=True)
class Range:
    """From so many whole minutes to so many."""

    low: int
    high: int


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
    if servers < 1:
        return None
    idle = max(servers - len(running), 0)
    turn = ahead + 1 - idle
    if turn < 1:
        return Range(0, 2)
    mean, spread, doubt = _learn(tuple(lengths_today), expected)
    middle = mean / servers * _turns(turn, servers, mean, running)
    variance = (spread * mean / servers) ** 2 * turn + (doubt * middle) ** 2
    low, high = _quantile(middle, variance, -SIDES), _quantile(middle, variance, SIDES)
    return Range(int(low), max(ceil(high), int(low) + 1))


def around(plain: Range, booked: Sequence[tuple[float, float]], servers: int) -> Range:
    """A wait that goes around booked hours, each given by when it begins and how long it lasts, soonest first.

    An hour that begins before somebody's turn comes first, and one server fewer is there for as long.
    """
    low, high = float(plain.low), float(plain.high)
    for begins, lasts in booked:
        low += lasts / servers if begins < low else 0.0
        high += lasts / servers if begins < high else 0.0
    return Range(int(low), ceil(high))


# Everybody in a queue asks with the same lengths at the same moment.
@lru_cache(maxsize=64)
def _learn(lengths: tuple[float, ...], expected: float) -> tuple[float, float, float]:
    """The mean length, the lengths' spread as a share of it, and the doubt about it as a share of it."""
    seen = [max(length, SHORTEST) for length in lengths]
    count = len(seen)
    mean = (PRIOR * expected + sum(seen)) / (PRIOR + count)
    usual = (USUAL_SPREAD * mean) ** 2
    variance = (2 * PRIOR * usual + sum((length - mean) ** 2 for length in seen)) / (2 * PRIOR + count)
    return mean, sqrt(variance) / mean, DOUBT * sqrt(PRIOR / (PRIOR + count))


def _turns(turn: int, servers: int, mean: float, running: Sequence[float]) -> float:
    """How many mean lengths the turn-th end is away, of `servers` conversations at a time, some of them begun."""
    if not running:
        return turn
    done = sum(min(length / mean, 1.0) for length in running) / len(running)
    return max(turn - done * 0.5 if servers == 1 else turn - done * 0.3, 0.3)


def _quantile(middle: float, variance: float, side: float) -> float:
    """A quantile of the gamma distribution with this mean and variance (Wilson and Hilferty)."""
    ninth = variance / (9 * middle**2)
    return max(middle * (1 - ninth + side * sqrt(ninth)) ** 3, 0.0)
