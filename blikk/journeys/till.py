"""The till at the desk: what is owed, and what staff do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from blikk.audit.services import looked_at
from blikk.clinics.models import Clinic, Membership
from blikk.journeys import invoices, settling
from blikk.kernel.actors import Actor
from blikk.kernel.errors import NotFound
from blikk.kernel.times import local
from blikk.settlement import invoice_queries as asked
from blikk.settlement import payments, queries, services
from blikk.settlement.errors import NotPayable
from blikk.settlement.invoice_paper import InvoicePaper, paper_from
from blikk.settlement.invoice_setup import invoices_of, payers_of
from blikk.settlement.invoicing import latest_address
from blikk.settlement.lines import BillLine
from blikk.settlement.models import Bill, Invoice, InvoiceSetup, Payer, Payment, Provider
from blikk.settlement.states import OUTSTANDING

# So long a bill stays on the list after it was settled.
LATELY = timedelta(days=30)
MOST = 200


@dataclass(frozen=True, slots=True)
class Till:
    """What the list shows."""

    owed: Sequence[Bill]
    settled: Sequence[Bill]
    owed_ore: int
    owed_count: int
    # Whether bills become invoices here, how many papers are due now, and money that nobody has explained.
    issues_invoices: bool
    today: date
    bills_due: int
    reminders_due: int
    unclear: int


@dataclass(frozen=True, slots=True)
class OneBill:
    """A bill with its lines and each attempt to pay it, newest first."""

    bill: Bill
    lines: tuple[BillLine, ...]
    payments: Sequence[Payment]
    sent_by: str
    # The invoice and its credit note, and what stands on them.
    invoices: Sequence[Invoice]
    papers: Sequence[InvoicePaper]
    setup: InvoiceSetup | None
    payers: Sequence[Payer]
    # Where the patient's latest invoice went.
    address: str
    today: date


def till_of(clinic: Clinic, *, now: datetime) -> Till:
    """The bills that are owed, oldest first, and those that were settled lately."""
    count, ore = queries.owed_in(clinic)
    setup, due = invoices_of(clinic), invoices.due_in(clinic, now=now)
    return Till(
        owed=queries.owed_bills(clinic, most=MOST),
        settled=queries.settled_bills(clinic, since=now - LATELY, most=MOST),
        owed_ore=ore,
        owed_count=count,
        issues_invoices=setup is not None and setup.is_on,
        today=local(now, clinic.zone).date(),
        bills_due=len(due.bills),
        reminders_due=len(due.invoices),
        unclear=len(asked.unclear_entries(clinic)),
    )


def bill_of(clinic: Clinic, bill_id: str, *, actor: Actor, now: datetime) -> OneBill:
    """A bill for the desk, which is recorded as seen. Raises NotFound."""
    bill = _find(clinic, bill_id)
    looked_at("bill", actor=actor, about=bill, clinic_id=clinic.pk, now=now)
    newest, papers = bill.links.order_by("-pk").first(), asked.papers_of(bill)
    return OneBill(
        bill,
        queries.lines_of(bill),
        list(bill.payments.select_related("taken_by__user").order_by("-pk")),
        newest.sent_by if newest else "",
        papers,
        [paper_from(one.paper) for one in papers],
        invoices_of(clinic),
        payers_of(clinic),
        latest_address(bill),
        local(now, clinic.zone).date(),
    )


def send_again(clinic: Clinic, bill_id: str, *, actor: Actor, now: datetime) -> str:
    """Send a new link; says by which channel, empty where there is none that is sure. Raises NotPayable.

    What an organisation pays, the patient is sent nothing about.
    """
    bill = _find(clinic, bill_id)
    if bill.status not in OUTSTANDING or bill.payer_id is not None:
        raise NotPayable
    return settling.send_link(bill, actor=actor, now=now)


def paid_at_desk(
    clinic: Clinic, bill_id: str, *, how: str, membership: Membership, actor: Actor, now: datetime
) -> None:
    """Note that the patient has paid here. Raises NotPayable, BeingPaid or Invalid."""
    bill, way = _find(clinic, bill_id), Provider.BANK if how == "transfer" else Provider.DESK
    payments.pay_by_hand(bill, how=how, provider=way, membership=membership, actor=actor, now=now)


def take_back(clinic: Clinic, bill_id: str, *, actor: Actor, now: datetime) -> None:
    """Owe nothing after all. Raises BeingPaid, or IllegalMove where it is settled."""
    services.credit(_find(clinic, bill_id), why="desk", actor=actor, now=now)


def give_back(clinic: Clinic, bill_id: str, *, actor: Actor, now: datetime) -> None:
    """Give the money back by the way it came. Raises NotFound where there is none."""
    services.give_back(_find(clinic, bill_id), actor=actor, now=now)


def _find(clinic: Clinic, bill_id: str) -> Bill:
    found = queries.bills_of(clinic).filter(public_id=bill_id).first()
    if found is None:
        raise NotFound
    return found
