"""Acts on bills."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from blikk.audit.services import hold, record
from blikk.clinics.models import Clinic
from blikk.consultations.models import Consultation
from blikk.kernel.actors import Actor
from blikk.kernel.errors import IllegalMove, Invalid, NotFound
from blikk.patients.models import Patient
from blikk.scheduling.models import Appointment
from blikk.settlement.errors import AlreadyBilled
from blikk.settlement.invoicing import credit_note
from blikk.settlement.lines import BillLine, check, patients_part
from blikk.settlement.models import Bill, BillKind, BillRow, Payment
from blikk.settlement.payments import free, refund
from blikk.settlement.queries import lines_of
from blikk.settlement.states import BILL, GONE, OUTSTANDING, BillStatus, PaymentStatus


@transaction.atomic
def open_bill(
    clinic: Clinic,
    *,
    patient: Patient,
    consultation: Consultation | None,
    kind: str,
    lines: Sequence[BillLine],
    actor: Actor,
    now: datetime,
    appointment: Appointment | None = None,
) -> Bill | None:
    """Make the bill for a conversation; None where the patient pays nothing.

    The same again is the same bill. Other lines credit one that nobody has paid or sent out; otherwise AlreadyBilled.
    A missed hour that never became a conversation is billed by its `appointment`.
    """
    lines = tuple(lines)
    check(lines)
    if kind not in BillKind.values:
        raise Invalid(kind="unknown")
    appointment = consultation.appointment if consultation is not None else appointment
    if appointment is None or {appointment.clinic_id, patient.clinic_id} != {clinic.pk}:
        raise NotFound
    hold(clinic.pk)
    if (same := _before(clinic, appointment, kind, lines, actor=actor, now=now)) is not None:
        return same
    amount = patients_part(lines)
    if amount == 0:
        return None
    bill = Bill.objects.create(
        clinic=clinic,
        patient=patient,
        appointment=appointment,
        consultation=consultation,
        kind=kind,
        amount_ore=amount,
        opened_at=now,
    )
    BillRow.objects.bulk_create(_row(bill, number, line) for number, line in enumerate(lines, 1))
    record("bill.opened", actor=actor, about=bill, clinic_id=clinic.pk, now=now, kind=kind, amount_ore=amount)
    return bill


def _before(
    clinic: Clinic,
    appointment: Appointment,
    kind: str,
    lines: tuple[BillLine, ...],
    *,
    actor: Actor,
    now: datetime,
) -> Bill | None:
    """The bill that there is, if it says the same; one that nobody has paid or sent out is taken back."""
    bills = Bill.objects.filter(clinic=clinic, appointment=appointment, kind=kind)
    before = bills.exclude(status__in=GONE).first()
    if before is None:
        return None
    is_going_back = before.payments.filter(status=PaymentStatus.REFUNDING).exists()
    if before.status == BillStatus.PAID and is_going_back:
        raise AlreadyBilled
    if lines_of(before) == lines:
        return before
    if before.status != BillStatus.OPEN:
        raise AlreadyBilled
    credit(before, why="replaced", actor=actor, now=now)
    return None


def _row(bill: Bill, number: int, line: BillLine) -> BillRow:
    return BillRow(
        bill=bill,
        number=number,
        code=line.code,
        text=line.text,
        quantity=line.quantity,
        amount_ore=line.amount_ore,
        payer=line.payer,
    )


@transaction.atomic
def credit(bill: Bill, *, why: str, actor: Actor, now: datetime) -> Bill:
    """Take a bill back that nobody has paid, with its invoice; what was begun is given up.

    Raises BeingPaid and IllegalMove.
    """
    hold(bill.clinic_id)
    bill.refresh_from_db(fields=["status", "version"])
    if not BILL.allows(BillStatus(bill.status), BillStatus.CREDITED):
        raise IllegalMove(bill.status, BillStatus.CREDITED)
    free(bill, actor=actor, now=now)
    BILL.make(bill, BillStatus.CREDITED, settled_at=now)
    credit_note(bill, actor=actor, now=now)
    record("bill.credited", actor=actor, about=bill, clinic_id=bill.clinic_id, now=now, why=why)
    return bill


@transaction.atomic
def give_back(bill: Bill, *, actor: Actor, now: datetime) -> Payment:
    """Give back what was paid, and take the invoice back. Raises NotFound where nothing was paid."""
    payment = refund(bill, actor=actor, now=now)
    credit_note(bill, actor=actor, now=now)
    return payment


@transaction.atomic
def undo(bill: Bill, *, why: str, actor: Actor, now: datetime) -> None:
    """Take a bill back however far it has come: an invoice by a credit note, money by giving it back.

    Raises BeingPaid.
    """
    hold(bill.clinic_id)
    bill.refresh_from_db()
    if bill.status == BillStatus.PAID:
        # It may be on its way back already.
        if Payment.objects.filter(bill=bill, status=PaymentStatus.CAPTURED).exists():
            give_back(bill, actor=actor, now=now)
    elif bill.status in OUTSTANDING:
        credit(bill, why=why, actor=actor, now=now)
