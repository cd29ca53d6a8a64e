"""The public holidays of Norway."""

from datetime import date
from functools import cache

import holidays


@cache
def _of_year(year: int) -> dict[date, str]:
    # A day that is two of them at once, as 17 May 2027, has both names; one is enough to know why it is closed.
    named = holidays.country_holidays("NO", years=year, language="no").items()
    return {day: name.split("; ")[-1] for day, name in named}


def holiday_name(day: date) -> str:
    """The name of the public holiday that a day is, in bokmål; empty for an ordinary day."""
    return _of_year(day.year).get(day, "")
