"""The life of a note."""

from django.db import models

from blikk.kernel.moves import Moves


class NoteStatus(models.TextChoices):
    """Whether a note can still be written in."""

    DRAFT = "draft"
    SIGNED = "signed"


NOTE = Moves({NoteStatus.DRAFT: frozenset({NoteStatus.SIGNED})})
