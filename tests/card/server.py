"""A stand-in for Stripe behind a port, with the faults that a real one has.

It answers what we ask of Checkout Sessions, PaymentIntents, Refunds and webhook endpoints as Stripe's published
description (github.com/stripe/openapi) and its pages on each say: a PaymentIntent comes into being when the patient
gives a card, is held until it is captured, and ends when it is cancelled; a page can be expired while it is open; no
more is given back than was taken. The first answer to an idempotency key is kept and given again, a fault of Stripe's
own with it; the same key with other words is refused. Questions are held against the description (`description.py`).
"""

import json
import random
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.test import override_settings

from tests.builders import NOW
from tests.card.description import NotAsDescribed, check, check_answer, operation, unfolded
from tests.vipps.server import Weather

LEAST_ORE = 300


class CardWeather(Weather):
    """Stripe's own: a fault that was answered to a key is answered to it again."""

    KINDS = ("lost", "silent_after", "500_before", "500_after", "503", "429", "garbage", "401", "500_kept")


@dataclass
class There:
    """A page for paying, and the money behind it."""

    id: str
    reference: str
    asked: dict[str, Any]
    status: str = "open"
    intent: str = ""
    cancelled_for: str | None = None
    captured: int = 0
    refunded: int = 0
    captures: int = 0

    @property
    def amount(self) -> int:
        return int(self.asked["line_items"][0]["price_data"]["unit_amount"])

    @property
    def name(self) -> str:
        return f"pi_{self.id}"


@dataclass
class MockStripe:
    weather: Weather = field(default_factory=CardWeather)
    clock: Callable[[], datetime] = lambda: NOW
    # By what it is called there; by our reference the one that the patient was sent to.
    sessions: dict[str, There] = field(default_factory=dict)
    answers: dict[str, tuple[str, int, Any]] = field(default_factory=dict)
    hooks: list[dict[str, Any]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    tell: Callable[[dict[str, Any]], None] = lambda event: None
    address: str = ""
    lock: Lock = field(default_factory=Lock)

    @property
    def payments(self) -> dict[str, There]:
        """By our reference; where several were made because an answer was lost, the one that was used."""
        return {
            each.reference: each
            for each in sorted(self.sessions.values(), key=lambda each: bool(each.intent))
        }

    # What the patient does on the page, and what time does.

    def approve(self, reference: str, there: str = "") -> None:
        """A card is given on a page: the money is held."""
        for each in self._of(reference, there):
            if each.status == "open":
                each.status, each.intent = "complete", "requires_capture"
                self._happened(each, "checkout.session.completed", self._session(each))
                self._happened(each, "payment_intent.amount_capturable_updated", self._intent(each))

    def abort(self, reference: str, state: str = "ABORTED") -> None:
        """The card is refused and the patient leaves; or the time is up."""
        for each in self._of(reference):
            if each.status == "open" and state == "EXPIRED":
                each.status = "expired"
                self._happened(each, "checkout.session.expired", self._session(each))
            elif each.status == "open":
                each.intent = "requires_payment_method"

    def run_out(self, reference: str) -> None:
        """Nobody took the money that was held."""
        for each in self._of(reference):
            each.intent, each.cancelled_for = "canceled", "automatic"

    def _of(self, reference: str, there: str = "") -> list[There]:
        found = [each for each in self.sessions.values() if each.reference == reference]
        return [each for each in found if there in ("", each.id)]

    # The API.

    def answer(self, method: str, path: str, body: str, headers: dict[str, str]) -> tuple[int, Any] | None:
        """Status and content; None where nothing comes back. Content that is no dictionary is sent as it is."""
        with self.lock:
            kind = self.weather.next()
            key = headers.get("idempotency-key", "")
            if kind == "lost":
                return None
            if kind in {"500_before", "503", "429", "401"}:
                return int(kind[:3]), _fault("api_error")
            if kind == "500_kept":
                if key:
                    self.answers.setdefault(key, (body, 500, _fault("api_error")))
                return 500, _fault("api_error")
            status, said = self._answered(method, path, body, headers, key)
            if kind == "silent_after":
                return None
            if kind == "500_after":
                return 500, _fault("api_error")
            return (200, "<html>") if kind == "garbage" else (status, said)

    def _answered(
        self, method: str, path: str, body: str, headers: dict[str, str], key: str
    ) -> tuple[int, Any]:
        self.asked.append((method, urlsplit(path).path))
        self.headers.append(headers)
        if not headers.get("authorization", "").startswith("Bearer sk_test_"):
            return 401, _fault("invalid_request_error")
        if method == "POST" and key in self.answers:
            before, status, said = self.answers[key]
            return (status, said) if before == body else (400, _fault("idempotency_error"))
        try:
            status, said = self._done(method, path, body)
        except NotAsDescribed as fault:
            self.wrong.append(str(fault))
            status, said = 400, _fault("invalid_request_error")
        check_answer(said)
        if method == "POST" and key:
            self.answers[key] = (body, status, said)
        return status, said

    def _done(self, method: str, path: str, body: str) -> tuple[int, Any]:
        at = urlsplit(path)
        pattern, name, asked = operation(method, at.path)
        said = unfolded(parse_qsl(body if method == "POST" else at.query, keep_blank_values=True))
        check(asked, said)
        if pattern == "/v1/checkout/sessions":
            return self._create(said)
        if pattern == "/v1/refunds":
            return self._refund(said)
        if pattern.startswith("/v1/webhook_endpoints"):
            return self._hook(method, name, said)
        there = self.sessions.get(name.removeprefix("pi_"))
        if there is None:
            return 404, _fault("invalid_request_error", "resource_missing")
        act = {"expire": self._expire, "capture": self._capture, "cancel": self._cancel}.get(
            pattern.rpartition("/")[2]
        )
        if act is None:
            return 200, self._session(there, is_whole=said.get("expand") == ["payment_intent.latest_charge"])
        return act(there)

    def _create(self, said: dict[str, Any]) -> tuple[int, Any]:
        open_for = int(said["expires_at"]) - self.clock().timestamp()
        if not 30 * 60 <= open_for <= 24 * 3600:
            return 400, _fault("invalid_request_error")
        there = There(f"cs{secrets.token_hex(8)}", said["client_reference_id"], said)
        if there.amount < LEAST_ORE or said["line_items"][0]["price_data"]["currency"] != "nok":
            return 400, _fault("invalid_request_error", "amount_too_small")
        if said["payment_intent_data"]["capture_method"] != "manual":
            raise NotAsDescribed("this stand-in holds money before it is taken")
        self.sessions[there.id] = there
        return 200, self._session(there)

    def _expire(self, there: There) -> tuple[int, Any]:
        if there.status != "open":
            return 400, _fault("invalid_request_error")
        there.status = "expired"
        self._happened(there, "checkout.session.expired", self._session(there))
        return 200, self._session(there)

    def _capture(self, there: There) -> tuple[int, Any]:
        if there.intent != "requires_capture":
            return 400, _fault("invalid_request_error", "payment_intent_unexpected_state")
        there.intent, there.captured = "succeeded", there.amount
        there.captures += 1
        self._happened(there, "payment_intent.succeeded", self._intent(there))
        return 200, self._intent(there)

    def _cancel(self, there: There) -> tuple[int, Any]:
        # While the page is open it is the page that is ended.
        if there.intent != "requires_capture" or there.status == "open":
            return 400, _fault("invalid_request_error", "payment_intent_unexpected_state")
        there.intent, there.cancelled_for = "canceled", "requested_by_customer"
        self._happened(there, "payment_intent.canceled", self._intent(there))
        return 200, self._intent(there)

    def _refund(self, said: dict[str, Any]) -> tuple[int, Any]:
        there = self.sessions.get(said["payment_intent"].removeprefix("pi_"))
        if there is None:
            return 404, _fault("invalid_request_error", "resource_missing")
        ore = int(said["amount"])
        if there.refunded + ore > there.captured:
            return 400, _fault("invalid_request_error", "charge_already_refunded")
        self.give_back(there, ore)
        return 200, {"id": f"re_{there.id}", "object": "refund", "amount": ore, "status": "succeeded"}

    def give_back(self, there: There, ore: int) -> None:
        there.refunded += ore
        self._happened(there, "charge.refunded", self._charge(there))

    def _hook(self, method: str, name: str, said: dict[str, Any]) -> tuple[int, Any]:
        if method == "POST":
            hook = {
                "id": f"we_{len(self.answers)}{len(self.hooks)}",
                "secret": "whsec_" + secrets.token_hex(8),
            }
            self.hooks.append({**hook, **said})
            return 200, {**hook, "object": "webhook_endpoint"}
        self.hooks = [hook for hook in self.hooks if hook["id"] != name]
        return 200, {"id": name, "object": "webhook_endpoint", "deleted": True}

    def _session(self, there: There, *, is_whole: bool = False) -> dict[str, Any]:
        intent = (self._intent(there) if is_whole else there.name) if there.intent else None
        return {
            "id": there.id,
            "object": "checkout.session",
            "client_reference_id": there.reference,
            "amount_total": there.amount,
            "currency": "nok",
            "status": there.status,
            "payment_status": "paid" if there.captured else "unpaid",
            "payment_intent": intent,
            "metadata": there.asked["metadata"],
            "url": f"https://checkout.stripe.com/c/pay/{there.id}" if there.status == "open" else None,
        }

    def _intent(self, there: There) -> dict[str, Any]:
        return {
            "id": there.name,
            "object": "payment_intent",
            "amount": there.amount,
            "amount_received": there.captured,
            "currency": "nok",
            "status": there.intent,
            "cancellation_reason": there.cancelled_for,
            "metadata": there.asked["payment_intent_data"]["metadata"],
            "latest_charge": self._charge(there),
        }

    def _charge(self, there: There) -> dict[str, Any]:
        return {
            "id": f"ch_{there.id}",
            "object": "charge",
            "amount": there.amount,
            "amount_captured": there.captured,
            "amount_refunded": there.refunded,
            "metadata": there.asked["payment_intent_data"]["metadata"],
        }

    def _happened(self, there: There, name: str, about: dict[str, Any]) -> None:
        self.tell(
            {
                "id": f"evt_{secrets.token_hex(8)}",
                "object": "event",
                "type": name,
                "livemode": False,
                "data": {"object": about},
            }
        )


def _fault(kind: str, code: str | None = None) -> dict[str, Any]:
    return {"error": {"type": kind, "code": code, "message": "No."}}


@contextmanager
def a_stripe(*, chance: float = 0.0, seed: int = 1) -> Iterator[MockStripe]:
    """A stand-in on a port that is free, which Blikk takes for Stripe until the end of the block."""
    stripe = MockStripe(CardWeather(chance, random.Random(seed)))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _one(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            lower = {name.lower(): value for name, value in self.headers.items()}
            found = stripe.answer(self.command, self.path, body, lower)
            if found is None:
                self.close_connection = True
                return
            status, said = found
            content = (said if isinstance(said, str) else json.dumps(said)).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with suppress(BrokenPipeError):  # whoever asked has stopped waiting
                self.wfile.write(content)

        do_GET = do_POST = do_DELETE = _one  # noqa: N815 (as http.server calls them)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stripe.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        with override_settings(BLIKK_STRIPE_URL=stripe.address):
            yield stripe
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
