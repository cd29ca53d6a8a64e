"""Who owes something still: they are not forgotten."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from blikk.settlement.models import Bill
from blikk.settlement.states import OUTSTANDING


def still_owes() -> Exists:
    """That a patient has a bill that is not settled, as a part of a question about patients."""
    return Exists(Bill.objects.filter(patient=OuterRef("pk"), status__in=OUTSTANDING))


def days_owed(patient: int) -> list[datetime]:
    """When the bills were opened that a patient has not settled."""
    rows = Bill.objects.filter(patient=patient, status__in=OUTSTANDING)
    return list(rows.values_list("opened_at", flat=True))
