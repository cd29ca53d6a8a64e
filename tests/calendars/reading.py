"""Reading calendar files back, with two readers that share nothing."""

import re
from dataclasses import dataclass
from typing import Any

import icalendar
import vobject

CLOSED = {
    *("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "CLASS", "STATUS", "TRANSP"),
    *("X-MICROSOFT-CDO-BUSYSTATUS", "DESCRIPTION", "URL", "LOCATION"),
}
CLOSED_OF_FILE = {"PRODID", "VERSION", "CALSCALE", "METHOD"}
CLOSED_OF_FEED = {*CLOSED_OF_FILE, "NAME", "X-WR-CALNAME", "REFRESH-INTERVAL", "X-PUBLISHED-TTL"}
CLOSED_OF_ALARM = {"ACTION", "DESCRIPTION", "TRIGGER"}


@dataclass(frozen=True)
class Read:
    """An entry as a reader has it: each property by name, and those of its alarms."""

    properties: dict[str, Any]
    alarms: tuple[dict[str, Any], ...]


def lines_of(text: str) -> list[str]:
    """The unfolded lines, after a look at how they are folded: CR LF only, 75 octets at most."""
    assert text.endswith("\r\n")
    rows = text.split("\r\n")[:-1]
    assert not [row for row in rows if "\r" in row or "\n" in row]
    assert max(len(row.encode()) for row in rows) <= 75
    assert not re.search(
        r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]", text
    )
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def first_reader(text: str) -> tuple[set[str], list[Read]]:
    file = icalendar.Calendar.from_ical(text)
    assert file.errors == []
    entries = []
    for part in file.subcomponents:
        assert part.name == "VEVENT"
        assert part.errors == []
        alarms = tuple(dict(alarm) for alarm in part.subcomponents)
        assert {alarm.name for alarm in part.subcomponents} <= {"VALARM"}
        entries.append(Read({name: _value(part[name]) for name in part}, alarms))
    return set(file), entries


def second_reader(text: str) -> tuple[set[str], list[Read]]:
    file = vobject.readOne(text, validate=False)
    entries = []
    for part in file.contents.get("vevent", []):
        alarms = tuple(
            {line.name: line.value for line in alarm.lines()} for alarm in part.contents.get("valarm", [])
        )
        entries.append(Read({line.name: line.value for line in part.lines()}, alarms))
    assert set(file.contents) - {"vevent"} == {line.name.lower() for line in file.lines()}
    return {line.name for line in file.lines()}, entries


def both(text: str) -> list[Read]:
    """The entries of a file after both readers agreed on it, and found nothing that is not on the closed list."""
    lines_of(text)
    (of_file, one), (of_file_too, other) = first_reader(text), second_reader(text)
    assert of_file == of_file_too
    assert of_file <= CLOSED_OF_FEED
    assert len(one) == len(other) == text.count("BEGIN:VEVENT\r\n")
    for mine, theirs in zip(one, other, strict=True):
        assert set(mine.properties) == set(theirs.properties)
        assert set(mine.properties) <= CLOSED
        for name in ("UID", "SUMMARY", "DESCRIPTION", "URL", "CLASS", "STATUS"):
            assert mine.properties.get(name) == theirs.properties.get(name), name
        for name in ("DTSTART", "DTEND"):
            assert mine.properties[name] == theirs.properties[name]
        for alarm in mine.alarms + theirs.alarms:
            assert set(alarm) <= CLOSED_OF_ALARM
        assert len(mine.alarms) == len(theirs.alarms)
    return one


def _value(value: Any) -> Any:
    return getattr(value, "dt", None) or (str(value) if isinstance(value, str) else value)
