"""The way in for servers: pages over HTTP, sockets behind an exact origin check."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

from blikk.config.bounds import bounded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blikk.config.settings")
pages = bounded(get_asgi_application())

from blikk.sockets.routing import sockets_with  # noqa: E402  (Django must be set up first)
from blikk.web.presenters.lookout import look  # noqa: E402

# The two doors are strangers: only the configuration knows both.
sockets = sockets_with(look)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Every request and every socket."""
    await (sockets if scope["type"] == "websocket" else pages)(scope, receive, send)
