"""A real journal system for tests: OpenID provider and FHIR server over TLS, behind a line that can misbehave."""

import json
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.browser.app import ROOT, free_port
from tests.provider import HOP, Answer, Bend, as_it_is, parts_of
from tests.servers import make_certificate

HPR = "urn:oid:2.16.578.1.12.4.1.4.4"
FNR = "urn:oid:2.16.578.1.12.4.1.4.1"
HALF = "half"


class TestJournal:
    """The journal system as Blikk sees it. `bend` may change any answer; `is_down` hangs up on everybody; `pace` is
    "half" for half a body."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.behind = free_port(), free_port()
        self.place = f"localhost:{self.port}"
        self.issuer = f"https://{self.place}"
        self.base = f"{self.issuer}/fhir"
        self.certificate, self._key = make_certificate(folder, "localhost")
        self.signing = RSAKey.generate_key(2048, {"kid": "j-1", "use": "sig", "alg": "RS256"}, private=True)
        self.bend: Bend = as_it_is
        self.is_down, self.pace = False, ""
        self.asked: list[tuple[str, str, dict[str, str], dict[str, str]]] = []
        self.trusted = ssl.create_default_context(cafile=str(self.certificate))
        self._write("clients", [])
        self._write("launches", {})
        self._write(
            "settings",
            {
                "issuer": self.issuer,
                "base": self.base,
                "port": self.behind,
                "jwks": {"keys": [self.signing.as_dict(private=True)]},
            },
        )

    def _write(self, name: str, said: object) -> None:
        (self.folder / f"{name}.json").write_text(json.dumps(said))

    def behave(self) -> None:
        """Pass everything on as it is, and forget who and what there was."""
        self.bend, self.is_down, self.pace = as_it_is, False, ""
        self.asked.clear()
        self._write("clients", [])
        self._write("launches", {})
        self._backstage("DELETE", "")

    def knows_client(
        self, client_id: str, jwks: Any, *, back: str = "", grants: tuple[str, ...] = ()
    ) -> None:
        """Let a program be known here, by its public key."""
        client: dict[str, Any] = {
            "client_id": client_id,
            "grant_types": list(grants or ("authorization_code",)),
            "response_types": ["code"] if back else [],
            "redirect_uris": [back] if back else [],
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": "RS384",
            "id_token_signed_response_alg": "RS256",
            "scope": "openid launch fhirUser patient/Patient.read user/Practitioner.read system/*.read system/*.write",
            "jwks": jwks,
        }
        said = json.loads((self.folder / "clients.json").read_text())
        others = [one for one in said if one["client_id"] != client_id]
        self._write("clients", [*others, client])

    def starts(self, launch: str, *, who: str, fhir_user: str, **context: Any) -> str:
        """What a journal does when somebody presses its button for Blikk; gives the launch."""
        said = json.loads((self.folder / "launches.json").read_text())
        said[launch] = {"who": who, "fhirUser": fhir_user, "context": context}
        self._write("launches", said)
        return launch

    def put(self, resource: dict[str, Any]) -> dict[str, Any]:
        """Have a resource in the FHIR server."""
        return self._backstage("PUT", f"{resource['resourceType']}/{resource['id']}", resource)

    def delete(self, path: str) -> None:
        self._backstage("DELETE", path)

    def _backstage(self, method: str, path: str, said: object = None) -> Any:
        url = f"http://127.0.0.1:{self.behind}/fhir/{path}"
        answer = httpx.request(method, url, json=said or {}, headers={"x-backstage": "1"}, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def pass_on(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        given = dict(parse_qsl(body.decode(errors="replace")))
        self.asked.append((method, path, headers, given))
        kept = {name: value for name, value in headers.items() if name.lower() not in HOP}
        kept.pop("x-backstage", None)
        kept |= {"Host": self.place, "X-Forwarded-Proto": "https"}
        url = f"http://127.0.0.1:{self.behind}{path}"
        answer = httpx.request(method, url, headers=kept, content=body, follow_redirects=False, timeout=20)
        back = {name: value for name, value in answer.headers.multi_items() if name.lower() not in HOP}
        cookies = "\n".join(answer.headers.get_list("set-cookie"))
        passed = (answer.status_code, {**back, "set-cookie": cookies}, answer.content)
        return self.bend(method, path.partition("?")[0], passed)

    def answers(self, path: str, change: Callable[[Any], Any], *, status: int = 200) -> None:
        """Have the answer at one address be what `change` makes of its content."""

        def bend(_method: str, at: str, answer: Answer) -> Answer:
            if at != path:
                return answer
            _status, headers, body = answer
            made = change(json.loads(body or b"{}"))
            return status, headers, made if isinstance(made, bytes) else json.dumps(made).encode()

        self.bend = bend

    def tokens_say(self, change: Callable[[dict[str, Any], dict[str, Any]], str | None]) -> None:
        """Have every ID token changed and signed anew by the journal's own key, or be what `change` gives."""

        def changed(said: Any) -> Any:
            header, claims = parts_of(said["id_token"])
            made = change(header, claims)
            said["id_token"] = made or jwt.encode(header, claims, self.signing, algorithms=["RS256"])
            return said

        self.answers("/token", changed)

    def let_in(self, url: str) -> dict[str, str]:
        """Go where a browser would go; says what stands in the address that it comes back with."""
        with httpx.Client(follow_redirects=False, timeout=20, verify=self.trusted) as browser:
            answer = browser.get(url)
            for _ in range(12):
                assert answer.status_code in {302, 303}, (answer.status_code, answer.text)
                url = urljoin(str(answer.url), answer.headers["location"])
                if urlsplit(url).port != self.port:
                    return dict(parse_qsl(urlsplit(url).query))
                answer = browser.get(url)
        raise AssertionError("the journal leads round in circles")


@contextmanager
def running_journal(folder: Path) -> Iterator[TestJournal]:
    """Start one."""
    journal = TestJournal(folder)
    command = ["tools/node.sh", "node", "tests/smart_server.mjs", str(folder)]
    log = (folder / "journal.log").open("wb")
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.strip() == b"ready", (line, (folder / "journal.log").read_text())
    threading.Thread(target=_drain, args=(process.stdout, folder / "said.log"), daemon=True).start()
    server = ThreadingHTTPServer(("127.0.0.1", journal.port), _handler(journal))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(journal.certificate, journal._key)
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


def _drain(pipe: Any, to: Path) -> None:
    with to.open("wb") as file:
        for line in pipe:
            file.write(line)
            file.flush()


def _handler(journal: TestJournal) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if journal.is_down:
                self.close_connection = True
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, back, said = journal.pass_on(self.command, self.path, headers, body)
            self.send_response(status)
            for name, value in back.items():
                for one in value.split("\n") if name == "set-cookie" else [value]:
                    if one:
                        self.send_header(name, one)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self._say(said)

        def _say(self, said: bytes) -> None:
            if journal.pace == HALF:
                self.wfile.write(said[: len(said) // 2])
                self.close_connection = True
            else:
                self.wfile.write(said)

        do_GET = answer  # noqa: N815
        do_POST = answer  # noqa: N815

        def log_message(self, *_: object) -> None: ...

        def handle(self) -> None:
            try:
                super().handle()
            except (OSError, ssl.SSLError):
                self.close_connection = True

    return Handler


# What stands in the journal


def practitioner(named: str = "kari", hpr: str = "9144900", **more: Any) -> dict[str, Any]:
    numbers = [{"system": HPR, "value": hpr}] if hpr else []
    return {
        "resourceType": "Practitioner",
        "id": named,
        "name": [{"family": "Nordmann", "given": ["Kari"]}],
        **({"identifier": numbers} if numbers else {}),
        **more,
    }


def patient(named: str = "p1", **more: Any) -> dict[str, Any]:
    number = more.pop("number", "")
    said: dict[str, Any] = {
        "resourceType": "Patient",
        "id": named,
        "name": [{"use": "official", "family": "Hansen", "given": ["Ola"]}],
        "birthDate": "1944-05-17",
        **more,
    }
    if number:
        said["identifier"] = [{"system": FNR, "value": number}]
    return said
