"""A text column that is encrypted at rest."""

import base64
import os
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models


def _key(secret: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, b"blikk", b"field").derive(secret.encode())


def seal(text: str, bound_to: str) -> str:
    """Encrypt text so that it can only be read again as what it is `bound_to`; the number says which key."""
    keys = settings.BLIKK_FIELD_KEYS
    nonce = os.urandom(12)
    sealed = AESGCM(_key(keys[0])).encrypt(nonce, text.encode(), bound_to.encode())
    return f"v1:{len(keys)}:" + base64.b64encode(nonce + sealed).decode()


def unseal(sealed: str, bound_to: str) -> str:
    """Read what `seal` made."""
    _version, number, text = sealed.split(":", 2)
    raw = base64.b64decode(text)
    keys = settings.BLIKK_FIELD_KEYS
    key = _key(keys[len(keys) - int(number)])
    return AESGCM(key).decrypt(raw[:12], raw[12:], bound_to.encode()).decode()


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text under AES-256-GCM, bound to its table and column; the newest key of BLIKK_FIELD_KEYS encrypts.

    The number before the text says which key was used, so that keys can be rotated. It cannot be searched.
    """

    def _bound_to(self) -> str:
        return f"{self.model._meta.label_lower}.{self.attname}"

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if value is None or value == "":
            return value
        return seal(value, self._bound_to())

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        if not value:
            return value
        return unseal(value, self._bound_to())

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise TypeError("an encrypted column cannot be searched")
        return super().get_lookup(lookup_name)
