"""Handing documents over to the access point that a clinic's accounts use: Blikk is none itself."""

import os
from pathlib import Path
from typing import Protocol

from django.conf import settings

from blikk.kernel.errors import Refused


class NotHandedOver(Refused):
    """The document lies nowhere: it can be handed over again."""

    code = "not_handed_over"


class PeppolDelivery(Protocol):
    """Safe to do again: the same document under the same name is there once. Raises NotHandedOver."""

    def hand_over(self, document: bytes, *, name: str) -> None: ...


class Folder:
    """A folder that an access point empties. A file is there whole or not at all."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def hand_over(self, document: bytes, *, name: str) -> None:
        target = self._folder / name
        fresh = self._folder / f".{name}.part"
        try:
            with fresh.open("wb") as file:
                file.write(document)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(target)
        except OSError as fault:
            raise NotHandedOver from fault


def chosen_delivery() -> PeppolDelivery | None:
    """How this installation hands documents over; None where the desk downloads them."""
    return Folder(settings.BLIKK_PEPPOL_FOLDER) if settings.BLIKK_PEPPOL_FOLDER else None
