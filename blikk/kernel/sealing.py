"""What must not be read at rest: bytes and texts sealed with AES-256-GCM, bound to what they are and where they belong.

A sealed thing begins with the number of its key, so that `BLIKK_FIELD_KEYS` can get a new first key while what
was sealed with the older ones can still be read, and be sealed anew.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_MARK = b"B1"
_HEAD = len(_MARK) + 1
_NONCE = 12


class Unreadable(ValueError):
    """Not sealed by us, sealed for another place, changed since, or sealed with a key that is gone."""


def derived_key(number: int, purpose: str) -> bytes:
    """The 256 bits for one purpose from the key of that number; 1 is the oldest. Raises Unreadable if it is gone."""
    keys: list[str] = settings.BLIKK_FIELD_KEYS
    if not 1 <= number <= len(keys):
        raise Unreadable("no such key")
    secret = keys[len(keys) - number]
    return HKDF(hashes.SHA256(), 32, b"blikk", purpose.encode()).derive(secret.encode())


def newest_key() -> int:
    """The number of the key that seals now."""
    return len(settings.BLIKK_FIELD_KEYS)


def seal(raw: bytes, *, bound_to: str) -> bytes:
    """Seal bytes so that they open only as what they are `bound_to`: table, column and the row's public id."""
    number, nonce = newest_key(), os.urandom(_NONCE)
    head = _MARK + bytes([number])
    sealed = AESGCM(derived_key(number, "sealing")).encrypt(nonce, raw, head + bound_to.encode())
    return head + nonce + sealed


def unseal(sealed: bytes, *, bound_to: str) -> bytes:
    """Open what `seal` closed. Raises Unreadable."""
    sealed = bytes(sealed)
    head, nonce, rest = sealed[:_HEAD], sealed[_HEAD : _HEAD + _NONCE], sealed[_HEAD + _NONCE :]
    if not head.startswith(_MARK) or len(rest) < 16:
        raise Unreadable("not sealed by us")
    try:
        return AESGCM(derived_key(head[-1], "sealing")).decrypt(nonce, rest, head + bound_to.encode())
    except InvalidTag:
        raise Unreadable("changed, or sealed for another place") from None


def seal_text(text: str, *, bound_to: str) -> bytes:
    """As `seal`, for words."""
    return seal(text.encode(), bound_to=bound_to)


def unseal_text(sealed: bytes, *, bound_to: str) -> str:
    """As `unseal`, for words."""
    return unseal(sealed, bound_to=bound_to).decode()


def is_newest(sealed: bytes) -> bool:
    """Whether the newest key sealed this; otherwise it can be sealed anew."""
    return bytes(sealed[:_HEAD]) == _MARK + bytes([newest_key()])
