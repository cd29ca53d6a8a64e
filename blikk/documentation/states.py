"""The life of a note."""

from django.db import models

from blikk.kernel.moves import Moves


class NoteStatus(models.TextChoices):
    """Whether a note can still be written in."""

    DRAFT = "draft"
    SIGNED = "signed"


NOTE = Moves({NoteStatus.DRAFT: frozenset({NoteStatus.SIGNED})})


class PhraseStatus(models.TextChoices):
    """Whether a phrase is offered."""

    IN_USE = "in_use"
    REMOVED = "removed"


PHRASE = Moves({PhraseStatus.IN_USE: frozenset({PhraseStatus.REMOVED})})
