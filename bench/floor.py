"""Serves the bare page with the server that the product runs on; what one page says, the other hears."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.machine import ROOT, free_port, until_it_listens

PAGES = Path(__file__).parent / "pages"
TYPES = {".html": b"text/html; charset=utf-8", ".js": b"text/javascript"}

_relay: set[asyncio.Queue[str]] = set()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Two files, and one relay between everybody who is connected."""
    if scope["type"] == "websocket":
        await _talk(receive, send)
    elif scope["type"] == "http":
        await _page(scope["path"], send)


async def _page(path: str, send: Any) -> None:
    file = PAGES / path.lstrip("/")
    found = file.parent == PAGES and file.suffix in TYPES and file.exists()
    headers = [(b"content-type", TYPES[file.suffix])] if found else []
    await send({"type": "http.response.start", "status": 200 if found else 404, "headers": headers})
    await send({"type": "http.response.body", "body": file.read_bytes() if found else b""})


async def _talk(receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    mine: asyncio.Queue[str] = asyncio.Queue()
    _relay.add(mine)

    async def speak() -> None:
        while True:
            await send({"type": "websocket.send", "text": await mine.get()})

    speaking = asyncio.create_task(speak())
    try:
        while (heard := await receive())["type"] == "websocket.receive":
            for other in _relay - {mine}:
                other.put_nowait(heard["text"])
    finally:
        _relay.discard(mine)
        speaking.cancel()


@contextlib.contextmanager
def running() -> Iterator[str]:
    """The bare page's address, while it is served."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "bench.floor:application", "--port", str(port)]
    quiet = ["--log-level", "warning", "--loop", "uvloop", "--http", "httptools", "--lifespan", "off"]
    server = subprocess.Popen([*command, *quiet], cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        until_it_listens(port)
        yield f"http://127.0.0.1:{port}/floor.html"
    finally:
        server.terminate()
        server.wait(10)
