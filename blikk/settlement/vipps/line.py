"""The line to Vipps: one host, no redirects, a token kept until it ends, and what each answer means for the money."""

import json
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from types import TracebackType
from typing import Any

import httpx
from django.conf import settings
from django.core.cache import cache

from blikk.kernel.ids import digest
from blikk.kernel.secrets import KeyIsMissing, seal, unseal
from blikk.settlement.addresses import trusted
from blikk.settlement.payment_tables import MoneySetup
from blikk.settlement.providers import Fault, Reason

CONNECT, SILENT = 5.0, 10.0
LARGEST = 256 * 1024
# A token is given up a little before it ends.
MARGIN, LONGEST = 120, 12 * 3600
_SECRET = MoneySetup._meta.get_field("vipps_client_secret")
_KEY = MoneySetup._meta.get_field("vipps_subscription_key")


class Line:
    """A clinic's own line: a context manager, so that it is closed."""

    def __init__(self, setup: MoneySetup, *, transport: httpx.BaseTransport | None = None) -> None:
        self.setup = setup
        self._client = httpx.Client(
            base_url=settings.BLIKK_VIPPS_URL,
            timeout=httpx.Timeout(SILENT, connect=CONNECT),
            follow_redirects=False,
            trust_env=False,
            verify=trusted(),
            transport=transport,
        )

    def __enter__(self) -> "Line":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._client.close()

    def ask(
        self, method: str, path: str, *, now: datetime, body: Mapping[str, Any] | None = None, key: str = ""
    ) -> Mapping[str, Any]:
        """Ask with a token; once more with a new one where the old one is not known any more. Raises Fault."""
        for is_last in (False, True):
            headers = {**self._standing(), "Authorization": f"Bearer {self._token()}"}
            if key:
                headers["Idempotency-Key"] = key
            answer = self._send(method, path, headers, body)
            if answer.status_code != 401 or is_last:
                break
            cache.delete(self._place())
        return _content(answer)

    def _token(self) -> str:
        place = self._place()
        kept = cache.get(place)
        if kept:
            try:
                return unseal(kept, place)
            except (KeyIsMissing, ValueError):
                cache.delete(place)
        keys = {"client_id": self.setup.vipps_client_id, "client_secret": self._secret()}
        said = _content(self._send("POST", "/accesstoken/get", {**self._standing(), **keys}, None))
        token = said.get("access_token")
        if not isinstance(token, str) or not token:
            raise Fault(Reason.NOT_UNDERSTOOD)
        lasts = _seconds(said.get("expires_in")) - MARGIN
        if lasts > 0:
            cache.set(place, seal(token, place), min(lasts, LONGEST))
        return token

    def _secret(self) -> str:
        return _SECRET.text_in(self.setup)

    def _place(self) -> str:
        about = (self.setup.public_id, self.setup.vipps_client_id, self.setup.vipps_client_secret)
        return f"vipps:token:{digest(chr(0).join(about))}"

    def _standing(self) -> dict[str, str]:
        return {
            "Ocp-Apim-Subscription-Key": _KEY.text_in(self.setup),
            "Merchant-Serial-Number": self.setup.vipps_serial,
            "Vipps-System-Name": "blikk",
            "Vipps-System-Version": version("blikk"),
        }

    def _send(
        self, method: str, path: str, headers: Mapping[str, str], body: Mapping[str, Any] | None
    ) -> httpx.Response:
        try:
            return self._client.request(method, path, headers=headers, json=body)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as fault:
            raise Fault(Reason.NO_ANSWER) from fault


def _content(answer: httpx.Response) -> Mapping[str, Any]:
    code = answer.status_code
    if not 200 <= code < 300:
        raise Fault(_reason(code))
    if code == 204 or not answer.content:
        return {}
    if len(answer.content) > LARGEST:
        raise Fault(Reason.NOT_UNDERSTOOD)
    try:
        said = json.loads(answer.content)
    except (ValueError, RecursionError) as fault:
        raise Fault(Reason.NOT_UNDERSTOOD) from fault
    if not isinstance(said, dict):
        raise Fault(Reason.NOT_UNDERSTOOD)
    return said


def _reason(code: int) -> Reason:
    if code == 429:
        return Reason.BUSY
    if code >= 500 or code == 408:
        return Reason.TROUBLED
    if code in {401, 403}:
        return Reason.NOT_ALLOWED
    if code == 404:
        return Reason.NOT_THERE
    return Reason.REFUSED if code >= 400 else Reason.NOT_UNDERSTOOD


def _seconds(said: object) -> int:
    """How long a token lasts: Vipps says it as text."""
    try:
        return int(str(said))
    except ValueError:
        return 0
