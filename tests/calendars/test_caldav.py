"""What a calendar server may do to us: nothing."""

import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from blikk.calendars import caldav
from blikk.calendars.caldav import CalDav
from blikk.calendars.errors import Changed, Fault
from tests.servers import make_certificate

Behave = Callable[[BaseHTTPRequestHandler], None]


class Wicked:
    """A server that does what the test says, over TLS, and notes what it was asked."""

    def __init__(self, folder: Path, name: str = "localhost") -> None:
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.behave: Behave = lambda request: request.send_error(500)
        self.over = threading.Event()
        wicked = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                wicked.asked.append((self.command, self.path, dict(self.headers)))
                wicked.behave(self)

            do_GET = do_PUT = do_DELETE = do_PROPFIND = _answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self.certificate, key = make_certificate(folder, name)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *_: None
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.host = f"localhost:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()

    def client(self, **more: object) -> CalDav:
        given = {"hosts": [self.host], "ca": str(self.certificate)}
        return CalDav(f"https://{self.host}", "blikk", "hemmelig", **{**given, **more})


@pytest.fixture
def wicked(tmp_path) -> Iterator[Wicked]:
    server = Wicked(tmp_path)
    yield server
    server.stop()


def answers(code: int, body: bytes = b"", **headers: str) -> Behave:
    def behave(request: BaseHTTPRequestHandler) -> None:
        request.send_response(code)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return behave


def reason(act: Callable[[], object]) -> str:
    with pytest.raises(Fault) as fault:
        act()
    return fault.value.reason


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        *((code, "not_let_in") for code in (401, 403)),
        *((code, "no_calendar") for code in (301, 302, 307, 308, 404, 405, 409)),
        *((code, "server_troubled") for code in (429, 500, 502, 503, 507)),
        *((code, "refused") for code in (400, 413, 415, 422)),
    ],
)
def test_every_answer_to_an_entry_has_a_meaning(wicked, code, expected):
    wicked.behave = answers(code, Location="https://127.0.0.1:1/")
    with wicked.client() as client:
        assert reason(lambda: client.put("/k/a.ics", "x", etag="")) == expected


def test_a_redirect_is_not_followed_wherever_it_leads(wicked):
    wicked.behave = answers(302, Location=f"https://{wicked.host}/inne")
    with wicked.client() as client:
        reason(lambda: client.put("/k/a.ics", "x", etag=""))
        reason(lambda: client.tag("/k/a.ics"))
        reason(lambda: client.delete("/k/a.ics", etag=""))
        reason(lambda: client.require_calendar("/k/"))
    assert {path for _, path, _ in wicked.asked} == {"/k/a.ics", "/k/"}
    assert len(wicked.asked) == 4


def test_a_put_is_guarded_by_what_we_know(wicked):
    wicked.behave = answers(201, ETag='"1"')
    with wicked.client() as client:
        assert client.put("/k/a.ics", "x", etag="") == '"1"'
        assert client.put("/k/a.ics", "x", etag='"1"') == '"1"'
        client.delete("/k/a.ics", etag="")
    guards = [(headers.get("If-None-Match"), headers.get("If-Match")) for _, _, headers in wicked.asked]
    assert guards == [("*", None), (None, '"1"'), (None, "*")]
    wicked.behave = answers(412)
    with wicked.client() as client, pytest.raises(Changed):
        client.put("/k/a.ics", "x", etag='"1"')


def test_a_weak_or_endless_tag_is_not_used(wicked):
    for tag in ('W/"1"', '"' + "x" * 300 + '"'):
        wicked.behave = answers(200, ETag=tag)
        with wicked.client() as client:
            assert client.put("/k/a.ics", "x", etag="") == ""
            assert client.tag("/k/a.ics") == "*"


def test_the_password_goes_to_no_server_without_a_certificate_that_we_trust(tmp_path):
    other = Wicked(tmp_path, name="annet.example.no")
    try:
        with other.client() as client:
            assert reason(lambda: client.tag("/k/")) == "certificate"
        with other.client(ca="") as client:
            assert reason(lambda: client.tag("/k/")) == "certificate"
        assert other.asked == []
    finally:
        other.stop()


def test_a_server_that_was_taken_off_the_list_is_asked_nothing(wicked):
    assert reason(lambda: wicked.client(hosts=[])) == "host_not_allowed"
    assert reason(lambda: wicked.client(hosts=["localhost"])) == "host_not_allowed", (
        "another port is another server"
    )
    assert wicked.asked == []


def test_a_server_that_says_nothing_is_left(wicked, monkeypatch):
    monkeypatch.setattr(caldav, "PATIENCE", 0.3)
    wicked.behave = lambda request: wicked.over.wait(30)
    with wicked.client() as client:
        assert reason(lambda: client.tag("/k/")) == "no_answer"


def test_a_server_that_never_comes_to_an_end_is_left(wicked, monkeypatch):
    monkeypatch.setattr(caldav, "LONGEST", 0.3)

    def drip(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while not wicked.over.wait(0.02):
            request.wfile.write(b"x")
            request.wfile.flush()

    wicked.behave = drip
    with wicked.client() as client:
        assert reason(lambda: client.tag("/k/")) == "no_answer"


def test_a_server_that_says_too_much_is_left(wicked):
    wicked.behave = answers(207, b"x" * (caldav.LARGEST + 1))
    with wicked.client() as client:
        assert reason(lambda: client.require_calendar("/k/")) == "no_answer"


def test_the_machines_own_proxies_are_not_asked(wicked, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    wicked.behave = answers(404)
    with wicked.client() as client:
        assert client.tag("/k/") is None


@pytest.mark.parametrize(
    ("body", "is_one"),
    [
        (b'<d:resourcetype><c:calendar xmlns:c="urn:ietf:params:xml:ns:caldav"/></d:resourcetype>', True),
        (b"<resourcetype><C:calendar /><collection /></resourcetype>", True),
        (b"<resourcetype><calendar/></resourcetype>", True),
        (b"<resourcetype><collection/></resourcetype>", False),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><calendar-home-set/>', False),
    ],
)
def test_a_calendar_is_known_by_its_kind(wicked, body, is_one):
    wicked.behave = answers(207, body)
    with wicked.client() as client:
        if is_one:
            client.require_calendar("/k/")
        else:
            assert reason(lambda: client.require_calendar("/k/")) == "no_calendar"
