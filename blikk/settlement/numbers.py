"""Check digits of Norwegian payments: KID and account numbers."""

from dataclasses import dataclass
from typing import Literal

from blikk.kernel.check_digits import is_checked, mod11

KidCheck = Literal["mod10", "mod11"]
KID_CHECKS: tuple[KidCheck, ...] = ("mod10", "mod11")
SHORTEST_KID, LONGEST_KID = 5, 25
# What a series needs at least, so that it does not run out within the life of an agreement.
FEWEST_DIGITS = 4


class Full(Exception):
    """The agreement has no room for another number."""


def mod10(body: str) -> str:
    """The check digit that goes behind `body`: every second digit from the right counts double (Luhn)."""
    doubled = (int(sign) * (2 - place % 2) for place, sign in enumerate(reversed(body)))
    return str(-sum(one // 10 + one % 10 for one in doubled) % 10)


@dataclass(frozen=True, slots=True)
class KidRules:
    """What a clinic has agreed with its bank: how long a KID is, how it is checked, and digits that it begins with."""

    length: int
    check: KidCheck
    prefix: str = ""

    @property
    def room(self) -> int:
        """How many digits there are for the number of the invoice."""
        return self.length - len(self.prefix) - (2 if self.check == "mod11" else 1)


def kid_of(number: int, rules: KidRules) -> str:
    """The KID of an invoice. Raises Full.

    With mod11 a body in eleven has no digit behind it. Invoice numbers may have no holes and many banks take no
    hyphen, so such a KID has a one instead of the nought before its number (decision 54).
    """
    digits = str(number)
    if len(digits) > rules.room:
        raise Full
    digits = digits.zfill(rules.room)
    if rules.check == "mod10":
        body = rules.prefix + digits
        return body + mod10(body)
    bodies = (f"{rules.prefix}{spare}{digits}" for spare in "01")
    return next(body + mod11(body) for body in bodies if mod11(body))


def is_kid(kid: str) -> bool:
    """Whether a KID ends as one of the two ways has it."""
    return (
        kid.isdecimal()
        and kid.isascii()
        and 2 <= len(kid) <= LONGEST_KID
        and kid[-1] in {mod10(kid[:-1]), mod11(kid[:-1])}
    )


def digits_of(typed: str) -> str:
    """What was typed without the spaces and points that people put into numbers."""
    return "".join(sign for sign in typed if not sign.isspace() and sign not in ".-\N{NO-BREAK SPACE}")


def is_account(account: str) -> bool:
    """Whether this is a Norwegian account: eleven digits, the last of them mod11."""
    return is_checked(account, 11)
