"""Which socket serves which page."""

from django.urls import re_path

from blikk.sockets.desk import Desk
from blikk.sockets.door import Door

routes = [
    re_path(r"^ws/desk$", Desk.as_asgi()),
    re_path(r"^ws/door/(?P<invitation>[A-Za-z0-9_-]{1,64})$", Door.as_asgi()),
]
