"""The life of a charge."""

from django.db import models

from blikk.kernel.moves import Moves


class ChargeStatus(models.TextChoices):
    """Whether a charge stands."""

    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


CHARGE = Moves({ChargeStatus.ACCEPTED: frozenset({ChargeStatus.WITHDRAWN})})
