"""The drop-in queues as staff see them: who stands where, who serves, and what may be done."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from blikk.web.presenters import marks, words
from blikk.web.presenters.frame import ShownLights, show_lights
from blikk.web.presenters.words import Mark
from blikk.web.queue_forms import STATUSES

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic, Membership
    from blikk.journeys.day import QueueDay
    from blikk.waiting_room.queries import Queue, QueueRow, ServerRow


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """Somebody in a queue."""

    arrival: str
    version: int
    place: int
    name: str
    born: str
    state: str
    status: Mark
    marks: tuple[Mark, ...]
    help: str
    href: str
    phone: str
    rings: bool
    is_someone_else: bool = False
    lights: ShownLights | None = None

    @property
    def fingerprint(self) -> str:
        """Changes when the row does, and not merely with the minutes."""
        return hashlib.blake2s(repr(self).encode(), digest_size=9).hexdigest()


@dataclass(frozen=True, slots=True)
class ShownQueue:
    """One queue of the day."""

    key: str
    opening: str
    name: str
    when: str
    state: str
    state_words: str
    count: str
    wait: str
    serving: Sequence[Mark]
    rows: Sequence[ShownPlace]
    href: str
    start_href: str
    serve_href: str
    next_href: str
    is_mine: bool
    may_serve: bool
    may_next: bool
    is_first: bool

    @property
    def fingerprint(self) -> str:
        """Changes when the head of the queue does."""
        head = (
            self.state_words,
            self.count,
            self.wait,
            self.serving,
            self.is_mine,
            self.may_next,
            self.is_first,
        )
        return hashlib.blake2s(repr(head).encode(), digest_size=9).hexdigest()


def show_queues(
    queues: Sequence[QueueDay],
    clinic: Clinic,
    membership: Membership,
    helps: Mapping[str, str],
    *,
    now: datetime,
) -> list[ShownQueue]:
    """Put the queues of a day into the words of a page; the key belongs to the first that this person serves."""
    shown: list[ShownQueue] = []
    for one in queues:
        has_key = any(before.is_first for before in shown)
        shown.append(_queue(one, clinic, membership, helps, has_key=has_key, now=now))
    return shown


def show_place(
    row: QueueRow,
    helps: Mapping[str, str],
    *,
    rings: bool,
    lights: ShownLights | None = None,
    now: datetime,
) -> ShownPlace:
    """Put somebody in a queue into words."""
    state = "called" if row.called_until and row.called_until > now else row.status
    return ShownPlace(
        arrival=row.arrival,
        version=row.version,
        place=row.place,
        name=row.name,
        born=words.born(row.birth_on) if row.birth_on else "",
        state=state,
        status=_status(row, state, now),
        marks=tuple(_marks(row, state)),
        help=helps.get(row.help_kind, row.help_kind),
        href=reverse("queue_place", args=[row.arrival]),
        phone=words.phone(row.phone),
        rings=rings and row.status == "waiting",
        is_someone_else=row.is_someone_else,
        lights=lights,
    )


def wait_words(low: int | None, high: int | None) -> str:
    """A range of minutes, or that nobody can say."""
    if low is None or high is None:
        return gettext("Ingen tar imot nå")
    if high <= 1:
        return gettext("Straks")
    return gettext("Omtrent %(low)s–%(high)s min") % {"low": low, "high": high}


def _queue(
    one: QueueDay,
    clinic: Clinic,
    membership: Membership,
    helps: Mapping[str, str],
    *,
    has_key: bool,
    now: datetime,
) -> ShownQueue:
    view, queue = one.view, one.queue
    opening = queue.opening if queue else ""
    is_mine = queue is not None and any(s.membership == membership.public_id for s in queue.serving)
    is_clinician = bool(membership.role == "clinician")
    may_next = is_clinician and bool(queue and queue.rows)
    concerns = is_mine or not is_clinician or membership in view.clinicians
    state = _state(view.because, is_open=view.is_open_now, has_rows=bool(queue and queue.rows))
    return ShownQueue(
        key=f"{view.period.public_id}-{view.day.isoformat()}",
        opening=opening,
        name=view.period.name,
        when=f"{words.clock(view.opens_at, clinic.zone)}–{words.clock(view.closes_at, clinic.zone)}",
        state=state,
        state_words=_state_words(view.because, words.clock(view.last_entry_at, clinic.zone)),
        count=count_words(queue.waiting if queue else 0),
        wait=_wait(queue, is_open=view.is_open_now),
        serving=[_server(server, now) for server in queue.serving] if queue else [],
        rows=[
            show_place(
                row, helps, rings=concerns, lights=_lights(one, row, is_clinician=is_clinician), now=now
            )
            for row in queue.rows
        ]
        if queue
        else [],
        href=reverse("queue_opening", args=[opening]) if opening else "",
        start_href=reverse("queue_start", args=[view.period.public_id]) if not opening else "",
        serve_href=reverse("queue_serve", args=[opening]) if opening else "",
        next_href=reverse("queue_next", args=[opening]) if opening else "",
        is_mine=is_mine,
        may_serve=is_clinician and not is_mine and state != "over",
        may_next=may_next,
        is_first=may_next and is_mine and not has_key,
    )


def _lights(one: QueueDay, row: QueueRow, *, is_clinician: bool) -> ShownLights | None:
    frame = one.frames.get(row.arrival)
    return show_lights(
        frame, arrival=row.arrival, status=row.status, appointment="", is_clinician=is_clinician
    )


def count_words(count: int) -> str:
    """How many wait."""
    if not count:
        return gettext("Ingen venter")
    return ngettext("%(count)s venter", "%(count)s venter", count) % {"count": count}


def _state(because: str, *, is_open: bool, has_rows: bool) -> str:
    if has_rows or is_open:
        return "open"
    return "planned" if because == "not_yet" else "over"


def _state_words(because: str, last_entry: str) -> str:
    return {
        "": gettext("Åpen til %(time)s") % {"time": last_entry},
        "not_yet": gettext("Ikke åpnet ennå"),
        "after_last_entry": gettext("Tar ikke inn flere i dag"),
        "over": gettext("Slutt for i dag"),
        "closed": gettext("Stengt"),
        "holiday": gettext("Stengt, helligdag"),
        "absent": gettext("Stengt, ingen er til stede"),
        "nobody": gettext("Stengt, ingen tar imot"),
        "no_such_hour": gettext("Timen finnes ikke i dag"),
        "full": gettext("Køen er full"),
    }.get(because, gettext("Stengt"))


def _wait(queue: Queue | None, *, is_open: bool) -> str:
    if queue is None or not is_open:
        return ""
    return wait_words(queue.wait.low, queue.wait.high) if queue.wait else wait_words(None, None)


def _server(server: ServerRow, now: datetime) -> Mark:
    if server.with_name and server.with_since:
        said = gettext("%(name)s: i samtale med %(patient)s") % {
            "name": server.name,
            "patient": server.with_name,
        }
        since = server.with_since
        return Mark(said, "talk", "live", since.isoformat(), words.waited(since, now))
    status = words.uncapital(str(dict(STATUSES).get(server.status, server.status)))
    return Mark(f"{server.name}: {status}", "person", "good" if server.status == "here" else "")


def _status(row: QueueRow, state: str, now: datetime) -> Mark:
    if state == "waiting":
        since = row.waiting_since or row.since
        return Mark(gettext("Har ventet"), "chair", "live", since.isoformat(), words.waited(since, now))
    since = row.since
    minutes = {"since": since.isoformat(), "minutes": words.waited(since, now)}
    return {
        "called": Mark(gettext("Ropt opp, er ikke kommet ennå"), "bell", "care"),
        "away": Mark(gettext("Ute en tur, kom for"), "door", "", **minutes),
        "on_hold": Mark(gettext("Satt på vent, kom for"), "clock", "", **minutes),
        "at_the_door": Mark(gettext("Prøver utstyret, kom for"), "door", "", **minutes),
    }.get(state, Mark(state, "clock"))


def _marks(row: QueueRow, state: str) -> list[Mark]:
    found = [*marks.of_eid("", is_proving=row.is_proving, is_someone_else=row.is_someone_else)]
    if row.meant_for_name:
        found.append(Mark(gettext("Venter på %(name)s") % {"name": row.meant_for_name}, "person"))
    if state == "waiting" and not row.is_connected and not row.is_proving:
        found.append(Mark(gettext("Skjermen er av"), "device", "care"))
    if row.missed:
        missed = ngettext("Kom ikke én gang", "Kom ikke %(count)s ganger", row.missed) % {"count": row.missed}
        found.append(Mark(missed, "warning", "care"))
    if row.pushed_because == "priority":
        found.append(Mark(gettext("Noen er tatt foran, og pasienten har fått vite det"), "message"))
    if row.hold_words:
        found.append(Mark(gettext("Leser: «%(words)s»") % {"words": row.hold_words}, "message"))
    if row.wait_low is not None and state in {"waiting", "away"}:
        found.append(Mark(wait_words(row.wait_low, row.wait_high), "clock"))
    return found
