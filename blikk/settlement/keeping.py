"""Deleting old books: bills that were settled so long ago that no rule asks for them any more."""

from datetime import datetime

from blikk.clinics.models import Clinic
from blikk.kernel.forgetting import Forgotten
from blikk.settlement.models import (
    BankEntry,
    BankFile,
    Bill,
    BillRow,
    Invoice,
    PayDevice,
    PayLink,
    Payment,
    Reminder,
    Told,
)
from blikk.settlement.states import OUTSTANDING, UNDER_WAY


def forget_money(clinic: Clinic, gone: Forgotten, before: datetime) -> None:
    """Delete the bills that were opened and settled before a moment; who owes something still is not forgotten."""
    rows = Bill.objects.filter(clinic=clinic, opened_at__lt=before, settled_at__lt=before)
    busy = Payment.objects.filter(clinic=clinic, status__in=UNDER_WAY).values("bill")
    keys = list(rows.exclude(status__in=OUTSTANDING).exclude(pk__in=busy).values_list("pk", flat=True))
    gone.take(Told.objects.filter(clinic=clinic, payment__bill__in=keys))
    gone.take(Told.objects.filter(clinic=clinic, payment__isnull=True, at__lt=before))
    _forget_invoices(clinic, gone, before, keys)
    gone.take(Payment.objects.filter(bill__in=keys))
    gone.take(PayDevice.objects.filter(link__bill__in=keys))
    gone.take(PayLink.objects.filter(bill__in=keys))
    gone.take(BillRow.objects.filter(bill__in=keys))
    gone.take(Bill.objects.filter(pk__in=keys))


def _forget_invoices(clinic: Clinic, gone: Forgotten, before: datetime, keys: list[int]) -> None:
    """What an unclear payment to the account is about stays until somebody has cleared it."""
    mine = BankEntry.objects.filter(clinic=clinic, taken_at__lt=before)
    gone.take(mine.filter(payment__bill__in=keys))
    gone.take(mine.filter(cleared_at__lt=before))
    gone.take(BankFile.objects.filter(clinic=clinic, taken_at__lt=before, entries__isnull=True))
    BankEntry.objects.filter(invoice__bill__in=keys).update(invoice=None)
    gone.take(Reminder.objects.filter(invoice__bill__in=keys))
    gone.take(Invoice.objects.filter(bill__in=keys, credits__isnull=False))
    gone.take(Invoice.objects.filter(bill__in=keys))
