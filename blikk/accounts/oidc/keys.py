"""The key with which we show a provider that it is us who ask: a file that only we can read, never in the database."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from blikk.accounts.oidc.faults import Fault, Reason

Key = RSAKey | ECKey
_BITS = 3072
_SMALLEST = 2048


def path_of(name: str) -> Path:
    """Where the key for a provider lies, unless its variable holds it."""
    folder: Path = settings.BLIKK_DATA
    return folder / f"eid_{name}.jwk"


def key_of(name: str) -> Key:
    """The key for a provider. Raises Fault (`setup`) where there is none, or one that is too weak."""
    text = str(settings.BLIKK_PROVIDERS.get(name, {}).get("key", "")) or _kept(name)
    try:
        return imported(json.loads(text))
    except (ValueError, KeyError, TypeError, JoseError) as fault:
        raise Fault(Reason.SETUP, "the key cannot be read") from fault


def imported(said: Mapping[str, Any]) -> Key:
    """Read a private key: RSA of 2048 bits or more, or P-256. Raises ValueError."""
    if said.get("kty") == "RSA":
        rsa = RSAKey.import_key(dict(said))
        if not rsa.is_private or rsa.raw_value.key_size < _SMALLEST:
            raise ValueError("not a private RSA key of 2048 bits or more")
        return rsa
    if said.get("kty") == "EC" and said.get("crv") == "P-256":
        curve = ECKey.import_key(dict(said))
        if not curve.is_private:
            raise ValueError("not a private key")
        return curve
    raise ValueError("neither RSA nor P-256")


def algorithm_of(key: Key, supported: tuple[str, ...] = ()) -> str:
    """How the key signs: what FAPI 2 asks for, or RS256 where the provider knows no other for RSA."""
    if isinstance(key, ECKey):
        return "ES256"
    return "RS256" if supported and "PS256" not in supported and "RS256" in supported else "PS256"


def kid_of(key: Key) -> str:
    """The name under which the provider knows the key: the one it has, or its thumbprint."""
    return str(key.get("kid") or key.thumbprint())


def public_of(key: Key) -> dict[str, Any]:
    """What is given to the provider, as a JWK Set."""
    public = key.as_dict(private=False)
    return {"keys": [{**public, "kid": kid_of(key), "use": "sig", "alg": algorithm_of(key)}]}


def make(name: str) -> Key:
    """Make a key, and keep it in a file that only we can read. Raises FileExistsError rather than lose one."""
    key = RSAKey.generate_key(_BITS, private=True)
    text = json.dumps({**key.as_dict(private=True), "kid": key.thumbprint()})
    path = path_of(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    return key_of(name)


def _kept(name: str) -> str:
    try:
        return path_of(name).read_text(encoding="utf-8")
    except OSError as fault:
        raise Fault(Reason.SETUP, "no key") from fault
