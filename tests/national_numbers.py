"""National numbers for tests: made up by the rules, and nobody's."""

from datetime import date

FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2)
SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def made(born: date, *, day: int = 0, month: int = 0, left_over: int = 0, start: int = 900) -> str:
    """A number for a birth date, with day and month raised, whose first check digit leaves `left_over`."""
    date_part = f"{born.day + day:02}{born.month + month:02}{born.year % 100:02}"
    for individual in range(start, -1, -1):
        if number := closed(f"{date_part}{individual:03}", left_over=left_over):
            return number
    raise AssertionError("no number for this date")


def closed(nine: str, *, left_over: int = 0) -> str:
    """Nine digits with their two check digits; empty where there are none."""
    first = (left_over - _sum(nine, FIRST)) % 11
    second = -_sum(f"{nine}{first}", SECOND) % 11
    return f"{nine}{first}{second}" if first < 10 and second < 10 else ""


def _sum(digits: str, weights: tuple[int, ...]) -> int:
    return sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=False))
