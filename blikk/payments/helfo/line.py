"""The line to one of Helfo's hosts: a HelseID token with proof of its key, sealed bodies, and what an answer means."""

import json
import logging
import ssl
import time
from collections.abc import Mapping
from datetime import datetime
from types import TracebackType
from typing import Any

import httpx

from blikk.accounts.oidc.faults import Fault as NoWord
from blikk.accounts.oidc.faults import Reason as WhyNoWord
from blikk.accounts.oidc.machine import Ticket, ticket_for
from blikk.accounts.oidc.providers import HELFO, Provider, missing, provider
from blikk.payments.helfo.faults import Fault, Reason

for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

CONNECT, SILENT, LONGEST = 4.0, 10.0, 20.0
LARGEST = 4 * 1024 * 1024
LONGEST_WAIT = 3600.0


def client() -> Provider | None:
    """The client by which this installation asks Helfo; None where the operator has set none up."""
    return None if missing(HELFO) else provider(HELFO)


class Line:
    """Open for one errand on behalf of one organisation. A context manager, so that it is closed."""

    def __init__(self, base: str, *, scope: str, organisation: str, patience: float = SILENT) -> None:
        asked = client()
        if asked is None or not organisation:
            raise Fault(Reason.NOT_SET_UP)
        self._asked, self._base, self._scope, self._organisation = asked, base, scope, organisation
        verify = ssl.create_default_context(cafile=asked.ca) if asked.ca else True
        self._client = httpx.Client(
            timeout=httpx.Timeout(patience, connect=min(CONNECT, patience)),
            follow_redirects=False,
            trust_env=False,
            verify=verify,
            headers={"User-Agent": "Blikk", "Accept": "application/json", "Accept-Encoding": "identity"},
        )

    def __enter__(self) -> "Line":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._client.close()

    def ask(
        self,
        method: str,
        path: str,
        *,
        now: datetime,
        params: Mapping[str, str] | None = None,
        sealed: str = "",
        is_open: bool = False,
    ) -> Mapping[str, Any]:
        """Ask; once more with a new token where the old one is not known any more. Raises Fault."""
        url = self._base + path
        if is_open:
            return _content(self._send(method, url, {}, params, sealed), now)
        answer = None
        for is_last in (False, True):
            ticket = self._ticket(now, fresh=is_last)
            answer = self._with_proof(ticket, method, url, params, sealed, now)
            if answer.status_code != 401:
                break
        assert answer is not None  # noqa: S101
        return _content(answer, now)

    def ready(self, *, now: datetime) -> None:
        """Have a token, before anything is written down as sent. Raises Fault."""
        self._ticket(now, fresh=False)

    def _ticket(self, now: datetime, *, fresh: bool) -> Ticket:
        try:
            return ticket_for(
                self._asked, scope=self._scope, organisation=self._organisation, now=now, fresh=fresh
            )
        except NoWord as fault:
            is_refusal = fault.reason == WhyNoWord.SETUP
            raise Fault(Reason.TOKEN_REFUSED if is_refusal else Reason.NO_TOKEN) from fault

    def _with_proof(
        self,
        ticket: Ticket,
        method: str,
        url: str,
        params: Mapping[str, str] | None,
        sealed: str,
        now: datetime,
    ) -> httpx.Response:
        """With a proof for just this question; once more where the other side wants its own number in it."""
        ticket.dpop.nonce = ""
        for is_last in (False, True):
            headers = {
                "Authorization": f"DPoP {ticket.token}",
                "DPoP": ticket.dpop.proof(method, url, ticket.token, now=now),
            }
            answer = self._send(method, url, headers, params, sealed)
            nonce = answer.headers.get("dpop-nonce", "")
            wants = answer.status_code == 401 and "use_dpop_nonce" in answer.headers.get(
                "www-authenticate", ""
            )
            if is_last or not wants or not nonce:
                break
            ticket.dpop.nonce = nonce
        return answer

    def _send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None,
        sealed: str,
    ) -> httpx.Response:
        until = time.monotonic() + LONGEST
        kind = {"Content-Type": "application/jose"} if sealed else {}
        content = sealed.encode() if sealed else None
        try:
            with self._client.stream(
                method, url, headers={**headers, **kind}, params=params, content=content
            ) as answer:
                body = bytearray()
                for part in answer.iter_raw():
                    body += part
                    if len(body) > LARGEST or time.monotonic() > until:
                        raise Fault(Reason.NO_ANSWER)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL) as fault:
            raise Fault(Reason.NOT_REACHED) from fault
        except (httpx.HTTPError, OSError) as fault:
            raise Fault(Reason.NO_ANSWER) from fault
        return httpx.Response(answer.status_code, headers=answer.headers, content=bytes(body))


def _content(answer: httpx.Response, now: datetime) -> Mapping[str, Any]:
    code = answer.status_code
    said = _object(answer.content)
    if code == 429:
        raise Fault(Reason.BUSY, wait=_wait(answer))
    if code >= 500 or code == 408:
        raise Fault(Reason.TROUBLED)
    if code in {401, 403}:
        raise Fault(Reason.NOT_ALLOWED, content=said)
    if code in {404, 405}:
        raise Fault(Reason.NOT_THERE)
    if code >= 400:
        raise Fault(Reason.REFUSED, content=said)
    if code not in {200, 201, 202} or said is None:
        raise Fault(Reason.NOT_UNDERSTOOD)
    return said


def _object(body: bytes) -> Mapping[str, Any] | None:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _wait(answer: httpx.Response) -> float:
    said = answer.headers.get("retry-after", "").strip()
    return min(float(said[:6]), LONGEST_WAIT) if said.isascii() and said.isdigit() else 0.0
