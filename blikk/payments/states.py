"""The life of a charge, and of a file of claims."""

from django.db import models

from blikk.kernel.moves import Moves


class ChargeStatus(models.TextChoices):
    """Whether a charge stands."""

    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


CHARGE = Moves({ChargeStatus.ACCEPTED: frozenset({ChargeStatus.WITHDRAWN})})


class FileStatus(models.TextChoices):
    """Where a file of claims is."""

    MADE = "made"
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    DELIVERED = "delivered"
    REFUSED = "refused"
    BY_HAND = "by_hand"


_F = FileStatus
CLAIM_FILE = Moves(
    {
        _F.MADE: frozenset({_F.SENDING, _F.BY_HAND}),
        _F.SENDING: frozenset({_F.DELIVERED, _F.REFUSED, _F.UNCERTAIN, _F.BY_HAND}),
        _F.UNCERTAIN: frozenset({_F.DELIVERED, _F.SENDING, _F.BY_HAND}),
        # It was taken in, and turns out to be one that cannot be read.
        _F.DELIVERED: frozenset({_F.REFUSED}),
        _F.REFUSED: frozenset({_F.SENDING, _F.BY_HAND}),
    }
)
