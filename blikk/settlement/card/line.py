"""The line to Stripe, by its own library: one host, no redirects, no telemetry, and what a fault means for the money.

The library is an optional part (`blikk[card]`), so it is imported where it is used.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Any

import httpx
from django.conf import settings

from blikk.settlement.addresses import trusted
from blikk.settlement.payment_tables import MoneySetup
from blikk.settlement.providers import Fault, Reason

if TYPE_CHECKING:
    import stripe

CONNECT, SILENT = 5.0, 10.0
LARGEST = 1024 * 1024
# It writes what is asked for about each payment; that belongs in no log.
logging.getLogger("stripe").setLevel(logging.CRITICAL)
_KEY = MoneySetup._meta.get_field("stripe_key")


def is_installed() -> bool:
    """Whether this installation has Stripe's library."""
    try:
        library()
    except Fault:
        return False
    return True


def library() -> ModuleType:
    """Stripe's library, told not to tell Stripe about this machine. Raises Fault where it is not installed."""
    try:
        import stripe
    except ImportError as missing:
        raise Fault(Reason.NOT_SET_UP) from missing
    stripe.enable_telemetry = False
    return stripe


class CardLine:
    """A clinic's own line: a context manager, so that it is closed."""

    def __init__(self, setup: MoneySetup, *, transport: httpx.BaseTransport | None = None) -> None:
        self._http = httpx.Client(
            timeout=httpx.Timeout(SILENT, connect=CONNECT),
            follow_redirects=False,
            # The library's own way takes proxies and passwords from the environment and from .netrc.
            trust_env=False,
            verify=trusted(),
            transport=transport,
        )
        self._setup = setup

    def __enter__(self) -> "CardLine":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._http.close()

    @contextmanager
    def asking(self) -> Iterator["stripe.StripeClient"]:
        """Stripe's client. What goes wrong with it comes out as a Fault."""
        from stripe import StripeClient, StripeError

        client = StripeClient(
            _KEY.text_in(self._setup),
            base_addresses={"api": settings.BLIKK_STRIPE_URL},
            http_client=_our_client()(self._http),
            # A worker that waits holds up the others: the next round asks again, under the same key.
            max_network_retries=0,
        )
        try:
            yield client
        except StripeError as fault:
            raise Fault(_reason(fault)) from fault
        except (ValueError, TypeError, AttributeError, KeyError) as strange:
            raise Fault(Reason.NOT_UNDERSTOOD) from strange


@cache
def _our_client() -> type[Any]:
    from stripe import APIConnectionError, HTTPClient

    lost: Any = APIConnectionError

    class OurClient(HTTPClient):
        """The library's questions over our own line."""

        name = "httpx"

        def __init__(self, http: httpx.Client) -> None:
            super().__init__()
            self._http = http

        def request(
            self,
            method: str,
            url: str,
            headers: Mapping[str, str] | None,
            post_data: Any = None,
            *,
            _usage: list[str] | None = None,
        ) -> tuple[str, int, Mapping[str, str]]:
            try:
                answer = self._http.request(method, url, headers=headers, content=post_data or None)
            except (httpx.HTTPError, httpx.InvalidURL, OSError) as fault:
                raise lost("no answer") from fault
            if len(answer.content) > LARGEST:
                raise lost("too much")
            return answer.content.decode(errors="replace"), answer.status_code, answer.headers

        def close(self) -> None:
            self._http.close()

    return OurClient


def _reason(fault: "stripe.StripeError") -> Reason:
    from stripe import APIConnectionError, IdempotencyError

    code = fault.http_status
    if isinstance(fault, APIConnectionError) or code is None:
        return Reason.NO_ANSWER
    if isinstance(fault, IdempotencyError) or code >= 500 or code == 408:
        return Reason.TROUBLED
    if code in {409, 429}:
        return Reason.BUSY
    if code in {401, 403}:
        return Reason.NOT_ALLOWED
    if code == 404 or fault.code == "resource_missing":
        return Reason.NOT_THERE
    return Reason.REFUSED if code >= 400 else Reason.NOT_UNDERSTOOD
