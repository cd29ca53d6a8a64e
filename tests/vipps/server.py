"""Vipps MobilePay as its description says it behaves, with the faults that a real one has. Nothing leaves the process.

`MockVipps.transport()` is for httpx; `tests/vipps/over_http.py` puts the same behind a port.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.vipps.description import NotAsDescribed, check, check_headers, operation, resolved

TOKEN = "eyJ-a-token"


@dataclass
class There:
    """A payment as Vipps has it."""

    reference: str
    asked: dict[str, Any]
    state: str = "CREATED"
    authorised: int = 0
    captured: int = 0
    cancelled: int = 0
    refunded: int = 0
    captures: int = 0

    @property
    def amount(self) -> int:
        return int(self.asked["amount"]["value"])


@dataclass
class Weather:
    """How often something goes wrong, and what: before anything was done, or after it was."""

    chance: float = 0.0
    rng: random.Random = field(default_factory=lambda: random.Random(1))
    befell: dict[str, int] = field(default_factory=dict)
    # What the next questions meet, before chance has its say.
    script: list[str] = field(default_factory=list)

    KINDS = ("lost", "silent_after", "500_before", "500_after", "503", "429", "garbage", "401")

    def next(self) -> str:
        kind = ""
        if self.script:
            kind = self.script.pop(0)
        elif self.rng.random() < self.chance:
            kind = self.rng.choice(self.KINDS)
        if kind:
            self.befell[kind] = self.befell.get(kind, 0) + 1
        return kind


class MockVipps:
    def __init__(self, chance: float = 0.0, seed: int = 1) -> None:
        self.payments: dict[str, There] = {}
        self.answers: dict[tuple[str, str], tuple[str, int, dict[str, Any]]] = {}
        self.weather = Weather(chance, random.Random(seed))
        self.asked: list[tuple[str, str]] = []
        self.hooks: list[dict[str, Any]] = []
        self.wrong: list[str] = []
        # Told of everything that happens to a payment, as webhooks are.
        self.tell: Callable[[dict[str, Any]], None] = lambda event: None

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.answer)

    # What the patient does in the app, and what time does.

    def approve(self, reference: str) -> None:
        there = self.payments[reference]
        if there.state == "CREATED":
            there.state, there.authorised = "AUTHORIZED", there.amount
            self._happened(there, "AUTHORIZED", there.amount)

    def abort(self, reference: str, state: str = "ABORTED") -> None:
        there = self.payments[reference]
        if there.state == "CREATED":
            there.state = state
            self._happened(there, state, there.amount)

    # The API.

    def answer(self, request: httpx.Request) -> httpx.Response:
        kind = self.weather.next()
        if kind == "lost":
            raise httpx.ConnectError("lost", request=request)
        if kind in {"500_before", "503", "429", "401"}:
            return httpx.Response(int(kind[:3]), json=_problem(int(kind[:3])))
        status, body = self._answered(request)
        if kind == "silent_after":
            raise httpx.ReadTimeout("silent", request=request)
        if kind == "500_after":
            return httpx.Response(500, json=_problem(500))
        if kind == "garbage":
            return httpx.Response(200, content=b"<html>")
        return httpx.Response(status, json=body)

    def _answered(self, request: httpx.Request) -> tuple[int, Any]:
        path, method = request.url.path, request.method
        self.asked.append((method, path))
        if path == "/accesstoken/get":
            has_keys = all(request.headers.get(one) for one in ("client_id", "client_secret"))
            return (200, {"access_token": TOKEN, "expires_in": "3599"}) if has_keys else (401, {})
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, _problem(401)
        body = json.loads(request.content) if request.content else None
        if path.startswith("/webhooks/v1/webhooks"):
            return self._hook(method, path, body)
        try:
            return self._described(request, method, path, body)
        except NotAsDescribed as fault:
            self.wrong.append(str(fault))
            return 400, _problem(400)

    def _described(self, request: httpx.Request, method: str, path: str, body: Any) -> tuple[int, Any]:
        described, reference = operation(method, path)
        check_headers(described, dict(request.headers))
        asks = described.get("requestBody")
        if asks:
            check(asks["content"]["application/json"]["schema"], body, "body")
        key = (request.headers.get("idempotency-key", ""), path)
        if method == "POST" and key in self.answers:
            before, status, said = self.answers[key]
            if before != request.content.decode():
                return 409, _problem(409)
            return status, said
        status, said = self._done(described["operationId"], reference, body)
        answer = described["responses"].get(str(status))
        if answer:
            media = next(iter(resolved(answer)["content"].values()))
            check(media["schema"], said, "answer")
        if method == "POST" and status < 400:
            self.answers[key] = (request.content.decode(), status, said)
        return status, said

    def _done(self, what: str, reference: str, body: Any) -> tuple[int, Any]:
        if what == "createPayment":
            return self._create(body)
        there = self.payments.get(reference)
        if there is None:
            return 404, _problem(404)
        if what == "getPayment":
            return 200, self._whole(there) | {
                "paymentMethod": {"type": "WALLET"},
                "profile": {},
                **self._address(there),
            }
        ore = body["modificationAmount"]["value"] if body else 0
        done = {"capturePayment": self._capture, "refundPayment": self._refund}.get(what)
        is_done = done(there, ore) if done else self._cancel(there)
        return (200, self._whole(there)) if is_done else (409, _problem(409))

    def _create(self, body: Any) -> tuple[int, Any]:
        if body["reference"] in self.payments:
            return 409, _problem(409)
        flow = body["userFlow"]
        if (flow == "PUSH_MESSAGE" and "customer" not in body) or (
            flow == "WEB_REDIRECT" and not body.get("returnUrl", "").startswith("https://")
        ):
            raise NotAsDescribed(f"{flow} without what it needs")
        there = self.payments[body["reference"]] = There(body["reference"], body)
        return 201, {"reference": there.reference, **self._address(there)}

    def _address(self, there: There) -> dict[str, str]:
        is_push = there.asked["userFlow"] == "PUSH_MESSAGE"
        return {} if is_push else {"redirectUrl": f"https://landing.vipps.no?token={there.reference}"}

    def _capture(self, there: There, ore: int) -> bool:
        if there.state != "AUTHORIZED" or there.captured + there.cancelled + ore > there.authorised:
            return False
        there.captured += ore
        there.captures += 1
        self._happened(there, "CAPTURED", ore)
        return True

    def _refund(self, there: There, ore: int) -> bool:
        if there.refunded + ore > there.captured:
            return False
        there.refunded += ore
        self._happened(there, "REFUNDED", ore)
        return True

    def _cancel(self, there: There) -> bool:
        if there.state == "CREATED":
            there.state = "TERMINATED"
            self._happened(there, "TERMINATED", there.amount)
            return True
        rest = there.authorised - there.captured - there.cancelled
        if there.state != "AUTHORIZED" or rest <= 0:
            return False
        there.cancelled += rest
        self._happened(there, "CANCELLED", rest)
        return True

    def _whole(self, there: There) -> dict[str, Any]:
        whole = {
            "authorizedAmount": there.authorised,
            "cancelledAmount": there.cancelled,
            "capturedAmount": there.captured,
            "refundedAmount": there.refunded,
        }
        return {
            "amount": _nok(there.amount),
            "state": there.state,
            "aggregate": {name: _nok(ore) for name, ore in whole.items()},
            "pspReference": f"psp-{there.reference}",
            "reference": there.reference,
        }

    def _happened(self, there: There, name: str, ore: int) -> None:
        event = {
            "msn": "123456",
            "reference": there.reference,
            "pspReference": f"psp-{there.reference}",
            "name": name,
            "amount": _nok(ore),
            "timestamp": f"2026-11-24T09:00:{len(self.asked) % 60:02d}.{len(self.asked):06d}Z",
            "idempotencyKey": None,
            "success": True,
        }
        check({"$ref": "#/components/schemas/WebhookEvent"}, event, "webhook")
        self.tell(event)

    def _hook(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        if method == "POST":
            hook = {"id": f"hook-{len(self.hooks) + 1}", "secret": f"secret-{len(self.hooks) + 1}", **body}
            self.hooks.append(hook)
            return 201, {"id": hook["id"], "secret": hook["secret"]}
        name = path.rpartition("/")[2]
        before = len(self.hooks)
        self.hooks = [hook for hook in self.hooks if hook["id"] != name]
        return (204, None) if len(self.hooks) < before else (404, _problem(404))


def _nok(ore: int) -> dict[str, Any]:
    return {"currency": "NOK", "value": ore}


def _problem(status: int) -> dict[str, Any]:
    return {"type": "about:blank", "title": "Problem", "status": status, "traceId": "1"}
