"""What of the charges and claims goes when the books need it no longer."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from blikk.clinics.models import Clinic
from blikk.kernel.forgetting import Forgotten
from blikk.payments.models import Charge, ChargeKind, ChargeRow, Claim, ClaimFile, PaymentRules
from blikk.payments.states import ChargeStatus


def waits_for_claim() -> Exists:
    """That the state has a part in what an hour cost and no bill to it is made yet, at a clinic that makes them here.

    A bill says when the conversation began and who held it, which goes with the hour.
    """
    makes_them = PaymentRules.objects.filter(clinic=OuterRef("clinic")).exclude(practice_id="")
    charges = Charge.objects.filter(
        Exists(makes_them),
        appointment=OuterRef("pk"),
        status=ChargeStatus.ACCEPTED,
        kind=ChargeKind.CO_PAYMENT,
        claim__isnull=True,
    )
    return Exists(charges.exclude(state_ore=0))


def forget_charges(clinic: Clinic, gone: Forgotten, before: datetime) -> None:
    """Delete charges accepted before a moment with their claims, except where a credit is still to be sent."""
    old = Charge.objects.filter(clinic=clinic, accepted_at__lt=before)
    waiting = Claim.objects.filter(clinic=clinic, credit_asked_at__isnull=False, credited_in__isnull=True)
    keys = list(old.exclude(claim__in=waiting).values_list("pk", flat=True))
    gone.take(Claim.objects.filter(charge__in=keys))
    gone.take(ChargeRow.objects.filter(charge__in=keys))
    gone.take(Charge.objects.filter(pk__in=keys))
    empty = ClaimFile.objects.filter(clinic=clinic, made_at__lt=before, claims=None, credited=None)
    gone.take(empty)
