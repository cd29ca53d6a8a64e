"""The office's plan as its page shows it: own words under each heading, beside what the clinic has set already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext

from blikk.clinics import plan, queries
from blikk.kernel.times import local
from blikk.scheduling import queries as scheduling
from blikk.web.plan_words import HEADINGS
from blikk.web.presenters import words
from blikk.web.presenters.ready_words import opening_words

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic, Membership
    from blikk.clinics.plan import Written


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A part of the plan; `known` are lines that follow the clinic's settings and are never typed."""

    heading: str
    title: Promise
    ask: Promise
    known: Sequence[str]
    words: str
    version: int
    last: str


def show_plan(clinic: Clinic, *, now: datetime) -> list[ShownPart]:
    """Put the plan in words, filled from the timetable, the members and the settings."""
    known = _known(clinic, now)
    return [
        ShownPart(
            heading=part.heading,
            title=HEADINGS[part.heading].title,
            ask=HEADINGS[part.heading].ask,
            known=known.get(part.heading, ()),
            words=part.words,
            version=part.version,
            last=last_words(part),
        )
        for part in plan.plan_of(clinic)
    ]


def show_part(part: Written) -> dict[str, Any]:
    """A part for the page's script."""
    return {"words": part.words, "version": part.version, "by": part.by, "last": last_words(part)}


def show_versions(clinic: Clinic, heading: str) -> dict[str, Any]:
    """Every version under a heading, newest first."""
    found = plan.versions_of(clinic, heading)
    return {
        "title": HEADINGS[heading].title,
        "versions": [{"words": each.words, "last": last_words(each)} for each in found],
    }


def last_words(part: Written) -> str:
    """Who wrote last, and when."""
    if part.at is None:
        return ""
    return gettext("Sist endret av %(name)s %(when)s") % {
        "name": part.by,
        "when": formats.date_format(timezone.localtime(part.at), "j. F Y H:i"),
    }


def _known(clinic: Clinic, now: datetime) -> dict[str, list[str]]:
    return {
        "organisation": _organisation(clinic, now),
        "patients_told": _told(clinic),
        "invitations": _invitations(clinic),
        "failure": _failure(clinic),
    }


def _organisation(clinic: Clinic, now: datetime) -> list[str]:
    today = local(now, clinic.zone).date()
    periods = [one for one in scheduling.periods_of(clinic) if one.valid_to is None or one.valid_to >= today]
    booked = opening_words([one for one in periods if one.kind == "booked"])
    drop_in = opening_words([one for one in periods if one.kind == "drop_in"])
    members = queries.members_of(clinic)
    lines = [
        gettext("Bestilte timer: %(times)s") % {"times": booked or gettext("ingen i timelisten")},
        gettext("Drop-in: %(times)s") % {"times": drop_in or gettext("ingen i timelisten")},
    ]
    names = {
        "clinician": gettext("Behandlere: %(names)s"),
        "secretary": gettext("Sekretærer: %(names)s"),
        "administrator": gettext("Administratorer: %(names)s"),
    }
    for role, line in names.items():
        if here := _names(members, role):
            lines.append(line % {"names": here})
    return lines


def _names(members: Sequence[Membership], role: str) -> str:
    return ", ".join(member.name for member in members if member.role == role)


def _told(clinic: Clinic) -> list[str]:
    if not clinic.is_public:
        return [gettext("Siden for alle er ikke åpnet ennå.")]
    address = settings.BLIKK_BASE_URL + reverse("clinic_page", args=[clinic.slug])
    return [gettext("Siden for alle: %(address)s") % {"address": address}]


def _invitations(clinic: Clinic) -> list[str]:
    lines = [
        gettext("Meldinger kommer fra: %(sender)s") % {"sender": clinic.sms_sender or clinic.sender_label}
    ]
    if clinic.reminder_minutes:
        hours = [_ahead(each) for each in sorted(clinic.reminder_minutes, reverse=True)]
        lines.append(gettext("Påminnelser før timen: %(when)s") % {"when": ", ".join(hours)})
    return lines


def _ahead(minutes: int) -> str:
    if minutes % 60:
        return gettext("%(minutes)s minutter") % {"minutes": minutes}
    return ngettext("%(count)s time", "%(count)s timer", minutes // 60) % {"count": minutes // 60}


def _failure(clinic: Clinic) -> list[str]:
    lines = [gettext("Klinikkens telefon: %(phone)s") % {"phone": words.phone(clinic.phone)}]
    for one in clinic.support_contacts:
        lines.append(", ".join(part for part in (one["name"], one["phone"], one["hours"]) if part))
    operator = settings.BLIKK_OPERATOR
    if operator["name"]:
        lines.append(", ".join(part for part in operator.values() if part))
    return lines
