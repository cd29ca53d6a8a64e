"""How much a request may bring: counted while it comes, so that nobody fills the memory or the disk."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

# A photo, with some room for what goes around it; every other page takes forms, and the largest has a portrait in it.
LARGEST_PHOTO = 10 * 1024 * 1024 + 16 * 1024
LARGEST = 13 * 1024 * 1024
_PHOTO = re.compile(r"/s/[^/]+/bilde")
_WORDS = json.dumps({"code": "too_large"}).encode()


class TooLarge(Exception):
    """More came than was announced, or than is taken."""


def bounded(pages: App) -> App:
    """Answer 413 to what is too large: at once where its length is told, else as soon as it is."""

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await pages(scope, receive, send)
            return
        most = LARGEST_PHOTO if _PHOTO.fullmatch(scope["path"]) else LARGEST
        if _announced(scope) > most:
            await _refuse(send)
            return
        came, has_begun = 0, False

        async def counted() -> Any:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > most:
                raise TooLarge
            return message

        async def noted(message: Any) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await pages(scope, counted, noted)
        except TooLarge:
            if not has_begun:
                await _refuse(send)

    return app


def _announced(scope: dict[str, Any]) -> int:
    said = [value for name, value in scope["headers"] if name == b"content-length"]
    return int(said[0]) if said and said[0].isdigit() else 0


async def _refuse(send: Send) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": _WORDS})
