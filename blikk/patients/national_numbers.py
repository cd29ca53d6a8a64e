"""Reading a national number: what kind it is, and which birth date it says. Nothing else is ever read out of one.

The rules are those of Folkeregisteret, with what changes in 2032: the first check digit may then leave 0, 1, 2 or 3,
neither sex nor century stands in the number any more, and the birth date belongs to the register. All of that is
accepted from now, so that no date has to be kept in mind.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.conf import settings

from blikk.kernel.errors import Invalid

_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_BETWEEN = re.compile(r"[\s.\-\u00a0\u2009\u202f]")
_DIGITS = re.compile(r"[0-9]{11}")
# A leap year: the 29th of February is a day of some year, and which one the number does not say for certain.
_SOME_YEAR = 2000


class Kind(StrEnum):
    """What a number is called by those who give it out."""

    BIRTH = "birth"  # fødselsnummer
    D = "d"  # D-nummer
    H = "h"  # H-nummer, given by an institution
    D_AND_H = "d_and_h"
    FH = "fh"  # felles hjelpenummer; no date in it


@dataclass(frozen=True, slots=True)
class Reading:
    """A number that can be one."""

    digits: str
    kind: Kind
    is_synthetic: bool
    # Day and month and the last two digits of the year, as they stand in the number; None where none is to be trusted.
    day_and_month: tuple[int, int] | None
    year_digits: int | None

    def fits(self, born: date) -> bool | None:
        """Whether it says this birth date; None where a number does not say one that can be relied upon."""
        if self.day_and_month is None:
            return None
        return (born.day, born.month) == self.day_and_month and born.year % 100 == self.year_digits


def read(typed: str) -> Reading:
    """Read a number as people type it, with or without a space.

    Raises Invalid (`national_number`): not_eleven_digits, not_a_national_number, or test_number for a synthetic one
    where no test data is allowed.
    """
    digits = _BETWEEN.sub("", typed)
    if not _DIGITS.fullmatch(digits):
        raise Invalid(national_number="not_eleven_digits")
    left_over = _left_over(digits, _FIRST)
    if left_over > 3 or _left_over(digits, _SECOND) != 0:
        raise Invalid(national_number="not_a_national_number")
    reading = _kind_of(digits, is_of_2032=left_over > 0)
    if reading is None:
        raise Invalid(national_number="not_a_national_number")
    if reading.is_synthetic and not settings.BLIKK_TEST_NUMBERS:
        raise Invalid(national_number="test_number")
    return reading


def masked(number: str) -> str:
    """As it is shown: the first six digits, and dots for what makes it this person's."""
    return f"{number[:6]} •••••"


def spaced(number: str) -> str:
    """As it is read aloud and compared with a card."""
    return f"{number[:6]} {number[6:]}"


def _left_over(digits: str, weights: tuple[int, ...]) -> int:
    return sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=False)) % 11


def _kind_of(digits: str, *, is_of_2032: bool) -> Reading | None:
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    if day >= 80:
        return Reading(digits, Kind.FH, False, None, None)
    is_d = day > 40
    raised, is_synthetic = _raised_by(month)
    is_h = raised == 40
    at = (day - 40 if is_d else day, month - raised)
    if not _is_a_day(*at):
        return None
    kind = {(False, False): Kind.BIRTH, (True, False): Kind.D, (False, True): Kind.H}.get((is_d, is_h))
    said = (None, None) if is_of_2032 else (at, year)
    return Reading(digits, kind or Kind.D_AND_H, is_synthetic, *said)


def _raised_by(month: int) -> tuple[int, bool]:
    """By how much a month is raised, and whether that says that nobody has the number.

    40 is an H-number's, and some test populations'; 65 and 80 are test populations' alone (Tenor, Test-Norge).
    """
    for raised, is_synthetic in ((80, True), (65, True), (40, False)):
        if raised < month <= raised + 12:
            return raised, is_synthetic
    return 0, False


def _is_a_day(day: int, month: int) -> bool:
    try:
        date(_SOME_YEAR, month, day)
    except ValueError:
        return False
    return True
