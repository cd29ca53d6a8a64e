"""The public keys of another system: read from what an administrator pastes, and never fetched from anywhere."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from blikk.kernel.errors import Invalid

MOST_KEYS = 6
LONGEST = 20_000
_SMALLEST_RSA, _LARGEST_RSA = 2048, 8192
_CURVES: Mapping[str, str] = {"P-256": "ES256", "P-384": "ES384"}
_RSA_ALGORITHMS = ("RS384", "PS256", "PS384")
ALGORITHMS: Sequence[str] = (*_RSA_ALGORITHMS, *_CURVES.values())

Key = RSAKey | ECKey


def read_keys(typed: str) -> list[dict[str, Any]]:
    """Read a JWK Set, a single JWK or a public key as PEM. Raises Invalid (`keys`).

    A private key is refused in so many words: it was on its way to where it must never be.
    """
    text = typed.strip()
    if not text:
        raise Invalid(keys="missing")
    if len(text) > LONGEST:
        raise Invalid(keys="not_keys")
    if "PRIVATE KEY" in text:
        raise Invalid(keys="private_key")
    if text.startswith("-----BEGIN"):
        return [_from_pem(text)]
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise Invalid(keys="not_keys") from fault
    several = said.get("keys", [said]) if isinstance(said, dict) else None
    if not isinstance(several, list) or not several or len(several) > MOST_KEYS:
        raise Invalid(keys="not_keys")
    found = [_read(one) for one in several]
    if len({key["kid"] for key in found}) != len(found):
        raise Invalid(keys="keys_of_one_name")
    return found


def algorithms_for(key: Mapping[str, Any]) -> Sequence[str]:
    """How a key may sign: what it says itself, of what its kind can."""
    fitting = _RSA_ALGORITHMS if key["kty"] == "RSA" else (_CURVES[key["crv"]],)
    said = key.get("alg")
    return fitting if said is None else tuple(one for one in fitting if one == said)


def imported(key: Mapping[str, Any]) -> Key:
    """A key that was read before, ready to be used."""
    return RSAKey.import_key(dict(key)) if key["kty"] == "RSA" else ECKey.import_key(dict(key))


def _read(said: object) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise Invalid(keys="not_keys")
    if "d" in said or "k" in said or "p" in said:
        raise Invalid(keys="private_key" if said.get("kty") in {"RSA", "EC"} else "not_keys")
    if said.get("use", "sig") != "sig":
        raise Invalid(keys="not_keys")
    try:
        key = _strong(said)
    except (JoseError, ValueError, KeyError, TypeError) as fault:
        raise Invalid(keys="not_keys") from fault
    kid = said.get("kid")
    public = {**key.as_dict(private=False), "use": "sig", "kid": kid or key.thumbprint()}
    if "alg" in said:
        public["alg"] = said["alg"]
    if not isinstance(public["kid"], str) or len(public["kid"]) > 200 or not algorithms_for(public):
        raise Invalid(keys="not_keys")
    return {name: value for name, value in public.items() if name in _KEPT}


_KEPT = frozenset({"kty", "kid", "use", "alg", "n", "e", "crv", "x", "y"})


def _strong(said: Mapping[str, Any]) -> Key:
    if said.get("kty") == "RSA":
        rsa = RSAKey.import_key(dict(said))
        if not _SMALLEST_RSA <= rsa.raw_value.key_size <= _LARGEST_RSA:
            raise Invalid(keys="weak_key")
        return rsa
    if said.get("kty") == "EC" and said.get("crv") in _CURVES:
        return ECKey.import_key(dict(said))
    raise ValueError("neither RSA nor P-256 nor P-384")


def _from_pem(text: str) -> dict[str, Any]:
    for kind in (RSAKey, ECKey):
        try:
            key = kind.import_key(text)
        except (JoseError, ValueError, TypeError, AttributeError):
            continue
        return _read(key.as_dict(private=False))
    raise Invalid(keys="not_keys")
