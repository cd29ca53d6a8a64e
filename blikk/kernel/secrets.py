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


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text under AES-256-GCM, bound to its table and column; the newest key of BLIKK_FIELD_KEYS encrypts.

    The number before the text says which key was used, so that keys can be rotated. It cannot be searched.
    """

    def _bound_to(self) -> bytes:
        return f"{self.model._meta.label_lower}.{self.attname}".encode()

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if value is None or value == "":
            return value
        keys = settings.BLIKK_FIELD_KEYS
        nonce = os.urandom(12)
        sealed = AESGCM(_key(keys[0])).encrypt(nonce, value.encode(), self._bound_to())
        return f"v1:{len(keys)}:" + base64.b64encode(nonce + sealed).decode()

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        if not value:
            return value
        _version, number, sealed = value.split(":", 2)
        raw = base64.b64decode(sealed)
        keys = settings.BLIKK_FIELD_KEYS
        key = keys[len(keys) - int(number)]
        return AESGCM(_key(key)).decrypt(raw[:12], raw[12:], self._bound_to()).decode()

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise TypeError("an encrypted column cannot be searched")
        return super().get_lookup(lookup_name)
