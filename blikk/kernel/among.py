"""Asking for many rows by their keys with one parameter, however many keys there are."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import F, Lookup

if TYPE_CHECKING:
    AnyLookup = Lookup[Any]
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler
else:
    AnyLookup = Lookup


class Among(AnyLookup):
    """Whether a column is one of these numbers or texts; what `__in` says, for more of them than a few.

    Scar: each key was a parameter of its own, and taking a statement of thirteen hundred apart was a fifth of what the
    app did while ten thousand waited and nothing happened.
    """

    lookup_name = "among"
    prepare_rhs = False

    def __init__(self, column: str | F, values: Iterable[int] | Iterable[str]) -> None:
        super().__init__(F(column) if isinstance(column, str) else column, list(values))

    def as_postgresql(
        self, compiler: "SQLCompiler", connection: "BaseDatabaseWrapper"
    ) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*parameters, self.rhs)

    def as_sql(
        self, compiler: "SQLCompiler", connection: "BaseDatabaseWrapper"
    ) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        # Only the name of a column stands in the text.
        return f"{column} IN (SELECT value FROM json_each(%s))", (*parameters, json.dumps(self.rhs))  # noqa: S608
