"""A row in plain values, for the person whom it is about: without keys, digests and what only the program needs."""

from datetime import date, datetime
from typing import Any

from django.db import models

from blikk.kernel.sealing import SealedField
from blikk.kernel.secrets import ClinicSealedField

# Secrets, even as digests; and how the program keeps things apart.
NEVER_TOLD = frozenset(
    {
        *("id", "clinic", "version", "key", "reference", "index", "topic", "order"),
        *(
            "token_digest",
            "code_key",
            "secret_digest",
            "digits_key",
            "browser_digest",
            "said_digest",
            "message_key",
        ),
        *("done_digest", "done_version", "seat", "epoch", "seat_seen_at", "leased_by", "lease_until"),
        *("address", "host_address", "names"),
    }
)


def told(row: models.Model) -> dict[str, Any]:
    """What a row says, by the names of its columns. Whom and what it leads to stands there by name."""
    found: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.name in NEVER_TOLD or isinstance(field, SealedField):
            continue
        value = _value(row, field)
        if value not in ("", None, [], {}):
            found[field.name] = value
    return found


def _value(row: models.Model, field: "models.Field[Any, Any]") -> Any:
    if isinstance(field, ClinicSealedField):
        return field.text_in(row) if getattr(row, field.attname) else ""
    value = getattr(row, field.name)
    if isinstance(value, models.Model):
        return getattr(value, "name", "") or getattr(value, "public_id", "") or None
    if isinstance(value, datetime):
        return value.isoformat()
    return value.isoformat() if isinstance(value, date) else value
