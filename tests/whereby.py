"""A stand-in for Whereby's API, by their public documentation: POST and DELETE /v1/meetings, over https."""

import json
import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.servers import make_certificate


@dataclass
class Standin:
    """What was asked of it, and how it answers."""

    origin: str
    certificate: Path
    key: str = "en-nokkel"
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    rooms: set[str] = field(default_factory=set)
    # What it says instead, as a status and a body; and where it would send who asks.
    instead: tuple[int, bytes] | None = None
    redirect: str = ""
    host: str = "klinikken.whereby.com"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    standin: Standin

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        content = json.loads(self.rfile.read(length) or b"{}")
        self._note(content)
        if self._is_refused():
            return
        number = len(self.standin.asked)
        room = f"https://{self.standin.host}/rom-{number}"
        self.standin.rooms.add(f"m{number}")
        said = {
            "meetingId": f"m{number}",
            "roomUrl": room,
            "hostRoomUrl": f"{room}?roomKey=hemmelig{number}",
            "startDate": "2026-11-24T09:00:00.000Z",
            "endDate": content["endDate"],
        }
        self._say(201, json.dumps(said).encode())

    def do_DELETE(self) -> None:
        self._note(None)
        if self._is_refused():
            return
        self.standin.rooms.discard(self.path.rpartition("/")[2])
        self._say(204, b"")

    def _note(self, content: Any) -> None:
        self.standin.asked.append((self.command, self.path, content))

    def _is_refused(self) -> bool:
        if self.headers.get("Authorization") != f"Bearer {self.standin.key}":
            self._say(401, b'{"error": "Unauthorized"}')
            return True
        if self.standin.redirect:
            self._say(307, b"", Location=self.standin.redirect)
            return True
        if self.standin.instead:
            self._say(*self.standin.instead)
            return True
        return False

    def _say(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


@contextmanager
def running_whereby() -> Iterator[Standin]:
    """Run it on a free port, with a certificate of its own."""
    with tempfile.TemporaryDirectory(prefix="blikk-whereby-") as folder:
        certificate, key = make_certificate(Path(folder), "localhost")
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {}))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        standin = Standin(f"https://localhost:{server.server_port}", Path(certificate))
        server.RequestHandlerClass.standin = standin  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield standin
        finally:
            server.shutdown()
            server.server_close()
