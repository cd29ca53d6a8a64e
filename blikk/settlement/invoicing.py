"""Acts on invoices: issue one, remind of it, take it back by a credit note, and let an organisation pay.

Each begins with the clinic's lock. A number is taken by compare-and-set in the transaction of its paper, so the series
has no holes: what is rolled back takes its number along.
"""

from datetime import date, datetime, timedelta

from django.db import transaction

from blikk.audit.services import hold, record
from blikk.kernel.actors import Actor
from blikk.kernel.errors import NotFound, Overtaken
from blikk.kernel.moves import change
from blikk.kernel.times import local
from blikk.settlement.errors import BeingPaid, NoInvoices, NotDue, NotPayable, SeriesFull
from blikk.settlement.fees import reminder_fee_on
from blikk.settlement.invoice_paper import Buyer, InvoicePaper, PaperLine, Seller, VatReason, paper_from
from blikk.settlement.invoice_setup import kid_rules
from blikk.settlement.models import (
    Bill,
    BillKind,
    Invoice,
    InvoiceKind,
    InvoiceSetup,
    Payer,
    PayLink,
    Payment,
    Reminder,
)
from blikk.settlement.numbers import Full, kid_of
from blikk.settlement.payments import free
from blikk.settlement.queries import lines_of
from blikk.settlement.states import BILL, BillStatus, PaymentStatus

# So long after the day to pay by a reminder may cost something; Blikk waits as long with any.
PATIENCE = timedelta(days=14)
# The patient has said yes: the money is on its way, or is here and somebody must look at it.
IN_HAND = (PaymentStatus.AUTHORISED, PaymentStatus.CAPTURING, PaymentStatus.CAPTURED)


@transaction.atomic
def issue(bill: Bill, *, address: str = "", actor: Actor, now: datetime) -> Invoice:
    """Make an invoice of a bill that is open. Raises NoInvoices, NotPayable, BeingPaid, SeriesFull.

    `address` is the patient's as typed; otherwise it is the one of their latest invoice.
    """
    hold(bill.clinic_id)
    bill = Bill.objects.select_related("clinic", "patient", "payer", "appointment").get(pk=bill.pk)
    setup = InvoiceSetup.objects.filter(clinic_id=bill.clinic_id).first()
    if setup is None:
        raise NoInvoices
    if bill.status != BillStatus.OPEN:
        raise NotPayable
    if is_in_hand(bill):
        raise BeingPaid
    number, today = _next_number(setup), _day(bill, now)
    try:
        kid = kid_of(number, kid_rules(setup))
    except Full:
        raise SeriesFull from None
    paper = InvoicePaper(
        kind="invoice",
        number=number,
        issued_on=today,
        served_on=_day(bill, bill.appointment.starts_at if bill.appointment else bill.opened_at),
        seller=_seller(setup),
        buyer=_buyer(bill, address),
        lines=_lines(bill),
        total_ore=bill.amount_ore,
        due_on=today + timedelta(days=setup.due_days),
        kid=kid,
        language=bill.patient.language if bill.patient and not bill.payer else bill.clinic.language,
    )
    invoice = _keep(bill, paper, now=now)
    BILL.make(bill, BillStatus.INVOICED)
    _record("invoice.issued", invoice, actor, now, number=number, amount_ore=bill.amount_ore)
    return invoice


@transaction.atomic
def credit_note(bill: Bill, *, actor: Actor, now: datetime) -> Invoice | None:
    """Take the invoice of a bill back by a paper of its own number; None where there is none to take back."""
    hold(bill.clinic_id)
    invoice = Invoice.objects.filter(bill=bill, kind=InvoiceKind.INVOICE, credit_note__isnull=True).first()
    if invoice is None:
        return None
    setup = InvoiceSetup.objects.get(clinic_id=bill.clinic_id)
    before = paper_from(invoice.paper)
    paper = InvoicePaper(
        kind="credit_note",
        number=_next_number(setup),
        issued_on=local(now, invoice.clinic.zone).date(),
        served_on=before.served_on,
        seller=before.seller,
        buyer=before.buyer,
        lines=before.lines,
        total_ore=before.total_ore,
        credits_number=before.number,
        credits_issued_on=before.issued_on,
        language=before.language,
    )
    made = _keep(bill, paper, former=invoice, now=now)
    _record("invoice.credited", made, actor, now, number=paper.number, credits=before.number)
    return made


@transaction.atomic
def remind(invoice: Invoice, *, actor: Actor, now: datetime) -> Reminder:
    """Remind of an invoice that is overdue. Raises NotPayable, NotDue, BeingPaid.

    It costs something only where the clinic has chosen so, and no more than the rules allow on the day.
    """
    hold(invoice.clinic_id)
    bill = Bill.objects.select_related("clinic").get(pk=invoice.bill_id)
    setup = InvoiceSetup.objects.get(clinic_id=invoice.clinic_id)
    if bill.status != BillStatus.INVOICED or invoice.kind != InvoiceKind.INVOICE:
        raise NotPayable
    if is_in_hand(bill):
        raise BeingPaid
    today, sent = _day(bill, now), list(invoice.reminders.all())
    if len(sent) >= setup.reminders_most or today < due_of(invoice, sent) + PATIENCE:
        raise NotDue
    fee = reminder_fee_on(today) if setup.takes_reminder_fee else None
    reminder = Reminder.objects.create(
        invoice=invoice,
        number=len(sent) + 1,
        made_on=today,
        due_on=today + PATIENCE,
        fee_ore=fee.amount_ore if fee else 0,
        made_at=now,
    )
    if reminder.fee_ore:
        change(bill, fee_ore=bill.fee_ore + reminder.fee_ore)
    _record("invoice.reminded", invoice, actor, now, number=invoice.number, fee_ore=reminder.fee_ore)
    return reminder


@transaction.atomic
def let_pay(bill: Bill, payer: Payer | None, *, reference: str = "", actor: Actor, now: datetime) -> Bill:
    """Let an organisation pay an open bill instead of the patient, or the patient after all with None.

    What the patient had begun is given up and their link ends. Raises NotFound, NotPayable, BeingPaid.
    """
    hold(bill.clinic_id)
    if payer is not None and (payer.clinic_id != bill.clinic_id or payer.ended_at is not None):
        raise NotFound
    bill = Bill.objects.get(pk=bill.pk)
    if bill.status != BillStatus.OPEN:
        raise NotPayable
    free(bill, actor=actor, now=now)
    if payer is not None:
        PayLink.objects.filter(bill=bill, ended_at__isnull=True).update(ended_at=now)
    change(bill, payer=payer, payer_reference=reference.strip()[:60] if payer else "")
    who = payer.public_id if payer else ""
    record("bill.payer_set", actor=actor, about=bill, clinic_id=bill.clinic_id, now=now, payer=who)
    return bill


def is_in_hand(bill: Bill) -> bool:
    """Whether the patient has said yes to a payment of this bill."""
    return Payment.objects.filter(bill=bill, status__in=IN_HAND).exists()


def due_of(invoice: Invoice, reminders: list[Reminder]) -> date:
    """The day to pay by, which each reminder moves."""
    newest = reminders[-1].due_on if reminders else invoice.due_on
    if newest is None:
        raise NotDue
    return newest


def _next_number(setup: InvoiceSetup) -> int:
    number = setup.last_number + 1
    took = InvoiceSetup.objects.filter(pk=setup.pk, last_number=setup.last_number).update(last_number=number)
    if not took:
        raise Overtaken(f"the series is no longer at {setup.last_number}")
    return number


def _keep(bill: Bill, paper: InvoicePaper, *, now: datetime, former: Invoice | None = None) -> Invoice:
    return Invoice.objects.create(
        clinic_id=bill.clinic_id,
        bill=bill,
        kind=paper.kind,
        number=paper.number,
        credits=former,
        issued_on=paper.issued_on,
        due_on=paper.due_on,
        kid=paper.kid,
        amount_ore=paper.total_ore,
        paper=paper.as_text(),
        issued_at=now,
    )


def _seller(setup: InvoiceSetup) -> Seller:
    return Seller(
        setup.name,
        setup.org_number,
        setup.address,
        setup.account,
        is_in_vat_register=setup.is_in_vat_register,
        is_in_business_register=setup.is_in_business_register,
    )


def _buyer(bill: Bill, address: str) -> Buyer:
    if bill.payer is not None:
        one = bill.payer
        return Buyer(one.name, one.address, one.org_number, bill.payer_reference or one.reference)
    if bill.patient is None:
        raise NotPayable
    return Buyer(bill.patient.name, address.strip()[:200] or latest_address(bill))


def latest_address(bill: Bill) -> str:
    """Where the patient's latest invoice went."""
    mine = Invoice.objects.filter(clinic_id=bill.clinic_id, bill__patient=bill.patient_id, kind="invoice")
    latest = mine.filter(bill__payer__isnull=True).order_by("-pk").first() if bill.patient_id else None
    return paper_from(latest.paper).buyer.address if latest else ""


def _lines(bill: Bill) -> tuple[PaperLine, ...]:
    # An hour that was missed is a compensation, which is no supply; the rest is health service.
    vat: VatReason = "outside" if bill.kind == BillKind.MISSED else "health"
    return tuple(
        PaperLine(line.code, line.text, line.quantity, line.amount_ore, vat)
        for line in lines_of(bill)
        if line.payer == "patient"
    )


def _day(bill: Bill, moment: datetime) -> date:
    return local(moment, bill.clinic.zone).date()


def _record(act: str, invoice: Invoice, actor: Actor, now: datetime, **details: int) -> None:
    record(
        act,
        actor=actor,
        about=invoice,
        clinic_id=invoice.clinic_id,
        now=now,
        bill=invoice.bill.public_id,
        **details,
    )
