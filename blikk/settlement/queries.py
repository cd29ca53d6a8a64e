"""Questions about bills."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet, Sum

from blikk.clinics.models import Clinic
from blikk.consultations.models import Consultation
from blikk.settlement.card.client import LEAST_ORE
from blikk.settlement.lines import BillLine
from blikk.settlement.models import Bill, BillKind, MoneySetup, Payment
from blikk.settlement.states import OUTSTANDING, BillStatus, PaymentStatus


def is_paid(consultation: Consultation) -> bool:
    """Whether the co-payment for a conversation is paid and not given back."""
    return Bill.objects.filter(
        clinic_id=consultation.clinic_id,
        consultation=consultation,
        kind=BillKind.CO_PAYMENT,
        status=BillStatus.PAID,
    ).exists()


def lines_of(bill: Bill) -> tuple[BillLine, ...]:
    """A bill line by line, as it was opened."""
    return tuple(
        BillLine(row.code, row.text, row.quantity, row.amount_ore, row.payer)  # type: ignore[arg-type]
        for row in bill.rows.all()
    )


def ways_of(clinic_id: int, *, ore: int = LEAST_ORE) -> tuple[str, ...]:
    """By which ways a clinic's patients can pay so much from the page of a bill; what most use stands first."""
    setup = MoneySetup.objects.filter(clinic_id=clinic_id).first()
    if setup is None:
        return ()
    by_card = setup.uses_card and ore >= LEAST_ORE
    return tuple(way for way, is_on in (("vipps", setup.uses_vipps), ("card", by_card)) if is_on)


def without_a_link(*, before: datetime, since: datetime) -> Sequence[Bill]:
    """New bills whose patients are to get a link by themselves, and have none yet."""
    rows = Bill.objects.filter(
        status=BillStatus.OPEN,
        opened_at__lte=before,
        opened_at__gt=since,
        links__isnull=True,
        patient__isnull=False,
        payer__isnull=True,
        clinic__money_setup__sends_links=True,
    )
    rows = rows.filter(Q(clinic__money_setup__uses_vipps=True) | Q(clinic__money_setup__uses_card=True))
    return list(rows.select_related("clinic", "patient").order_by("pk")[:50])


def bills_of(clinic: Clinic) -> QuerySet[Bill]:
    """All bills of a clinic, with whom and which hour they are about."""
    rows = Bill.objects.filter(clinic=clinic)
    return rows.select_related("clinic__invoice_setup", "patient", "appointment", "payer")


def owed_bills(clinic: Clinic, *, most: int) -> Sequence[Bill]:
    """What is owed, oldest first."""
    rows = bills_of(clinic).filter(status__in=OUTSTANDING).prefetch_related("invoices__reminders")
    return list(rows.order_by("opened_at", "pk")[:most])


def owed_in(clinic: Clinic) -> tuple[int, int]:
    """How many bills are owed, and how many øre they are together."""
    owed = bills_of(clinic).filter(status__in=OUTSTANDING)
    found = owed.aggregate(count=Count("pk"), ore=Sum(F("amount_ore") + F("fee_ore")))
    return found["count"], found["ore"] or 0


def settled_bills(clinic: Clinic, *, since: datetime, most: int) -> Sequence[Bill]:
    """What was settled since a moment, newest first."""
    rows = bills_of(clinic).exclude(status__in=OUTSTANDING).filter(settled_at__gte=since)
    return list(rows.order_by("-settled_at", "-pk")[:most])


def clinics_by_way() -> tuple[int, int]:
    """How many clinics take Vipps, and how many take cards."""
    found = MoneySetup.objects.aggregate(
        vipps=Count("pk", filter=Q(uses_vipps=True)), card=Count("pk", filter=Q(uses_card=True))
    )
    return found["vipps"], found["card"]


def stuck_payments(*, before: datetime) -> int:
    """How many payments we want something done about and have been told nothing of since a moment."""
    wanted = (PaymentStatus.CAPTURING, PaymentStatus.CANCELLING, PaymentStatus.REFUNDING)
    return Payment.objects.filter(status__in=wanted, begun_at__lt=before).exclude(fault="").count()
