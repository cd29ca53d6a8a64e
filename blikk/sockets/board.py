"""The places of a queue, read once per change for all the pages of this process, however many wait."""

import asyncio
from collections import OrderedDict, defaultdict
from contextvars import Context
from typing import Any

from django.utils import timezone

from blikk.journeys.waiting import everybodys_places
from blikk.sockets.wire import in_database

Places = dict[str, dict[str, Any]]
REMEMBERED = 32


class Board:
    """Who asks with the same mark is given the same answer: a thousand pages hear of a change, and one looks."""

    def __init__(self) -> None:
        self._looks: OrderedDict[tuple[str, str], asyncio.Task[Places]] = OrderedDict()

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

    @staticmethod
    async def _look(opening: str) -> Places:
        found: Places = await in_database(everybodys_places)(opening, now=timezone.now())
        return found


_boards: defaultdict[asyncio.AbstractEventLoop, Board] = defaultdict(Board)


def board() -> Board:
    """The board of the running event loop."""
    return _boards[asyncio.get_running_loop()]
