"""What only the receiver can read: JWE by the receiver's published key (RFC 7516), and the key kept for an hour."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.core.cache import cache
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from blikk.kernel.ids import digest
from blikk.payments.helfo.faults import Fault, Reason

ALG, ENC = "RSA-OAEP-256", "A256GCM"
SMALLEST = 2048
KEPT_FOR = 3600


def seal_for(
    where: str, text: str, *, fetch: Callable[[], Mapping[str, Any]], now: datetime, fresh: bool = False
) -> str:
    """Seal text for whoever publishes keys at an address. Raises Fault where there is no key to use."""
    place = f"helfo:keys:{digest(where)}"
    said = None if fresh else cache.get(place)
    key = _chosen(said, now) if said else None
    if key is None:
        said = dict(fetch())
        key = _chosen(said, now)
        if key is None:
            raise Fault(Reason.NOT_UNDERSTOOD)
        cache.set(place, said, KEPT_FOR)
    header = {"alg": ALG, "enc": ENC, "kid": str(key.get("kid") or key.thumbprint())}
    return jwe.encrypt_compact(header, text.encode(), key, algorithms=[ALG, ENC])


def _chosen(said: Mapping[str, Any], now: datetime) -> RSAKey | None:
    """A set of keys, or one: the description has called it both."""
    several = said.get("keys")
    for one in several if isinstance(several, list) else [said]:
        if isinstance(one, dict) and _fits(one, now):
            try:
                key = RSAKey.import_key({name: one[name] for name in ("kty", "n", "e", "kid") if name in one})
            except (JoseError, ValueError, KeyError, TypeError):
                continue
            if key.raw_value.key_size >= SMALLEST:
                return key
    return None


def _fits(one: Mapping[str, Any], now: datetime) -> bool:
    ends = one.get("exp")
    is_over = isinstance(ends, int | float) and ends <= now.timestamp()
    is_ours = one.get("use", "enc") == "enc" and one.get("alg", ALG) == ALG
    return one.get("kty") == "RSA" and is_ours and not is_over
