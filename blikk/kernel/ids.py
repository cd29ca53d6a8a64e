"""Opaque identifiers, secrets and their digests."""

import hashlib
import hmac
import secrets

from django.conf import settings

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TYPED_CODE_LENGTH = 10
_LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, ".": None})


def new_id() -> str:
    """Make an identifier that may stand in an address: 128 random bits, 22 signs, no meaning."""
    return secrets.token_urlsafe(16)


def new_secret() -> str:
    """Make a secret of 256 random bits, 43 url-safe signs (security D1)."""
    return secrets.token_urlsafe(32)


def new_digits(length: int) -> str:
    """Make a numeric code, each digit evenly likely."""
    return "".join(secrets.choice("0123456789") for _ in range(length))


def new_typed_code() -> str:
    """Make a code of ten signs to type, in Crockford's base 32 (50 bits; no I, L, O or U)."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(TYPED_CODE_LENGTH))


def normal_code(typed: str) -> str | None:
    """Read a typed code the way it was meant; None if it cannot be one."""
    code = typed.strip().upper().translate(_LOOK_ALIKES)
    if len(code) != TYPED_CODE_LENGTH or any(sign not in CROCKFORD for sign in code):
        return None
    return code


def digest(secret: str) -> str:
    """Hash a secret of high entropy for storage and lookup."""
    return hashlib.sha256(secret.encode()).hexdigest()


def keyed(purpose: str, value: str) -> str:
    """Hash a value of low entropy with the server's key, bound to its purpose."""
    key = hashlib.sha256(b"blikk:" + purpose.encode() + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare two digests in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())


def urn_of(kind: str, key: str) -> str:
    """The name of a thing for the whole world: always the same for the same thing, and nothing follows from it."""
    raw = bytearray(hashlib.sha256(f"{kind}\x00{key}".encode()).digest()[:16])
    raw[6], raw[8] = (raw[6] & 0x0F) | 0x80, (raw[8] & 0x3F) | 0x80  # version 8 of RFC 9562: our own making
    text = raw.hex()
    return "urn:uuid:" + "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def fhir_id(key: str) -> str:
    """A public id as FHIR allows it: there is no underscore in its alphabet, and no dot in ours."""
    return key.replace("_", ".")


def key_in(identifier: str) -> str:
    """The public id that became a FHIR id."""
    return identifier.replace(".", "_")
