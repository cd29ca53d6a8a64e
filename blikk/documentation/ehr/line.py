"""The line to a journal system: hosts that the operator has named, TLS, no redirects, a limit to time and to size."""

import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
from django.conf import settings

from blikk.documentation.ehr.addresses import require_allowed
from blikk.documentation.ehr.faults import Fault, Reason

# A server that drips its answer may not hold a worker for ever, nor fill its memory.
CONNECT, SILENT, LONGEST = 5.0, 15.0, 30.0
LARGEST = 8 * 1024 * 1024
LONGEST_WAIT = 6 * 3600.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def content(self) -> Mapping[str, Any]:
        """The JSON object in it. Raises Fault (`not_fhir`)."""
        try:
            said = json.loads(self.body)
        except (ValueError, RecursionError) as fault:
            raise Fault(Reason.NOT_FHIR) from fault
        if not isinstance(said, dict):
            raise Fault(Reason.NOT_FHIR)
        return said

    def wait(self, now: datetime) -> float:
        """For how many seconds the other side asks to be left alone (Retry-After, as a number or as a date)."""
        said = self.headers.get("retry-after", "").strip()
        if said.isascii() and said.isdigit():
            return min(float(said[:9]), LONGEST_WAIT)
        try:
            until = parsedate_to_datetime(said)
            seconds = (until - now).total_seconds()
        except (ValueError, TypeError):
            return 0.0
        return min(max(seconds, 0.0), LONGEST_WAIT)


class Line:
    """Open for as long as there is something to ask; redirects and the machine's proxies are not followed."""

    def __init__(self) -> None:
        trusted = ssl.create_default_context()
        ca = settings.BLIKK_EHR_CA
        if ca and Path(ca).is_file():
            trusted.load_verify_locations(ca)
        self._client = httpx.Client(
            verify=trusted,
            timeout=httpx.Timeout(SILENT, connect=CONNECT),
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "Blikk", "Accept-Encoding": "identity"},
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
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        query: str = "",
        content: bytes | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask, and read the answer to its end whatever its number is.

        Raises Fault: host_not_allowed, certificate or no_answer. After the last one it is not known whether the
        other side has heard us.
        """
        target = require_allowed(url) + (f"?{query}" if query else "")
        until = time.monotonic() + LONGEST
        try:
            with self._client.stream(
                method, target, headers=dict(headers or {}), params=params, content=content, data=form
            ) as answer:
                body = bytearray()
                for part in answer.iter_raw():
                    body += part
                    if len(body) > LARGEST or time.monotonic() > until:
                        raise Fault(Reason.NO_ANSWER)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as fault:
            raise Fault(_why(fault)) from fault
        return Answer(answer.status_code, answer.headers, bytes(body))


def _why(fault: BaseException) -> Reason:
    cause: BaseException | None = fault
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Reason.CERTIFICATE
        cause = cause.__cause__ or cause.__context__
    return Reason.NO_ANSWER
