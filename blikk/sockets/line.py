"""The server's end of one socket, as uvicorn makes it, with a way to send what was put into a frame once for many."""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request
from websockets.protocol import State

# Under this name the application finds the line in the scope.
EXTENSION = "blikk.line"


class Packed:
    """A text in the frame in which it goes over the network: made once, written to as many lines as one likes."""

    __slots__ = ("frame", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        payload = text.encode()
        size = len(payload)
        if size < 126:
            head = bytes((0x81, size))
        elif size < 0x10000:
            head = b"\x81\x7e" + size.to_bytes(2, "big")
        else:
            head = b"\x81\x7f" + size.to_bytes(8, "big")
        self.frame = head + payload


class Line(WebSocketsSansIOProtocol):
    """Uvicorn's own protocol; a server that runs the application with another one sends the ordinary way."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.handshake_initiated and not self.handshake_complete:
            extensions: Any = self.scope["extensions"]
            extensions[EXTENSION] = self

    def write_now(self, packed: Packed) -> bool:
        """Send a frame at once; False where it would have to wait behind others, or where nobody is there."""
        if self.close_sent or self.disconnected or not self.writable.is_set():
            return False
        if not self.handshake_complete or self.conn.state is not State.OPEN:
            return False
        self.transport.write(packed.frame)
        return True

    def forget_handshake(self) -> None:
        """Let go of what was needed to shake hands: a third of what a waiting socket weighs."""
        del self.request, self.response
        scope: Any = self.scope
        scope.clear()
