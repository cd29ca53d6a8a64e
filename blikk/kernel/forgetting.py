"""Deleting in the order of references, and what is said of it afterwards: how many rows, and no names of people."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, models


@dataclass(slots=True)
class Forgotten:
    """What was deleted: rows by table, the opaque names that things had, and the days that it was about."""

    counts: dict[str, int] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    days: list[date] = field(default_factory=list)

    def take(self, rows: "models.QuerySet[models.Model]") -> int:
        """Delete these rows and nothing that hangs on them: the database refuses if something was forgotten."""
        model = rows.model
        keys = list(rows.values_list("pk", flat=True))
        if not keys:
            return 0
        lying = model._default_manager.filter(pk__in=keys)
        if any(one.name == "public_id" for one in model._meta.concrete_fields):
            self.names.extend(
                f"{model._meta.label}:{name}" for name in lying.values_list("public_id", flat=True)
            )
        _let_loose(model, keys)
        count = lying._raw_delete(lying.db)
        self.counts[model._meta.label] = self.counts.get(model._meta.label, 0) + count
        return count

    def add(self, more: "Forgotten") -> None:
        """Count what was deleted beside it in the same transaction."""
        self.counts = added(self.counts, more.counts)
        self.names.extend(more.names)
        self.days.extend(more.days)

    @property
    def rows(self) -> int:
        return sum(self.counts.values())


def _let_loose(model: type[models.Model], keys: list[Any]) -> None:
    """What outlives these rows, as its tables say by SET_NULL, leads to them no longer."""
    for one in model._meta.get_fields(include_hidden=True):
        if isinstance(one, models.ForeignObjectRel) and one.on_delete is models.SET_NULL:
            name = one.field.name
            one.related_model._default_manager.filter(**{f"{name}__in": keys}).update(**{name: None})


def added(counts: dict[str, int], more: dict[str, int]) -> dict[str, int]:
    """Both numbers of each table together."""
    return {label: counts.get(label, 0) + more.get(label, 0) for label in sorted({*counts, *more})}


def linked(before: str, names: Iterable[str], counts: dict[str, int]) -> str:
    """The digest of what was deleted so far, and now: who has the names can compute it, and nobody can go back."""
    said = "\n".join([before, *sorted(names), *(f"{label}={counts[label]}" for label in sorted(counts))])
    return hashlib.sha256(said.encode()).hexdigest()


def overwrite_what_is_deleted() -> None:
    """SQLite leaves what was deleted in its file until something else lies there, unless it is told not to."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def empty_the_journal() -> None:
    """Bring what SQLite has written beside its file into it: the old pages there hold what was deleted."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def give_up_soon(milliseconds: int = 500) -> None:
    """Within this transaction, rather fail than wait for somebody who waits for us."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{milliseconds}ms"])
