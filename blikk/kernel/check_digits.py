"""Check digits that Norwegian numbers of several kinds share: modulus 11, weighed 2 to 7 from the right."""


def mod11(body: str) -> str:
    """The check digit that goes behind `body`, weighed 2 to 7 from the right; empty where it would be ten."""
    rest = -sum(int(sign) * (2 + place % 6) for place, sign in enumerate(reversed(body))) % 11
    return str(rest) if rest < 10 else ""


def is_checked(number: str, length: int) -> bool:
    """Whether there are so many digits, the last of them the check of the others."""
    is_digits = number.isdecimal() and number.isascii() and len(number) == length
    return is_digits and mod11(number[:-1]) == number[-1]


def is_org_number(number: str) -> bool:
    """Whether this is a Norwegian organisation number: nine digits from 8 or 9 on, the last of them mod11."""
    return is_checked(number, 9) and number[0] in "89"
