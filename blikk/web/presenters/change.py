"""How the page of changes is put into words for the patient."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from blikk.invitations.wishes import reminder_channels
from blikk.journeys.from_the_link import Change, Offered
from blikk.kernel.times import local
from blikk.web.door_page import day_of, phone_words, time_of
from blikk.web.presenters.amounts import kroner

if TYPE_CHECKING:
    from blikk.patients.models import Patient


@dataclass(frozen=True, slots=True)
class ReminderChoice:
    """Whether reminders come by one channel."""

    channel: str
    words: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class OfferedTime:
    """A time for coming in person."""

    id: str
    words: str


@dataclass(frozen=True, slots=True)
class ShownChange:
    """The words and times of the page; nothing personal stands on it."""

    sender: str
    phone: str
    phone_link: str
    day: str
    starts_time: str
    tries_left: int
    # What it may cost to cancel now; empty where nothing is said about it.
    fee: str
    reminders: tuple[ReminderChoice, ...]
    offers: tuple[OfferedTime, ...] = ()


def show_reminders(patient: "Patient") -> list[ReminderChoice]:
    """By which channels a patient is reminded, for staff."""
    names = {"sms": gettext("SMS"), "email": gettext("E-post")}
    chosen = reminder_channels(patient)
    return [ReminderChoice(way, names[way], way in chosen) for way in names]


def show_change(view: Change) -> ShownChange:
    """Put what can be changed into the words of the language that is active."""
    starts = local(view.starts_at, view.zone)
    names = {"sms": gettext("SMS"), "email": gettext("e-post")}
    return ShownChange(
        sender=view.label,
        phone=phone_words(view.phone),
        phone_link=re.sub(r"[^\d+]", "", view.phone),
        day=day_of(starts),
        starts_time=time_of(starts),
        tries_left=view.tries_left,
        fee=kroner(view.fee_ore) if view.fee_ore else "",
        reminders=tuple(
            ReminderChoice(way, names[way], way in view.reminded_by) for way in view.can_be_reminded_by
        ),
        offers=tuple(OfferedTime(one.id, _offer_words(one, view.zone)) for one in view.offers),
    )


def _offer_words(one: Offered, zone: str) -> str:
    at = local(one.starts_at, zone)
    words = gettext("%(day)s kl. %(time)s") % {"day": day_of(at), "time": time_of(at)}
    return words[:1].upper() + words[1:]
