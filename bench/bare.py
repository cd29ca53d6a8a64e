"""The least that can tell a crowd something: every socket is told what one of them says, encoded once."""

import json
from contextlib import suppress

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

_members: set[WebSocket] = set()


async def crowd(socket: WebSocket) -> None:
    """A socket that hears nothing, or that is one of the topic."""
    await socket.accept()
    if socket.path_params["topic"] == "queue":
        _members.add(socket)
    with suppress(WebSocketDisconnect):
        while True:
            await socket.receive_text()
    _members.discard(socket)


async def change(socket: WebSocket) -> None:
    """Whoever speaks here tells everybody in the topic."""
    await socket.accept()
    with suppress(WebSocketDisconnect):
        while True:
            text = json.dumps(json.loads(await socket.receive_text()))
            message = {"type": "websocket.send", "text": text}
            for member in tuple(_members):
                await member.send(message)


application = Starlette(
    routes=[WebSocketRoute("/crowd/{topic}", crowd), WebSocketRoute("/change", change)],
)
