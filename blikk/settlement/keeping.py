"""What of the money goes when the books need it no longer, and whom it still needs."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from blikk.clinics.models import Clinic
from blikk.kernel.forgetting import Forgotten
from blikk.settlement.models import Bill, BillRow
from blikk.settlement.states import OUTSTANDING


def forget_bills(clinic: Clinic, gone: Forgotten, before: datetime) -> None:
    """Delete the bills that were opened and settled before a moment; who owes something still is not forgotten."""
    rows = Bill.objects.filter(clinic=clinic, opened_at__lt=before, settled_at__lt=before)
    keys = list(rows.exclude(status__in=OUTSTANDING).values_list("pk", flat=True))
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
