"""Calendars in words: when they were fetched or written to last, and what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blikk.web.presenters import words

if TYPE_CHECKING:
    from django.forms import BoundField
    from django.utils.functional import _StrPromise as StrPromise

    from blikk.calendars.models import CalendarFeed, ServerCalendar
    from blikk.calendars.queries import CalendarOf

FAULTS: dict[str, "StrPromise"] = {
    "no_answer": _("Serveren svarer ikke."),
    "certificate": _("Serveren har ikke et gyldig sertifikat, så Blikk sender ikke passordet dit."),
    "not_let_in": _("Serveren godtar ikke brukernavnet og passordet, eller de får ikke skrive her."),
    "no_calendar": _("Det er ingen kalender på denne adressen."),
    "server_troubled": _("Serveren har problemer."),
    "refused": _("Serveren tok ikke imot en av timene."),
    "host_not_allowed": _("Den som drifter Blikk, har ikke åpnet for denne serveren."),
    "broken": _("Noe gikk galt hos oss. Den som drifter Blikk, finner det i loggen."),
}


@dataclass(frozen=True, slots=True)
class ShownCalendar:
    """A clinician's own calendar page. `address` is there only when it was just made."""

    has_feed: bool
    made: str
    fetched: str
    address: str
    webcal: str
    server: "ShownState | None"


@dataclass(frozen=True, slots=True)
class ShownState:
    """How it goes with a calendar on the clinic's server."""

    is_wrong: bool
    words: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A clinician on the administrator's page: the field for their calendar, and how it goes with it."""

    field: "BoundField"
    name: str
    calendar: str
    state: ShownState | None


def show_calendar(
    feed: "CalendarFeed | None", calendar: "ServerCalendar | None", *, zone: str, address: str
) -> ShownCalendar:
    """Put a clinician's calendars into words."""
    fetched = words.day_and_clock(feed.fetched_at, zone) if feed and feed.fetched_at else ""
    _scheme, _colon, rest = address.partition("://")
    return ShownCalendar(
        has_feed=feed is not None,
        made=words.day_and_clock(feed.created_at, zone) if feed else "",
        fetched=fetched,
        address=address,
        webcal=f"webcal://{rest}" if address else "",
        server=_state(calendar, zone) if calendar else None,
    )


def show_rows(
    fields: "Mapping[str, BoundField]", rows: "Sequence[CalendarOf]", *, zone: str
) -> list[ShownRow]:
    """Put each clinician beside their field."""
    return [
        ShownRow(
            field=fields[row.member.public_id],
            name=row.member.name,
            calendar=row.calendar.public_id if row.calendar else "",
            state=_state(row.calendar, zone) if row.calendar else None,
        )
        for row in rows
    ]


def words_for_fault(reason: str) -> str:
    """What is wrong, for a person."""
    return str(FAULTS.get(reason, FAULTS["broken"]))


def _state(calendar: "ServerCalendar", zone: str) -> ShownState:
    last = words.day_and_clock(calendar.pushed_at, zone) if calendar.pushed_at else ""
    if calendar.fault:
        fault, again = words_for_fault(calendar.fault), gettext("Blikk prøver igjen av seg selv.")
        since = (
            gettext("Sist oppdatert {when}.").format(when=last) if last else gettext("Ikke oppdatert ennå.")
        )
        return ShownState(True, f"{fault} {again} {since}")
    if last:
        return ShownState(False, gettext("Oppdatert {when}.").format(when=last))
    return ShownState(False, gettext("Venter på å bli oppdatert for første gang."))
