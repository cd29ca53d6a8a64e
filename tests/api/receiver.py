"""A system that is told: a real server over TLS, which can be slow, broken, busy or gone as the test says."""

import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.servers import make_certificate


@dataclass
class Got:
    """One call as it arrived."""

    headers: dict[str, str]
    body: bytes

    @property
    def name(self) -> str:
        return self.headers["webhook-id"]

    def said(self) -> dict[str, Any]:
        return json.loads(self.body)


@dataclass
class Receiver:
    """What to do with each call in turn: a number to answer, "cut", "slow" or a place to lead to; 204 afterwards."""

    port: int = 0
    certificate: Path = Path()
    got: list[Got] = field(default_factory=list)
    faults: list[Any] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"

    @property
    def address(self) -> str:
        return f"https://{self.host}/blikk?til=journal"

    def names(self) -> list[str]:
        return [one.name for one in self.got]


@contextmanager
def running_receiver(folder: Path) -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append(Got({name.lower(): value for name, value in self.headers.items()}, body))
            fault = receiver.faults.pop(0) if receiver.faults else 204
            if fault == "cut":
                self.close_connection = True
                self.connection.close()
                return
            if fault == "slow":
                drip(self)
                return
            self.send_response(fault if isinstance(fault, int) else 307)
            if isinstance(fault, str):
                self.send_header("Location", fault)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    def drip(handler: BaseHTTPRequestHandler) -> None:
        """A letter at a time, each soon enough, and never an end."""
        try:
            while not receiver.release.is_set():
                handler.wfile.write(b"H")
                handler.wfile.flush()
                time.sleep(0.05)
        except OSError:
            handler.close_connection = True

    certificate, key = make_certificate(folder, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.port, receiver.certificate = server.server_address[1], certificate
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.release.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
