"""The public holidays of Norway."""

from datetime import date
from functools import cache

import holidays


@cache
def _of_year(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("NO", years=year, language="no"))


def holiday_name(day: date) -> str:
    """The name of the public holiday that a day is, in bokmål; empty for an ordinary day."""
    return _of_year(day.year).get(day, "")
