"""A real, certified OpenID provider for tests, behind a line that can be made to misbehave."""

import base64
import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from tests.browser.app import ROOT, free_port

PID = "helseid://claims/identity/pid"
LEVEL = "helseid://claims/identity/security_level"
HPR = "helseid://claims/hpr/hpr_number"
HIGH, LOW = "idporten-loa-high", "idporten-loa-low"
HOP = frozenset({"connection", "date", "server", "transfer-encoding", "content-length", "keep-alive", "host"})

Answer = tuple[int, dict[str, str], bytes]
Bend = Callable[[str, str, Answer], Answer]


class TestProvider:
    """The provider as the client sees it. `bend` may change any answer on its way; `is_down` hangs up on everybody."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.behind = free_port(), free_port()
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.signing = RSAKey.generate_key(2048, {"kid": "op-1", "use": "sig", "alg": "PS256"}, private=True)
        self.client_keys = {
            name: RSAKey.generate_key(2048, {"kid": f"{name}-1"}, private=True)
            for name in ("patient", "helseid")
        }
        self.people: dict[str, dict[str, Any]] = {}
        self.bend: Bend = as_it_is
        self.is_down = False
        self.asked: list[tuple[str, str, dict[str, str], dict[str, str]]] = []

    def behave(self) -> None:
        """Pass everything on as it is, and forget what was asked and who was known."""
        self.bend, self.is_down = as_it_is, False
        self.asked.clear()
        self.people.clear()

    def settings(self, *, patient: dict[str, Any] | None = None) -> dict[str, dict[str, Any]]:
        """What an installation that asks this provider has in its settings."""
        keys = {name: json.dumps(key.as_dict(private=True)) for name, key in self.client_keys.items()}
        return {
            "patient": {
                "profile": "idporten",
                "issuer": self.issuer,
                "client_id": "blikk-patient",
                "key": keys["patient"],
                "dpop": True,
                "label": "BankID",
                **(patient or {}),
            },
            "helseid": {
                "profile": "helseid",
                "issuer": self.issuer,
                "client_id": "blikk-helseid",
                "key": keys["helseid"],
            },
        }

    def knows(self, who: str, **claims: Any) -> None:
        """Let somebody have an account there."""
        self.people[who] = {"acr": HIGH, **claims}
        (self.folder / "people.json").write_text(json.dumps(self.people))

    def write(self, base: str) -> None:
        public = {name: key.as_dict(private=False) for name, key in self.client_keys.items()}
        common = {
            "grant_types": ["authorization_code"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": "PS256",
            "id_token_signed_response_alg": "PS256",
            "dpop_bound_access_tokens": True,
            "require_pushed_authorization_requests": True,
        }
        clients = [
            {
                **common,
                "client_id": f"blikk-{name}",
                "redirect_uris": [f"{base}{back}"],
                "jwks": {"keys": [{**public[name], "use": "sig", "alg": "PS256"}]},
            }
            for name, back in (("patient", "/eid/tilbake"), ("helseid", "/inn/helseid/tilbake"))
        ]
        settings = {
            "issuer": self.issuer,
            "port": self.behind,
            "jwks": {"keys": [self.signing.as_dict(private=True)]},
            "clients": clients,
            "levels": [HIGH, "idporten-loa-substantial", LOW, "Level4"],
        }
        (self.folder / "settings.json").write_text(json.dumps(settings))
        (self.folder / "people.json").write_text(json.dumps(self.people))

    def pass_on(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        given = dict(parse_qsl(body.decode(errors="replace")))
        self.asked.append((method, path.partition("?")[0], headers, given))
        kept = {name: value for name, value in headers.items() if name.lower() not in HOP}
        kept |= {"Host": f"127.0.0.1:{self.port}", "X-Forwarded-Proto": "http"}
        answer = httpx.request(
            method,
            f"http://127.0.0.1:{self.behind}{path}",
            headers=kept,
            content=body,
            follow_redirects=False,
            timeout=20,
        )
        back = {name: value for name, value in answer.headers.multi_items() if name.lower() not in HOP}
        cookies = answer.headers.get_list("set-cookie")
        passed = (answer.status_code, {**back, "set-cookie": "\n".join(cookies)}, answer.content)
        return self.bend(method, path.partition("?")[0], passed)

    def tokens_say(self, change: Callable[[dict[str, Any], dict[str, Any]], str | None]) -> None:
        """Have every ID token changed and signed anew by the provider's own key, or by what `change` makes of it."""

        def bend(method: str, path: str, answer: Answer) -> Answer:
            status, headers, body = answer
            if method != "POST" or path != "/token" or status != 200:
                return answer
            said = json.loads(body)
            header, claims = parts_of(said["id_token"])
            made = change(header, claims)
            said["id_token"] = made or jwt.encode(header, claims, self.signing, algorithms=["PS256"])
            return status, headers, json.dumps(said).encode()

        self.bend = bend

    def log_in(self, url: str, who: str | None) -> dict[str, str]:
        """Go where a browser would go; says what stands in the address that it comes back with. None presses Avbryt."""
        with httpx.Client(follow_redirects=False, timeout=20) as browser:
            answer = browser.get(url)
            for _ in range(12):
                while answer.status_code in {302, 303}:
                    url = urljoin(str(answer.url), answer.headers["location"])
                    if urlsplit(url).port != self.port:
                        return dict(parse_qsl(urlsplit(url).query))
                    answer = browser.get(url)
                assert answer.status_code == 200, (answer.status_code, answer.text)
                action = _Form.action_in(answer.text)
                given = {"who": who, "act": "yes"} if who else {"act": "no"}
                answer = browser.post(urljoin(str(answer.url), action), data=given)
        raise AssertionError("the provider leads round in circles")


class _Form(HTMLParser):
    action = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "form":
            self.action = dict(attrs)["action"] or ""

    @classmethod
    def action_in(cls, text: str) -> str:
        form = cls()
        form.feed(text)
        return form.action


def as_it_is(_method: str, _path: str, answer: Answer) -> Answer:
    return answer


def parts_of(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    first, second = (part + "=" * (-len(part) % 4) for part in token.split(".")[:2])
    return json.loads(base64.urlsafe_b64decode(first)), json.loads(base64.urlsafe_b64decode(second))


def another_key() -> ECKey:
    return ECKey.generate_key("P-256", {"kid": "op-1"}, private=True)


@contextmanager
def running_provider(folder: Path, base: str) -> Iterator[TestProvider]:
    """Start one for a site at `base`."""
    provider = TestProvider(folder)
    provider.write(base)
    command = ["tools/node.sh", "node", "tests/provider.mjs", str(folder)]
    log = (folder / "provider.log").open("wb")
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.strip() == b"ready", (line, (folder / "provider.log").read_text())
    threading.Thread(target=_drain, args=(process.stdout, folder / "said.log"), daemon=True).start()
    server = ThreadingHTTPServer(("127.0.0.1", provider.port), _handler(provider))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
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


def _handler(provider: TestProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if provider.is_down:
                self.close_connection = True
                return
            status, headers, said = provider.pass_on(
                self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body
            )
            self.send_response(status)
            for name, value in headers.items():
                for one in value.split("\n") if name == "set-cookie" else [value]:
                    if one:
                        self.send_header(name, one)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = answer  # noqa: N815
        do_POST = answer  # noqa: N815

        def log_message(self, *_: object) -> None: ...

    return Handler
