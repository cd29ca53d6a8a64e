"""The places of a queue, read once per change for all the pages of this process, however many wait."""

import asyncio
import json
import logging
from collections import defaultdict
from datetime import datetime
from typing import Any, Protocol

from django.utils import timezone

from blikk.bus import hub
from blikk.journeys.waiting import Everybody, everybodys_places, places_again, places_without
from blikk.sockets.database import for_all
from blikk.sockets.line import Packed

# After so many pages the process may do something else for a moment.
IN_ONE_GO = 64
# Minutes pass without news, and news may be lost: so often everybody's place is read anyway. What is told is whole
# minutes; every fifteen seconds was a third of what the app did for ten thousand who wait.
LOOK_ANYWAY = 30.0
# So long what was read of how fast a queue moves is counted down, unless news say that something happened.
PACE_HOLDS = LOOK_ANYWAY
# Who went is in the news themselves, and the rest are told at once; so long after it the places are read all the same.
READ_AFTER = 1.0
# The database is away for a moment: so long until it is asked again.
TRY_AGAIN = 1.0

OWN = ("place", "ahead", "wait_low", "wait_high", "pushed", "pushed_at")
SHARED = ("opening_name", "closes_at", "servers", "server_names", "paused")
MOVING = frozenset(OWN + SHARED)

log = logging.getLogger(__name__)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode
_HEAD = _encode({"type": "place"})[:-1]


def place_frame(facts: dict[str, Any]) -> str:
    """What a page is told of its place, out of everything that it is told about the door."""
    return _frame({name: facts[name] for name in OWN}, _encode({name: facts[name] for name in SHARED}))


def _frame(own: dict[str, Any], shared: str) -> str:
    return f"{_HEAD},{_encode(own)[1:-1]},{shared[1:]}"


class Table:
    """Everybody's place in a queue after one look."""

    __slots__ = ("_shared", "began", "everybody")

    def __init__(self, everybody: Everybody | None, began: int) -> None:
        self.everybody, self.began = everybody, began
        self._shared = _encode(everybody.shared) if everybody else ""

    def has(self, arrival: str) -> bool:
        return self.everybody is not None and arrival in self.everybody.spots

    def without(self, arrival: str) -> "Table":
        """The same look when somebody has gone: it knows no more of the others than it did."""
        return Table(places_without(self.everybody, arrival) if self.everybody else None, self.began)

    def frame(self, arrival: str) -> str | None:
        """What one person's page is told; None for who has no place in this queue."""
        spot = self.everybody.spots.get(arrival) if self.everybody else None
        if self.everybody is None or spot is None:
            return None
        if spot.pushed_because or (wait := self.everybody.wait(spot.place - 1)) is None:
            return _frame(self.everybody.own(arrival) or {}, self._shared)
        # A thousand times the same sentence with other numbers: JSON would need as long as all the rest.
        return (
            f'{_HEAD},"place":{spot.place},"ahead":{spot.place - 1},"wait_low":{wait.low},"wait_high":{wait.high},'
            f'"pushed":"","pushed_at":null,{self._shared[1:]}'
        )


class Waiting(Protocol):
    """What the board knows of a page that is to be told its place."""

    def take_place(self, table: Table) -> None: ...
    def take_words(self, words: Packed) -> None: ...
    def start_anew(self) -> None: ...


class QueueBoard:
    """One queue: who of this process waits in it, and the newest look at it.

    However many changes come while it is looked at, one more look follows: what counts is how it is now.
    """

    def __init__(self, board: "Board", opening: str) -> None:
        self.pages: set[Waiting] = set()
        self.opening = opening
        self._board = board
        self._table: Table | None = None
        self._is_stale = True
        self._pace_holds_until = 0.0
        self._looking: asyncio.Task[None] | None = None
        self._asked: list[asyncio.Future[Table]] = []
        self._loop = asyncio.get_running_loop()
        self._anyway = self._loop.call_later(LOOK_ANYWAY, self._look_anyway)
        self._read_after: asyncio.TimerHandle | None = None
        hub.subscribe(self.topic, self.hear)

    @property
    def topic(self) -> str:
        return f"queue:{self.opening}"

    def hear(self, _: str, news: dict[str, Any]) -> None:
        match news.get("event"):
            case "missed":
                for page in tuple(self.pages):
                    page.start_anew()
                self._is_stale = True
                self._pace_holds_until = 0.0
            case "gone":
                self._gone(str(news.get("arrival", "")))
            case "places":
                self.changed()
            case "told":
                told = {name: news[name] for name in ("at", "code", "words")}
                words = Packed(_encode({"type": "words", "words": [told]}))
                for page in tuple(self.pages):
                    page.take_words(words)
            case _:
                self._pace_holds_until = 0.0
                self.changed()

    def changed(self) -> None:
        """Look, and tell everybody; after the look that is going on, if there is one."""
        self._is_stale = True
        if self._looking is None:
            self._looking = self._loop.create_task(self._look_and_tell())

    def _gone(self, arrival: str) -> None:
        """Tell who moved up without reading anything, if what was read last is still true but for this."""
        table = self._table
        if table is None or self._is_stale or self._looking is not None or not table.has(arrival):
            self.changed()
            return
        self._table = table.without(arrival)
        self._looking = self._loop.create_task(self._look_and_tell(self._table))
        if self._read_after is not None:
            self._read_after.cancel()
        self._read_after = self._loop.call_later(READ_AFTER, self.changed)

    async def newest(self, since: int) -> Table:
        """Everybody's place as it is now, from no look that began before that moment of the board."""
        table = self._table
        if table is not None and not self._is_stale and table.began >= since:
            return table
        answer: asyncio.Future[Table] = self._loop.create_future()
        self._asked.append(answer)
        self.changed()
        return await answer

    def close(self) -> None:
        self._anyway.cancel()
        if self._read_after is not None:
            self._read_after.cancel()
        hub.unsubscribe(self.topic, self.hear)

    async def _look_and_tell(self, known: Table | None = None) -> None:
        try:
            if known is not None:
                await self._tell_all(known)
            while self._is_stale and (self.pages or self._asked):
                self._is_stale = False
                asked, self._asked = self._asked, []
                table = await self._look(asked)
                if table is None:
                    await asyncio.sleep(TRY_AGAIN)
                else:
                    await self._tell_all(table)
        finally:
            self._looking = None

    async def _look(self, asked: list[asyncio.Future[Table]]) -> Table | None:
        began = self._board.moment()
        try:
            table = Table(await self._read(), began)
        except Exception as fault:
            log.exception("board.look_failed")
            self._is_stale, self._pace_holds_until = True, 0.0
            for answer in asked:
                if not answer.done():
                    answer.set_exception(fault)
            return None
        self._table = table
        for answer in asked:
            if not answer.done():
                answer.set_result(table)
        return table

    async def _read(self) -> Everybody | None:
        before, now = self._table.everybody if self._table else None, self._loop.time()
        if before is not None and now < self._pace_holds_until:
            return await for_all(places_again)(before, now=timezone.now())
        # Noted first: news that come while it is read are about what it may not have seen.
        self._pace_holds_until = now + PACE_HOLDS
        return await for_all(everybodys_places)(self.opening, now=timezone.now())

    async def _tell_all(self, table: Table) -> None:
        for number, page in enumerate(tuple(self.pages), start=1):
            try:
                page.take_place(table)
            except Exception:
                log.exception("board.page_failed")
            if number % IN_ONE_GO == 0:
                await asyncio.sleep(0)

    def _look_anyway(self) -> None:
        self._anyway = self._loop.call_later(LOOK_ANYWAY, self._look_anyway)
        self._pace_holds_until = 0.0
        self.changed()


class Board:
    """The queues in which somebody waits whose page is open here."""

    def __init__(self) -> None:
        self._queues: dict[str, QueueBoard] = {}
        self._moments = 0

    def moment(self) -> int:
        """A number for now, greater than all before: nothing that was read earlier is told after it."""
        self._moments += 1
        return self._moments

    def join(self, opening: str, page: Waiting) -> None:
        """Have a page told whenever its place may have changed."""
        if opening not in self._queues:
            self._queues[opening] = QueueBoard(self, opening)
        self._queues[opening].pages.add(page)

    def leave(self, opening: str, page: Waiting) -> None:
        queue = self._queues.get(opening)
        if queue is not None:
            queue.pages.discard(page)
            if not queue.pages:
                self._queues.pop(opening).close()

    async def newest(self, opening: str, *, since: int = 0) -> Table:
        """Everybody's place in a queue that a page of this process has joined."""
        return await self._queues[opening].newest(since)


_boards: defaultdict[asyncio.AbstractEventLoop, Board] = defaultdict(Board)


def board() -> Board:
    """The board of the running event loop."""
    return _boards[asyncio.get_running_loop()]
