"""Reading a number or an address aloud: in parts that one can tick, letter by letter as it is spelt on the phone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from blikk.invitations.words import grouped
from blikk.patients.reading import readable_email
from blikk.patients.slips import COMMON_HOSTS

# The Norwegian spelling alphabet, the same in every language of the page: it is the patient who hears it.
NAMES = (
    *("Anna", "Bernhard", "Cecilie", "David", "Edith", "Fredrik", "Gustav", "Harald", "Ivar", "Johan"),
    *("Karin", "Ludvig", "Martin", "Nils", "Olivia", "Petter", "Quintus", "Rikard", "Sigrid", "Teodor"),
    *("Ulrik", "Xerxes", "Yngling", "Zakarias", "Ærlig", "Østen", "Åse"),
)
ALPHABET = {name[0].lower(): name for name in NAMES} | {"v": "Enkelt-V", "w": "Dobbelt-W"}
DIGITS: tuple[Promise, ...] = (
    pgettext_lazy("siffer", "null"),
    pgettext_lazy("siffer", "en"),
    pgettext_lazy("siffer", "to"),
    pgettext_lazy("siffer", "tre"),
    pgettext_lazy("siffer", "fire"),
    pgettext_lazy("siffer", "fem"),
    pgettext_lazy("siffer", "seks"),
    pgettext_lazy("siffer", "sju"),
    pgettext_lazy("siffer", "åtte"),
    pgettext_lazy("siffer", "ni"),
)
SIGNS: dict[str, Promise] = {
    "@": _("krøllalfa"),
    ".": _("punktum"),
    "-": _("bindestrek"),
    "_": _("understrek"),
    "+": _("pluss"),
    "&": _("og-tegn"),
    "!": _("utropstegn"),
    "#": _("firkanttegn"),
    "$": _("dollartegn"),
    "%": _("prosenttegn"),
    "'": _("apostrof"),
    "*": _("stjerne"),
    "/": _("skråstrek"),
    "=": _("likhetstegn"),
    "?": _("spørsmålstegn"),
    "^": _("hatt"),
    "`": _("baklengs aksent"),
    "{": _("venstre krøllparentes"),
    "|": _("loddrett strek"),
    "}": _("høyre krøllparentes"),
    "~": _("bølgestrek"),
}
MOST_LETTERS = 5
_RUNS = re.compile(r"[^\W_]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Part:
    """As much as one says before one hears «ja»."""

    shown: str
    said: str


def phone_parts(number: str) -> list[Part]:
    """A number (E.164) in the groups in which people say it."""
    return [Part(group, " ".join(spell(sign) for sign in group)) for group in grouped(number).split()]


def email_parts(address: str) -> list[Part]:
    """An address letter by letter, a few at a time; a host that everybody knows in one breath."""
    local, at, host = readable_email(address).rpartition("@")
    parts = _parts(local)
    if host in COMMON_HOSTS:
        # What everybody knows how to write is said in one breath.
        return [*parts, Part(at + host, f"{spell(at)} {host.replace('.', ' ' + spell('.') + ' ')}")]
    return [*parts, *_parts(at + host)]


def parts_of(kind: str, value: str) -> list[Part]:
    """What is read back of a contact point."""
    return phone_parts(value) if kind == "phone" else email_parts(value)


def spell(sign: str) -> str:
    """One sign as it is said on the phone."""
    if sign.isascii() and sign.isdigit():
        return str(DIGITS[int(sign)])
    if sign in SIGNS:
        return str(SIGNS[sign])
    known = ALPHABET.get(sign.lower())
    if known is None or len(sign.lower()) != 1:
        return gettext("tegnet %(sign)s") % {"sign": sign}
    return gettext("stor %(letter)s") % {"letter": known} if sign != sign.lower() else known


def _parts(text: str) -> list[Part]:
    """Cut into short runs; a sign goes with the letters that follow it."""
    parts: list[str] = []
    leading = ""
    for run in _RUNS.findall(text):
        if run in SIGNS:
            leading += run
            continue
        # Six letters are three and three, not five and a lonely one.
        size = ceil(len(run) / ceil(len(run) / MOST_LETTERS))
        for start in range(0, len(run), size):
            parts.append(leading + run[start : start + size])
            leading = ""
    if leading:
        parts.append(leading)
    return [Part(part, _said(part)) for part in parts]


def _said(signs: Sequence[str]) -> str:
    return " ".join(spell(sign) for sign in signs)
