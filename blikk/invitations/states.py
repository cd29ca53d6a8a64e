"""The life of an invitation."""

from django.db import models

from blikk.kernel.moves import Moves


class InvitationStatus(models.TextChoices):
    """Whether a link still leads anywhere."""

    OPEN = "open"
    REVOKED = "revoked"
    ENDED = "ended"


INVITATION = Moves({InvitationStatus.OPEN: frozenset({InvitationStatus.REVOKED, InvitationStatus.ENDED})})


class Revoked(models.TextChoices):
    """Why a link was closed before its consultation ended."""

    CANCELLED = "cancelled"
    MOVED = "moved"
    REPLACED = "replaced"
