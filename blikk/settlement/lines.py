"""What a bill is made of: lines with whole øre, and who pays each."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from blikk.kernel.errors import Invalid

Payer = Literal["patient", "state", "other"]
PAYERS = ("patient", "state", "other")
# Above what any line or bill can be, so that a slip of the hand is not sent to a patient.
HIGHEST_ORE = 10_000_000
MOST_LINES = 50


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line: what was done, how many times, and the amount of the whole line."""

    code: str
    text: str
    quantity: int
    amount_ore: int
    payer: Payer = "patient"


def is_whole(value: object) -> bool:
    """Whether a value is an integer; True and 100.0 are none."""
    return type(value) is int


def check(lines: Iterable[BillLine]) -> None:
    """Raises Invalid for lines that no bill can have."""
    lines = list(lines)
    if not lines or len(lines) > MOST_LINES:
        raise Invalid(lines="missing")
    for line in lines:
        if not is_whole(line.amount_ore) or not 0 <= line.amount_ore <= HIGHEST_ORE:
            raise Invalid(amount_ore="not_an_amount")
        if not is_whole(line.quantity) or not 1 <= line.quantity <= 1000:
            raise Invalid(quantity="not_an_amount")
        if line.payer not in PAYERS:
            raise Invalid(payer="unknown")
        if not line.text.strip() or len(line.text) > 300 or len(line.code) > 20:
            raise Invalid(text="missing")
    if patients_part(lines) > HIGHEST_ORE:
        raise Invalid(amount_ore="not_an_amount")


def patients_part(lines: Iterable[BillLine]) -> int:
    """What the patient is to pay, in øre."""
    return sum(line.amount_ore for line in lines if line.payer == "patient")
