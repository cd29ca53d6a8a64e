"""Frames made once for many, over uvicorn's own sockets to a client that knows nothing of ours."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from blikk.jobs.serve import configuration
from blikk.sockets.line import EXTENSION, Line, Packed
from tests.servers import wait_until

pytestmark = pytest.mark.asyncio
PATIENCE = 10


class App:
    """Takes one socket, and keeps its line for the test."""

    def __init__(self) -> None:
        self.line: asyncio.Queue[Line] = asyncio.Queue()
        self.heard: asyncio.Queue[str] = asyncio.Queue()
        self.send: Any = None
        self.scope: dict[str, Any] = {}

    async def __call__(self, scope, receive, send):
        line = scope["extensions"][EXTENSION]
        assert not line.write_now(Packed("too early"))
        self.scope, self.send = scope, send
        await receive()
        await send({"type": "websocket.accept"})
        line.forget_handshake()
        self.line.put_nowait(line)
        while (message := await receive())["type"] == "websocket.receive":
            self.heard.put_nowait(message["text"])


@asynccontextmanager
async def served(app: App) -> AsyncIterator[str]:
    config = configuration()
    config.app, config.port, config.loop = app, 0, "none"
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    try:
        await until(lambda: server.started)
        yield f"ws://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"
    finally:
        server.should_exit = True
        await running


async def until(holds: Callable[[], bool]) -> None:
    """Uvicorn has no event for what is awaited here."""
    await asyncio.to_thread(wait_until, holds, "what was awaited")


async def soon(queue: asyncio.Queue) -> Any:
    return await asyncio.wait_for(queue.get(), PATIENCE)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 0xFFFF, 0x10000])
async def test_a_frame_of_every_length_arrives_as_it_was_written(size):
    app, text = App(), "é" * (size // 2) + "e" * (size % 2)
    async with served(app) as url, connect(url) as client:
        line = await soon(app.line)
        assert line.write_now(Packed(text))
        await app.send({"type": "websocket.send", "text": "after"})
        assert line.write_now(Packed("and again"))
        said = [await asyncio.wait_for(client.recv(), PATIENCE) for _ in range(3)]
        assert said == [text, "after", "and again"]
        await client.send("heard")
        assert await soon(app.heard) == "heard"


async def test_who_takes_nothing_more_is_not_written_to_until_they_do():
    app, packed = App(), Packed("x" * 60_000)
    async with served(app) as url, connect(url) as client:
        line = await soon(app.line)
        written = 0
        while line.write_now(packed):
            written += 1
            assert written < 10_000
        for _ in range(written):
            assert await asyncio.wait_for(client.recv(), PATIENCE) == packed.text
        await asyncio.wait_for(line.writable.wait(), PATIENCE)
        assert line.write_now(Packed("back"))
        assert await asyncio.wait_for(client.recv(), PATIENCE) == "back"


async def test_nothing_is_written_after_a_close_from_either_side():
    app = App()
    async with served(app) as url:
        async with connect(url) as client:
            line = await soon(app.line)
            await app.send({"type": "websocket.close", "code": 4404})
            assert not line.write_now(Packed("late"))
            with pytest.raises(ConnectionClosed) as closed:
                await asyncio.wait_for(client.recv(), PATIENCE)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4404
        async with connect(url):
            line = await soon(app.line)
            assert line.write_now(Packed("in time"))
        await until(lambda: line.disconnected)
        assert not line.write_now(Packed("late"))


async def test_what_shook_hands_is_forgotten():
    app = App()
    async with served(app) as url, connect(url):
        line = await soon(app.line)
        assert app.scope == {}
        assert not hasattr(line, "request")
        assert not hasattr(line, "response")
