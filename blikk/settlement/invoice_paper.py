"""What stands on an invoice or a credit note, as it was when it was issued: it is kept with it and never changes."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Literal

PaperKind = Literal["invoice", "credit_note"]
# Why there is no VAT: a health service (mval § 3-2), or a compensation, which is no supply at all.
VatReason = Literal["health", "outside"]


@dataclass(frozen=True, slots=True)
class Seller:
    """Who is to be paid."""

    name: str
    org_number: str
    address: str
    # Eleven digits.
    account: str
    is_in_vat_register: bool = False
    is_in_business_register: bool = False


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who is to pay: a person, or an organisation by its number."""

    name: str
    address: str = ""
    org_number: str = ""
    # What the organisation asked to have on the invoice: «deres ref.» or the number of an order.
    reference: str = ""

    @property
    def peppol_id(self) -> str:
        """Where an organisation takes invoices; empty for a person."""
        return f"0192:{self.org_number}" if self.org_number else ""


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One line: what was done, how many times, and the amount of the whole line in øre."""

    code: str
    text: str
    quantity: int
    amount_ore: int
    vat: VatReason = "health"


@dataclass(frozen=True, slots=True)
class InvoicePaper:
    """An invoice or credit note whole. Amounts are positive on both: the kind says which way they go."""

    kind: PaperKind
    number: int
    issued_on: date
    # The day of the service.
    served_on: date
    seller: Seller
    buyer: Buyer
    lines: tuple[PaperLine, ...]
    total_ore: int
    # Of an invoice alone.
    due_on: date | None = None
    kid: str = ""
    # The number and day of the invoice that a credit note takes back.
    credits_number: int | None = None
    credits_issued_on: date | None = None
    language: str = "nb"

    def as_text(self) -> str:
        """To be kept."""
        return json.dumps(asdict(self), default=date.isoformat, ensure_ascii=False)


def paper_from(text: str) -> InvoicePaper:
    """What was kept."""
    kept = json.loads(text)
    for name in ("issued_on", "served_on", "due_on", "credits_issued_on"):
        kept[name] = date.fromisoformat(kept[name]) if kept[name] else None
    kept["seller"], kept["buyer"] = Seller(**kept["seller"]), Buyer(**kept["buyer"])
    kept["lines"] = tuple(PaperLine(**line) for line in kept["lines"])
    return InvoicePaper(**kept)
