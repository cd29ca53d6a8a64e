"""A queue among booked hours, gone through some dozens of times ahead of time: no formula knows before or after."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from math import ceil, exp, log, sqrt
from statistics import NormalDist

# How often a day is gone through, and how many places from the front.
TIMES, PLACES = 48, 64
# The narrowest range that holds so many of them is shown.
HOLDS = 0.85
# Nobody begins with the next one when less than this share of a usual conversation is left until a booked hour.
LEFT_BEFORE_HOUR = 0.3
# A booked hour takes nearly what it was given, more or less; some do not come, and that is seen soon.
HOUR_TAKES, HOUR_SPREAD, STAYS_AWAY, SEEN_WITHIN = 0.95, 0.25, 0.05, 3.0
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class AtWork:
    """One of those who serve a queue, in minutes from now.

    `talking` is how long they have been with somebody from a queue, `engaged` how much is left of a booked hour that
    has begun, `hours` when their booked hours begin and how long those last, soonest first.
    """

    talking: float | None = None
    engaged: float | None = None
    hours: tuple[tuple[float, float], ...] = ()


@lru_cache(maxsize=128)
def rehearse(
    at_work: tuple[AtWork, ...], mean: float, spread: float, doubt: float, *, places: int = PLACES
) -> tuple[tuple[float, float], ...]:
    """From when to when each of so many places is let in, first to last, as most of the rehearsals had it."""
    starts: list[list[float]] = [[] for _ in range(places)]
    for number in range(TIMES):
        for place, at in enumerate(_once(number, places, at_work, mean, spread, doubt)):
            starts[place].append(at)
    found: list[tuple[float, float]] = []
    low = high = 0.0
    for times in starts:
        narrow = _narrowest(sorted(times))
        # Who stands further back is not told less.
        low, high = max(low, narrow[0]), max(high, narrow[1])
        found.append((low, high))
    return tuple(found)


def _once(
    number: int, places: int, at_work: Sequence[AtWork], mean: float, spread: float, doubt: float
) -> Sequence[float]:
    """One way in which it may go. The dice are the same every time: what is shown moves with what happens only."""
    dice = _dice(number)
    usual = mean * exp(doubt * dice.day - doubt**2 / 2)
    free = [
        (_free_at(one, usual, spread, dice.first[each % len(dice.first)]), each, 0)
        for each, one in enumerate(at_work)
    ]
    heapq.heapify(free)
    starts: list[float] = []
    while len(starts) < places:
        at, each, held = free[0]
        hours = at_work[each].hours
        if held < len(hours) and hours[held][0] <= at + usual * LEFT_BEFORE_HOUR:
            begins, lasts = hours[held]
            over = max(at, begins) + _hour(lasts, dice.hours[(each * 5 + held) % len(dice.hours)])
            heapq.heapreplace(free, (over, each, held + 1))
            continue
        heapq.heapreplace(free, (at + _length(usual, spread, dice.lengths[len(starts)]), each, held))
        starts.append(at)
    return starts


def _free_at(one: AtWork, usual: float, spread: float, chance: float) -> float:
    if one.engaged is not None:
        return max(one.engaged, 1.0) * exp(HOUR_SPREAD * _NORMAL.inv_cdf(chance))
    if one.talking is None:
        return 0.0
    # What is left of a conversation that has lasted so long already.
    sigma, middle = _shape(usual, spread)
    lasted = _NORMAL.cdf((log(max(one.talking, 0.5)) - middle) / sigma)
    whole = exp(middle + sigma * _NORMAL.inv_cdf(min(lasted + (1 - lasted) * chance, 0.999)))
    return max(whole - one.talking, 0.5)


def _length(usual: float, spread: float, turn: float) -> float:
    sigma, middle = _shape(usual, spread)
    return exp(middle + sigma * turn)


@lru_cache(maxsize=256)
def _shape(usual: float, spread: float) -> tuple[float, float]:
    """The logarithms of lengths with this mean and spread are normal, with this deviation and this middle."""
    sigma = sqrt(log(1 + spread**2))
    return sigma, log(usual) - sigma**2 / 2


def _hour(lasts: float, chance: float) -> float:
    if chance < STAYS_AWAY:
        return min(SEEN_WITHIN, lasts)
    return max(lasts * HOUR_TAKES * exp(HOUR_SPREAD * _NORMAL.inv_cdf(chance)), 1.0)


@dataclass(frozen=True, slots=True)
class _Dice:
    day: float
    first: tuple[float, ...]
    hours: tuple[float, ...]
    lengths: tuple[float, ...]


@lru_cache(maxsize=TIMES)
def _dice(number: int) -> _Dice:
    """What chance says in one rehearsal; each kind is spread evenly over all of them."""
    columns = [_column(seed) for seed in range(1 + 8 + 40 + PLACES)]
    values = [column[number] for column in columns]
    return _Dice(
        day=_NORMAL.inv_cdf(values[0]),
        first=tuple(values[1:9]),
        hours=tuple(values[9:49]),
        lengths=tuple(_NORMAL.inv_cdf(value) for value in values[49:]),
    )


@lru_cache(maxsize=256)
def _column(seed: int) -> tuple[float, ...]:
    order = sorted(range(TIMES), key=lambda number: sha256(f"{seed}:{number}".encode()).digest())
    return tuple((number + 0.5) / TIMES for number in order)


def _narrowest(times: Sequence[float]) -> tuple[float, float]:
    held = ceil(HOLDS * len(times))
    first = min(range(len(times) - held + 1), key=lambda start: times[start + held - 1] - times[start])
    return times[first], times[first + held - 1]
