"""The line to a provider: only to hosts of theirs, https, no redirects, five seconds, one megabyte."""

import json
import logging
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from blikk.accounts.oidc.faults import Fault, Reason
from blikk.accounts.oidc.providers import Provider

# httpx writes whole addresses into its log, and those of providers hold codes.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

WITHIN = 5.0
LARGEST = 1024 * 1024
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the headers by small names, and the JSON object in the body."""

    status: int
    headers: Mapping[str, str]
    content: Mapping[str, Any]


def require_theirs(url: str, provider: Provider) -> str:
    """An address as it may be gone to. Raises Fault (`setup`) for a host that is not the provider's."""
    try:
        at, issuer = urlsplit(url), urlsplit(provider.issuer)
        host, own, port = (at.hostname or "").lower(), (issuer.hostname or "").lower(), at.port
    except ValueError as fault:
        raise Fault(Reason.SETUP, "no address") from fault
    is_here = settings.BLIKK_DEMO and host in _HERE
    if (at.scheme != "https" and not (is_here and at.scheme == "http")) or at.username or at.password:
        raise Fault(Reason.SETUP, "not https")
    is_theirs = host == own or host.endswith(f".{own}") or host in provider.hosts
    if not own or not is_theirs or (not is_here and port not in {None, 443, issuer.port}):
        raise Fault(Reason.SETUP, f"not a host of the provider: {host}")
    return url


class Line:
    """Open for one question and what belongs to it."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        verify = ssl.create_default_context(cafile=provider.ca) if provider.ca else True
        self._client = httpx.Client(
            timeout=WITHIN,
            follow_redirects=False,
            trust_env=False,
            verify=verify,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask, and read a JSON object. Raises Fault (`down`) where none came back, or a server at fault."""
        target = require_theirs(url, self._provider)
        asked = {"Accept": "application/json", **(headers or {})}
        try:
            with self._client.stream(method, target, headers=asked, data=data) as response:
                body = _read(response)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as fault:
            raise Fault(Reason.DOWN, type(fault).__name__) from fault
        if response.status_code >= 500 or 300 <= response.status_code < 400:
            raise Fault(Reason.DOWN, str(response.status_code))
        return Answer(response.status_code, response.headers, _object(body))


def _read(response: httpx.Response) -> bytes:
    until = time.monotonic() + WITHIN
    body = b""
    for part in response.iter_bytes():
        body += part
        if len(body) > LARGEST:
            raise Fault(Reason.DOWN, "too large")
        if time.monotonic() > until:
            raise Fault(Reason.DOWN, "too slow")
    return body


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise Fault(Reason.DOWN, "no JSON") from fault
    if not isinstance(content, dict):
        raise Fault(Reason.DOWN, "no JSON object")
    return content
