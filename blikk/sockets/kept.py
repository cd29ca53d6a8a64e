"""The seats of those who wait, kept together: one look a moment for all pages of this process, not one for each."""

import asyncio
from collections import defaultdict
from contextvars import Context
from dataclasses import dataclass, field

from django.utils import timezone

from blikk.sockets.wire import in_database
from blikk.waiting_room.services import keep_seats

# Pages of the same second are asked for together.
GATHER = 0.05


@dataclass
class SeatBook:
    """Who asks within a moment is answered with everybody else who asked."""

    _asked: dict[tuple[int, str], asyncio.Future[int | None]] = field(default_factory=dict)
    _task: asyncio.Task[None] | None = None

    async def keep(self, arrival: int, tab: str, context: Context) -> int | None:
        """Note that a tab is still there; the version of its arrival, or None if another one has taken over."""
        loop = asyncio.get_running_loop()
        answer = self._asked.get((arrival, tab))
        if answer is None:
            answer = self._asked[arrival, tab] = loop.create_future()
        if self._task is None:
            self._task = loop.create_task(self._keep_all(), context=context.copy())
        return await asyncio.shield(answer)

    async def _keep_all(self) -> None:
        try:
            await asyncio.sleep(GATHER)
        finally:
            asked, self._asked, self._task = self._asked, {}, None
        try:
            kept = await in_database(keep_seats)(list(asked), now=timezone.now())
        except BaseException as fault:
            for answer in asked.values():
                if not answer.done():
                    answer.set_exception(fault)
                    answer.exception()
            raise
        for key, answer in asked.items():
            if not answer.done():
                answer.set_result(kept.get(key))


_books: defaultdict[asyncio.AbstractEventLoop, SeatBook] = defaultdict(SeatBook)


def seat_book() -> SeatBook:
    """The book of the running event loop."""
    return _books[asyncio.get_running_loop()]
