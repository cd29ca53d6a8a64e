"""The places of a queue, read once per change for all the pages of this process, however many wait."""

import asyncio
import logging
from collections import OrderedDict, defaultdict
from collections.abc import Iterator
from contextvars import Context
from itertools import count
from typing import Any, Protocol

from django.utils import timezone

from blikk.journeys.waiting import everybodys_places
from blikk.sockets.wire import in_database

Places = dict[str, dict[str, Any]]
REMEMBERED = 32
# After so many pages the process may do something else for a moment.
IN_ONE_GO = 64
# A page whose network takes nothing more holds up no other one for longer than this.
STUCK = 0.1

log = logging.getLogger(__name__)


class Waiting(Protocol):
    """What the board knows of a page that is to be told its place."""

    context: Context

    async def take_place(self, mark: str, places: Places) -> None: ...


class Board:
    """Who asks with the same mark is given the same answer: a thousand pages hear of a change, and one looks."""

    def __init__(self) -> None:
        self._looks: OrderedDict[tuple[str, str], asyncio.Task[Places]] = OrderedDict()
        self._rounds: dict[tuple[str, str], list[Waiting]] = {}
        self._busy: set[asyncio.Task[None]] = set()

    async def places(self, opening: str, mark: str, context: Context) -> Places:
        """Everybody's place in a queue, as it is after the change that was announced with this mark."""
        key = (opening, mark)
        look = self._looks.get(key)
        if look is None or (look.done() and (look.cancelled() or look.exception() is not None)):
            # A copy: two looks in the same context see each other at work in the database, and asgiref a deadlock.
            look = asyncio.get_running_loop().create_task(self._look(opening), context=context.copy())
            self._looks[key] = look
            while len(self._looks) > REMEMBERED:
                self._looks.popitem(last=False)
        return await asyncio.shield(look)

    def tell(self, opening: str, mark: str, page: Waiting) -> None:
        """Have a page told its place, in one round with all others that hear of the same change."""
        key = (opening, mark)
        if key in self._rounds:
            self._rounds[key].append(page)
            return
        self._rounds[key] = [page]
        self._start(self._go_round(key, page.context), page.context)

    async def _go_round(self, key: tuple[str, str], context: Context) -> None:
        try:
            places = await self.places(*key, context)
        except Exception:
            log.exception("board.look_failed")
            places = {}
        pages = iter(self._rounds.pop(key))
        while True:
            teller = self._start(self._tell_all(pages, key[1], places), context)
            done, _ = await asyncio.wait([teller], timeout=STUCK)
            if done:
                return

    @staticmethod
    async def _tell_all(pages: Iterator[Waiting], mark: str, places: Places) -> None:
        for number in count(1):
            page = next(pages, None)
            if page is None:
                return
            try:
                await page.take_place(mark, places)
            except Exception:
                log.exception("board.page_failed")
            if number % IN_ONE_GO == 0:
                await asyncio.sleep(0)

    def _start(self, step: Any, context: Context) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(step, context=context.copy())
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)
        return task

    @staticmethod
    async def _look(opening: str) -> Places:
        found: Places = await in_database(everybodys_places)(opening, now=timezone.now())
        return found


_boards: defaultdict[asyncio.AbstractEventLoop, Board] = defaultdict(Board)


def board() -> Board:
    """The board of the running event loop."""
    return _boards[asyncio.get_running_loop()]
