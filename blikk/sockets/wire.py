"""What every socket does, whoever sits at it: limits, frames in order, news in order, beats, and a closing code."""

import asyncio
import contextvars
import json
import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from blikk.bus import hub
from blikk.kernel.errors import DomainError
from blikk.sockets.frames import LARGEST, BadFrame, Beat, Closed, Frame, decode, parse
from blikk.sockets.pulse import CALM, LIVELY, pulse

log = logging.getLogger(__name__)

# Tokens of a bucket: a page that negotiates with three others sends some sixty frames in one burst.
BURST = 200
PER_SECOND = 40
# A page that answers no beat for so long is gone, whatever its socket believes.
SILENT_IN_CONVERSATION = 8.0
SILENT_WHILE_WAITING = 75.0
WAITING_NEWS = 500


class Wire(AsyncWebsocketConsumer):
    """A socket whose page may say `hello`, ask, and hear news. Subclasses say what the frames mean."""

    lively = False

    async def connect(self) -> None:
        self.tokens = float(BURST)
        self.filled_at = self.heard_at = time.monotonic()
        self.is_over = False
        self.context = contextvars.copy_context()
        self.topics: dict[str, Callable[[str, dict[str, Any]], None]] = {}
        self.news: deque[tuple[str, dict[str, Any]]] = deque()
        self.reader: asyncio.Task[None] | None = None
        # Held while a page is told its state, so that news about it come after and none falls between.
        self.turn = asyncio.Lock()
        await self.accept()
        try:
            await self.arrive()
        except DomainError:
            await self.finish(Closed.NOT_FOUND)
            return
        if not self.is_over:
            pulse().add(self)
            await self.beat()

    async def arrive(self) -> None:
        """Find out who this is. Raises a DomainError for strangers."""
        raise NotImplementedError

    async def take(self, frame: Frame) -> None:
        """Do what a frame asks."""
        raise NotImplementedError

    async def hear(self, topic: str, news: dict[str, Any]) -> None:
        """Do what news from the bus mean for this page."""
        raise NotImplementedError

    async def look_again(self) -> None:
        """Make sure that this page may still be here."""
        raise NotImplementedError

    async def go(self) -> None:
        """The socket is gone."""

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.is_over:
            return
        self.heard_at = time.monotonic()
        if not self._may_speak():
            await self.finish(Closed.TOO_MANY)
        elif text_data is None:
            await self.finish(Closed.NOT_UNDERSTOOD)
        elif len(text_data) > LARGEST:
            await self.finish(Closed.TOO_LARGE)
        else:
            await self._read(text_data)

    async def _read(self, text: str) -> None:
        try:
            frame = parse(decode(text))
        except BadFrame:
            await self.finish(Closed.NOT_UNDERSTOOD)
            return
        if isinstance(frame, Beat):
            return
        try:
            await self.take(frame)
        except DomainError as error:
            await self.refuse(frame, error.code)

    async def refuse(self, frame: Frame, code: str) -> None:
        re = getattr(frame, "id", None)
        if re is not None:
            await self.tell({"type": "refused", "re": re, "code": code})

    async def tell(self, frame: dict[str, Any]) -> None:
        """Send a frame, unless the socket is over."""
        await self.tell_text(encoded(frame))

    async def tell_text(self, text: str) -> None:
        """Send a frame that is encoded already, unless the socket is over."""
        if self.is_over:
            return
        try:
            await self.send(text_data=text)
        except (RuntimeError, OSError):
            # The other end went between two messages; `disconnect` comes next and tidies up.
            log.debug("socket.gone_while_telling")

    async def beat(self) -> None:
        silence = SILENT_IN_CONVERSATION if self.lively else SILENT_WHILE_WAITING
        if time.monotonic() - self.heard_at > silence:
            await self.finish(None)
            return
        await self.tell({"type": "beat", "every": LIVELY if self.lively else CALM})

    async def finish(self, code: Closed | None) -> None:
        """Close for a reason, or without one when the page is dead."""
        if self.is_over:
            return
        self.is_over = True
        await self._let_go()
        try:
            await self.close(code=int(code) if code is not None else 1001)
        except (RuntimeError, OSError):
            log.debug("socket.gone_while_closing")

    async def disconnect(self, code: int) -> None:
        self.is_over = True
        await self._let_go()

    async def _let_go(self) -> None:
        pulse().remove(self)
        for topic in list(self.topics):
            self.deafen(topic)
        await self.go()

    def listen(self, topic: str) -> None:
        """Hear what is said about a topic, in the order in which it was said."""
        if topic in self.topics:
            return

        def sink(_: str, news: dict[str, Any]) -> None:
            if self.wants(topic, news):
                self._put(topic, news)

        self.topics[topic] = sink
        hub.subscribe(topic, sink)

    def wants(self, topic: str, news: dict[str, Any]) -> bool:
        """Whether news are worth a turn; most of what is said in a conversation is meant for somebody else."""
        return True

    def deafen(self, topic: str) -> None:
        sink = self.topics.pop(topic, None)
        if sink is not None:
            hub.unsubscribe(topic, sink)

    def _put(self, topic: str, news: dict[str, Any]) -> None:
        if len(self.news) >= WAITING_NEWS:
            # A page that cannot keep up starts again from the state instead of missing something unnoticed.
            self.news.clear()
            news = {"event": "missed"}
        self.news.append((topic, news))
        if self.reader is None:
            # News come in the context of whoever published, often a database thread, where asgiref sees a deadlock.
            # Nothing runs in the page's own context, but in copies of it, so that it stays as it was at the start.
            own = self.context.copy()
            self.reader = asyncio.get_running_loop().create_task(self._hear_all(), context=own)

    async def _hear_all(self) -> None:
        """Lives only while there are news: a task for each of those who wait would cost a sixth of their memory."""
        try:
            while self.news and not self.is_over:
                topic, news = self.news.popleft()
                if topic in self.topics:
                    await self._hear_one(topic, news)
        finally:
            self.reader = None

    async def _hear_one(self, topic: str, news: dict[str, Any]) -> None:
        try:
            async with self.turn:
                await self.hear(topic, news)
        except DomainError as error:
            log.info("socket.news_refused", extra={"code": error.code})
        except Exception:
            log.exception("socket.news_failed", extra={"topic": topic})

    def _may_speak(self) -> bool:
        now = time.monotonic()
        self.tokens = min(BURST, self.tokens + (now - self.filled_at) * PER_SECOND)
        self.filled_at = now
        self.tokens -= 1
        return self.tokens >= 0

    @property
    def where(self) -> str:
        """The network address of the page, as our own proxies tell it; never as it tells itself."""
        proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
        client = self.scope.get("client") or ("", 0)
        if not proxies:
            return str(client[0])
        headers = dict(self.scope.get("headers", []))
        hops = [hop.strip() for hop in headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")]
        return hops[-proxies] if len(hops) >= proxies else ""


def encoded(frame: dict[str, Any]) -> str:
    """A frame as it goes over the network."""
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


in_database = database_sync_to_async
