"""The way in for servers: pages over HTTP, sockets behind an exact origin check."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blikk.config.settings")
pages = get_asgi_application()

from blikk.sockets.routing import sockets  # noqa: E402  (Django must be set up first)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Every request and every socket."""
    await (sockets if scope["type"] == "websocket" else pages)(scope, receive, send)
