"""Which socket serves which page."""

from typing import Any

from django.urls import re_path

from blikk.sockets.desk import Desk
from blikk.sockets.door import Door
from blikk.sockets.lookout import Look
from blikk.sockets.onlooker import Onlooker


def routes(look: Look) -> list[Any]:
    """All sockets; `look` reads and words what the pages for everybody show, as the web door does."""
    return [
        re_path(r"^ws/desk$", Desk.as_asgi()),
        re_path(r"^ws/door/(?P<invitation>[A-Za-z0-9_-]{1,64})$", Door.as_asgi()),
        re_path(r"^ws/k/(?P<slug>[-\w]{1,64})/(?P<part>now|slots)$", Onlooker.as_asgi(look=look)),
    ]
