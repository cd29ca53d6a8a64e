"""Questions about invoices: what is due to be issued or reminded of, and what a person must look at."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from blikk.clinics.models import Clinic
from blikk.settlement.invoicing import IN_HAND, PATIENCE
from blikk.settlement.links import FREE_HOURS
from blikk.settlement.models import BankEntry, Bill, Invoice, InvoiceKind, InvoiceSetup, Payment
from blikk.settlement.states import GONE, BillStatus

AT_ONCE = 50


def to_invoice(*, now: datetime, clinic: Clinic | None = None, most: int = AT_ONCE) -> Sequence[Bill]:
    """Bills that were not paid while that was free, in clinics that issue invoices."""
    rows = Bill.objects.filter(
        Q(free_until__lte=now) | Q(free_until__isnull=True) | Q(payer__isnull=False),
        status=BillStatus.OPEN,
        opened_at__lte=now - timedelta(minutes=1),
        clinic__invoice_setup__is_on=True,
        opened_at__gte=F("clinic__invoice_setup__on_since"),
    ).filter(Q(patient__isnull=False) | Q(payer__isnull=False))
    if clinic is not None:
        rows = rows.filter(clinic=clinic)
    rows = rows.exclude(Exists(_in_hand("pk"))).annotate(
        hours=Coalesce("clinic__money_setup__free_hours", FREE_HOURS)
    )
    found = rows.select_related("clinic", "patient", "payer").order_by("pk")[: most * 4]
    return [one for one in found if _is_due(one, now)][:most]


def _is_due(bill: Bill, now: datetime) -> bool:
    if bill.payer_id is not None or bill.free_until is not None:
        return True
    # No link went out, so the time to pay without an invoice runs from the bill itself.
    hours: int = bill.hours  # type: ignore[attr-defined]
    return bill.opened_at + timedelta(hours=hours) <= now


def _in_hand(way: str) -> QuerySet[Payment]:
    return Payment.objects.filter(bill=OuterRef(way), status__in=[str(one) for one in IN_HAND])


def invoices_with_due(rows: QuerySet[Invoice]) -> QuerySet[Any]:
    """Invoices with how often they were reminded of, and the day that they are to be paid by now."""
    return rows.annotate(reminded=Count("reminders"), due_now=Coalesce(Max("reminders__due_on"), F("due_on")))


def to_remind(*, today: date, clinic: Clinic | None = None, most: int = AT_ONCE) -> Sequence[Invoice]:
    """Invoices that are overdue so long that they are reminded of, unless money came that nobody has explained."""
    unclear = BankEntry.objects.filter(invoice=OuterRef("pk"), cleared_at__isnull=True).exclude(
        outcome="paid"
    )
    rows = Invoice.objects.filter(
        kind=InvoiceKind.INVOICE, bill__status=BillStatus.INVOICED, clinic__invoice_setup__is_on=True
    )
    if clinic is not None:
        rows = rows.filter(clinic=clinic)
    rows = invoices_with_due(rows.exclude(Exists(unclear)).exclude(Exists(_in_hand("bill_id"))))
    is_late = Q(due_now__lte=today - PATIENCE) & Q(reminded__lt=F("clinic__invoice_setup__reminders_most"))
    due = rows.filter(is_late)
    return list(due.select_related("clinic", "bill__patient", "bill__payer").order_by("pk")[:most])


def without_a_credit_note(*, most: int = AT_ONCE) -> Sequence[Bill]:
    """Bills that were given back elsewhere, such as in the provider's own portal, and whose invoice stands still."""
    standing = Invoice.objects.filter(bill=OuterRef("pk"), kind=InvoiceKind.INVOICE, credit_note__isnull=True)
    rows = Bill.objects.filter(Exists(standing), status__in=[str(one) for one in GONE])
    return list(rows.order_by("pk")[:most])


def issues_invoices(clinic_id: int) -> bool:
    """Whether a clinic's bills become invoices by themselves."""
    return InvoiceSetup.objects.filter(clinic_id=clinic_id, is_on=True).exists()


def invoice_of(bill: Bill) -> Invoice | None:
    """The invoice of a bill, if one was issued."""
    return Invoice.objects.filter(bill=bill, kind=InvoiceKind.INVOICE).first()


def papers_of(bill: Bill) -> Sequence[Invoice]:
    """The invoice and its credit note, oldest first."""
    rows = Invoice.objects.filter(bill=bill).select_related("clinic", "bill", "credits")
    return list(rows.prefetch_related("reminders").order_by("number"))


def unclear_entries(clinic: Clinic) -> Sequence[BankEntry]:
    """Payments to the account that paid nothing and that nobody has explained, oldest first."""
    rows = BankEntry.objects.filter(clinic=clinic, cleared_at__isnull=True).exclude(outcome="paid")
    return list(rows.select_related("invoice__bill__patient").order_by("paid_on", "pk")[:200])


def latest_entries(clinic: Clinic) -> Sequence[BankEntry]:
    """The newest payments to the account that have come to rest."""
    rows = BankEntry.objects.filter(clinic=clinic).filter(Q(outcome="paid") | Q(cleared_at__isnull=False))
    return list(rows.select_related("invoice__bill__patient").order_by("-taken_at", "-pk")[:50])
