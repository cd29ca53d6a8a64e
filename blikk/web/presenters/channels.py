"""By which channel a consultation was held, in the words of its note.

A phone call is not a video consultation: rules and fees differ, so the note says for how long it was which.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blikk.web.presenters import words

if TYPE_CHECKING:
    from datetime import datetime

    from blikk.consultations.channels import Stretch
    from blikk.journeys.closing import Draft, Elsewhere

NAMES: dict[str, Promise] = {
    "video": _("video"),
    "sound": _("bare lyd"),
    "phone": _("telefon"),
    "text": _("tekst"),
}
LASTED: dict[str, Promise] = {
    "video": _("video i %(length)s"),
    "sound": _("bare lyd i %(length)s"),
    "phone": _("telefon i %(length)s"),
    "text": _("tekst i %(length)s"),
}
# In the order in which a form is named.
ORDER = ("video", "sound", "phone", "text")


def form_line(draft: Draft) -> str:
    """The form of the consultation, as it was."""
    used = [channel for channel in ORDER if any(one.channel == channel for one in draft.channels)]
    names = [str(NAMES[channel]) for channel in used] or [str(NAMES["video"])]
    return gettext("Form: %(form)s") % {"form": words.listed(names)}


def note_lines(draft: Draft) -> list[str]:
    """What the note says about channels, calls that nobody answered, and a solution that is not ours."""
    said = [_stretches(draft), _lengths(draft), _unanswered(draft.unanswered, draft.zone), _elsewhere(draft)]
    return [line for line in said if line]


def _stretches(draft: Draft) -> str:
    if len(draft.channels) <= 1:
        return ""
    used = ", ".join(_one(stretch, draft.zone) for stretch in draft.channels)
    return gettext("Kanal: %(used)s") % {"used": used}


def _one(stretch: Stretch, zone: str) -> str:
    values = {
        "channel": NAMES.get(stretch.channel, stretch.channel),
        "start": words.clock(stretch.starts_at, zone),
        "end": words.clock(stretch.ends_at, zone) if stretch.ends_at else "",
    }
    if stretch.ends_at is None:
        said = gettext("%(channel)s fra kl. %(start)s") % values
    else:
        said = gettext("%(channel)s kl. %(start)s–%(end)s") % values
    if stretch.channel == "sound" and stretch.how == "measured":
        said += " " + gettext("(nettet var svakt)")
    return said


def _lengths(draft: Draft) -> str:
    """How long it was which, where it was more than one."""
    spent: dict[str, float] = {}
    for stretch in draft.channels:
        if stretch.ends_at is None:
            return ""
        spent[stretch.channel] = spent.get(stretch.channel, 0) + stretch.seconds
    if len(spent) <= 1:
        return ""
    parts = [
        str(LASTED[channel]) % {"length": words.minutes_in_words(max(round(spent[channel] / 60), 1))}
        for channel in ORDER
        if channel in spent
    ]
    return gettext("Konsultasjonen var på %(parts)s") % {"parts": words.listed(parts)}


def _unanswered(calls: Sequence[datetime], zone: str) -> str:
    if not calls:
        return ""
    times = words.listed([words.clock(at, zone) for at in calls])
    return gettext("Ringt uten svar kl. %(times)s") % {"times": times}


def _elsewhere(draft: Draft) -> str:
    room: Elsewhere | None = draft.elsewhere
    if room is None:
        return ""
    where = f"{room.supplier} ({room.host})" if room.host else room.supplier
    if room.left_at is None:
        return gettext("Videoløsning: %(where)s") % {"where": where}
    return gettext("Videoløsning: %(where)s til kl. %(time)s, deretter Blikk") % {
        "where": where,
        "time": words.clock(room.left_at, draft.zone),
    }
