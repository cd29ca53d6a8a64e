"""Only our own pages open sockets: the origin is compared letter by letter, before anything is looked up."""

from typing import Any

from django.conf import settings


class ExactOrigin:
    """Refuses the handshake of every other origin, and of none at all.

    The one in channels takes origins apart to compare them, and a port that is no number broke it.
    """

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        said = [value for name, value in scope["headers"] if name == b"origin"]
        if len(said) == 1 and said[0].decode("latin-1") in settings.BLIKK_ORIGINS:
            await self.application(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.close", "code": 4403})
