"""The lives of an invitation, and of what somebody asks for through it."""

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
    GIVEN_UP = "given_up"
    IN_PERSON = "in_person"


class WishStatus(models.TextChoices):
    """What became of something that a patient asked for from the link."""

    ASKED = "asked"
    TAKEN_BACK = "taken_back"
    AGREED = "agreed"
    SETTLED = "settled"


WISH = Moves({WishStatus.ASKED: frozenset({WishStatus.TAKEN_BACK, WishStatus.AGREED, WishStatus.SETTLED})})
