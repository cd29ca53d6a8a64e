"""What the till shows, in words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blikk.kernel.times import local
from blikk.settlement.states import OUTSTANDING
from blikk.web.presenters.amounts import kroner
from blikk.web.presenters.invoice import ShownInvoice, show_invoices
from blikk.web.presenters.pay import ShownLine

if TYPE_CHECKING:
    from datetime import date, datetime

    from blikk.journeys.till import OneBill, Till
    from blikk.settlement.models import Bill, Payment

KINDS: dict[str, Promise] = {
    "co_payment": _("Egenandel"),
    "private": _("Privat betaling"),
    "missed": _("Ikke møtt"),
}
STATES: dict[str, Promise] = {
    "open": _("Ikke betalt"),
    "invoiced": _("Fakturert"),
    "paid": _("Betalt"),
    "credited": _("Trukket tilbake"),
    "refunded": _("Betalt tilbake"),
}
# What the list can be narrowed to.
STAGES: dict[str, Promise] = {
    "open": _("Ikke fakturert"),
    "invoiced": _("Fakturert"),
    "overdue": _("Forfalt"),
    "decide": _("Må avgjøres"),
}
PAYMENTS: dict[str, Promise] = {
    "created": _("Venter på svar fra %(who)s"),
    "redirected": _("Pasienten er sendt til %(who)s"),
    "pushed": _("Sendt til pasientens telefon"),
    "authorised": _("Godkjent av pasienten"),
    "capturing": _("Godkjent. Pengene hentes."),
    "captured": _("Betalt"),
    "cancelling": _("Blir avbrutt"),
    "cancelled": _("Avbrutt. Ikke noe trukket."),
    "refunding": _("Pengene er på vei tilbake"),
    "refunded": _("Betalt tilbake"),
    "failed": _("Ble ikke noe av. Ikke noe trukket."),
    "expired": _("Gikk ut på tid. Ikke noe trukket."),
}
WAYS: dict[str, Promise] = {
    "vipps": _("Vipps"),
    "card": _("Kort"),
    "cash": _("Kontant"),
    "terminal": _("Terminal"),
    "transfer": _("Overføring"),
}
# Who knows where the money is.
WHO = {"vipps": "Vipps", "card": "Stripe"}
FAULTS: dict[str, Promise] = {
    "amount_differs": _("Det kom et annet beløp enn regningen. Se hos %(who)s, og avklar med pasienten."),
    "not_owed": _("Regningen var alt gjort opp. Derfor går pengene tilbake."),
    "not_allowed": _("%(who)s kjenner ikke nøklene. En administrator må se på dem under Betaling."),
    "not_set_up": _("Nøklene til %(who)s mangler. En administrator må legge dem inn under Betaling."),
    "not_there": _("%(who)s hørte aldri om denne betalingen."),
    "refused": _("%(who)s sa nei. Vi ser etter på nytt av oss selv."),
    "no_answer": _("%(who)s svarer ikke. Vi prøver igjen av oss selv."),
    "troubled": _("%(who)s har en feil hos seg. Vi prøver igjen av oss selv."),
    "busy": _("%(who)s har det travelt. Vi prøver igjen av oss selv."),
    "not_understood": _("%(who)s svarte noe vi ikke forstår. Vi prøver igjen av oss selv."),
}
SENT: dict[str, Promise] = {
    "sms": _("Lenken gikk som SMS."),
    "email": _("Lenken gikk som e-post."),
    "page": _("Pasienten åpnet regningen etter samtalen."),
}


@dataclass(frozen=True, slots=True)
class ShownBill:
    """A row of the list."""

    id: str
    who: str
    kind: str
    amount: str
    state: str
    when: str
    is_owed: bool
    is_paid: bool
    # How far it is: open, invoiced, overdue, decide, paid, credited or refunded.
    stage: str
    payer: str


@dataclass(frozen=True, slots=True)
class ShownTill:
    """The list, what can be chosen of it, and what is due now."""

    owed: list[ShownBill]
    settled: list[ShownBill]
    owed_sum: str
    owed_count: int
    only: str
    choices: list[tuple[str, str, int]]
    issues_invoices: bool
    bills_due: int
    reminders_due: int
    unclear: int


@dataclass(frozen=True, slots=True)
class ShownPayment:
    """An attempt to pay."""

    way: str
    state: str
    when: str
    amount: str
    fault: str
    by: str


@dataclass(frozen=True, slots=True)
class OnePage:
    """A bill with everything about it."""

    row: ShownBill
    lines: list[ShownLine]
    payments: list[ShownPayment]
    sent: str
    free_until: str
    has_patient: bool
    fee: str
    invoices: tuple[ShownInvoice, ...]
    # What can be done about invoices here.
    can_invoice: bool
    has_no_account: bool
    payers: list[tuple[str, str]]
    address: str
    reference: str


def show_till(till: Till, zone: str, only: str = "") -> ShownTill:
    """Put the list into the words of the language that is active; `only` is the stage that was chosen."""
    owed = [_row(one, zone, till.today) for one in till.owed]
    counts = Counter(one.stage for one in owed)
    choices = [(name, str(words), counts[name]) for name, words in STAGES.items() if counts[name]]
    only = only if counts[only] else ""
    return ShownTill(
        [one for one in owed if only in ("", one.stage)],
        [_row(one, zone, till.today) for one in till.settled],
        kroner(till.owed_ore, to_the_ore=True),
        till.owed_count,
        only=only,
        choices=choices if len(choices) > 1 else [],
        issues_invoices=till.issues_invoices,
        bills_due=till.bills_due,
        reminders_due=till.reminders_due,
        unclear=till.unclear,
    )


def show_bill(one: OneBill, zone: str) -> OnePage:
    """Put a bill into words."""
    free = one.bill.free_until
    return OnePage(
        row=_row(one.bill, zone, one.today),
        lines=[
            ShownLine(line.text, line.quantity, kroner(line.amount_ore, to_the_ore=True))
            for line in one.lines
            if line.payer == "patient"
        ],
        payments=[_payment(each, zone) for each in one.payments],
        sent=str(SENT.get(one.sent_by, "")),
        free_until=_when(free, zone) if free and one.bill.status == "open" else "",
        has_patient=one.bill.patient_id is not None and one.bill.payer_id is None,
        fee=kroner(one.bill.fee_ore, to_the_ore=True) if one.bill.fee_ore else "",
        invoices=show_invoices(one.invoices, one.papers),
        can_invoice=one.bill.status == "open" and one.setup is not None,
        has_no_account=one.bill.status == "open" and one.setup is None,
        payers=[(each.public_id, each.name) for each in one.payers],
        address=one.address,
        reference=one.bill.payer_reference,
    )


def _row(bill: Bill, zone: str, today: date) -> ShownBill:
    hour = bill.appointment.starts_at if bill.appointment else bill.opened_at
    stage, state = _stage(bill, today)
    return ShownBill(
        id=bill.public_id,
        who=bill.patient.name if bill.patient else "",
        kind=str(KINDS.get(bill.kind, "")),
        amount=kroner(bill.owed_ore, to_the_ore=True),
        state=state,
        when=_when(hour, zone),
        is_owed=bill.status in OUTSTANDING,
        is_paid=bill.status == "paid",
        stage=stage,
        payer=bill.payer.name if bill.payer else "",
    )


def _stage(bill: Bill, today: date) -> tuple[str, str]:
    """How far a bill is, as a code and in words."""
    invoice = next((one for one in bill.invoices.all() if one.kind == "invoice"), None)
    if bill.status != "invoiced" or invoice is None or invoice.due_on is None:
        return bill.status, str(STATES.get(bill.status, ""))
    reminders = list(invoice.reminders.all())
    due = reminders[-1].due_on if reminders else invoice.due_on
    words = {"number": invoice.number, "due": formats.date_format(due, "j. F"), "count": len(reminders)}
    if due >= today:
        if reminders:
            return "invoiced", gettext("Faktura %(number)s, purret. Ny frist %(due)s") % words
        return "invoiced", gettext("Faktura %(number)s, frist %(due)s") % words
    if bill.is_reminded_enough(len(reminders)):
        return "decide", gettext("Faktura %(number)s, forfalt %(due)s. Avgjør hva som skjer videre") % words
    return "overdue", gettext("Faktura %(number)s, forfalt %(due)s") % words


def _payment(payment: Payment, zone: str) -> ShownPayment:
    who = {"who": WHO.get(payment.provider, "")}
    return ShownPayment(
        way=str(WAYS.get(payment.how or payment.provider, "")),
        state=str(PAYMENTS.get(payment.status, "")) % who,
        when=_when(payment.refunded_at or payment.captured_at or payment.begun_at, zone),
        amount=kroner(payment.captured_ore or payment.amount_ore, to_the_ore=True),
        fault=str(FAULTS.get(payment.fault, "")) % who,
        by=payment.taken_by.name if payment.taken_by else "",
    )


def _when(moment: datetime, zone: str) -> str:
    at = local(moment, zone)
    return f"{formats.date_format(at, 'j. F Y')} {formats.time_format(at, 'H:i')}"
