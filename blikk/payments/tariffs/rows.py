"""One tariff as it holds from one day to another, and the rules that come with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

# Areas of trade as the open register names them; what Blikk offers to choose between.
FIELDS = ("LE", "PS", "FY", "KI", "JO", "LOGO", "HS", "PO")
# What a tariff is proposed for; the register does not say it, so a file may (`use`, our own column).
USES = ("consultation", "time", "specialist", "interpreter", "relatives")
PARTS = ("day", "evening")


@dataclass(frozen=True, slots=True)
class Combination:
    """With what a tariff may stand on one bill: with all (`any`), all but `codes` (`not`), or those alone (`only`)."""

    mode: str = "any"
    codes: tuple[str, ...] = ()

    def allows(self, code: str) -> bool:
        """Whether the other code may stand beside this one."""
        if self.mode == "any":
            return True
        return matches(code, self.codes) == (self.mode == "only")


@dataclass(frozen=True, slots=True)
class TariffRow:
    """A tariff with its amounts in øre. None is an amount that the source does not tell."""

    field: str
    code: str
    text: str
    valid_from: date
    valid_to: date | None
    fee_ore: int | None
    reimbursement_ore: int | None
    copay_ore: int
    # What the patient pays whoever is exempt.
    own_ore: int = 0
    # How often it may be repeated after the first time; None for no limit.
    most_repeats: int | None = None
    repeat_percent: int = 100
    reduced_from: int | None = None
    reduced_percent: int = 100
    for_specialist: bool = False
    combination: Combination = Combination()
    # One of these must stand on the same bill.
    needs_codes: tuple[str, ...] = ()
    needs_procedure: bool = False
    needs_diagnosis: bool = False
    most_a_year: int | None = None
    least_minutes: int | None = None
    minutes_per_repeat: int | None = None
    # For which part of a consultation it is proposed, by which form and at what time; empty where nobody said so.
    use: str = ""
    forms: tuple[str, ...] = ()
    part: str = ""
    source: str = ""
    source_on: date | None = None

    @property
    def key(self) -> tuple[str, str]:
        return (self.field, self.code.lower())

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def matches(code: str, patterns: Iterable[str]) -> bool:
    """Whether a code is among codes, of which some end in % or * for all that begin so."""
    small = code.lower()
    for pattern in patterns:
        wanted = pattern.lower()
        if wanted[-1:] in {"%", "*"}:
            if small.startswith(wanted[:-1]):
                return True
        elif small == wanted:
            return True
    return False


def day_after(day: date) -> date:
    return day + timedelta(days=1)


def day_before(day: date) -> date:
    return day - timedelta(days=1)
