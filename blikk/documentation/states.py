"""The life of a note."""

from django.db import models

from blikk.kernel.moves import Moves


class NoteStatus(models.TextChoices):
    """Whether a note can still be written in."""

    DRAFT = "draft"
    SIGNED = "signed"


NOTE = Moves({NoteStatus.DRAFT: frozenset({NoteStatus.SIGNED})})


class TakenHow(models.TextChoices):
    """How a signed version came to the journal."""

    TEXT = "text"
    PDF = "pdf"
    BY_HAND = "by_hand"


# A journal in this country is written in one of these.
NOTE_LANGUAGES = [("nb", "nb"), ("nn", "nn")]


class DeliveryStatus(models.TextChoices):
    """How far something has come on its way to the journal system."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    STOPPED = "stopped"
    BY_HAND = "by_hand"


_WAITING, _DELIVERED, _STOPPED, _BY_HAND = DeliveryStatus

DELIVERY = Moves(
    {
        _WAITING: frozenset({_DELIVERED, _STOPPED, _BY_HAND}),
        _STOPPED: frozenset({_WAITING, _BY_HAND}),
    }
)
