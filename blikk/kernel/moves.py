"""Tables of allowed moves, and the compare-and-set that makes a move."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from django.db import models

from blikk.kernel.errors import IllegalMove, Overtaken

S = TypeVar("S", bound=str)


class Moves(Generic[S]):
    """The life of a thing as a table: from each state, where it may go."""

    def __init__(self, table: Mapping[S, frozenset[S]]) -> None:
        self.table = dict(table)

    def allows(self, current: S, target: S) -> bool:
        return target in self.table.get(current, frozenset())

    def make(self, thing: models.Model, target: S, *, version: int | None = None, **changes: Any) -> None:
        """Move `thing` to `target`, together with `changes`, or leave it alone.

        The status and the version that were read are part of the WHERE clause, so two people who press the
        same button cannot both succeed. `version` is what the person saw on the screen, where that matters.
        """
        current: S = thing.status  # type: ignore[attr-defined]
        seen: int = thing.version  # type: ignore[attr-defined]
        if version is not None and version != seen:
            raise Overtaken(f"{thing} is at version {seen}, not {version}")
        if not self.allows(current, target):
            raise IllegalMove(current, target)
        change(thing, status=target, **changes)


def change(thing: models.Model, **changes: Any) -> None:
    """Change a thing that keeps its status, guarded like a move: Overtaken if it was not as read."""
    current: str = thing.status  # type: ignore[attr-defined]
    seen: int = thing.version  # type: ignore[attr-defined]
    changes["version"] = seen + 1
    rows = type(thing)._default_manager.filter(pk=thing.pk, status=current, version=seen)
    if rows.update(**changes) != 1:
        raise Overtaken(f"{type(thing).__name__} is no longer {current} at version {seen}")
    for name, value in changes.items():
        setattr(thing, name, value)
