"""The demo's own place to pay: it answers as Vipps does and moves no money. Only `blikk demo` serves it.

It stands beside the pages behind the same port, so that whoever tries Blikk can press «Betal», say yes or no, and come
back. What it knows is gone when the demo ends.
"""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.template.loader import render_to_string
from django.utils.module_loading import import_string

if not settings.BLIKK_DEMO:
    raise ImproperlyConfigured("the place to pay that moves no money exists in the demo only")

PAGE = "/demo/betaling/"
API = "/epayment/v1/payments"
OURS = ("/accesstoken/get", API, "/webhooks/v1/webhooks", PAGE)
LARGEST = 64 * 1024


@dataclass(slots=True)
class There:
    """A payment, as the demo's Vipps has it."""

    asked: dict[str, Any]
    state: str = "CREATED"
    captured: int = 0
    cancelled: int = 0
    refunded: int = 0

    @property
    def ore(self) -> int:
        return int(self.asked["amount"]["value"])

    def whole(self) -> dict[str, Any]:
        """What Vipps says of a payment."""
        held = self.ore if self.state == "AUTHORIZED" else 0
        sums = (held, self.cancelled, self.captured, self.refunded)
        names = ("authorizedAmount", "cancelledAmount", "capturedAmount", "refundedAmount")
        return {
            "reference": self.asked["reference"],
            "pspReference": f"demo-{self.asked['reference']}",
            "state": self.state,
            "amount": self.asked["amount"],
            "aggregate": {
                name: {"currency": "NOK", "value": ore} for name, ore in zip(names, sums, strict=True)
            },
            "redirectUrl": page_of(self.asked["reference"]),
        }

    def adjust(self, act: str) -> bool:
        """Take, give up or give back; False where it cannot be."""
        if act == "capture" and self.state == "AUTHORIZED" and not self.captured + self.cancelled:
            self.captured = self.ore
        elif act == "cancel" and self.state == "CREATED":
            self.state = "TERMINATED"
        elif act == "cancel" and self.state == "AUTHORIZED" and not self.captured + self.cancelled:
            self.cancelled = self.ore
        elif act == "refund" and self.captured > self.refunded:
            self.refunded = self.captured
        else:
            return False
        return True


_payments: dict[str, There] = {}


def page_of(reference: str) -> str:
    """Where the patient says yes or no."""
    return f"{settings.BLIKK_BASE_URL}{PAGE}{reference}"


def answered(method: str, path: str, body: bytes) -> httpx.Response:
    """Answer a question to the API, or show the page."""
    if path.startswith(PAGE):
        return _page(method, path.removeprefix(PAGE), body)
    if path == "/accesstoken/get":
        return httpx.Response(200, json={"access_token": "demo", "expires_in": "3600"})
    if path.startswith("/webhooks/"):
        return httpx.Response(201, json={"id": "demo", "secret": "demo"})
    if path == API and method == "POST":
        return _begin(json.loads(body))
    reference, _, act = path.removeprefix(f"{API}/").partition("/")
    there = _payments.get(reference)
    if there is None:
        return httpx.Response(404, json={})
    if act and not there.adjust(act):
        return httpx.Response(409, json={})
    return httpx.Response(200, json=there.whole())


def _begin(asked: dict[str, Any]) -> httpx.Response:
    there = _payments.setdefault(asked["reference"], There(asked))
    return httpx.Response(
        201, json={"reference": there.asked["reference"], "redirectUrl": page_of(asked["reference"])}
    )


def _page(method: str, reference: str, body: bytes) -> httpx.Response:
    there = _payments.get(reference)
    if there is None:
        return httpx.Response(404, html=render_to_string("demo/pay.html", {}))
    if method == "POST":
        if there.state == "CREATED":
            there.state = "AUTHORIZED" if b"answer=yes" in body else "ABORTED"
        back = str(there.asked.get("returnUrl") or settings.BLIKK_BASE_URL)
        return httpx.Response(303, headers={"Location": back})
    amount = f"{there.ore // 100},{there.ore % 100:02d}"
    shown = {
        "amount": amount,
        "said": there.asked.get("paymentDescription"),
        "is_open": there.state == "CREATED",
    }
    return httpx.Response(200, html=render_to_string("demo/pay.html", {"payment": shown}))


@cache
def _blikk() -> Any:
    return import_string("blikk.config.asgi.application")


async def application(scope: Any, receive: Any, send: Any) -> None:
    """What is asked of the place to pay is answered here; all else is Blikk's."""
    if scope["type"] != "http" or not scope["path"].startswith(OURS):
        await _blikk()(scope, receive, send)
        return
    body, more = b"", True
    while more and len(body) <= LARGEST:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    answer = answered(scope["method"], scope["path"], body)
    await send({"type": "http.response.start", "status": answer.status_code, "headers": answer.headers.raw})
    await send({"type": "http.response.body", "body": answer.content})
