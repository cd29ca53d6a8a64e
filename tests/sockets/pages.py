"""Open pages for the tests: each with its socket, through the whole application with its origin check."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from blikk.bus import hub
from blikk.config.asgi import application
from tests.builders import Hour

PATIENCE = 20
OFFER = {"description": {"type": "offer", "sdp": "v=0 offer"}, "round": 1, "line": "an-object-here"}


def play(scene: Callable[[], Awaitable[None]]) -> None:
    """Run an asynchronous scene in a test of the ordinary kind, on one database connection."""
    async_to_sync(scene)()  # type: ignore[arg-type]


def later(act: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    """Do something in the database from within a scene."""
    return database_sync_to_async(act)


class Page:
    """One load of a page in one tab."""

    def __init__(self, path: str, cookies: dict[str, str], *, tab: str, origin: str | None = None) -> None:
        self.tab, self.epoch = tab.ljust(8, "-"), f"{tab}-epoch-{id(self)}"
        said = "; ".join(f"{name}={value}" for name, value in cookies.items())
        headers = [(b"cookie", said.encode())]
        if origin := settings.BLIKK_ORIGINS[0] if origin is None else origin:
            headers.append((b"origin", origin.encode()))
        self.socket = WebsocketCommunicator(application, path, headers=headers)
        self.closed: int | None = None
        self.heard: list[dict[str, Any]] = []
        self.asked = 0

    async def open(self) -> "Page":
        connected, _ = await self.socket.connect(timeout=PATIENCE)
        assert connected
        return self

    async def say(self, type_: str, **fields: Any) -> None:
        await self.socket.send_json_to({"type": type_, **fields})

    async def ask(self, type_: str, **fields: Any) -> dict[str, Any]:
        """Ask, and give the answer; other frames that come meanwhile are kept."""
        self.asked += 1
        await self.say(type_, id=self.asked, **fields)
        return await self.until(lambda frame: frame.get("re") == self.asked)

    async def hear(self, type_: str) -> dict[str, Any]:
        """The next frame of this type, also one that was kept."""
        return await self.until(lambda frame: frame["type"] == type_)

    async def until(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        for frame in self.heard:
            if fits(frame):
                self.heard.remove(frame)
                return frame
        while True:
            frame = await self._next()
            if fits(frame):
                return frame
            self.heard.append(frame)

    async def end(self) -> int:
        """Wait for the socket to be closed, and give the code."""
        while self.closed is None:
            await self._next()
        return self.closed

    async def silence(self) -> list[str]:
        """The types of everything that came until the server had nothing more to say, beats aside."""
        await self.ask("hello", tab=self.tab, epoch=self.epoch)
        await asyncio.sleep(0)
        return [frame["type"] for frame in self.heard if frame["type"] != "beat"]

    async def join(self, consultation: str, *, move: bool = False) -> dict[str, Any]:
        return await self.ask("join", consultation=consultation, tab=self.tab, epoch=self.epoch, move=move)

    async def go(self) -> None:
        await self.socket.disconnect(timeout=PATIENCE)

    async def _next(self) -> dict[str, Any]:
        output = await self.socket.receive_output(timeout=PATIENCE)
        if output["type"] == "websocket.close":
            self.closed = output["code"]
            return {"type": "(closed)"}
        frame: dict[str, Any] = json.loads(output["text"])
        return frame


def desk_page(client: Client, *, tab: str = "desk", origin: str | None = None) -> Page:
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    return Page("/ws/desk", cookies, tab=tab, origin=origin)


def door_page(hour: Hour, *, tab: str = "door", device: str | None = None) -> Page:
    cookies = {settings.BLIKK_DEVICE_COOKIE: device or hour.device}
    return Page(f"/ws/door/{hour.invitation.public_id}", cookies, tab=tab)


@contextmanager
def mute_bus() -> Iterator[None]:
    """What is announced meanwhile is heard by nobody."""
    publish, hub.publish = hub.publish, lambda topic, payload: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        hub.publish = publish  # type: ignore[method-assign]


@asynccontextmanager
async def opened(*pages: Page):
    """Open pages, and close those that are still open at the end."""
    try:
        for page in pages:
            await page.open()
        yield pages
    finally:
        for page in pages:
            await page.go()
