"""The journal of money line by line, for the file that an accountant takes: each thing that happened, when it did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from blikk.audit.services import record
from blikk.journeys.money import bounds_of, method_of, taken_back, waived
from blikk.payments.models import Claim
from blikk.settlement.models import Bill, Payment, Reminder
from blikk.settlement.states import GONE

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from blikk.clinics.models import Clinic
    from blikk.kernel.actors import Actor

CHUNK = 500


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """One thing that happened. `name` is empty unless names were asked for."""

    at: datetime
    # billed, fee, credited, paid, refunded, claimed, claim_credited
    what: str
    kind: str
    method: str
    # What it is called: the same bill, payment or claim has the same one in every file.
    bill: str
    reference: str
    ore: int
    name: str = ""


def take_lines(
    clinic: Clinic, first: date, last: date, *, with_names: bool, actor: Actor, now: datetime
) -> Iterator[MoneyLine]:
    """What happened on some days, to be read once, one kind after another and each in order of time.

    That it was taken is recorded before the first line goes out.
    """
    record(
        "money.journal_taken",
        actor=actor,
        about=clinic,
        clinic_id=clinic.pk,
        now=now,
        first=first.isoformat(),
        last=last.isoformat(),
        with_names=with_names,
    )
    start, end = bounds_of(clinic, first, last)
    return _lines(clinic, start, end, with_names=with_names)


def _lines(clinic: Clinic, start: datetime, end: datetime, *, with_names: bool) -> Iterator[MoneyLine]:
    bills = Bill.objects.filter(clinic=clinic).select_related("patient")
    payments = Payment.objects.filter(clinic=clinic).select_related("bill__patient")
    claims = Claim.objects.filter(clinic=clinic).defer("body").select_related("file", "charge__patient")
    undone = bills.filter(status__in=GONE).annotate(then=taken_back())
    less = waived(clinic).select_related("bill__patient")
    fees = Reminder.objects.filter(invoice__clinic=clinic, fee_ore__gt=0).select_related(
        "invoice__bill__patient"
    )
    for one in _within(bills, "opened_at", start, end):
        yield _bill(one, "billed", one.opened_at, one.amount_ore, with_names=with_names)
    for one in _within(fees, "made_at", start, end):
        yield _bill(one.invoice.bill, "fee", one.made_at, one.fee_ore, with_names=with_names)
    for one in _within(undone, "settled_at", start, end):
        yield _bill(one, "credited", one.settled_at, one.then, with_names=with_names)
    for one in _within(less, "captured_at", start, end):
        yield _bill(one.bill, "credited", one.captured_at, one.waived, with_names=with_names)
    for one in _within(payments, "captured_at", start, end):
        yield _payment(one, "paid", one.captured_at, one.captured_ore, with_names=with_names)
    for one in _within(payments, "refunded_at", start, end):
        yield _payment(one, "refunded", one.refunded_at, one.refunded_ore, with_names=with_names)
    for one in _within(claims, "file__made_at", start, end):
        yield _claim(one, "claimed", one.file.made_at, with_names=with_names)
    for one in _within(claims.select_related("credited_in"), "credited_in__made_at", start, end):
        yield _claim(one, "claim_credited", one.credited_in.made_at, with_names=with_names)


def _within(rows: QuerySet[Any], moment: str, start: datetime, end: datetime) -> Iterator[Any]:
    found = rows.filter(**{f"{moment}__gte": start, f"{moment}__lt": end})
    return found.order_by(moment, "pk").iterator(chunk_size=CHUNK)


def _bill(bill: Bill, what: str, at: datetime, ore: int, *, with_names: bool) -> MoneyLine:
    name = bill.patient.name if with_names and bill.patient else ""
    return MoneyLine(at, what, bill.kind, "", bill.public_id, "", ore, name)


def _payment(payment: Payment, what: str, at: datetime, ore: int, *, with_names: bool) -> MoneyLine:
    bill, method = payment.bill, method_of(payment.provider, payment.how)
    name = bill.patient.name if with_names and bill.patient else ""
    return MoneyLine(at, what, bill.kind, method, bill.public_id, payment.reference, ore, name)


def _claim(claim: Claim, what: str, at: datetime, *, with_names: bool) -> MoneyLine:
    patient = claim.charge.patient
    name = patient.name if with_names and patient else ""
    return MoneyLine(at, what, "", "", "", str(claim.number), claim.amount_ore, name)
