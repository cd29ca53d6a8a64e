"""A stand-in for HelseID, KUHR and the register of exemption cards, over real HTTP, that checks all it can."""

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from joserfc import jwe, jwt
from joserfc.jwk import ECKey, RSAKey

from blikk.accounts.oidc.proofs import b64
from tests.browser.app import free_port
from tests.helfo.schema import SCHEMA, fits

SCOPES = {"kuhr": "hdir:kuhr-krav-api/krav", "frikort": "hdir:frikortsporring/read"}
SEND = "/kuhr/krav/v1/process/sendinnbehandlerkravmelding"
LIST = "/kuhr/krav/v1/data/behandlerkravmelding"
ASK = "/api/frikortsporring/helseid/v1"
ORGANISATION, PRACTICE = "889640782", "1000005649"

Answer = tuple[int, dict[str, Any]]


class No(Exception):
    """What was asked is refused."""

    def __init__(self, status: int, said: dict[str, Any] | None = None) -> None:
        super().__init__(status)
        self.status, self.said = status, said or {}


class StandIn:
    """`faults` are used up in their order, each by the next question to its path; see `_fault`."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.client_key = RSAKey.generate_key(2048, {"kid": "helfo-1"}, private=True)
        self.signing = RSAKey.generate_key(2048, {"kid": "sts-1"}, private=True)
        self.renew_keys()
        self.behave()

    def renew_keys(self) -> None:
        self.sealing = RSAKey.generate_key(2048, {"kid": f"enc-{time.monotonic_ns()}"}, private=True)

    def behave(self) -> None:
        """Start anew with nothing."""
        self.faults: dict[str, list[str]] = {}
        self.messages: dict[str, dict[str, Any]] = {}
        self.cards: dict[str, bool] = {}
        self.asked: list[tuple[str, str]] = []
        self.proofs: set[str] = set()
        self.refused_tokens: set[str] = set()
        self.tokens = 0
        self.nonce = ""
        self.has_contract = True
        self.practice = PRACTICE
        self.decide: dict[str, tuple[str, list[dict[str, Any]]]] = {}
        self.is_decided = True
        self.payout = "ikke_sendt_til_utbetaling"
        self.now = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

    def settings(self) -> dict[str, Any]:
        return {
            "profile": "helseid-test",
            "issuer": self.url,
            "client_id": "blikk-helfo",
            "tenancy": "multi",
            "par": False,
            "key": json.dumps(self.client_key.as_dict(private=True)),
        }

    def fails(self, path: str, *faults: str) -> None:
        self.faults.setdefault(path, []).extend(faults)

    @property
    def bills(self) -> list[dict[str, Any]]:
        """Every bill that was ever taken, in its order."""
        return [one for kept in self.messages.values() for one in kept["behandlerkrav"]["regninger"]]

    def times(self, path: str) -> int:
        return sum(path == at for _, at in self.asked)

    # HelseID

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/connect/authorize",
            "token_endpoint": f"{self.url}/connect/token",
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint_auth_signing_alg_values_supported": ["PS256"],
        }

    def token(self, form: dict[str, str], proof: str) -> Answer:
        key = RSAKey.import_key(self.client_key.as_dict(private=False))
        claims = jwt.decode(form["client_assertion"], key, algorithms=["PS256"]).claims
        is_whole = claims["aud"] == self.url and claims["iss"] == claims["sub"] == "blikk-helfo"
        (details,) = claims["assertion_details"]
        whose = details["practitioner_role"]["organization"]["identifier"]
        if form["grant_type"] != "client_credentials" or not is_whole or form["scope"] not in SCOPES.values():
            raise No(400, {"error": "invalid_client"})
        if details["type"] != "helseid_authorization" or whose["system"] != "urn:oid:1.0.6523":
            raise No(400, {"error": "invalid_client"})
        jkt = self._proof(proof, "POST", "/connect/token", "")
        self.tokens += 1
        said = {
            "scope": form["scope"],
            "orgnr": whose["value"].removeprefix("NO:ORGNR:"),
            "cnf": {"jkt": jkt},
            "jti": str(self.tokens),
        }
        made = jwt.encode({"alg": "RS256", "kid": "sts-1"}, said, self.signing)
        return 200, {"access_token": made, "token_type": "DPoP", "expires_in": 3600}

    def _proof(self, proof: str, method: str, path: str, token: str) -> str:
        header = json.loads(_raw(proof.split(".")[0]))
        key = ECKey.import_key(header["jwk"])
        claims = jwt.decode(proof, key, algorithms=["ES256"]).claims
        is_fresh = claims["jti"] not in self.proofs
        self.proofs.add(claims["jti"])
        is_right = (claims["htm"], claims["htu"]) == (method, self.url + path) and header["typ"] == "dpop+jwt"
        if not is_right or not is_fresh or "d" in header["jwk"]:
            raise No(401, {"error": "invalid_dpop_proof"})
        if token and claims.get("ath") != b64(hashlib.sha256(token.encode()).digest()):
            raise No(401, {"error": "invalid_dpop_proof"})
        if token and self.nonce and claims.get("nonce") != self.nonce:
            raise No(401, {"error": "use_dpop_nonce"})
        return str(key.thumbprint())

    def _allowed(self, headers: dict[str, str], method: str, path: str, api: str) -> None:
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind != "DPoP" or token in self.refused_tokens:
            raise No(401, {"feilkode": "AUTENTISERING_FEILET"})
        claims = jwt.decode(token, self.signing, algorithms=["RS256"]).claims
        if claims["cnf"]["jkt"] != self._proof(headers.get("dpop", ""), method, path, token):
            raise No(401)
        if claims["scope"] != SCOPES[api] or claims["orgnr"] != ORGANISATION:
            raise No(403, {"feilkode": "INGEN_TILGANG"})
        self.last_token = token

    def forget_tokens(self) -> None:
        """The tokens that were used are not known any more."""
        self.refused_tokens.add(self.last_token)

    # What is behind it

    def answer(self, method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> Answer:
        public = self.sealing.as_dict(private=False) | {"use": "enc", "alg": "RSA-OAEP-256"}
        if path == "/.well-known/openid-configuration":
            return 200, self.metadata()
        if path == "/connect/token":
            return self.token(dict(parse_qsl(body.decode())), headers.get("dpop", ""))
        if path == "/api/frikortsporring/jwks":
            return 200, {"keys": [public]}
        api = "frikort" if path.startswith("/api/") else "kuhr"
        self._allowed(headers, method, path, api)
        if path == "/kuhr/krav/v1/jwk":
            return 200, {"keys": [public]}
        if path == "/kuhr/krav/v1/data/praksis":
            return 200, {"praksiser": [{"praksisId": self.practice, "type": "FALE", "status": "ok"}]}
        if (method, path) == ("POST", SEND):
            return self.take(self._opened(headers, body))
        if path == LIST:
            return 200, {"behandlerkravmeldinger": [self._row(name) for name in self.messages]}
        if path.startswith(f"{LIST}/"):
            return 200, {"behandlerkravmeldinger": [self._whole(path.rpartition("/")[2])]}
        if (method, path) == ("POST", f"{ASK}/klientstatus"):
            self._opened(headers, body)
            fine = {"status": "OK", "beskrivelse": "OK"}
            contract = fine if self.has_contract else {"status": "FEIL", "beskrivelse": "ingen avtale"}
            return 200, {"autentisering": fine, "kryptering": fine, "helfoAvtale": contract}
        if (method, path) == ("POST", ASK):
            return self.card(self._opened(headers, body))
        raise No(404)

    def _opened(self, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        if headers.get("content-type") != "application/jose":
            raise No(400, {"feilmeldinger": [{"kode": "UKJENT_FORMAT", "melding": "ikke JWE"}]})
        try:
            opened = jwe.decrypt_compact(body.decode(), self.sealing, algorithms=["RSA-OAEP-256", "A256GCM"])
        except Exception as fault:
            raise No(400, {"feilkode": "UGYLDIG_REQUEST"}) from fault
        assert opened.protected["kid"] == self.sealing["kid"]
        said = json.loads(opened.plaintext or b"")
        assert isinstance(said, dict)
        return said

    def take(self, whole: dict[str, Any]) -> Answer:
        wrong = ""
        if not fits(whole, SCHEMA):
            wrong = "UKJENT_FELT"
        elif whole["praksisId"] != self.practice:
            wrong = "UKJENT_PRAKSISID"
        elif whole in self.messages.values():
            wrong = "DUPLIKAT_KRAV"
        name = f"00000000-0000-4000-a000-{len(self.asked):012}"
        if wrong:
            faults = [{"kode": wrong, "melding": f"Feil: {wrong}"}]
            raise No(
                400, {"behandlerkravmeldingId": name, "status": "feil_i_melding", "feilmeldinger": faults}
            )
        self.messages[name] = whole
        return 200, {"behandlerkravmeldingId": name, "status": "mottatt"}

    def _row(self, name: str) -> dict[str, Any]:
        whole = self.messages[name]
        return {
            "behandlerkravmeldingId": name,
            "meldingsstatus": "sendt_til_behandling",
            "kontrollstatus": "ferdig_kontrollert" if self.is_decided else "kontrolleres",
            "utbetalingsstatus": self.payout,
            "praksisId": whole["praksisId"],
            "mottattidspunkt": self.now.isoformat(),
            "sumKravbelop": whole["behandlerkrav"]["belop"],
            "sumUtbetaltbelop": whole["behandlerkrav"]["belop"] if self.payout == "utbetalt" else None,
            "antallRegninger": whole["behandlerkrav"]["antallRegninger"],
        }

    def _whole(self, name: str) -> dict[str, Any]:
        bills = []
        for one in self.messages[name]["behandlerkrav"]["regninger"]:
            status, remarks = self.decide.get(one["regningsnummer"], ("godkjent", []))
            bills.append(
                {
                    "status": status if self.is_decided else "behandles",
                    "guid": one["guid"],
                    "regningsnummer": one["regningsnummer"],
                    "merknader": remarks,
                }
            )
        paid = {"utbetaltdato": "2026-11-27T08:30:00+01:00"} if self.payout == "utbetalt" else {}
        sent, decided = {"regninger": bills, "merknader": []}, {"utbetaling": paid, "merknader": []}
        return {**self._row(name), "innsending": sent, "vedtak": decided}

    def card(self, asked: dict[str, Any]) -> Answer:
        assert set(asked) == {"borgerIdent", "tjenestetypeKode", "tjenestedato"}
        if asked["tjenestetypeKode"] not in {"LE", "HS", "PO", "PS", "FT"}:
            raise No(400, {"feilkode": "UGYLDIG_REQUEST"})
        return 200, {"harEgenandelsfritak": self.cards.get(asked["borgerIdent"], False)}


def _raw(part: str) -> bytes:
    import base64

    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            at = urlsplit(self.path)
            stand_in.asked.append((self.command, at.path))
            waiting = stand_in.faults.get(at.path, [])
            fault = waiting.pop(0) if waiting else ""
            if fault == "hang_up":
                self.close_connection = True
                return None
            if fault.isdigit():
                return self.say(int(fault), {"feilkode": "INTERN_FEIL"})
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                status, said = stand_in.answer(self.command, at.path, at.query, headers, body)
            except No as no:
                status, said = no.status, no.said
            except Exception as broken:  # noqa: BLE001
                status, said = 400, {"error": f"stand_in: {broken!r}"}
            if fault == "taken_and_silent":
                self.close_connection = True
                return None
            if fault == "taken_and_500":
                status, said = 500, {}
            return self.say(status, said)

        def say(self, status: int, said: dict[str, Any]) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            if said.get("error") == "use_dpop_nonce":
                self.send_header("WWW-Authenticate", 'DPoP error="use_dpop_nonce"')
                self.send_header("DPoP-Nonce", stand_in.nonce)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = reply  # noqa: N815
        do_POST = reply  # noqa: N815

        def log_message(self, *_: object) -> None: ...

    return Handler


@contextmanager
def running_stand_in() -> Iterator[StandIn]:
    """Start one on a free port."""
    stand_in = StandIn()
    server = ThreadingHTTPServer(("127.0.0.1", stand_in.port), _handler(stand_in))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
