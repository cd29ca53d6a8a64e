"""Reading the parameters of a search: what cannot be understood is refused, and never widens what is found."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from blikk.api.fhir.answers import Problem
from blikk.api.fhir.description import MOST, SHAPING, USUAL, Parameter, base, parameters_of
from blikk.journeys.sharing.asked import Compare, Search, Token, Value, When
from blikk.journeys.sharing.people import NATIONAL

MOST_PARAMETERS, LONGEST = 40, 500
_PREFIX = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb)?(.+)", re.DOTALL)
_DATE = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})\d*)?)?(Z|[+-]\d{2}:\d{2}))?)?)?"
)
_ID = re.compile(r"[A-Za-z0-9.\-]{1,64}")
_PARTS = {",": re.compile(r"(?<!\\),"), "|": re.compile(r"(?<!\\)\|")}

Pairs = Sequence[tuple[str, str]]


@dataclass
class Read:
    """A search, the parameters that it used, and those that it did not."""

    search: Search
    used: list[tuple[str, str]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    only_count: bool = False


def read_search(kind: str, pairs: Pairs, *, prefer: str, zone: str, in_address: bool) -> Read:
    """Read a search. Raises Problem.

    What would narrow the search and is not known is refused unless the other side prefers to be treated leniently: a
    page with everybody's data is no answer to a question about one person.
    """
    if len(pairs) > MOST_PARAMETERS:
        raise Problem(400, "bad_request")
    known = {one.name: one for one in parameters_of(kind)}
    wanted: dict[str, list[Sequence[Value]]] = {}
    shaping: dict[str, str] = {}
    found = Read(Search(kind))
    for name, text in pairs:
        if len(text) > LONGEST:
            raise Problem(400, "not_a_value", name)
        if name in SHAPING:
            shaping[name] = text
        elif name in known:
            group = _values(known[name], text, zone)
            wanted.setdefault(name, []).append(group)
            if in_address and name == "identifier":
                _require_no_number(group)
            if not any(_is_number(one) for one in group):
                found.used.append((name, text))
        else:
            _unknown(name, known, prefer, found)
    _shape(found, shaping, wanted)
    return found


def _unknown(name: str, known: Iterable[str], prefer: str, found: Read) -> None:
    if name.partition(":")[0] in known:
        raise Problem(400, "unknown_modifier", name)
    is_lenient = prefer == "lenient" or (name.startswith("_") and prefer != "strict")
    if not is_lenient:
        raise Problem(400, "unknown_parameter", name)
    found.ignored.append(name)


def _shape(found: Read, shaping: dict[str, str], wanted: dict[str, list[Sequence[Value]]]) -> None:
    text = shaping.get("_count", str(USUAL))
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Problem(400, "not_a_count")
    count = min(int(text), MOST)
    found.only_count = count == 0 or shaping.get("_summary") == "count"
    with_total = found.only_count or shaping.get("_total") == "accurate"
    found.search = Search(found.search.kind, wanted, count or USUAL, with_total=with_total)
    if shaping.get("_summary", "count") not in {"count", "false"}:
        found.ignored.append("_summary")
    found.used += [
        (name, text)
        for name, text in shaping.items()
        if name in {"_count", "_total"} and name not in found.ignored
    ]


def _values(parameter: Parameter, text: str, zone: str) -> Sequence[Value]:
    parts = [one for one in _PARTS[","].split(text) if one]
    if not parts:
        raise Problem(400, "not_a_value", parameter.name)
    return [_value(parameter, one, zone) for one in parts]


def _value(parameter: Parameter, text: str, zone: str) -> Value:
    if parameter.type == "date":
        return _when(text, zone)
    if parameter.type == "reference":
        return Token(_referred(text, parameter))
    if parameter.type == "string":
        return Token(_plain(text))
    system, separator, value = _halves(text)
    if parameter.name == "_id" and not _ID.fullmatch(text):
        raise Problem(400, "not_a_value", text)
    return Token(_plain(value), _plain(system) if separator else None)


def _halves(text: str) -> tuple[str, str, str]:
    parts = _PARTS["|"].split(text)
    if len(parts) > 2:
        raise Problem(400, "not_a_value", text)
    return ("", "", parts[0]) if len(parts) == 1 else (parts[0], "|", parts[1])


def _referred(text: str, parameter: Parameter) -> str:
    name = text.removeprefix(f"{base()}/").removeprefix(f"{parameter.target}/")
    if not _ID.fullmatch(name):
        raise Problem(400, "not_a_value", parameter.name)
    return name


def _plain(text: str) -> str:
    if "\x00" in text:
        raise Problem(400, "not_a_value")
    return re.sub(r"\\([,|$\\])", r"\1", text)


def _when(text: str, zone: str) -> When:
    # A plus sign in an address is a space to who reads it; nothing else in a date is one.
    match = _PREFIX.fullmatch(text.replace(" ", "+"))
    date = _DATE.fullmatch(match[2]) if match else None
    if match is None or date is None:
        raise Problem(400, "not_a_date", text)
    try:
        begins, ends = _stretch(date, zone)
    except (ValueError, OverflowError) as fault:
        raise Problem(400, "not_a_date", text) from fault
    return When(cast("Compare", match[1] or "eq"), begins, ends)


def _stretch(date: "re.Match[str]", zone: str) -> tuple[datetime, datetime]:
    """From the first moment that a date means to the first one after it; days are the clinic's."""
    year, month, day = int(date[1]), int(date[2] or 1), int(date[3] or 1)
    if date[4] is None:
        place = ZoneInfo(zone)
        begins = datetime(year, month, day, tzinfo=place)
        if date[3]:
            following = (datetime(year, month, day) + timedelta(days=1)).timetuple()[:3]  # noqa: DTZ001
        elif date[2]:
            following = (year + month // 12, month % 12 + 1, 1)
        else:
            following = (year + 1, 1, 1)
        return begins, datetime(*following, tzinfo=place)
    fraction = (date[7] or "").ljust(6, "0")
    offset = "+00:00" if date[8] == "Z" else date[8]
    begins = datetime.fromisoformat(
        f"{date[1]}-{date[2]}-{date[3]}T{date[4]}:{date[5]}:{date[6] or '00'}.{fraction}{offset}"
    ).astimezone(UTC)
    if date[6] is None:
        return begins, begins + timedelta(minutes=1)
    return begins, begins + (
        timedelta(microseconds=10 ** (6 - len(date[7]))) if date[7] else timedelta(seconds=1)
    )


def _require_no_number(group: Sequence[Value]) -> None:
    if any(_is_number(one) for one in group):
        raise Problem(400, "number_in_address")


def _is_number(value: Value) -> bool:
    """Whether it is, or could be, somebody's national number."""
    if not isinstance(value, Token):
        return False
    is_long = len(value.value) == 11 and value.value.isdigit()
    return value.system in NATIONAL or (is_long and value.system in {None, ""})
