"""What was asked for, as it is understood: dates as stretches of time, codes with their systems, names of things."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from django.db.models import Q

Compare = Literal["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb"]


@dataclass(frozen=True, slots=True)
class When:
    """A stretch of time, from its first moment to the first one after it, and how to compare with it."""

    compare: Compare
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """A code or a number; `system` is None where any will do."""

    value: str
    system: str | None = None


Value = When | Token
# For each parameter, values that must all fit; in each, of several one.
Wanted = Mapping[str, Sequence[Sequence[Value]]]


@dataclass(frozen=True, slots=True)
class Search:
    """A search as it is understood."""

    kind: str
    wanted: Wanted = field(default_factory=dict)
    count: int = 50
    with_total: bool = False


def point(name: str, when: When) -> Q:
    """What fits a moment in time."""
    since, until = Q(**{f"{name}__gte": when.begins}), Q(**{f"{name}__lt": when.ends})
    match when.compare:
        case "eq":
            return since & until
        case "ne":
            return ~(since & until)
        case "ge":
            return since
        case "gt" | "sa":
            return Q(**{f"{name}__gte": when.ends})
        case "le":
            return until
        case "lt" | "eb":
            return Q(**{f"{name}__lt": when.begins})


def stretch(start: str, end: str, when: When) -> Q:
    """What fits a time with a beginning and an end; where there is no end yet, it lasts."""
    lasts = Q(**{f"{end}__isnull": True})
    within = Q(**{f"{start}__gte": when.begins, f"{end}__lt": when.ends})
    match when.compare:
        case "eq":
            return within
        case "ne":
            return ~within | lasts
        case "ge":
            return lasts | Q(**{f"{end}__gte": when.begins})
        case "gt":
            return lasts | Q(**{f"{end}__gte": when.ends})
        case "sa":
            return Q(**{f"{start}__gte": when.ends})
        case "le":
            return Q(**{f"{start}__lt": when.ends})
        case "lt":
            return Q(**{f"{start}__lt": when.begins})
        case "eb":
            return Q(**{f"{end}__lt": when.begins})
