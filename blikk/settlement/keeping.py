"""Deleting old books: bills that were settled so long ago that no rule asks for them any more."""

from datetime import datetime

from blikk.clinics.models import Clinic
from blikk.kernel.forgetting import Forgotten
from blikk.settlement.models import Bill, BillRow
from blikk.settlement.states import OUTSTANDING


def forget_money(clinic: Clinic, gone: Forgotten, before: datetime) -> None:
    """Delete what was settled before a moment; what is open stays."""
    old = Bill.objects.filter(clinic=clinic, settled_at__lt=before)
    bills = list(old.exclude(status__in=OUTSTANDING).values_list("pk", flat=True))
    gone.take(BillRow.objects.filter(bill__in=bills))
    gone.take(Bill.objects.filter(pk__in=bills))
