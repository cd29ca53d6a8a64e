"""A journal system for tests, behind a line that can be made to misbehave: slow, cut, garbled, down, or silent."""

import json
import random
import shutil
import ssl
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import RSAKey

from blikk.clinics.models import Clinic
from blikk.documentation.ehr import connections, keys
from blikk.documentation.ehr.connections import STANDARD_SCOPES
from blikk.documentation.models import EhrConnection
from blikk.kernel.actors import SYSTEM
from tests.builders import NOW
from tests.servers import _die_with_parent, free_port, make_certificate

ROOT = Path(__file__).parent.parent
CLIENT = "blikk-test"
# What can befall one request. "cut_before": the other side never hears of it; "cut_after" and the rest: it does.
FAULTS = (
    "status_500",
    "status_503_wait",
    "status_429",
    "status_401",
    "garbage",
    "half",
    "empty",
    "html",
    "wrong_bundle",
    "fewer_entries",
    "cut_before",
    "cut_after",
    "late",
)


@dataclass
class Clock:
    now: datetime = NOW + timedelta(minutes=30)

    def __call__(self) -> datetime:
        return self.now

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)


class Journal:
    """The server as Blikk sees it. `faults` befall the next transactions, one each; `is_down` hangs up on everybody."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.behind = free_port(), free_port()
        self.host = f"localhost:{self.port}"
        self.base_url = f"https://{self.host}/r4"
        self.certificate, self.key = make_certificate(folder, "localhost")
        self.clock = Clock()
        self._inside = httpx.Client(base_url=f"http://127.0.0.1:{self.behind}", timeout=60)
        self.reset()

    def reset(self) -> None:
        """Forget everything, and behave."""
        self.faults: list[str] = []
        self.token_faults: list[str] = []
        self.is_down = False
        self.asked: Counter[str] = Counter()
        self.befell: Counter[str] = Counter()
        self.held: list[tuple[str, str, dict[str, str], bytes]] = []
        self.delay = 0.0
        self.clock.now = Clock().now

    def control(self, what: str, **said: Any) -> Any:
        return self._inside.post(f"/control/{what}", json=said).raise_for_status().json()

    def there(self, search: str) -> list[dict[str, Any]]:
        """What the server has, past every fault and every token."""
        return self._inside.get(f"/control/search!{search}").raise_for_status().json()

    def put(self, resource: dict[str, Any]) -> None:
        """Let the server have something of somebody else's."""
        self.control("lasts", seconds=300)
        token = self._a_token_of_the_test()
        headers = {"Authorization": f"Bearer {token}", "x-test-now": str(self.clock.now.timestamp())}
        path = f"/r4/{resource['resourceType']}"
        answer = self._inside.post(path, json=resource, headers=headers)
        assert answer.status_code == 201, answer.text

    def knows(self, connection: EhrConnection, *, scopes: str = STANDARD_SCOPES) -> None:
        """Let the server know a clinic's key."""
        public = keys.public_keys(connection)
        self.control("clients", **{connection.client_id: {"jwks": public, "scopes": scopes.split()}})
        self._known = connection

    def _a_token_of_the_test(self) -> str:
        from blikk.documentation.ehr.tokens import BEARER, assertion

        audience = f"https://{self.host}/token"
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": BEARER,
            "client_assertion": assertion(self._known, audience, None, now=self.clock.now),
        }
        headers = {"x-test-now": str(self.clock.now.timestamp())}
        return (
            self._inside.post("/token", data=form, headers=headers).raise_for_status().json()["access_token"]
        )

    def pass_on(self, method: str, path: str, headers: dict[str, str], body: bytes) -> httpx.Response:
        kept = {
            name: headers[name] for name in ("authorization", "content-type", "accept") if name in headers
        }
        kept["x-test-now"] = str(self.clock.now.timestamp())
        return self._inside.request(method, path, headers=kept, content=body)

    def let_late_ones_through(self) -> None:
        """What was held up on its way arrives now, long after somebody gave it up."""
        held, self.held = self.held, []
        for each in held:
            self.pass_on(*each)


def _handler(journal: Journal) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            journal.asked[f"{self.command} {self.path.partition('?')[0]}"] += 1
            if journal.is_down:
                self.hang_up()
                return
            if journal.delay:
                time.sleep(journal.delay)
            fault = self.fault_for()
            if fault:
                journal.befell[fault] += 1
                self.misbehave(fault, headers, body)
            else:
                self.give(journal.pass_on(self.command, self.path, headers, body))

        do_GET = answer  # noqa: N815
        do_POST = answer  # noqa: N815

        def fault_for(self) -> str:
            if self.path == "/token":
                return journal.token_faults.pop(0) if journal.token_faults else ""
            is_transaction = self.command == "POST" and self.path == "/r4"
            return journal.faults.pop(0) if is_transaction and journal.faults else ""

        def misbehave(self, fault: str, headers: dict[str, str], body: bytes) -> None:
            if fault == "cut_before":
                self.hang_up()
                return
            if fault == "late":
                journal.held.append((self.command, self.path, headers, body))
                self.hang_up()
                return
            if fault.startswith("status_"):
                code = fault.split("_")[1]
                more = {"Retry-After": "40"} if "wait" in fault or code == "429" else {}
                self.say(int(code), b'{"resourceType":"OperationOutcome"}', more)
                return
            answer = journal.pass_on(self.command, self.path, headers, body)
            match fault:
                case "cut_after":
                    self.hang_up()
                case "half":
                    self.say(answer.status_code, answer.content, cut=len(answer.content) // 2)
                case "empty":
                    self.say(200, b"")
                case "garbage":
                    self.say(200, random.Random(7).randbytes(300))
                case "html":
                    self.say(200, b"<!doctype html><title>Logg inn</title>")
                case "wrong_bundle":
                    self.say(200, b'{"resourceType":"Bundle","type":"searchset","entry":[]}')
                case "fewer_entries":
                    said = answer.json()
                    said["entry"] = said.get("entry", [])[:-1]
                    self.say(answer.status_code, json.dumps(said).encode())
                case _:
                    raise AssertionError(fault)

        def give(self, answer: httpx.Response) -> None:
            self.say(answer.status_code, answer.content)

        def say(self, code: int, body: bytes, more: dict[str, str] | None = None, *, cut: int = 0) -> None:
            self.send_response(code)
            self.send_header("Content-Type", "application/fhir+json")
            for name, value in (more or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[:cut] if cut else body)
            if cut:
                self.hang_up()

        def hang_up(self) -> None:
            self.close_connection = True

        def log_message(self, *_: object) -> None: ...

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that gave up is no news."""


@contextmanager
def running_journal() -> Iterator[Journal]:
    """Start the server, and the line to it."""
    folder = Path(tempfile.mkdtemp(prefix="blikk-journal-"))
    journal = Journal(folder)
    settings = {"port": journal.behind, "public": f"https://{journal.host}"}
    (folder / "settings.json").write_text(json.dumps(settings))
    command = ["tools/node.sh", "node", "tests/fhir_server.mjs", str(folder)]
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, preexec_fn=_die_with_parent
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.strip() == b"ready", (line, (folder / "log").read_text()[-2000:])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(journal.certificate, journal.key)
    server = _Server(("127.0.0.1", journal.port), _handler(journal))
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield journal
    finally:
        server.shutdown()
        server.server_close()
        process.terminate()
        process.wait(10)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Connected:
    """A clinic whose notes go to the journal system."""

    journal: Journal
    clinic: Clinic
    connection: EhrConnection = field(repr=False)


def connect(journal: Journal, clinic: Clinic, **more: Any) -> EhrConnection:
    """Choose FHIR for a clinic, and let the server know its key."""
    given = {"kind": "fhir", "base_url": journal.base_url, "client_id": CLIENT, "scopes": STANDARD_SCOPES}
    connection = connections.choose(clinic, **{**given, **more}, actor=SYSTEM, now=journal.clock.now)
    journal.knows(connection)
    return connection


@pytest.fixture(scope="session")
def journal_process() -> Iterator[Journal]:
    with running_journal() as started:
        yield started


@cache
def _made_before() -> list[RSAKey]:
    """Real keys of the right size: making one for each clinic of each test is what took the time."""
    return [RSAKey.generate_key(3072, private=True) for _ in range(3)]


@pytest.fixture
def journal(journal_process: Journal, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Journal]:
    """The journal system, empty and well-behaved until the test says otherwise, and named by the operator."""
    pool = cycle(_made_before())
    monkeypatch.setattr(RSAKey, "generate_key", lambda *_, **__: next(pool))
    journal_process.reset()
    journal_process.control("reset")
    settings.BLIKK_EHR_HOSTS = [journal_process.host]
    settings.BLIKK_EHR_CA = str(journal_process.certificate)
    yield journal_process
    journal_process.reset()
