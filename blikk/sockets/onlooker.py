"""The socket of the pages for everybody: it knows nobody, asks for no cookie, and only ever says how it is now."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings

from blikk.sockets.frames import BadFrame, Beat, Closed, Frame, decode, parse
from blikk.sockets.lookout import Look, View, Watch, watch
from blikk.sockets.wire import Message, News, Wire

Send = Callable[[Message], Awaitable[None]]
# Of one process. Who finds no place asks the server by and by instead, as where sockets are blocked.
MOST, MOST_PER_ADDRESS = 5_000, 60
# A page has nothing to say here but that it is alive.
LONGEST = 64
WEEKS = frozenset("012345678")
LONGEST_MARK = 32


@dataclass
class Crowd:
    """How many look, from where."""

    by_address: Counter[str] = field(default_factory=Counter)

    def let_in(self, address: str) -> bool:
        if self.by_address.total() >= MOST or self.by_address[address] >= MOST_PER_ADDRESS:
            return False
        self.by_address[address] += 1
        return True

    def let_go(self, address: str) -> None:
        self.by_address[address] -= 1
        if self.by_address[address] <= 0:
            del self.by_address[address]


_crowds: defaultdict[asyncio.AbstractEventLoop, Crowd] = defaultdict(Crowd)


class Onlooker(Wire):
    """A clinic's page, its badge or its free hours, open in some browser."""

    __slots__ = ("crowd", "language", "look", "mark", "view", "watch")

    def __init__(self, look: Look, scope: dict[str, Any], send: Send, *, slug: str, part: str) -> None:
        super().__init__(scope, send)
        asked = parse_qs(scope["query_string"].decode("latin-1"))
        said = {name: values[0] for name, values in asked.items()}
        self.look = look
        self.language = said.get("language", "") if said.get("language") in dict(settings.LANGUAGES) else "nb"
        self.mark = said.get("mark", "")[:LONGEST_MARK]
        weeks = said.get("weeks", "")
        self.view = View(slug, part, int(weeks) if weeks in WEEKS else 0)
        self.watch: Watch | None = None
        self.crowd: Crowd | None = None

    async def connect(self) -> None:
        crowd = _crowds[self.loop]
        if not crowd.let_in(self.where):
            # Before it opens: a stranger costs nothing more than the refusal.
            self.is_over = True
            await self._send({"type": "websocket.close", "code": int(Closed.TOO_MANY)})
            return
        self.crowd = crowd
        await super().connect()

    async def arrive(self) -> None:
        self.watch = watch(self.view, self.look)
        self.watch.join(self)

    async def _read(self, text: str) -> None:
        try:
            if len(text) > LONGEST or not isinstance(parse(decode(text)), Beat):
                raise BadFrame
        except BadFrame:
            await self.finish(Closed.NOT_UNDERSTOOD)

    async def take(self, frame: Frame) -> None:
        """Nothing can be asked for here."""

    async def hear(self, topic: str, news: News) -> None:
        """Its watch hears for it."""

    def look_again(self) -> None:
        """Everybody may be here."""

    async def go(self) -> None:
        if self.watch is not None:
            self.watch.leave(self)
            self.watch = None
        if self.crowd is not None:
            self.crowd.let_go(self.where)
            self.crowd = None
