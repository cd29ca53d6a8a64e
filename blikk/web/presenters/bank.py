"""Payments to the account, in words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from blikk.kernel.ids import digest
from blikk.web.presenters.amounts import kroner

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from blikk.settlement.bank import Match
    from blikk.settlement.bank_files import Read
    from blikk.settlement.models import BankEntry, Invoice

OUTCOMES: dict[str, Promise] = {
    "paid": _("Betaler fakturaen"),
    "unknown_kid": _("Ingen faktura har denne KID-en. Se i banken hvem som har betalt."),
    "other_amount": _("Beløpet er et annet enn fakturaen. Den står som ubetalt."),
    "not_owed": _("Fakturaen er alt betalt eller kreditert. Pengene skal tilbake."),
    "being_paid": _("Pasienten har nettopp godkjent en betaling. Blikk ser etter på nytt av seg selv."),
    "reversed": _("Banken har tatt pengene tilbake."),
    "": _("Hentet inn før. Ingenting skjer."),
}
HOW: dict[str, Promise] = {
    "sent_back": _("Pengene er betalt tilbake"),
    "put_right": _("Ordnet på regningen"),
    "not_ours": _("Gjelder noe annet enn Blikk"),
}


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """One payment to the account."""

    id: str
    day: str
    kid: str
    amount: str
    who: str
    bill: str
    outcome: str
    cleared: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would do."""

    rows: list[ShownEntry]
    # Outcome in words, and how many.
    sums: list[tuple[str, int]]
    count: int
    total: str
    seen: str
    is_nothing_new: bool


def show_preview(file: Read, matches: Sequence[Match]) -> Preview:
    """Put what a file would do into words."""
    codes = [str(match.outcome or "") for match in matches]
    counts = Counter(codes)
    return Preview(
        rows=[
            _shown("", match.row.paid_on, match.row.kid, match.row.amount_ore, match.invoice, code)
            for match, code in zip(matches, codes, strict=True)
        ],
        sums=[(str(words), counts[code]) for code, words in OUTCOMES.items() if counts[code]],
        count=len(matches),
        total=kroner(file.sum_ore, to_the_ore=True),
        seen=digest(":".join([file.digest, *codes])),
        is_nothing_new=not any(codes),
    )


def show_entries(entries: Sequence[BankEntry]) -> list[ShownEntry]:
    """Put payments that were taken in into words."""
    return [
        _shown(
            one.public_id,
            one.paid_on,
            one.kid,
            one.amount_ore,
            one.invoice,
            one.outcome,
            str(HOW.get(one.cleared_how, "")),
        )
        for one in entries
    ]


def _shown(
    name: str, day: date, kid: str, ore: int, invoice: Invoice | None, code: str, cleared: str = ""
) -> ShownEntry:
    bill = invoice.bill if invoice else None
    return ShownEntry(
        id=name,
        day=formats.date_format(day, "j. F Y"),
        kid=kid,
        amount=kroner(ore, to_the_ore=True),
        who=bill.patient.name if bill and bill.patient else "",
        bill=bill.public_id if bill else "",
        outcome=str(OUTCOMES[code]),
        cleared=cleared,
    )
