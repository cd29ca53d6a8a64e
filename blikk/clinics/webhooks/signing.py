"""What a call says, and how it is signed: as Standard Webhooks has it, so that others' libraries can check it.

Signed is `<id>.<seconds>.<body>`, with HMAC-SHA256. While a secret is changed there are two signatures, with a space
between them; who receives it takes either.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from blikk.clinics.webhook_tables import Webhook, WebhookEvent

_SECRET, _BEFORE = Webhook._meta.get_field("secret"), Webhook._meta.get_field("secret_before")
MARK = "whsec_"


def new_secret() -> str:
    """A secret to sign with: 256 random bits, written as the standard writes them."""
    return MARK + base64.b64encode(secrets.token_bytes(32)).decode()


def secrets_of(hook: Webhook, *, now: datetime) -> Sequence[str]:
    """The secrets that sign now: the newest, and the one before it until it runs out."""
    found = [_SECRET.text_in(hook)]
    if hook.secret_before and hook.before_until is not None and hook.before_until > now:
        found.append(_BEFORE.text_in(hook))
    return found


def body_of(event: WebhookEvent) -> bytes:
    """What a call says: what happened, when, and the names of what it is about. It is the same at every try."""
    said = {
        "type": f"consultation.{event.happening}",
        "timestamp": event.happened_at.astimezone(UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z"),
        "data": {"sequence": event.number, **event.names},
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def headers_of(event: WebhookEvent, body: bytes, keys: Sequence[str], *, now: datetime) -> dict[str, str]:
    """The headers of one try: the name of the call, the moment, and the signatures over both and the body."""
    moment = str(int(now.timestamp()))
    signed = f"{event.public_id}.{moment}.".encode() + body
    return {
        "Content-Type": "application/json",
        "webhook-id": event.public_id,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(_signature(key, signed) for key in keys),
    }


def _signature(key: str, signed: bytes) -> str:
    raw = base64.b64decode(key.removeprefix(MARK))
    return "v1," + base64.b64encode(hmac.new(raw, signed, hashlib.sha256).digest()).decode()
