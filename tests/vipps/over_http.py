"""The same Vipps behind a port, for an app in a process of its own; and the page where a patient approves."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from playwright.sync_api import BrowserContext, Route

from tests.vipps.server import MockVipps

LANDING = "https://landing.vipps.no"


class VippsOverHttp(MockVipps):
    """Listens until it is stopped. `with` starts and stops it."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "VippsOverHttp":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        there = self

        class Handler(BaseHTTPRequestHandler):
            def _any(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                asked = httpx.Request(
                    self.command,
                    there.url + self.path,
                    headers=dict(self.headers),
                    content=self.rfile.read(length),
                )
                with there._lock:
                    said = there.answer(asked)
                self.send_response(said.status_code)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(said.content)))
                self.end_headers()
                self.wfile.write(said.content)

            do_GET = do_POST = do_DELETE = _any  # noqa: N815

            def log_message(self, *_words: Any) -> None:
                pass

        return Handler

    def _create(self, body: Any) -> tuple[int, Any]:
        # An app under test has no certificate; a real Vipps leads nobody back to http.
        secure = {**body, "returnUrl": body.get("returnUrl", "").replace("http://127", "https://127")}
        status, said = super()._create(secure)
        if body["reference"] in self.payments:
            self.payments[body["reference"]].asked = body
        return status, said

    def lands_in(self, context: BrowserContext) -> None:
        """Be the page where patients of this browser approve or do not."""
        context.route(f"{LANDING}/**", self._land)

    def _land(self, route: Route) -> None:
        parts = urlsplit(route.request.url)
        reference = parse_qs(parts.query)["token"][0]
        with self._lock:
            there = self.payments[reference]
            if parts.path == "/yes":
                self.approve(reference)
            elif parts.path == "/no":
                self.abort(reference)
        back = there.asked["returnUrl"]
        choice = f'<a id="yes" href="/yes?token={reference}">Betal</a> <a id="no" href="/no?token={reference}">Nei</a>'
        done = f'<script>location.replace("{back}")</script>'
        words = done if parts.path in {"/yes", "/no"} else choice
        route.fulfill(
            content_type="text/html; charset=utf-8",
            body=f"<!doctype html><html lang=nb><title>Vipps</title><h1>{there.amount / 100} kr</h1>{words}</html>",
        )
