"""Text that is encrypted at rest, and digests by which it is found again without being read."""

import base64
import hashlib
import hmac
import os
from collections.abc import Iterator, Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Max
from django.db.models.functions import Cast, Substr

_NONCE = 12
_AT_ONCE = 500
# Version and key of what is sealed: v2:0123abcd
_NAME = 11


class KeyIsMissing(Exception):
    """What was sealed with a key that BLIKK_FIELD_KEYS does not hold any more cannot be read."""


def derived_key(secret: str, use: bytes = b"field") -> bytes:
    """The 256 bits for one use from one of our keys."""
    return HKDF(hashes.SHA256(), 32, b"blikk", use).derive(secret.encode())


def key_id(secret: str) -> str:
    """The name of a key, which stands before everything that it sealed; nothing of the key follows from it."""
    return hashlib.sha256(derived_key(secret, b"id")).hexdigest()[:8]


def seal(text: str, bound_to: str) -> str:
    """Encrypt text so that it can only be read again as what it is `bound_to`; the newest key does it."""
    newest = settings.BLIKK_FIELD_KEYS[0]
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(derived_key(newest)).encrypt(nonce, text.encode(), bound_to.encode())
    return f"v2:{key_id(newest)}:" + base64.b64encode(nonce + sealed).decode()


def unseal(sealed: str, bound_to: str) -> str:
    """Read what `seal` made. Raises KeyIsMissing."""
    version, name, text = sealed.split(":", 2)
    raw = base64.b64decode(text)
    key = derived_key(_secret_of(version, name))
    return AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], bound_to.encode()).decode()


def _secret_of(version: str, name: str) -> str:
    keys: Sequence[str] = settings.BLIKK_FIELD_KEYS
    if version == "v1":
        # Scar: keys were counted from the oldest, so that none could ever be taken out of the list.
        place = len(keys) - int(name)
        if not 0 <= place < len(keys):
            raise KeyIsMissing(name)
        return keys[place]
    found = next((key for key in keys if key_id(key) == name), None)
    if found is None:
        raise KeyIsMissing(name)
    return found


def is_newest(sealed: str) -> bool:
    """Whether the newest key sealed it."""
    return sealed.startswith(f"v2:{key_id(settings.BLIKK_FIELD_KEYS[0])}:")


def blinds(purpose: str, value: str) -> list[str]:
    """Digests by which a value of low entropy is found again: one for each key, that of the newest first."""
    return [
        hmac.new(derived_key(secret, b"blind"), f"{purpose}\x00{value}".encode(), hashlib.sha256).hexdigest()
        for secret in settings.BLIKK_FIELD_KEYS
    ]


class _Unsearchable(models.TextField):  # type: ignore[type-arg]
    def bound_to(self) -> str:
        return f"{self.model._meta.label_lower}.{self.attname}"

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise TypeError("an encrypted column cannot be searched")
        return super().get_lookup(lookup_name)


class EncryptedTextField(_Unsearchable):
    """Text under AES-256-GCM, bound to its table and column; the newest key of BLIKK_FIELD_KEYS encrypts.

    The name before the text says which key was used, so that keys can be changed. It cannot be searched.
    """

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if value is None or value == "":
            return value
        return seal(value, self.bound_to())

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        if not value:
            return value
        return unseal(value, self.bound_to())


class ClinicSealedField(_Unsearchable):
    """As `EncryptedTextField`, bound to the row's clinic as well: moved to another clinic's row it cannot be read.

    The attribute holds the sealed text, so that a row can be printed or logged without giving it away; who needs the
    text asks for it by name.
    """

    def put(self, row: models.Model, text: str) -> None:
        """Seal a text into a row; the caller saves it."""
        setattr(row, self.attname, seal(text, self._bound_in(row)))

    def text_in(self, row: models.Model) -> str:
        """The text of a row."""
        return unseal(getattr(row, self.attname), self._bound_in(row))

    def _bound_in(self, row: models.Model) -> str:
        return f"{self.bound_to()}:{row.clinic_id}"  # type: ignore[attr-defined]


def unreadable_columns() -> list[str]:
    """The encrypted columns that hold what no key of today opens; one value for each key is tried."""
    return sorted(
        {
            field.bound_to()
            for model, field in _columns()
            for row in _one_for_each_key(model, field)
            if not _opens(*row)
        }
    )


def _one_for_each_key(model: type[models.Model], field: _Unsearchable) -> Iterator[tuple[str, str]]:
    lying = model._default_manager.annotate(lies=Cast(field.attname, models.TextField())).exclude(lies="")
    by_key = (
        lying.annotate(sealer=Substr("lies", 1, _NAME))
        .order_by("sealer")
        .values("sealer")
        .annotate(newest=Max("pk"))
    )
    of_clinic = ("clinic_id",) if isinstance(field, ClinicSealedField) else ()
    newest = [row["newest"] for row in by_key]
    for sealed, *clinic in lying.filter(pk__in=newest).values_list("lies", *of_clinic):
        yield sealed, ":".join([field.bound_to(), *map(str, clinic)])


def _opens(sealed: str, bound_to: str) -> bool:
    try:
        unseal(sealed, bound_to)
    except (KeyIsMissing, InvalidTag, ValueError):
        return False
    return True


def renew_columns() -> int:
    """Seal anew, with the newest key, what an older one sealed in any encrypted column; says how many values."""
    return sum(_renew(model, field) for model, field in _columns())


def _columns() -> Iterator[tuple[type[models.Model], _Unsearchable]]:
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, _Unsearchable):
                yield model, field


def _renew(model: type[models.Model], field: _Unsearchable) -> int:
    """One column. What somebody changed in the same moment is left alone: it was sealed with the newest key."""
    lying = model._default_manager.annotate(lies=Cast(field.attname, models.TextField())).exclude(lies="")
    of_clinic = ("clinic_id",) if isinstance(field, ClinicSealedField) else ()
    last, renewed = 0, 0
    while rows := lying.filter(pk__gt=last).order_by("pk").values_list("pk", "lies", *of_clinic)[:_AT_ONCE]:
        for pk, sealed, *clinic in rows:
            last = pk
            if is_newest(sealed):
                continue
            bound_to = ":".join([field.bound_to(), *map(str, clinic)])
            text = unseal(sealed, bound_to)
            # The one kind of column seals what is written to it; the other takes it as it is.
            value = seal(text, bound_to) if of_clinic else text
            renewed += lying.filter(pk=pk, lies=sealed).update(**{field.attname: value})
    return renewed
