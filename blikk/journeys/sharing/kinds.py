"""A kind of resource: which rows it is made of, which of them fit, and what becomes of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Model, Q, QuerySet

from blikk.audit.queries import last_changes
from blikk.audit.services import named
from blikk.clinics.models import Clinic
from blikk.journeys.sharing.asked import Search, Token, Value, Wanted, When
from blikk.kernel.errors import Refused
from blikk.kernel.ids import key_in, urn_of

Resource = dict[str, Any]
# Of so many rows at most each one's own identifier is worked out.
MOST_TRIED = 20_000
URN = "urn:ietf:rfc:3986"
NOBODY = Q(pk__in=[])


class TooCostly(Refused):
    """A search for an identifier of ours among too many."""

    code = "too_costly"


@dataclass(frozen=True, slots=True)
class Shown:
    """One resource, and what the record is to say of it: what it was made of, and whose it is."""

    resource: Resource
    thing: str
    patient: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A row's resource, and when what it says last changed."""

    resource: Resource
    changed_at: datetime
    patient: str = ""


Fits = Callable[[Clinic, Any], Q]


@dataclass(frozen=True)
class Source:
    """Rows of one table that become resources of one kind."""

    rows: Callable[[Clinic], QuerySet[Any]]
    # Everything about these rows, in a constant number of queries.
    make: Callable[[Clinic, Sequence[Any]], Sequence[Made | None]]
    # From a FHIR id's key to the row.
    keyed: Callable[[str], Q]
    # From a row to the key that its own identifier is made of.
    key_of: Callable[[Any], str]
    fits: Mapping[str, Fits]
    # What changed at that moment or later.
    changed: Callable[[Clinic, datetime], Q]
    # A national identifier that these rows have beside our own.
    known_as: Callable[[Clinic, Token], Q | None] = lambda _clinic, _token: None


@dataclass(frozen=True)
class Kind:
    """One kind of resource; some are made of the rows of several tables."""

    name: str
    sources: Sequence[Source]
    parameters: Mapping[str, str] = field(default_factory=dict)

    def rows(self, clinic: Clinic, source: Source, wanted: Wanted) -> QuerySet[Any]:
        """The rows of one table that fit all that was asked for. Raises TooCostly."""
        rows = source.rows(clinic)
        ours: list[Sequence[Value]] = []
        for name, groups in wanted.items():
            for group in groups:
                if name == "identifier" and any(_is_ours(one) for one in group):
                    ours.append(group)
                else:
                    rows = rows.filter(self._any(clinic, source, name, group))
        for group in ours:
            rows = rows.filter(self._named(clinic, source, rows, group))
        return rows

    def _any(self, clinic: Clinic, source: Source, name: str, group: Sequence[Value]) -> Q:
        return reduce(or_, (self._fits(clinic, source, name, one) for one in group), NOBODY)

    def _fits(self, clinic: Clinic, source: Source, name: str, value: Value) -> Q:
        if name == "_id":
            return source.keyed(key_in(value.value)) if isinstance(value, Token) else NOBODY
        if name == "_lastUpdated":
            return _changed(clinic, source, value) if isinstance(value, When) else NOBODY
        if name == "identifier":
            found = source.known_as(clinic, value) if isinstance(value, Token) else None
            return NOBODY if found is None else found
        fits = source.fits.get(name)
        return NOBODY if fits is None else fits(clinic, value)

    def _named(self, clinic: Clinic, source: Source, rows: QuerySet[Any], group: Sequence[Value]) -> Q:
        """Rows by identifiers that Blikk gave: they follow from our keys, and our keys do not follow from them."""
        names = {one.value for one in group if isinstance(one, Token) and _is_ours(one)}
        found = [self._fits(clinic, source, "identifier", one) for one in group if not _is_ours(one)]
        if rows.order_by()[: MOST_TRIED + 1].count() > MOST_TRIED:
            raise TooCostly
        keys = [row.pk for row in rows if urn_of(self.name, source.key_of(row)) in names]
        return reduce(or_, found, Q(pk__in=keys))


def _is_ours(value: Value) -> bool:
    return isinstance(value, Token) and value.system in {None, URN} and value.value.startswith("urn:uuid:")


def _changed(clinic: Clinic, source: Source, when: When) -> Q:
    since, after = source.changed(clinic, when.begins), source.changed(clinic, when.ends)
    match when.compare:
        case "eq":
            return since & ~after
        case "ne":
            return ~(since & ~after)
        case "ge":
            return since
        case "gt" | "sa":
            return after
        case "le":
            return ~after
        case "lt" | "eb":
            return ~since


def by_code(column: str, codes: Mapping[str, Sequence[object]]) -> Fits:
    """What fits a status, by what FHIR calls it."""

    def fits(_clinic: Clinic, value: Value) -> Q:
        return Q(**{f"{column}__in": codes.get(value.value, ())}) if isinstance(value, Token) else NOBODY

    return fits


def by_key(way: str) -> Fits:
    """What fits a reference, by the way to what it refers to."""

    def fits(_clinic: Clinic, value: Value) -> Q:
        return Q(**{f"{way}public_id": key_in(value.value)}) if isinstance(value, Token) else NOBODY

    return fits


def by_time(compare: Callable[[When], Q]) -> Fits:
    """What fits a date."""

    def fits(_clinic: Clinic, value: Value) -> Q:
        return compare(value) if isinstance(value, When) else NOBODY

    return fits


def by_trail(clinic: Clinic, rows: Sequence[Model]) -> dict[str, datetime]:
    """When something was last done to each row, by its name in the record."""
    return last_changes(clinic.pk, [named(row) for row in rows])


def shown(kind: Kind, row: Model, made: Made) -> Shown:
    return Shown(made.resource, named(row), made.patient)


__all__ = ["Kind", "Made", "Search", "Shown", "Source", "TooCostly"]
