"""Another system: with a key, an assertion that it signs, and a token that it gets for it."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.test import Client
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from blikk.clinics.machines.scopes import KINDS
from blikk.clinics.machines.services import register
from blikk.clinics.models import Clinic, MachineClient
from blikk.kernel.actors import SYSTEM
from blikk.kernel.ids import new_id
from tests.builders import NOW

BASE = f"{settings.BLIKK_BASE_URL}/fhir"
TOKEN = f"{BASE}/token"
BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
KEY = ECKey.generate_key("P-384", {"kid": "a"}, private=True)
OTHER_KEY = ECKey.generate_key("P-384", {"kid": "a"}, private=True)
RSA = RSAKey.generate_key(2048, {"kid": "r"}, private=True)


def public(*keys: Any) -> str:
    return json.dumps({"keys": [{**key.as_dict(private=False), "kid": key.kid} for key in keys]})


@dataclass
class Asker:
    """A system that asks as itself."""

    client: MachineClient
    key: Any = field(default_factory=lambda: KEY)
    now: datetime = NOW
    browser: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))
    token: str = ""

    def claims(self, **more: Any) -> dict[str, Any]:
        at = int(self.now.timestamp())
        name = self.client.public_id
        said = {"iss": name, "sub": name, "aud": TOKEN, "jti": new_id(), "iat": at, "exp": at + 300}
        return {name: value for name, value in {**said, **more}.items() if value is not None}

    def assertion(self, *, alg: str = "ES384", key: Any = None, header: Any = None, **more: Any) -> str:
        signer = key or self.key
        return jwt.encode(
            {"alg": alg, "kid": "a", **(header or {})}, self.claims(**more), signer, algorithms=[alg]
        )

    def ask(self, assertion: str | None = None, path: str = "/fhir/token", **form: str):
        body = {
            "grant_type": "client_credentials",
            "client_assertion_type": BEARER,
            "client_assertion": assertion or self.assertion(),
            **form,
        }
        text = "&".join(f"{name}={_quoted(value)}" for name, value in body.items() if value)
        return self.browser.post(path, text, content_type="application/x-www-form-urlencoded")

    def enter(self, scope: str = "") -> "Asker":
        answer = self.ask(scope=scope)
        assert answer.status_code == 200, answer.content
        self.token = answer.json()["access_token"]
        return self

    def get(self, path: str, **headers: str):
        shown = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.browser.get(path, headers={**shown, **headers})

    def post(self, path: str, text: str, **headers: str):
        shown = {"Authorization": f"Bearer {self.token}", **headers}
        form = "application/x-www-form-urlencoded"
        return self.browser.post(path, text, content_type=form, headers=shown)

    def later(self, **by: float) -> "Asker":
        self.now += timedelta(**by)
        return self


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="")


def a_system(clinic: Clinic, *, kinds: Any = KINDS, name: str = "Journalen", keys: Any = (KEY,)) -> Asker:
    made = register(clinic, name=name, keys=public(*keys), kinds=kinds, actor=SYSTEM, now=NOW)
    return Asker(made)


def words_of(answer: Any) -> tuple[str, str]:
    """FHIR's code for what is wrong, and the words for a person."""
    assert answer["Content-Type"].startswith("application/fhir+json"), answer.content
    (issue,) = answer.json()["issue"]
    assert answer.json()["resourceType"] == "OperationOutcome"
    return issue["code"], issue["details"]["text"]
