"""How long somebody in a queue will wait, as an honest range: narrow enough to be of use, wide enough to be true."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, sqrt

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
    that the conversations of those who serve have lasted so far.
    """
    idle = max(servers - len(running), 0)
    at_work = (*(AtWork(talking=lasted) for lasted in running), *(AtWork() for _ in range(idle)))
    found = bounds(ahead, at_work, lengths_today, expected) if servers else None
    return found and in_minutes(*found)


def bounds(
    ahead: int, at_work: Sequence[AtWork], lengths_today: Sequence[float], expected: float
) -> tuple[float, float] | None:
    """From when to when somebody with `ahead` others before them is likely to be let in; None if nobody is at work.

    Without booked hours the wait is the time to the turn-th end of a conversation; its spread is that of the lengths
    and of the doubt about their mean. Where somebody has booked hours, it is rehearsed.
    """
    if not at_work:
        return None
    running = [one.talking for one in at_work if one.talking is not None]
    mean, spread, doubt = _learn(tuple(lengths_today), expected)
    if late := [lasted * NOT_ENDED for lasted in running if lasted > mean]:
        mean, spread, doubt = _learn((*lengths_today, *late), expected)
    if any(one.hours or one.engaged is not None for one in at_work):
        return _among_hours(ahead, tuple(at_work), mean, spread, doubt)
    servers = len(at_work)
    turn = ahead + 1 - (servers - len(running))
    if turn < 1:
        return AT_ONCE
    middle = mean / servers * _turns(turn, servers, mean, running)
    variance = (spread * mean / servers) ** 2 * turn + (doubt * middle) ** 2
    return _quantile(middle, variance, -SIDES), _quantile(middle, variance, SIDES)


def in_minutes(low: float, high: float) -> Range:
    """The same in whole minutes; what should have been over by now is still a moment away."""
    soonest = int(max(low, 0.0))
    return Range(soonest, max(ceil(high), soonest + 1, 2))


def _among_hours(
    ahead: int, at_work: tuple[AtWork, ...], mean: float, spread: float, doubt: float
) -> tuple[float, float]:
    places = rehearse(
        at_work, mean, spread, doubt, places=min(ahead // TOGETHER * TOGETHER + TOGETHER, PLACES)
    )
    if ahead < PLACES:
        return places[ahead]
    # Far back it goes on as it went so far.
    low, high = places[-1]
    further = (ahead + 1 - PLACES) * mean / len(at_work) / max((low + high) / 2, mean)
    return low * (1 + further), high * (1 + further)


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
