"""The life of a bill, and of each attempt to pay it."""

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
# Taken back or given back: another bill can be made about the same thing.
GONE = (_CREDITED, _REFUNDED)


class PaymentStatus(models.TextChoices):
    """Where one attempt to pay a bill is. The three in -ing are what we want done and have not been told is done."""

    CREATED = "created"
    REDIRECTED = "redirected"
    PUSHED = "pushed"
    AUTHORISED = "authorised"
    CAPTURING = "capturing"
    CAPTURED = "captured"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    REFUNDING = "refunding"
    REFUNDED = "refunded"
    FAILED = "failed"
    EXPIRED = "expired"


_P = PaymentStatus
_ENDS = frozenset({_P.CANCELLED, _P.FAILED, _P.EXPIRED})

PAYMENT = Moves(
    {
        _P.CREATED: _ENDS | {_P.REDIRECTED, _P.PUSHED, _P.AUTHORISED, _P.CAPTURED, _P.CANCELLING},
        _P.REDIRECTED: _ENDS | {_P.AUTHORISED, _P.CAPTURED, _P.CANCELLING},
        _P.PUSHED: _ENDS | {_P.AUTHORISED, _P.CAPTURED, _P.CANCELLING},
        _P.AUTHORISED: _ENDS | {_P.CAPTURING, _P.CAPTURED, _P.CANCELLING},
        _P.CAPTURING: _ENDS | {_P.CAPTURED},
        _P.CAPTURED: frozenset({_P.REFUNDING, _P.REFUNDED}),
        # What was taken although it was to be cancelled is given back.
        _P.CANCELLING: _ENDS | {_P.REFUNDING},
        _P.REFUNDING: frozenset({_P.REFUNDED}),
        # The provider says later that it did happen: then it is undone.
        _P.CANCELLED: frozenset({_P.REFUNDING}),
        _P.FAILED: frozenset({_P.CANCELLING, _P.REFUNDING}),
        _P.EXPIRED: frozenset({_P.CANCELLING, _P.REFUNDING}),
    }
)

# The patient can still say yes or no.
PENDING = (_P.CREATED, _P.REDIRECTED, _P.PUSHED)
# Of these there is at most one for a bill.
HOLDING = (*PENDING, _P.AUTHORISED, _P.CAPTURING, _P.CAPTURED)
# Something is still to be done or found out.
UNDER_WAY = (*PENDING, _P.AUTHORISED, _P.CAPTURING, _P.CANCELLING, _P.REFUNDING)
