"""Invoices on their way: made when the time to pay without one is over, sent, reminded of, and paid to the account."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from blikk.audit.services import looked_at
from blikk.clinics.models import Clinic
from blikk.journeys import settling
from blikk.kernel.actors import SYSTEM, Actor
from blikk.kernel.errors import DomainError, NotFound
from blikk.kernel.times import local
from blikk.settlement import bank, invoicing, links, queries
from blikk.settlement import invoice_queries as asked
from blikk.settlement.invoice_paper import InvoicePaper, paper_from
from blikk.settlement.models import Bill, Invoice, Payer, Reminder
from blikk.settlement.words import Words, invoice_link, reminder_link

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Due:
    """What one press does."""

    bills: Sequence[Bill]
    invoices: Sequence[Invoice]

    @property
    def count(self) -> int:
        return len(self.bills) + len(self.invoices)


@dataclass(frozen=True, slots=True)
class Printed:
    """A paper to be printed, and the reminder of it where that is what is printed."""

    invoice: Invoice
    paper: InvoicePaper
    reminder: Reminder | None = None
    fee_ore: int = 0


@transaction.atomic
def issue(bill: Bill, *, address: str = "", actor: Actor, now: datetime) -> Invoice:
    """Make the invoice and tell the patient where it is, both or neither. Raises as `invoicing.issue`."""
    invoice = invoicing.issue(bill, address=address, actor=actor, now=now)

    def words(link: str, language: str) -> Words:
        return invoice_link(
            bill.clinic, language=language, link=link, due_on=invoice.due_on or invoice.issued_on
        )

    bill.refresh_from_db()
    invoice.sent_by = settling.send(bill, "invoice_link", words, actor=actor, now=now)
    invoice.save(update_fields=["sent_by"])
    return invoice


@transaction.atomic
def remind(invoice: Invoice, *, actor: Actor, now: datetime) -> Reminder:
    """Remind the patient, both the paper and the message or neither. Raises as `invoicing.remind`."""
    reminder = invoicing.remind(invoice, actor=actor, now=now)
    bill = Bill.objects.select_related("clinic", "patient").get(pk=invoice.bill_id)

    def words(link: str, language: str) -> Words:
        return reminder_link(bill.clinic, language=language, link=link, due_on=reminder.due_on)

    reminder.sent_by = settling.send(bill, "invoice_reminder", words, actor=actor, now=now)
    reminder.save(update_fields=["sent_by"])
    return reminder


def issue_by_name(clinic: Clinic, bill_id: str, *, address: str, actor: Actor, now: datetime) -> Invoice:
    """The desk makes the invoice at once. Raises NotFound, and as `issue`."""
    return issue(_find(clinic, bill_id), address=address, actor=actor, now=now)


def let_pay(
    clinic: Clinic, bill_id: str, *, payer_id: str, reference: str, actor: Actor, now: datetime
) -> Bill:
    """An organisation pays this bill; the patient does with an empty name. Raises NotFound and as `invoicing`."""
    payer = Payer.objects.filter(clinic=clinic, public_id=payer_id).first() if payer_id else None
    if payer_id and payer is None:
        raise NotFound
    bill = _find(clinic, bill_id)
    return invoicing.let_pay(bill, payer, reference=reference, actor=actor, now=now)


def due_in(clinic: Clinic, *, now: datetime) -> Due:
    """What would be issued and reminded of now."""
    today = local(now, clinic.zone).date()
    return Due(asked.to_invoice(now=now, clinic=clinic), asked.to_remind(today=today, clinic=clinic))


def do_due(clinic: Clinic, *, actor: Actor, now: datetime) -> int:
    """Issue and remind of all that is due in a clinic; says how many papers were made."""
    due = due_in(clinic, now=now)
    made = _each(due.bills, lambda one: issue(one, actor=actor, now=now))
    return made + _each(due.invoices, lambda one: remind(one, actor=actor, now=now))


def work(*, now: datetime) -> int:
    """What the worker does about invoices; says how many things it did."""
    done = _each(asked.to_invoice(now=now), lambda one: issue(one, actor=SYSTEM, now=now))
    today = local(now, "Europe/Oslo").date()
    done += _each(asked.to_remind(today=today), lambda one: remind(one, actor=SYSTEM, now=now))
    done += _each(
        asked.without_a_credit_note(), lambda one: invoicing.credit_note(one, actor=SYSTEM, now=now)
    )
    # Only those that came to rest are counted: one that waits still is asked again at the next round.
    return done + sum(bank.try_again(entry, now=now) for entry in bank.waiting_entries())


def _each(things: Iterable[T], act: Callable[[T], object]) -> int:
    """One that somebody else moved in the meantime does not hold up the others."""
    done = 0
    for thing in things:
        try:
            act(thing)
            done += 1
        except DomainError as refusal:
            log.info("invoices.not_yet", extra={"why": refusal.code})
    return done


def paper_at_desk(
    clinic: Clinic, bill_id: str, number: int, *, reminder: int = 0, actor: Actor, now: datetime
) -> Printed:
    """A paper of a bill for the desk, which is recorded as seen. Raises NotFound."""
    bill = _find(clinic, bill_id)
    found = _printed(bill, number, reminder)
    looked_at("invoice", actor=actor, about=found.invoice, clinic_id=clinic.pk, now=now)
    return found


def paper_for_patient(link_id: str, device_secret: str, number: int, *, reminder: int = 0) -> Printed:
    """A paper of the bill behind a link, for a browser that has shown whose it is. Raises NotFound."""
    device = links.find_presented(link_id, device_secret)
    if device.proven_at is None or device.link.bill.payer_id is not None:
        raise NotFound
    return _printed(device.link.bill, number, reminder)


def _printed(bill: Bill, number: int, reminder: int) -> Printed:
    invoice = next((one for one in asked.papers_of(bill) if one.number == number), None)
    if invoice is None:
        raise NotFound
    paper = paper_from(invoice.paper)
    if not reminder:
        return Printed(invoice, paper)
    sent = list(invoice.reminders.all())
    if reminder > len(sent):
        raise NotFound
    fee = sum(one.fee_ore for one in sent[:reminder])
    return Printed(invoice, paper, sent[reminder - 1], fee)


def _find(clinic: Clinic, bill_id: str) -> Bill:
    found = queries.bills_of(clinic).filter(public_id=bill_id).first()
    if found is None:
        raise NotFound
    return found
