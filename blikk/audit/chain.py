"""How an entry is sealed: each one's MAC covers what it says, its place, and the MAC before it."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

from django.conf import settings

from blikk.audit.models import Anchor, Entry, Head

BEGINNING = "0" * 64


def _key() -> bytes:
    return hashlib.sha256(b"blikk:audit:" + settings.BLIKK_AUDIT_KEY.encode()).digest()


def _seal(*parts: str | int, key: bytes | None = None) -> str:
    text = json.dumps(parts, ensure_ascii=True, separators=(",", ":"))
    return hmac.new(key or _key(), text.encode(), hashlib.sha256).hexdigest()


def moment(at: datetime) -> str:
    """Write a time in the one way that is sealed."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def mac_of(entry: Entry) -> str:
    """Compute what the MAC of an entry must be."""
    return _seal(
        "entry",
        entry.chain,
        entry.number,
        moment(entry.at),
        entry.act,
        entry.actor_kind,
        entry.actor_id,
        entry.place,
        entry.about,
        entry.details,
        entry.previous,
    )


def signature_of(chain: int, number: int, mac: str) -> str:
    """Compute what the signature of a head must be."""
    return _seal("head", chain, number, mac)


def is_signed(head: Head) -> bool:
    return hmac.compare_digest(head.signature, signature_of(head.chain, head.number, head.mac))


def anchor_signature(anchor: Anchor) -> str:
    """Compute what the signature of an anchor must be."""
    times = (moment(anchor.from_at), moment(anchor.until_at), moment(anchor.at))
    return _seal("anchor", anchor.chain, anchor.number, anchor.mac, *times)


def is_anchored(anchor: Anchor) -> bool:
    return hmac.compare_digest(anchor.signature, anchor_signature(anchor))


def words_seal(chain: int, number: int, text: str) -> str:
    """Compute what the entry says of words that stand beside it."""
    return _seal("words", chain, number, text)[:32]
