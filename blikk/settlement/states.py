"""The life of a bill."""

from django.db import models

from blikk.kernel.moves import Moves


class BillStatus(models.TextChoices):
    """Where a bill is on its way to being settled."""

    OPEN = "open"
    INVOICED = "invoiced"
    PAID = "paid"
    CREDITED = "credited"
    REFUNDED = "refunded"


_OPEN, _INVOICED, _PAID, _CREDITED, _REFUNDED = BillStatus

BILL = Moves(
    {
        _OPEN: frozenset({_INVOICED, _PAID, _CREDITED}),
        _INVOICED: frozenset({_PAID, _CREDITED}),
        _PAID: frozenset({_REFUNDED}),
    }
)

# What can still be paid.
OUTSTANDING = (_OPEN, _INVOICED)
