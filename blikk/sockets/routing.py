"""Which socket serves which page; only our own pages open one."""

import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from django.conf import settings

from blikk.sockets.desk import Desk
from blikk.sockets.door import Door
from blikk.sockets.lookout import Look
from blikk.sockets.onlooker import Onlooker
from blikk.sockets.wire import Message, Wire
from blikk.sockets.written import Written

Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

Socket = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]


def sockets_with(look: Look) -> Socket:
    """All our sockets; `look` reads and words what the pages for everybody show, as the web door does."""
    routes: tuple[tuple[re.Pattern[str], Callable[..., Wire]], ...] = (
        (re.compile(r"/ws/desk"), Desk),
        (re.compile(r"/ws/door/(?P<invitation>[A-Za-z0-9_-]{1,64})"), Door),
        (re.compile(r"/ws/skriv/(?P<case>[A-Za-z0-9_-]{1,64})"), Written),
        (re.compile(r"/ws/k/(?P<slug>[-\w]{1,64})/(?P<part>now|slots)"), partial(Onlooker, look)),
    )

    def sockets(scope: dict[str, Any], receive: Receive, send: Send) -> Awaitable[None]:
        """The life of one socket. Nothing of ours lies between it and the server for all that time."""
        if not is_ours(scope):
            return _refuse(receive, send)
        for pattern, wire in routes:
            if found := pattern.fullmatch(scope["path"]):
                return wire(scope, send, **found.groupdict()).serve(receive)
        return _refuse(receive, send)

    return sockets


def is_ours(scope: dict[str, Any]) -> bool:
    """Whether our own page asks: the origin is compared letter by letter, before anything is looked up.

    What takes origins apart to compare them broke on a port that is no number.
    """
    said = [value for name, value in scope["headers"] if name == b"origin"]
    return len(said) == 1 and said[0].decode("latin-1") in settings.BLIKK_ORIGINS


async def _refuse(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.close", "code": 4403})
