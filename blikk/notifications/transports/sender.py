"""The name or number that an SMS comes from, in the form that networks take."""

import re
import unicodedata
from typing import Literal, NamedTuple

LONGEST_NAME = 11
DEFAULT = "Blikk"
_SPELT = str.maketrans(
    {"æ": "ae", "Æ": "Ae", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ŋ": "n", "Ŋ": "N", "ß": "ss"}
)
_NO_NAME = re.compile(r"[^A-Za-z0-9 ]+")


class Sender(NamedTuple):
    """Who an SMS is from: a name of letters, a full number, or a short one."""

    kind: Literal["name", "number", "short"]
    value: str


def sms_sender(label: str, number: str = "") -> Sender:
    """A number that people can answer to where the site has one, else the clinic's neutral label in eleven signs."""
    if number:
        digits = number.lstrip("+")
        return Sender("number" if number.startswith("+") else "short", digits)
    spelt = unicodedata.normalize("NFKD", label.translate(_SPELT))
    name = _NO_NAME.sub("", "".join(sign for sign in spelt if not unicodedata.combining(sign)))
    name = " ".join(name.split())[:LONGEST_NAME].strip()
    return Sender("name", name if re.search(r"[A-Za-z]", name) else DEFAULT)
