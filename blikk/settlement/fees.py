"""The fees that the rules allow, as dated data. What the data do not know of a day is not taken."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data" / "fees.csv"


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee, for how long it is so, and where that is written."""

    kind: str
    valid_from: date
    valid_to: date | None
    amount_ore: int
    rule: str
    source: str
    seen_on: date


@cache
def known_fees() -> tuple[Fee, ...]:
    """All of them."""
    with _DATA.open(encoding="utf-8", newline="") as lines:
        return tuple(
            Fee(
                row["kind"],
                date.fromisoformat(row["valid_from"]),
                date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                int(row["amount_ore"]),
                row["rule"],
                row["source"],
                date.fromisoformat(row["seen_on"]),
            )
            for row in csv.DictReader(lines)
        )


def reminder_fee_on(day: date) -> Fee | None:
    """The most that a reminder of this day may cost; None where nobody has written it down yet."""
    return next(
        (
            fee
            for fee in known_fees()
            if fee.kind == "reminder"
            and fee.valid_from <= day
            and (fee.valid_to is None or day <= fee.valid_to)
        ),
        None,
    )
