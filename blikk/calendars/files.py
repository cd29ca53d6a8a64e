"""Calendar files: what an entry may say, and how it is written down (RFC 5545)."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from blikk.kernel.ids import digest

if TYPE_CHECKING:
    from icalendar import Alarm, Calendar, Event

PRODUCT = "-//Blikk//Blikk//NO"
FETCHED_EVERY = timedelta(minutes=15)
# Format signs can turn a line around or hide in it; separators break one for some readers.
_LEFT_OUT = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}

Method = Literal["PUBLISH", "CANCEL", ""]


@dataclass(frozen=True, slots=True)
class Entry:
    """All that an entry in somebody's calendar may say (law 6); there is no way to put more into a file.

    `stamp` is when it was made: the same entry is the same text however often it is written.
    """

    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str = ""
    link: str = ""
    # Where, for an hour in person: the sender's neutral label.
    place: str = ""
    remind_before: timedelta | None = None

    def content(self) -> str:
        """What a reader sees of it, as a digest: two entries that only count differently are alike."""
        shown = [self.starts_at, self.ends_at, self.summary, self.description, self.link]
        # Left out where there is none, so that entries made before there was a place are as they were.
        shown += [self.place] if self.place else []
        return digest("\x1f".join(str(part) for part in shown))


def uid_of(appointment_id: str, person: str) -> str:
    """Name one person's entry about one appointment: the same through every move, and it says nothing.

    The appointment's own name has 128 random bits and is known to staff only, so nobody can count back.
    """
    found = digest(f"calendar:{appointment_id}:{person}")
    return "-".join((found[:8], found[8:12], found[12:16], found[16:20], found[20:32]))


def write(entries: Iterable[Entry], *, method: Method = "", name: str = "") -> str:
    """Write a calendar file. Without a method it is what a calendar server keeps; a name is for a feed."""
    # Heavy to import, and most processes never write one.
    from icalendar import Calendar

    file = Calendar()
    file.add("prodid", PRODUCT)
    file.add("version", "2.0")
    file.add("calscale", "GREGORIAN")
    if method:
        file.add("method", method)
    if name:
        _name(file, plain(name).replace("\n", " "))
    for entry in entries:
        file.add_component(_event(entry, is_cancelled=method == "CANCEL"))
    text: bytes = file.to_ical()
    return text.decode()


def plain(words: str) -> str:
    """Take out what a reader cannot see: control and format signs, and half characters; line feeds stay."""
    lines = words.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(
        "".join(sign for sign in line if unicodedata.category(sign) not in _LEFT_OUT) for line in lines
    )


def _name(file: "Calendar", name: str) -> None:
    from icalendar import vText

    file.add("name", name)
    # The library escapes nothing in names that it does not know; a comma or a line feed there is a hole.
    file.add("x-wr-calname", vText(name))
    file.add("refresh-interval", FETCHED_EVERY, parameters={"VALUE": "DURATION"})
    file.add("x-published-ttl", FETCHED_EVERY)


def _event(entry: Entry, *, is_cancelled: bool) -> "Event":
    from icalendar import Event

    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    # Moments in UTC: each reader shows them on its own clock, rightly through every change of that clock.
    event.add("dtstamp", _moment(entry.stamp))
    event.add("dtstart", _moment(entry.starts_at))
    event.add("dtend", _moment(entry.ends_at))
    event.add("summary", plain(entry.summary))
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if is_cancelled else "OPAQUE")
    event.add("x-microsoft-cdo-busystatus", "FREE" if is_cancelled else "BUSY")
    if is_cancelled:
        return event
    if entry.description:
        event.add("description", plain(entry.description))
    if entry.place:
        event.add("location", plain(entry.place).replace("\n", " "))
    if entry.link:
        event.add("url", entry.link)
    if entry.remind_before is not None:
        event.add_component(_alarm(entry, entry.remind_before))
    return event


def _alarm(entry: Entry, before: timedelta) -> "Alarm":
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", plain(entry.summary))
    alarm.add("trigger", -before)
    return alarm


def _moment(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)
