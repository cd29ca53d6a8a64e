"""The seats of those who wait, kept together: one look a moment for all pages of this process, not one for each."""

import asyncio
import logging
from collections import defaultdict
from typing import Protocol

from django.utils import timezone

from blikk.sockets.database import for_seats
from blikk.waiting_room.services import keep_seats

# Pages of the same second are asked for together: one write for hundreds, where a seat goes cold after 45 seconds.
GATHER = 1.0

log = logging.getLogger(__name__)


class Seated(Protocol):
    """What the book knows of a page that holds a place."""

    def seat_kept(self, version: int | None) -> None: ...


class SeatBook:
    """Who asks within a moment is answered with everybody else who asked."""

    def __init__(self) -> None:
        self._asked: list[tuple[int, str, Seated]] = []
        self._task: asyncio.Task[None] | None = None

    def keep(self, arrival: int, tab: str, page: Seated) -> None:
        """Note that a tab is still there; it is told the version of its arrival, or None if another one took over."""
        self._asked.append((arrival, tab, page))
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._keep_all())

    async def _keep_all(self) -> None:
        try:
            await asyncio.sleep(GATHER)
        finally:
            asked, self._asked, self._task = self._asked, [], None
        try:
            kept = await for_seats(keep_seats)(
                [(arrival, tab) for arrival, tab, _ in asked], now=timezone.now()
            )
        except Exception:
            # Asked again in a quarter of a minute; a seat goes cold after three of them.
            log.exception("seats.not_kept")
            return
        for arrival, tab, page in asked:
            page.seat_kept(kept.get((arrival, tab)))


_books: defaultdict[asyncio.AbstractEventLoop, SeatBook] = defaultdict(SeatBook)


def seat_book() -> SeatBook:
    """The book of the running event loop."""
    return _books[asyncio.get_running_loop()]
