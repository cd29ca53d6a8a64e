"""The way in for servers: pages over HTTP, sockets behind an exact origin check."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blikk.config.settings")
pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402  (Django must be set up first)
from channels.sessions import CookieMiddleware  # noqa: E402

from blikk.sockets.origin import ExactOrigin  # noqa: E402
from blikk.sockets.routing import routes  # noqa: E402
from blikk.web.presenters.lookout import look  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": ExactOrigin(CookieMiddleware(URLRouter(routes(look)))),
    }
)
