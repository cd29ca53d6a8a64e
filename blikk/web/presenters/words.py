"""Words for times, people and states that several staff pages share."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from blikk.invitations.words import grouped
from blikk.kernel.times import local

ROLES: dict[str, Promise] = {
    "clinician": _("behandler"),
    "patient": _("pasient"),
    "relative": _("pårørende"),
    "carer": _("hjelper"),
    "assistant": _("assistent"),
    "guardian": _("verge eller forelder"),
    "interpreter": _("tolk"),
    "colleague": _("kollega"),
    "member": _("deltaker i gruppen"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A short piece of state: words beside an icon, never a colour alone. `since` counts minutes on the page.

    `href` is where one does what the state asks for.
    """

    words: str
    icon: str
    tone: str = ""
    since: str = ""
    minutes: str = field(default="", repr=False)
    href: str = ""


def role(code: str) -> str:
    """What somebody is in a conversation."""
    return str(ROLES.get(code, code))


def born(day: date) -> str:
    """A birth date as it is said: 14.03.1951."""
    return day.strftime("%d.%m.%Y")


def age(day: date, today: date) -> int:
    """Whole years."""
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))


def clock(moment: datetime, zone: str) -> str:
    """The time on the clinic's wall."""
    return local(moment, zone).strftime("%H:%M")


def long_day(day: date) -> str:
    """A day in words, such as «mandag 23. november»."""
    return formats.date_format(day, gettext("l j. F"))


def day_and_clock(moment: datetime, zone: str) -> str:
    """A day and a time in words."""
    at = local(moment, zone)
    return gettext("%(day)s kl. %(time)s") % {"day": long_day(at.date()), "time": at.strftime("%H:%M")}


def short_day_and_clock(moment: datetime, zone: str) -> str:
    """A day and a time in few words: «tir 1. desember kl. 09:00»."""
    at = local(moment, zone)
    day = formats.date_format(at, gettext("D j. F"))
    return gettext("%(day)s kl. %(time)s") % {"day": day_inside(day), "time": at.strftime("%H:%M")}


def capital(words: str) -> str:
    """The words with a capital first letter."""
    return words[:1].upper() + words[1:]


def uncapital(words: str) -> str:
    """The words as they stand inside a sentence."""
    return words[:1].lower() + words[1:]


def day_inside(name: str) -> str:
    """The name of a weekday as it stands inside a sentence: English keeps its capital."""
    return name if (get_language() or "").startswith("en") else uncapital(name)


def listed(parts: Sequence[str]) -> str:
    """One thing, or several with a word between the last two."""
    if len(parts) <= 1:
        return "".join(parts)
    return gettext("%(first)s og %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


def length(minutes: int) -> str:
    """How long something lasts."""
    return gettext("%(minutes)s min") % {"minutes": minutes}


def waited(since: datetime, now: datetime) -> str:
    """How long somebody has waited, in whole minutes."""
    minutes = max(int((now - since).total_seconds() // 60), 0)
    if minutes == 0:
        return gettext("under 1 min")
    return gettext("%(minutes)s min") % {"minutes": minutes}


def minutes_in_words(minutes: int) -> str:
    """How long something lasted, in full words."""
    return ngettext("%(minutes)s minutt", "%(minutes)s minutter", minutes) % {"minutes": minutes}


def phone(number: str) -> str:
    """A phone number in the groups in which it is read aloud."""
    return grouped(number)
