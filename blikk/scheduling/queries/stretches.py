"""Arithmetic with stretches of time: from a moment to another, the last not included."""

from collections.abc import Iterable
from datetime import datetime

Stretch = tuple[datetime, datetime]


def left_of(whole: Stretch, taken: Iterable[Stretch]) -> list[Stretch]:
    """What is left of a stretch when others are taken out of it, in order."""
    left = []
    at, end = whole
    for starts_at, ends_at in sorted(taken):
        if ends_at <= at or starts_at >= end:
            continue
        if starts_at > at:
            left.append((at, starts_at))
        at = max(at, ends_at)
    if at < end:
        left.append((at, end))
    return left


def together(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The stretches that at least one of these covers, in order and apart."""
    merged: list[Stretch] = []
    for starts_at, ends_at in sorted(stretches):
        if merged and starts_at <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ends_at))
        else:
            merged.append((starts_at, ends_at))
    return merged


def meet(one: Stretch, other: Stretch) -> bool:
    """Whether two stretches have a moment in common."""
    return one[0] < other[1] and other[0] < one[1]


def lies_in(one: Stretch, stretches: Iterable[Stretch]) -> bool:
    """Whether a stretch lies wholly inside one of these."""
    return any(starts_at <= one[0] and one[1] <= ends_at for starts_at, ends_at in stretches)
