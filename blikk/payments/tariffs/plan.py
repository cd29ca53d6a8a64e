"""What a file of tariffs would change, worked out before anything does: added, changed, ended; gaps and overlaps."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from blikk.payments.tariffs.rows import TariffRow, day_after, day_before

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Changed:
    """A row that is there with other contents, and which fields differ."""

    before: TariffRow
    after: TariffRow
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hole:
    """Days between two rows of one code on which it has no rate."""

    field: str
    code: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Overlap:
    """Days on which one code would have two rates."""

    field: str
    code: str
    first: date
    last: date | None
    one: date
    other: date


@dataclass(frozen=True, slots=True)
class Plan:
    """What would happen. Nothing is taken in while there are overlaps: a day has one rate or none."""

    added: tuple[TariffRow, ...] = ()
    changed: tuple[Changed, ...] = ()
    # Open rows that end the day before a newer one begins.
    ended: tuple[Changed, ...] = ()
    same: int = 0
    holes: tuple[Hole, ...] = ()
    overlaps: tuple[Overlap, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed or self.ended)


def plan(existing: Iterable[TariffRow], coming: Iterable[TariffRow]) -> Plan:
    """Compare what comes with what is there. Rows are the same row where field, code and first day are."""
    there = {(*row.key, row.valid_from): row for row in existing}
    added: list[TariffRow] = []
    changed: list[Changed] = []
    same = 0
    twice: list[Overlap] = []
    arrived: dict[tuple[str, str, date], TariffRow] = {}
    for row in coming:
        name = (*row.key, row.valid_from)
        if name in arrived and arrived[name] != row:
            twice.append(_overlap(arrived[name], row))
            continue
        arrived[name] = row
    for name, row in arrived.items():
        before = there.get(name)
        if before is None:
            added.append(row)
            continue
        fields = differing(before, row)
        if fields:
            changed.append(Changed(before, row, fields))
        else:
            same += 1
    result = {**there, **arrived}
    ended = _ended(there, arrived, result)
    holes, overlaps = examine(result.values())
    mine = {row.key for row in arrived.values()}
    return Plan(
        added=tuple(added),
        changed=tuple(changed),
        ended=tuple(ended),
        same=same,
        holes=tuple(one for one in holes if (one.field, one.code.lower()) in mine),
        overlaps=(*twice, *(one for one in overlaps if (one.field, one.code.lower()) in mine)),
    )


def differing(before: TariffRow, after: TariffRow) -> tuple[str, ...]:
    """Which fields of two rows differ; where and when they were read is no difference."""
    names = [name for name in TariffRow.__slots__ if name not in {"source", "source_on"}]
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def examine(rows: Iterable[TariffRow]) -> tuple[list[Hole], list[Overlap]]:
    """Gaps and overlaps in the days of each code."""
    by_code: dict[Key, list[TariffRow]] = defaultdict(list)
    for row in rows:
        by_code[row.key].append(row)
    holes: list[Hole] = []
    overlaps: list[Overlap] = []
    for those in by_code.values():
        those.sort(key=lambda row: row.valid_from)
        last = those[0]
        for row in those[1:]:
            if last.valid_to is None or row.valid_from <= last.valid_to:
                overlaps.append(_overlap(last, row))
            elif row.valid_from > day_after(last.valid_to):
                holes.append(Hole(row.field, row.code, day_after(last.valid_to), day_before(row.valid_from)))
            if last.valid_to is not None and (row.valid_to is None or row.valid_to > last.valid_to):
                last = row
    return holes, overlaps


def _overlap(one: TariffRow, other: TariffRow) -> Overlap:
    ends = [row.valid_to for row in (one, other) if row.valid_to is not None]
    first = max(one.valid_from, other.valid_from)
    return Overlap(one.field, one.code, first, min(ends) if ends else None, one.valid_from, other.valid_from)


def _ended(
    there: dict[tuple[str, str, date], TariffRow],
    arrived: dict[tuple[str, str, date], TariffRow],
    result: dict[tuple[str, str, date], TariffRow],
) -> list[Changed]:
    """An open row that was there ends where the next one begins; `result` is set right."""
    ended = []
    for name, row in there.items():
        if name in arrived or row.valid_to is not None:
            continue
        later = [one.valid_from for one in arrived.values() if one.key == row.key]
        following = min((day for day in later if day > row.valid_from), default=None)
        if following is not None:
            after = replace(row, valid_to=day_before(following))
            result[name] = after
            ended.append(Changed(row, after, ("valid_to",)))
    return ended
