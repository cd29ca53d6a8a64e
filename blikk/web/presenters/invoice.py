"""Invoices, credit notes and reminders as paper and pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils import formats, translation
from django.utils.translation import gettext

from blikk.kernel.press import printed
from blikk.settlement.peppol.delivery import chosen_delivery
from blikk.web.presenters.amounts import SPACE, kroner

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from blikk.journeys.invoices import Printed
    from blikk.settlement.invoice_paper import InvoicePaper, Seller
    from blikk.settlement.models import Invoice


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A line of the paper."""

    code: str
    text: str
    quantity: int
    amount: str


@dataclass(frozen=True, slots=True)
class ShownPaper:
    """The words of a paper, in its language."""

    language: str
    title: str
    seller: str
    seller_address: str
    org: str
    buyer: str
    buyer_address: str
    facts: tuple[tuple[str, str], ...]
    rows: tuple[PaperRow, ...]
    total: str
    vat: str
    said: str
    # The slip: where to, what, until when. Empty on a credit note.
    slip: tuple[tuple[str, str], ...]
    foot: str


@dataclass(frozen=True, slots=True)
class ShownInvoice:
    """A paper in a list of papers, with its reminders."""

    number: int
    is_credit_note: bool
    issued: str
    due: str
    kid: str
    account: str
    seller: str
    amount: str
    sent_by: str
    reminders: tuple[tuple[int, str], ...]
    # Whether it goes to an organisation, which can take it as EHF, and whether there is an access point to give it to.
    is_for_organisation: bool = False
    can_hand_over: bool = False


def day(value: date | None) -> str:
    """A day as papers have it: 24.11.2026."""
    return value.strftime("%d.%m.%Y") if value else ""


def account_words(account: str) -> str:
    """An account as it is printed: 8601 11 17947."""
    return SPACE.join((account[:4], account[4:6], account[6:])) if len(account) == 11 else account


def org_words(number: str) -> str:
    """An organisation number in groups of three."""
    return SPACE.join(number[at : at + 3] for at in range(0, len(number), 3))


def kid_words(kid: str) -> str:
    """A KID as it is typed into a bank: without spaces, for some banks take none."""
    return kid


def paper_of(found: Printed) -> bytes:
    """The paper as PDF. Raises NoPaper where this machine cannot make one."""
    with translation.override(found.paper.language):
        shown = show_paper(found)
        sheet = render_to_string("papers/invoice.html", {"paper": shown})
    name = f"{found.invoice.public_id}-{found.reminder.number}" if found.reminder else found.invoice.public_id
    return printed(sheet, name=name)


def file_name(found: Printed) -> str:
    """What the file is called: nothing about whom or what it is for."""
    if found.reminder is not None:
        return f"purring-{found.paper.number}-{found.reminder.number}.pdf"
    return f"{'kreditnota' if found.paper.kind == 'credit_note' else 'faktura'}-{found.paper.number}.pdf"


def show_paper(found: Printed) -> ShownPaper:
    """Put a paper into the words of the language that is active."""
    paper = found.paper
    due = found.reminder.due_on if found.reminder else paper.due_on
    total = paper.total_ore + found.fee_ore
    rows = [
        PaperRow(line.code, line.text, line.quantity, kroner(line.amount_ore, to_the_ore=True))
        for line in paper.lines
    ]
    if found.fee_ore:
        rows.append(PaperRow("", gettext("Purregebyr"), 1, kroner(found.fee_ore, to_the_ore=True)))
    return ShownPaper(
        language=paper.language,
        title=_title(found),
        seller=paper.seller.name,
        seller_address=paper.seller.address,
        org=_org(paper.seller),
        buyer=paper.buyer.name,
        buyer_address=paper.buyer.address,
        facts=tuple(_facts(found, due)),
        rows=tuple(rows),
        total=kroner(total, to_the_ore=True),
        vat=_vat(paper),
        said=_said(found),
        slip=() if paper.kind == "credit_note" else _slip(paper, due, total),
        foot=f"{paper.seller.name} · {_org(paper.seller)}",
    )


def _title(found: Printed) -> str:
    if found.reminder is not None:
        return gettext("Purring")
    return gettext("Kreditnota") if found.paper.kind == "credit_note" else gettext("Faktura")


def _org(seller: Seller) -> str:
    words = [f"{gettext('Org.nr.')} {org_words(seller.org_number)}"]
    if seller.is_in_vat_register:
        words.append("MVA")
    if seller.is_in_business_register:
        words.append("Foretaksregisteret")
    return " ".join(words)


def _facts(found: Printed, due: date | None) -> Iterable[tuple[str, str]]:
    paper = found.paper
    number = gettext("Kreditnotanummer") if paper.kind == "credit_note" else gettext("Fakturanummer")
    yield number, str(paper.number)
    if found.reminder is not None:
        yield gettext("Purringens dato"), day(found.reminder.made_on)
    yield gettext("Fakturadato") if paper.kind == "invoice" else gettext("Dato"), day(paper.issued_on)
    if paper.credits_number is not None:
        yield gettext("Gjelder faktura"), f"{paper.credits_number} ({day(paper.credits_issued_on)})"
    yield gettext("Utført"), day(paper.served_on)
    yield gettext("Sted"), paper.seller.address
    if paper.buyer.org_number:
        yield gettext("Kundens org.nr."), org_words(paper.buyer.org_number)
    if paper.buyer.reference:
        yield gettext("Deres referanse"), paper.buyer.reference
    if due is not None:
        yield gettext("Forfall"), day(due)


def _vat(paper: InvoicePaper) -> str:
    if any(line.vat == "outside" for line in paper.lines):
        return gettext("Erstatning for en time som ikke ble brukt. Det er ikke merverdiavgift på den.")
    return gettext("Helsetjenester er unntatt fra merverdiavgift, merverdiavgiftsloven § 3-2.")


def _said(found: Printed) -> str:
    if found.reminder is not None:
        return gettext(
            "Vi har ikke fått betaling for denne fakturaen. Har du betalt de siste dagene, kan du se bort fra dette."
        )
    if found.paper.kind == "credit_note":
        return gettext("Fakturaen er trukket tilbake. Har du alt betalt, får du pengene igjen.")
    return ""


def _slip(paper: InvoicePaper, due: date | None, total: int) -> tuple[tuple[str, str], ...]:
    return (
        (gettext("Betal til"), paper.seller.name),
        (gettext("Kontonummer"), account_words(paper.seller.account)),
        (gettext("KID"), kid_words(paper.kid)),
        (gettext("Forfall"), day(due)),
        (gettext("Beløp"), kroner(total, to_the_ore=True)),
    )


def show_invoices(invoices: Sequence[Invoice], papers: Sequence[InvoicePaper]) -> tuple[ShownInvoice, ...]:
    """The papers of a bill as a page lists them."""
    return tuple(
        ShownInvoice(
            number=one.number,
            is_credit_note=one.kind == "credit_note",
            issued=formats.date_format(one.issued_on, "j. F Y"),
            due=formats.date_format(_due_now(one), "j. F Y") if one.due_on else "",
            kid=one.kid,
            account=account_words(paper.seller.account),
            seller=paper.seller.name,
            amount=kroner(one.amount_ore, to_the_ore=True),
            sent_by=one.sent_by,
            reminders=tuple(
                (each.number, formats.date_format(each.made_on, "j. F Y")) for each in one.reminders.all()
            ),
            is_for_organisation=bool(paper.buyer.org_number),
            can_hand_over=bool(paper.buyer.org_number) and chosen_delivery() is not None,
        )
        for one, paper in zip(invoices, papers, strict=True)
    )


def _due_now(invoice: Invoice) -> date:
    sent = reversed(invoice.reminders.all())
    return next((each.due_on for each in sent), invoice.due_on or invoice.issued_on)
