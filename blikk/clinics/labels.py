"""The neutral name that messages come from: made safe to send, and questions about one that says too much."""

import re
import unicodedata

from blikk.clinics.models import Clinic
from blikk.kernel.gsm import BASIC, fits_gsm

LONGEST_LABEL = 40
LONGEST_SMS_SENDER = 11

# Words that name an illness, a specialty or a situation, or how they begin. It is asked about, not forbidden:
# «Rustad legekontor» begins so too, and its administrator says that it is all right.
_ANYWHERE = (
    "psyk", "psych", "kreft", "cancer", "abort", "onkolog", "demens", "depresj", "adhd", "autis", "epilep",
    "diabet", "gynek", "fertil", "urolog", "venerisk", "seksu", "sexual", "overgrep", "avhengig", "addiction",
    "spisefor", "smitte", "hepatitt", "tuberk", "nevrolog", "kardiolog", "hjerte", "lunge", "nyre", "svanger",
    "jordmor", "palliat", "smerte", "allergi", "revma", "radiolog", "fødsel", "barsel", "krise", "mental",
    "selvmord", "transplant", "dialyse", "cellegift", "kjønn", "prevensjon", "menopause", "stoma",
)  # fmt: skip
_AT_THE_START = (
    "rus",
    "hiv",
    "aids",
    "dps",
    "bup",
    "lar",
    "vold",
    "angst",
    "hud",
    "mage",
    "ivf",
    "ms",
    "als",
)
_LINK = re.compile(r"://|www\.|@|[^\W\d_]\.[^\W\d_]", re.IGNORECASE)


def neutral(label: str, *, most: int = LONGEST_LABEL) -> str:
    """Make a label safe to send, whatever stands in the database: no controls, no link, nothing unseen, not long."""
    seen = "".join(
        " " if sign.isspace() else sign
        for sign in unicodedata.normalize("NFC", label)
        if sign.isspace() or unicodedata.category(sign)[0] not in "CM"
    )
    words = re.sub(r"[/\\@#<>{}\[\]:;=%\"|^~`]", " ", seen)
    # A dot between two letters makes a telephone draw a link.
    words = re.sub(r"\.(?=\S)", " ", words)
    return " ".join(words.split())[:most].strip()


def short_sender(clinic: Clinic) -> str:
    """The name that an SMS comes from: at most eleven signs that every network carries."""
    said = neutral(clinic.sms_sender or clinic.sender_label)
    return "".join(sign for sign in said if sign in BASIC)[:LONGEST_SMS_SENDER].strip()


def questions_about(label: str) -> list[str]:
    """What an administrator should think of before a label is used: codes, none where it is fine."""
    found = []
    words = re.findall(r"\w+", label.casefold())
    if any(stem in word for word in words for stem in _ANYWHERE) or any(
        word.startswith(stem) if len(stem) > 2 else word == stem for word in words for stem in _AT_THE_START
    ):
        found.append("names_an_illness")
    if not fits_gsm(label):
        found.append("not_in_gsm")
    return found


def has_link(label: str) -> bool:
    """Whether a telephone would draw a link of it."""
    return bool(_LINK.search(label))
