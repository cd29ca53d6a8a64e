"""What each page of the staff side is for, and what to do there: the words of the panel «Hjelp»."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.functional import Promise

from blikk.web.help_texts import TEXTS
from blikk.web.keys import Key, keys_on

# Pages that other parts may have: linked where they are.
MANUAL, SUPPORT = "manual", "support"


@dataclass(frozen=True, slots=True)
class Help:
    """What the panel shows of a page."""

    purpose: Promise
    doing: Promise
    keys: Sequence[Key]
    manual: str
    support: str


def help_at(path: str) -> Help | None:
    """The help of the page at an address; of the page above it where a form was sent to an address below.

    None where there is nothing to explain: pages for everybody, and pages that do not exist.
    """
    while path.strip("/"):
        name = _name_at(path)
        if name in TEXTS:
            purpose, doing = TEXTS[name]
            return Help(purpose, doing, keys_on(name), address_if_there(MANUAL), address_if_there(SUPPORT))
        path = path[:-1] if path.endswith("/") else path.rpartition("/")[0] + "/"
    return None


def address_if_there(name: str) -> str:
    """The address of a page that this version may not have; empty where it has none."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _name_at(path: str) -> str:
    try:
        return resolve(path).url_name or ""
    except Resolver404:
        return ""
