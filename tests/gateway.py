"""An SMS gateway for tests: a real HTTP server that keeps what it is asked, and answers as it is told."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class Asked:
    """One request."""

    path: str
    headers: dict[str, str]
    body: Any


Answer = tuple[int, Any] | None


class Gateway:
    """`behave` says what to answer: a status and a body, or nothing at all and a line that breaks."""

    def __init__(self) -> None:
        self.port = 0
        self.asked: list[Asked] = []
        self.arrived: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.behave: Callable[[Asked], Answer] = self.take

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def take(self, asked: Asked) -> Answer:
        """Take a message, each reference once."""
        reference = asked.body["ref"]
        with self.lock:
            self.arrived.setdefault(reference, 1)
        return 200, {"id": f"id-{reference}"}

    def take_each(self, asked: Asked) -> Answer:
        """Take a message as often as one is asked to."""
        with self.lock:
            self.arrived[asked.body["ref"]] += 1
        return 200, {"id": f"id-{asked.body['ref']}"}


@contextmanager
def running_gateway() -> Iterator[Gateway]:
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            is_form = "form" in self.headers["Content-Type"]
            body = dict(parse_qsl(raw, keep_blank_values=True)) if is_form else json.loads(raw)
            asked = Asked(self.path, dict(self.headers), body)
            with gateway.lock:
                gateway.asked.append(asked)
            answer = gateway.behave(asked)
            if answer is None:
                self.close_connection = True
                self.connection.close()
                return
            status, said = answer
            content = said.encode() if isinstance(said, str) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain" if isinstance(said, str) else "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A line that was broken on purpose is no error."""

    with Server(("127.0.0.1", 0), Handler) as server:
        gateway.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield gateway
        finally:
            server.shutdown()


def described(address: str, *, honours_key: bool, **more: Any) -> dict[str, Any]:
    """A description of the gateway above."""
    sending = {
        "url": f"{address}/send",
        "json": {"to": "{to}", "text": "{text}", "from": "{sender}", "ref": "{reference}"},
        "headers": {"Idempotency-Key": "{reference}"},
        "honours_key": honours_key,
        "id": "id",
    }
    return {"name": "Test", "send": sending | more}
