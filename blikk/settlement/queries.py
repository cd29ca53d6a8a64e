"""Questions about bills."""

from blikk.consultations.models import Consultation
from blikk.settlement.lines import BillLine
from blikk.settlement.models import Bill, BillKind
from blikk.settlement.states import BillStatus


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
