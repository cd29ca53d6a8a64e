"""One clock per process for all sockets: beats, dead pages, and the look at who may still be here."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Protocol

log = logging.getLogger(__name__)

LIVELY = 1
CALM = 20
LOOK_AGAIN = 15
# A second's work is done in so many parts: in one go it held up whatever came in just then.
PARTS = 10


class Living(Protocol):
    """What the clock knows of a socket."""

    @property
    def lively(self) -> bool: ...
    def beat(self) -> Awaitable[None] | None: ...
    def look_again(self) -> Awaitable[None] | None: ...


class Pulse:
    """Beats every second for those in a conversation and every twenty for those who wait.

    Ten thousand timers cost more than one that walks a set; those who wait are spread over their twenty seconds.
    """

    def __init__(self) -> None:
        self._parts: tuple[set[Living], ...] = tuple(set() for _ in range(PARTS))
        self._task: asyncio.Task[None] | None = None
        self._busy: set[asyncio.Task[None]] = set()

    def add(self, living: Living) -> None:
        self._part_of(living).add(living)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    def remove(self, living: Living) -> None:
        self._part_of(living).discard(living)
        if self._task is not None and not any(self._parts):
            self._task.cancel()
            self._task = None

    def _part_of(self, living: Living) -> set[Living]:
        # By other digits of the address than those that say whose turn it is, or each part had its turn at once.
        return self._parts[id(living) // 4096 % PARTS]

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        tick = 0
        due = loop.time()
        while True:
            due = max(due + LIVELY / PARTS, loop.time())
            await asyncio.sleep(due - loop.time())
            tick += 1
            second = tick // PARTS
            for living in list(self._parts[tick % PARTS]):
                turn = second + id(living) // 64
                if living.lively or turn % CALM == 0:
                    self._do(living.beat)
                if turn % LOOK_AGAIN == 0:
                    self._do(living.look_again)

    def _do(self, step: Callable[[], Awaitable[None] | None]) -> None:
        """Most of those who wait are done with at once; a task is made for the others only."""
        try:
            rest = step()
        except Exception:
            log.exception("socket.pulse_failed")
            return
        if rest is not None:
            self.start(rest)

    def start(self, rest: Awaitable[None]) -> None:
        """Have something done beside everything else."""
        task = asyncio.get_running_loop().create_task(self._guard(rest))
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)

    @staticmethod
    async def _guard(rest: Awaitable[None]) -> None:
        try:
            await rest
        except Exception:
            log.exception("socket.pulse_failed")


_pulses: defaultdict[asyncio.AbstractEventLoop, Pulse] = defaultdict(Pulse)


def pulse() -> Pulse:
    """The clock of the running event loop."""
    return _pulses[asyncio.get_running_loop()]
