"""Reading what patients type: birth dates and codes, as they are meant and not as they are spelt."""

import re
from datetime import date

from blikk.kernel.errors import Invalid

OLDEST = 125
_MONTHS = ("jan", "feb", "mar", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "des")
_ALSO = {"may": 5, "oct": 10, "dec": 12}
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NAMED = re.compile(r"(\d{1,2})\D*?([a-zæøå]{3})[a-zæøå]*\W*(\d{4}|\d{2})")
_PARTS = re.compile(r"(\d{1,2})[\s.,/\-]+(\d{1,2})[\s.,/\-]+(\d{4}|\d{2})")


def read_birth_date(typed: object, *, today: date) -> date:
    """Read day, month and year. Raises Invalid, and then nothing was tried.

    Two digits are taken for a year only where they can mean one: "05" may be somebody of five years or of a
    hundred and five.
    """
    text = str(typed).strip().lower() if isinstance(typed, str) else ""
    if not text:
        raise Invalid(birth_date="empty")
    day, month, year = _parts(text)
    try:
        born = date(_whole_year(year, today), month, int(day))
    except ValueError:
        raise Invalid(birth_date="malformed") from None
    if born > today or born.year < today.year - OLDEST:
        raise Invalid(birth_date="malformed")
    return born


def read_digits(typed: object) -> str:
    """Read a code of six digits, whatever stands between them. Raises Invalid."""
    text = re.sub(r"[\s.\-]", "", typed) if isinstance(typed, str) else ""
    if not (len(text) == 6 and text.isascii() and text.isdigit()):
        raise Invalid(code="empty_code")
    return text


def _parts(text: str) -> tuple[str, int, str]:
    if found := _ISO.fullmatch(text):
        year, month, day = found.groups()
        return day, int(month), year
    if found := _PARTS.fullmatch(text):
        return found[1], int(found[2]), found[3]
    if found := _NAMED.fullmatch(text):
        return found[1], _month(found[2]), found[3]
    digits = re.sub(r"\s", "", text)
    if digits.isascii() and digits.isdigit() and len(digits) in {6, 8}:
        return digits[:2], int(digits[2:4]), digits[4:]
    raise Invalid(birth_date="malformed")


def _month(name: str) -> int:
    return _MONTHS.index(name) + 1 if name in _MONTHS else _ALSO.get(name, 0)


def _whole_year(year: str, today: date) -> int:
    if len(year) == 4:
        return int(year)
    if int(year) <= today.year % 100:
        raise Invalid(birth_date="malformed")
    return today.year - today.year % 100 - 100 + int(year)
