"""Deleting old books: bills that were settled so long ago that no rule asks for them any more."""

from datetime import datetime

from blikk.clinics.models import Clinic
from blikk.kernel.forgetting import Forgotten
from blikk.settlement.models import Bill, BillRow, PayDevice, PayLink, Payment, Told
from blikk.settlement.states import OUTSTANDING, UNDER_WAY


def forget_money(clinic: Clinic, gone: Forgotten, before: datetime) -> None:
    """Delete what was settled before a moment, with all its payments; what is open stays."""
    busy = Payment.objects.filter(clinic=clinic, status__in=UNDER_WAY).values("bill")
    old = Bill.objects.filter(clinic=clinic, settled_at__lt=before)
    bills = list(old.exclude(status__in=OUTSTANDING).exclude(pk__in=busy).values_list("pk", flat=True))
    gone.take(Told.objects.filter(clinic=clinic, payment__bill__in=bills))
    gone.take(Told.objects.filter(clinic=clinic, payment__isnull=True, at__lt=before))
    gone.take(Payment.objects.filter(bill__in=bills))
    gone.take(PayDevice.objects.filter(link__bill__in=bills))
    gone.take(PayLink.objects.filter(bill__in=bills))
    gone.take(BillRow.objects.filter(bill__in=bills))
    gone.take(Bill.objects.filter(pk__in=bills))
