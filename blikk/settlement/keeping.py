"""What of the money goes when the books need it no longer, and whom it still needs."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from blikk.clinics.models import Clinic
from blikk.kernel.forgetting import Forgotten
from blikk.settlement.models import Bill, BillRow, PayDevice, PayLink, Payment, Told
from blikk.settlement.states import OUTSTANDING, UNDER_WAY


def forget_bills(clinic: Clinic, gone: Forgotten, before: datetime) -> None:
    """Delete the bills that were opened and settled before a moment; who owes something still is not forgotten."""
    rows = Bill.objects.filter(clinic=clinic, opened_at__lt=before, settled_at__lt=before)
    busy = Payment.objects.filter(clinic=clinic, status__in=UNDER_WAY).values("bill")
    keys = list(rows.exclude(status__in=OUTSTANDING).exclude(pk__in=busy).values_list("pk", flat=True))
    gone.take(Told.objects.filter(clinic=clinic, payment__bill__in=keys))
    gone.take(Told.objects.filter(clinic=clinic, payment__isnull=True, at__lt=before))
    gone.take(Payment.objects.filter(bill__in=keys))
    gone.take(PayDevice.objects.filter(link__bill__in=keys))
    gone.take(PayLink.objects.filter(bill__in=keys))
    gone.take(BillRow.objects.filter(bill__in=keys))
    gone.take(Bill.objects.filter(pk__in=keys))


def still_owes() -> Exists:
    """That a patient has a bill that is not settled, as a part of a question about patients."""
    return Exists(Bill.objects.filter(patient=OuterRef("pk"), status__in=OUTSTANDING))


def days_owed(patient: int) -> list[datetime]:
    """When the bills were opened that a patient has not settled."""
    return list(
        Bill.objects.filter(patient=patient, status__in=OUTSTANDING).values_list("opened_at", flat=True)
    )
