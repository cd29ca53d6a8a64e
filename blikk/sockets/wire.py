"""What every socket does, whoever sits at it: limits, frames in order, news in order, beats, and a closing code."""

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.http import parse_cookie

from blikk.bus import hub
from blikk.kernel.errors import DomainError
from blikk.sockets.frames import LARGEST, BadFrame, Beat, Closed, Frame, decode, parse
from blikk.sockets.line import EXTENSION, Line, Packed
from blikk.sockets.pulse import CALM, LIVELY, pulse

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
News = dict[str, Any]

log = logging.getLogger(__name__)

# Tokens of a bucket: a page that negotiates with three others sends some sixty frames in one burst.
BURST = 200
PER_SECOND = 40
# A page that answers no beat for so long is gone, whatever its socket believes.
SILENT_IN_CONVERSATION = 8.0
SILENT_WHILE_WAITING = 75.0
WAITING_NEWS = 500
# News that are no more than a text to be passed on, when its turn comes.
SAID = "said"

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def encoded(frame: dict[str, Any]) -> str:
    """A frame as it goes over the network."""
    return _encode(frame)


CALM_BEAT = Packed(encoded({"type": "beat", "every": CALM}))
LIVELY_BEAT = Packed(encoded({"type": "beat", "every": LIVELY}))


class Ear:
    """Hears one topic for one socket."""

    __slots__ = ("topic", "wire")

    def __init__(self, wire: "Wire", topic: str) -> None:
        self.wire, self.topic = wire, topic

    def __call__(self, _: str, news: News) -> None:
        if self.wire.wants(self.topic, news):
            self.wire.put(self.topic, news)


class Wire:
    """A socket whose page may say `hello`, ask, and hear news. Subclasses say what the frames mean.

    Ten thousand of these wait at a time. So there is one task for each and no frame between it and the server, and
    what is needed now and then is made then: see `docs/decisions/0018`.
    """

    __slots__ = (
        "_line",
        "_send",
        "cookies",
        "ears",
        "filled_at",
        "heard_at",
        "is_over",
        "loop",
        "news",
        "reader",
        "tokens",
        "turn",
        "where",
    )

    lively = False

    def __init__(self, scope: dict[str, Any], send: Callable[[Message], Awaitable[None]]) -> None:
        self._send = send
        self._line: Line | None = scope.get("extensions", {}).get(EXTENSION)
        self.where, self.cookies = address_of(scope), cookies_of(scope)
        self.tokens = float(BURST)
        self.filled_at = self.heard_at = time.monotonic()
        self.is_over = False
        self.loop = asyncio.get_running_loop()
        self.ears: list[Ear] = []
        self.news: deque[tuple[str, News]] | None = None
        self.reader: asyncio.Task[None] | None = None
        # Held while a page is told its state, so that news about it come after and none falls between.
        self.turn = asyncio.Lock()

    async def serve(self, receive: Callable[[], Awaitable[Message]]) -> None:
        """Live as long as the socket does."""
        try:
            while True:
                message = await receive()
                match message["type"]:
                    case "websocket.connect":
                        await self.connect()
                    case "websocket.receive":
                        await self.receive(message.get("text"))
                    case _:
                        break
        finally:
            was_here, self.is_over, self._line = not self.is_over, True, None
            if was_here:
                await self._let_go()

    async def connect(self) -> None:
        await self._send({"type": "websocket.accept"})
        if self._line is not None:
            self._line.forget_handshake()
        try:
            await self.arrive()
        except DomainError:
            await self.finish(Closed.NOT_FOUND)
            return
        if not self.is_over:
            pulse().add(self)
            if (step := self.beat()) is not None:
                await step

    async def arrive(self) -> None:
        """Find out who this is. Raises a DomainError for strangers."""
        raise NotImplementedError

    async def take(self, frame: Frame) -> None:
        """Do what a frame asks."""
        raise NotImplementedError

    async def hear(self, topic: str, news: News) -> None:
        """Do what news from the bus mean for this page."""
        raise NotImplementedError

    def look_again(self) -> Awaitable[None] | None:
        """Make sure that this page may still be here; what takes time is given back to be waited for."""
        raise NotImplementedError

    async def go(self) -> None:
        """The socket is gone."""

    async def receive(self, text: str | None) -> None:
        if self.is_over:
            return
        self.heard_at = time.monotonic()
        if not self._may_speak():
            await self.finish(Closed.TOO_MANY)
        elif text is None:
            await self.finish(Closed.NOT_UNDERSTOOD)
        elif len(text) > LARGEST:
            await self.finish(Closed.TOO_LARGE)
        else:
            await self._read(text)

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
            await self._send({"type": "websocket.send", "text": text})
        except (RuntimeError, OSError):
            # The other end went between two messages; the end of the socket comes next and tidies up.
            log.debug("socket.gone_while_telling")

    def write_now(self, packed: Packed) -> bool:
        """Send a frame that was made for many without a task of its own; False where that cannot be."""
        return not self.is_over and self._line is not None and self._line.write_now(packed)

    def say(self, packed: Packed) -> None:
        """Send a frame that was made for many, after what this page is being told just now."""
        if self.is_busy() or not self.write_now(packed):
            self.put("", {"event": SAID, "text": packed.text})

    def is_busy(self) -> bool:
        """Whether something is being told to this page that must come first."""
        return self.turn.locked() or self.reader is not None

    def beat(self) -> Awaitable[None] | None:
        silence = SILENT_IN_CONVERSATION if self.lively else SILENT_WHILE_WAITING
        if time.monotonic() - self.heard_at > silence:
            return self.finish(None)
        packed = LIVELY_BEAT if self.lively else CALM_BEAT
        return None if self.write_now(packed) else self.tell_text(packed.text)

    async def finish(self, code: Closed | None) -> None:
        """Close for a reason, or without one when the page is dead."""
        if self.is_over:
            return
        self.is_over = True
        await self._let_go()
        try:
            await self._send({"type": "websocket.close", "code": int(code) if code is not None else 1001})
        except (RuntimeError, OSError):
            log.debug("socket.gone_while_closing")

    async def _let_go(self) -> None:
        pulse().remove(self)
        for ear in list(self.ears):
            self.deafen(ear.topic)
        await self.go()

    def listen(self, topic: str) -> None:
        """Hear what is said about a topic, in the order in which it was said; any thread may call it."""
        if not self.hears(topic):
            ear = Ear(self, topic)
            self.ears.append(ear)
            hub.subscribe(topic, ear, self.loop)

    def hears(self, topic: str) -> bool:
        return any(ear.topic == topic for ear in self.ears)

    def wants(self, topic: str, news: News) -> bool:
        """Whether news are worth a turn; most of what is said in a conversation is meant for somebody else."""
        return True

    def deafen(self, topic: str) -> None:
        for ear in [ear for ear in self.ears if ear.topic == topic]:
            self.ears.remove(ear)
            hub.unsubscribe(topic, ear)

    def put(self, topic: str, news: News) -> None:
        """Have news heard when their turn comes."""
        if self.news is None:
            self.news = deque()
        if len(self.news) >= WAITING_NEWS:
            # A page that cannot keep up starts again from the state instead of missing something unnoticed.
            self.news.clear()
            news = {"event": "missed"}
        self.news.append((topic, news))
        if self.reader is None:
            self.reader = self.loop.create_task(self._hear_all())

    async def _hear_all(self) -> None:
        """Lives only while there are news: a task for each of those who wait would cost a sixth of their memory."""
        try:
            while self.news and not self.is_over:
                topic, news = self.news.popleft()
                if news.get("event") == SAID:
                    await self.tell_text(news["text"])
                elif not topic or self.hears(topic):
                    await self._hear_one(topic, news)
        finally:
            self.news = self.reader = None

    async def _hear_one(self, topic: str, news: News) -> None:
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


def address_of(scope: dict[str, Any]) -> str:
    """The network address of the page, as our own proxies tell it; never as it tells itself."""
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    client = scope.get("client") or ("", 0)
    if not proxies:
        return str(client[0])
    headers = dict(scope.get("headers", []))
    hops = [hop.strip() for hop in headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")]
    return hops[-proxies] if len(hops) >= proxies else ""


def cookies_of(scope: dict[str, Any]) -> dict[str, str]:
    """Those cookies of the page that say who it is."""
    said = b";".join(value for name, value in scope.get("headers", []) if name == b"cookie").decode("latin-1")
    known = (settings.BLIKK_DEVICE_COOKIE, settings.SESSION_COOKIE_NAME)
    found = parse_cookie(said)
    return {name: found[name] for name in known if name in found}
