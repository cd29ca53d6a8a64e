"""A bill as the patient's page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import formats

from blikk.kernel.times import local
from blikk.settlement.invoice_paper import paper_from
from blikk.web.door_page import phone_words
from blikk.web.presenters.amounts import kroner
from blikk.web.presenters.invoice import ShownInvoice, show_invoices

if TYPE_CHECKING:
    from blikk.journeys.settling import PayPlace


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of the bill in words."""

    text: str
    quantity: int
    amount: str


@dataclass(frozen=True, slots=True)
class ShownPay:
    """The words of the page."""

    id: str
    step: str
    sender: str
    phone: str
    phone_link: str
    tries_left: int
    amount: str
    lines: tuple[ShownLine, ...]
    takes_vipps: bool
    takes_card: bool
    # Where the latest attempt was made: Vipps, or the page for cards.
    way: str
    # While nobody has said yes there, another way can be taken.
    can_change: bool
    address: str
    payment: str
    ended: str
    is_unreachable: bool
    free_until: str
    # The invoice and its credit note, newest last, and what of the sum is for reminders.
    invoices: tuple[ShownInvoice, ...]
    fee: str
    issues_invoices: bool
    kind: str
    # What the page waits to see changed.
    mark: str


def show_pay(place: PayPlace) -> ShownPay:
    """Put a bill into the words of the language that is active; nothing of it before the proof."""
    link = place.link
    free = link.bill.free_until
    until = local(free, link.clinic.zone) if free else None
    return ShownPay(
        id=link.public_id,
        step=place.step,
        sender=link.clinic.sender_label,
        phone=phone_words(link.clinic.phone),
        phone_link="".join(sign for sign in link.clinic.phone if sign in "+0123456789"),
        tries_left=place.tries_left,
        amount=kroner(place.amount_ore, to_the_ore=True),
        lines=tuple(
            ShownLine(line.text, line.quantity, kroner(line.amount_ore, to_the_ore=True))
            for line in place.lines
        ),
        takes_vipps="vipps" in place.ways,
        takes_card="card" in place.ways,
        way=place.way,
        can_change=len(place.ways) > 1 and place.payment in {"created", "redirected", "pushed"},
        address=place.address,
        payment=place.payment,
        ended=place.ended,
        is_unreachable=place.fault in {"not_allowed", "not_set_up", "not_there", "refused"},
        free_until=f"{formats.date_format(until, 'j. F')} {formats.time_format(until, 'H:i')}"
        if until and link.bill.status == "open"
        else "",
        invoices=show_invoices(place.papers, [paper_from(one.paper) for one in place.papers]),
        fee=kroner(place.fee_ore, to_the_ore=True) if place.fee_ore else "",
        issues_invoices=place.issues_invoices,
        kind=link.bill.kind,
        mark=f"{place.step}:{place.payment}:{bool(place.address)}",
    )


def at_the_provider(status: str) -> str:
    """What may be said of a payment to whoever comes back from the provider."""
    if status in {"captured", "refunding", "refunded"}:
        return "paid" if status == "captured" else "refunded"
    return "ended" if status in {"failed", "expired", "cancelled", "cancelling"} else "checking"
