"""A gateway that calls us, with the secret in its address and a signature over what it says."""

import hashlib
import hmac
import json
from dataclasses import dataclass

import pytest
import time_machine
from django.test import Client

from tests.builders import NOW

SECRET = "s" * 40
KEY = "k" * 40
TEMPLATE = {
    "name": "Test",
    "send": {"url": "https://sms.example.no", "json": {"to": "{to}"}, "id": "id"},
    "report": {
        "body": "json",
        "items": "reports",
        "id": "id",
        "reference": "ref",
        "state": "state",
        "accepted": ["sent"],
        "delivered": ["delivered"],
        "failed": ["failed", "unknown"],
        "not_in_use": {"at": "state", "is": ["unknown"]},
        "answer": "OK",
    },
    "text": {"body": "form", "id": "id", "from": "from", "words": "message"},
    "signature": {"header": "X-Signature", "timestamp": "X-Timestamp", "prefix": "sha256="},
}


@dataclass
class Caller:
    """Calls as the gateway would."""

    secret: str = SECRET
    key: str = KEY
    moment: int = int(NOW.timestamp())

    def signed(self, body: bytes) -> dict[str, str]:
        made = hmac.new(self.key.encode(), f"{self.moment}.".encode() + body, hashlib.sha256).hexdigest()
        return {"X-Timestamp": str(self.moment), "X-Signature": f"sha256={made}"}

    def report(self, *reports: dict, headers: dict[str, str] | None = None, raw: bytes | None = None):
        body = json.dumps({"reports": reports}).encode() if raw is None else raw
        return Client(enforce_csrf_checks=True).post(
            f"/api/sms/{self.secret}/report",
            body,
            content_type="application/json",
            headers=self.signed(body) if headers is None else headers,
        )

    def text(self, **said: str):
        body = "&".join(f"{name}={value}" for name, value in said.items()).encode()
        return Client(enforce_csrf_checks=True).post(
            f"/api/sms/{self.secret}/text",
            body,
            content_type="application/x-www-form-urlencoded",
            headers=self.signed(body),
        )


@pytest.fixture
def caller(db, settings, tmp_path):
    path = tmp_path / "gateway.json"
    path.write_text(json.dumps(TEMPLATE))
    settings.BLIKK_SMS_TRANSPORT = "http"
    settings.BLIKK_SMS_GATEWAY = str(path)
    settings.BLIKK_SMS_HOOK_SECRET = SECRET
    settings.BLIKK_SMS_HOOK_KEY = KEY
    with time_machine.travel(NOW, tick=False):
        yield Caller()
