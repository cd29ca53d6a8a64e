"""What must not be read at rest: bytes and texts sealed with AES-256-GCM, bound to what they are and where they belong.

A sealed thing begins with the name of its key, so that `BLIKK_FIELD_KEYS` can get a new first key while what was
sealed with the older ones can still be read, and be sealed anew until those are not needed any more.
"""

import os
from collections.abc import Iterator
from typing import Any, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.conf import settings
from django.db import models

from blikk.kernel.secrets import KeyIsMissing, derived_key, key_id

_MARK = b"B2"
_HEAD = len(_MARK) + 4
_NONCE = 12


class Unreadable(ValueError):
    """Not sealed by us, sealed for another place, changed since, or sealed with a key that is gone."""


class SealedField(models.BinaryField):  # type: ignore[type-arg]
    """A column of what was sealed here, bound to a word and to the public name of its row, or of what it belongs to.

    Nothing is sealed or opened by itself: who writes and reads it says when. The column knows what it is bound to.
    """

    def __init__(self, *args: Any, bound_to: str, named_by: str = "public_id", **named: Any) -> None:
        super().__init__(*args, **named)
        self.word, self.named_by = bound_to, named_by

    def deconstruct(self) -> Any:
        """To the database these are bytes."""
        name, _, args, named = super().deconstruct()
        return name, "django.db.models.BinaryField", args, named

    def clone(self) -> "SealedField":
        _, _, args, named = self.deconstruct()
        return SealedField(*args, bound_to=self.word, named_by=self.named_by, **named)

    def bound(self, name: str) -> str:
        return f"{self.word}:{name}"


def bound_in(model: type[models.Model], column: str, name: str) -> str:
    """What something in a column is bound to, for the row of that name."""
    return cast("SealedField", model._meta.get_field(column)).bound(name)


def key_for_now(purpose: str) -> bytes:
    """256 bits for one purpose, from the key that seals now."""
    return derived_key(settings.BLIKK_FIELD_KEYS[0], purpose.encode())


def seal(raw: bytes, *, bound_to: str) -> bytes:
    """Seal bytes so that they open only as what they are `bound_to`: what they are, and the row's public id."""
    head, nonce = _newest_head(), os.urandom(_NONCE)
    return head + nonce + AESGCM(key_for_now("sealing")).encrypt(nonce, raw, head + bound_to.encode())


def unseal(sealed: bytes, *, bound_to: str) -> bytes:
    """Open what `seal` closed. Raises Unreadable."""
    sealed = bytes(sealed)
    head, nonce, rest = sealed[:_HEAD], sealed[_HEAD : _HEAD + _NONCE], sealed[_HEAD + _NONCE :]
    if not head.startswith(_MARK) or len(rest) < 16:
        raise Unreadable("not sealed by us")
    secret = next((one for one in settings.BLIKK_FIELD_KEYS if _head_of(one) == head), None)
    if secret is None:
        raise Unreadable("no such key")
    try:
        return AESGCM(derived_key(secret, b"sealing")).decrypt(nonce, rest, head + bound_to.encode())
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
    return bytes(sealed[:_HEAD]) == _newest_head()


def renew_sealed() -> int:
    """Seal anew, with the newest key, what an older one sealed in any column; says how many. Raises KeyIsMissing."""
    return sum(_renew(model, field) for model, field in _columns())


def unreadable_sealed() -> list[str]:
    """The columns that hold something which no key of today opens."""
    return sorted(
        field.word
        for model, field in _columns()
        if any(not _opens(sealed, field.bound(name)) for _, sealed, name in _older(model, field))
    )


def _renew(model: type[models.Model], field: SealedField) -> int:
    renewed = 0
    for pk, sealed, name in _older(model, field):
        try:
            raw = unseal(sealed, bound_to=field.bound(name))
        except Unreadable:
            raise KeyIsMissing(sealed[len(_MARK) : _HEAD].hex()) from None
        # What somebody changed in the same moment is left alone: it was sealed with the newest key.
        same = model._default_manager.filter(**{"pk": pk, field.attname: sealed})
        renewed += same.update(**{field.attname: seal(raw, bound_to=field.bound(name))})
    return renewed


def _older(model: type[models.Model], field: SealedField) -> Iterator[tuple[Any, bytes, str]]:
    """What the newest key did not seal, one by one: a photo may have megabytes."""
    rows = model._default_manager.order_by("pk").values_list("pk", field.attname, field.named_by)
    for pk, sealed, name in rows.iterator(chunk_size=20):
        if sealed and not is_newest(sealed):
            yield pk, bytes(sealed), name


def _columns() -> Iterator[tuple[type[models.Model], SealedField]]:
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, SealedField):
                yield model, field


def _opens(sealed: bytes, bound_to: str) -> bool:
    try:
        unseal(sealed, bound_to=bound_to)
    except Unreadable:
        return False
    return True


def _newest_head() -> bytes:
    return _head_of(settings.BLIKK_FIELD_KEYS[0])


def _head_of(secret: str) -> bytes:
    return _MARK + bytes.fromhex(key_id(secret))
