"""How the door is put into words for the person in front of it."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.utils import formats
from django.utils.translation import gettext

from blikk.journeys.door import DoorView
from blikk.kernel.times import local

CLOSED = frozenset(
    {"ended", "cancelled", "moved", "replaced", "expired", "locked", "queue_closed", "given_up", "in_person"}
)
# What can be shown before any script has run; the rest waits for the first press or for the camera.
_AT_ONCE = {"early": "early", "waiting": "waiting", "admitted": "talk"}


@dataclass(frozen=True, slots=True)
class DoorPage:
    """The words and times of the patient's page; nothing personal stands on it."""

    sender: str
    phone: str
    phone_link: str
    day: str
    starts_time: str
    opens_day: str
    opens_time: str
    tries_left: int
    code_to: str
    ended_by: str = ""
    is_queue: bool = False
    gone: str = ""
    # Somebody who comes along with a patient.
    is_along: bool = False
    alias: str = ""


def door_page(view: DoorView, *, is_queue: bool = False) -> DoorPage:
    """Put a door into the words of the language that is active."""
    starts, opens = local(view.starts_at, view.zone), local(view.opens_at, view.zone)
    return DoorPage(
        sender=view.label,
        phone=phone_words(view.phone),
        phone_link=re.sub(r"[^\d+]", "", view.phone),
        day=day_of(starts),
        starts_time=time_of(starts),
        opens_day=day_of(opens),
        opens_time=time_of(opens),
        tries_left=view.tries_left,
        code_to=view.code_to,
        is_queue=is_queue,
        gone=view.gone,
        is_along=view.is_along,
        alias=view.alias,
    )


def first_screen(view: DoorView) -> str:
    """Which part of the page is shown before any script has run."""
    if view.step in CLOSED:
        return view.step.replace("_", "-")
    if view.step == "waiting" and view.is_away:
        return "away"
    if view.step == "check" and view.gone in {"missed", "declined"}:
        return "gone"
    return _AT_ONCE.get(view.step, "link")


def phone_words(phone: str) -> str:
    """A Norwegian number as people read it aloud; any other as it was given."""
    digits = re.sub(r"[^\d+]", "", phone)
    local_part = digits.removeprefix("+47")
    if len(local_part) != 8 or not local_part.isdigit():
        return phone
    return " ".join(local_part[at : at + 2] for at in range(0, 8, 2))


def day_of(moment: datetime) -> str:
    # Translators: a day in Django's date format, with weekday and without year.
    return formats.date_format(moment, gettext("l j. F"))


def time_of(moment: datetime) -> str:
    # Translators: a time of day in Django's date format.
    return formats.date_format(moment, gettext("H:i"))
