"""The state of a clinic's drop-in at this moment, in words: for its page, its badge and who asks from elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext

from blikk.kernel.times import local
from blikk.scheduling import queries as scheduling
from blikk.waiting_room.queries import summaries_of
from blikk.web.door_page import day_of, time_of
from blikk.web.presenters.clinic_hours import Hours, hours_of, week_shown

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic
    from blikk.scheduling.queries import OpeningView, Week
    from blikk.waiting_room.queries import Summary

# Everybody who looks within so many seconds is answered from one reading.
KEPT_FOR = 2
SHOWN = ("state", "headline", "detail", "may_enter", "may_book")


@dataclass(frozen=True, slots=True)
class Line:
    """A queue that somebody can stand in, or could."""

    period: str
    name: str
    state: str
    waiting: int
    wait_low: int | None
    wait_high: int | None
    servers: int
    opens_at: str
    last_entry_at: str
    closes_at: str
    last_entry: str
    wait: str


@dataclass(frozen=True, slots=True)
class Live:
    """The state now: `state` is open, busy (open, but nobody more is taken in), closed or none."""

    state: str
    headline: str
    detail: str
    may_enter: bool
    may_book: bool
    waiting: int
    wait_low: int | None
    wait_high: int | None
    opens_at: str
    hours: tuple[Hours, ...]
    lines: tuple[Line, ...]

    def facts(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return asdict(self)

    def shown(self) -> dict[str, Any]:
        """What the page shows of it, as plain JSON values."""
        shown = {name: getattr(self, name) for name in SHOWN}
        return {**shown, "hours": [asdict(hours) for hours in self.hours]}


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a clinic at a moment, before it is put into the words of any language."""

    clinic: "Clinic"
    now: datetime
    views: "Sequence[OpeningView]"
    found: "Mapping[str, Summary]"
    # The next one that somebody may enter, where nobody may now.
    following: "OpeningView | None"
    week: "Week"

    @property
    def changes_at(self) -> datetime | None:
        """When it will be different though nobody does anything."""
        moments = [at for view in self.views for at in (view.opens_at, view.last_entry_at, view.closes_at)]
        if self.following is not None:
            moments.append(self.following.opens_at)
        return min((at for at in moments if at > self.now), default=None)


def live_state(clinic: "Clinic", *, now: datetime) -> Live:
    """Say how it is, at most two seconds old."""
    kept: Live | None = cache.get(_key(clinic, get_language()))
    if kept is None:
        kept = keep_live(read(clinic, now=now))
    return kept


def keep_live(reading: Reading) -> Live:
    """Put what was read into words, and answer with them whoever asks next."""
    live = _in_words(reading)
    cache.set(_key(reading.clinic, get_language()), live, KEPT_FOR)
    return live


def forget_live(clinic: "Clinic", language: str) -> None:
    """Have the next one who looks read anew: somebody just came in by this page."""
    cache.delete(_key(clinic, language))


def read(clinic: "Clinic", *, now: datetime) -> Reading:
    """Look at a clinic's queues and hours, in a number of queries that does not grow with them."""
    views = scheduling.openings_on(clinic, local(now, clinic.zone).date(), now=now)
    made = [view.opening for view in views if view.opening is not None and view.is_open_now]
    found = summaries_of(made, now=now) if made else {}
    takes = any(view.accepts_now and not _is_full(view, found) for view in views)
    following = None if takes else scheduling.next_opening(clinic, now=now)
    return Reading(clinic, now, views, found, following, week_shown(clinic, now=now))


def _key(clinic: "Clinic", language: str | None) -> str:
    return f"clinic-live:{clinic.pk}:{language}"


def _is_full(view: "OpeningView", found: "Mapping[str, Summary]") -> bool:
    queue = found.get(view.opening.public_id) if view.opening else None
    return view.capacity is not None and queue is not None and queue.waiting >= view.capacity


def wait_words(low: int | None, high: int | None) -> str:
    """How long it takes, as one says it."""
    if low is None or high is None:
        return ""
    if high <= 2:
        return gettext("Du kommer inn med en gang.")
    return gettext("Ventetiden er omtrent {low}–{high} minutter.").format(low=low, high=high)


def _in_words(reading: Reading) -> Live:
    clinic = reading.clinic
    lines = tuple(_line(view, reading.found, clinic.zone) for view in reading.views if view.is_open_now)
    hours = hours_of(clinic, reading.week, now=reading.now)
    takes = [line for line in lines if line.state == "open"]
    if not takes:
        return _closed(reading, lines, hours)
    best = min(takes, key=lambda line: (line.wait_high is None, line.wait_high or 0, line.waiting))
    waiting = sum(line.waiting for line in lines)
    return Live(
        state="open",
        headline=gettext("Drop-in er åpent nå"),
        detail=_open_words(waiting, best),
        may_enter=True,
        may_book=clinic.allows_self_booking,
        waiting=waiting,
        wait_low=best.wait_low,
        wait_high=best.wait_high,
        opens_at="",
        hours=hours,
        lines=lines,
    )


def _line(view: "OpeningView", found: "Mapping[str, Summary]", zone: str) -> Line:
    queue = found.get(view.opening.public_id) if view.opening else None
    waiting = queue.waiting if queue is not None else 0
    wait = queue.wait if queue is not None else None
    is_full = _is_full(view, found)
    low, high = (wait.low, wait.high) if wait is not None else (None, None)
    return Line(
        period=view.period.public_id,
        name=view.period.name,
        state="open" if view.accepts_now and not is_full else "full" if is_full else "busy",
        waiting=waiting,
        wait_low=low,
        wait_high=high,
        servers=queue.servers if queue is not None else 0,
        opens_at=view.opens_at.isoformat(),
        last_entry_at=view.last_entry_at.isoformat(),
        closes_at=view.closes_at.isoformat(),
        last_entry=time_of(local(view.last_entry_at, zone)),
        wait=wait_words(low, high),
    )


def _open_words(waiting: int, best: Line) -> str:
    if waiting == 0:
        who = gettext("Ingen venter nå.")
    else:
        who = ngettext("{count} venter nå.", "{count} venter nå.", waiting).format(count=waiting)
    unknown = gettext("Vi kan ikke si hvor lang tid det tar ennå.") if waiting else ""
    wait = best.wait or unknown
    until = gettext("Du kan stille deg i køen til klokken {at}.").format(at=best.last_entry)
    return " ".join(part for part in (who, wait, until) if part)


def _closed(reading: Reading, lines: tuple[Line, ...], hours: tuple[Hours, ...]) -> Live:
    clinic, following = reading.clinic, reading.following
    detail = gettext("Det er ikke satt opp flere drop-in-tider. Ring klinikken.")
    opens_at = ""
    if following is not None:
        opens = local(following.opens_at, clinic.zone)
        opens_at = following.opens_at.isoformat()
        is_today = opens.date() == local(reading.now, clinic.zone).date()
        detail = (
            gettext("Neste gang er i dag klokken {at}.").format(at=time_of(opens))
            if is_today
            else gettext("Neste gang er {day} klokken {at}.").format(day=day_of(opens), at=time_of(opens))
        )
    if any(line.state == "full" for line in lines):
        detail = gettext("Køen er full. Det blir plass når noen er ferdige. Siden sier fra.")
    return Live(
        state="busy" if lines else ("closed" if following is not None else "none"),
        headline=gettext("Drop-in tar ikke inn flere nå") if lines else gettext("Drop-in er stengt nå"),
        detail=detail,
        may_enter=False,
        may_book=clinic.allows_self_booking,
        waiting=sum(line.waiting for line in lines),
        wait_low=None,
        wait_high=None,
        opens_at=opens_at,
        hours=hours,
        lines=lines,
    )


def entry_address(clinic: "Clinic") -> str:
    """Where one stands in line."""
    return reverse("drop_in", args=[clinic.slug])
