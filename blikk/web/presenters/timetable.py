"""The week as one page shows it: periods where they lie, those booked in them, and who is away."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blikk.kernel.times import day_bounds, local
from blikk.web.presenters import words
from blikk.web.timetable_forms import ABSENCES, FORMS, KINDS, WEEKDAYS

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic, Membership
    from blikk.scheduling.models import Absence, Appointment
    from blikk.scheduling.queries import Block, Week, WeekDay

# Named here so that they are translated; the calendar knows them in bokmål.
HOLIDAYS = (
    _("Første nyttårsdag"),
    _("Skjærtorsdag"),
    _("Langfredag"),
    _("Første påskedag"),
    _("Andre påskedag"),
    _("Arbeidernes dag"),
    _("Grunnlovsdag"),
    _("Kristi himmelfartsdag"),
    _("Første pinsedag"),
    _("Andre pinsedag"),
    _("Første juledag"),
    _("Andre juledag"),
)
# What is always shown, in hours of the clock.
FIRST, LAST = 8, 16


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A period, or one booked hour, on a day of the week."""

    key: str
    kind: str
    words: str
    name: str
    clock: str
    who: str
    href: str
    label: str
    day: int
    start: int
    end: int
    move_href: str = ""
    version: int = 0
    closed: str = ""
    lane: int = 0
    lanes: int = 1

    @property
    def fingerprint(self) -> str:
        """Changes when anything that is shown does."""
        return hashlib.blake2s(repr(self).encode(), digest_size=9).hexdigest()


@dataclass(frozen=True, slots=True)
class ShownAway:
    """An absence on a day."""

    words: str
    href: str


@dataclass(frozen=True, slots=True)
class ShownWeekDay:
    """A column of the week."""

    weekday: int
    name: str
    short: str
    date: str
    iso: str
    is_today: bool
    holiday: str
    away: Sequence[ShownAway]
    blocks: Sequence[ShownBlock]
    booked: Sequence[ShownBlock]
    new_href: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Whose week it may be."""

    words: str
    href: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ShownWeek:
    """All that the week page shows."""

    heading: str
    iso: str
    before: str
    after: str
    is_this_week: bool
    this_week: str
    first: int
    last: int
    hours: Sequence[str]
    days: Sequence[ShownWeekDay]
    people: Sequence[Choice]
    keep: str
    is_empty: bool


def show_week(
    week: Week,
    clinic: Clinic,
    *,
    monday: date,
    clinician: Membership | None,
    clinicians: Sequence[Membership],
    now: datetime,
) -> ShownWeek:
    """Put a week into the words and order of its page."""
    today = local(now, clinic.zone).date()
    who = clinician.public_id if clinician else "alle"
    days = [_day(day, clinic, today, alone=clinician is not None) for day in week.days]
    shown = [block for day in days for block in (*day.blocks, *day.booked)]
    first = min([FIRST * 60, *(block.start // 60 * 60 for block in shown)])
    last = max([LAST * 60, *(-(-block.end // 60) * 60 for block in shown)])
    return ShownWeek(
        heading=_heading(monday),
        iso=monday.isoformat(),
        before=_address(monday - timedelta(days=7), who),
        after=_address(monday + timedelta(days=7), who),
        is_this_week=monday <= today < monday + timedelta(days=7),
        this_week=_address(today - timedelta(days=today.weekday()), who),
        first=first,
        last=last,
        hours=[f"{hour:02d}" for hour in range(first // 60, last // 60)],
        days=days,
        people=[
            Choice(gettext("Alle"), _address(monday, "alle"), clinician is None),
            *(Choice(one.name, _address(monday, one.public_id), one == clinician) for one in clinicians),
        ],
        keep=urlencode({"uke": monday.isoformat(), "hvem": who}),
        is_empty=not any(day.blocks for day in days),
    )


def weekday_names() -> list[str]:
    """Monday to Sunday, as they begin a sentence."""
    return [str(name) for _number, name in WEEKDAYS]


def away_words(absence: Absence, zone: str) -> str:
    """Who is away, why, and when."""
    who = absence.clinician.name if absence.clinician else gettext("Hele klinikken")
    return gettext("%(who)s: %(why)s, %(when)s") % {
        "who": who,
        "why": words.uncapital(str(dict(ABSENCES).get(absence.kind, ""))),
        "when": _stretch_words(absence.starts_at, absence.ends_at, zone),
    }


def _address(monday: date, who: str) -> str:
    return "?" + urlencode({"uke": monday.isoformat(), "hvem": who})


def _heading(monday: date) -> str:
    sunday = monday + timedelta(days=6)
    first = formats.date_format(monday, gettext("j.") if monday.month == sunday.month else gettext("j. F"))
    return gettext("Uke %(number)s, %(first)s–%(last)s") % {
        "number": monday.isocalendar().week,
        "first": first,
        "last": formats.date_format(sunday, gettext("j. F Y")),
    }


def _day(day: WeekDay, clinic: Clinic, today: date, *, alone: bool) -> ShownWeekDay:
    query = urlencode({"dag": day.day.isoformat()})
    return ShownWeekDay(
        weekday=day.day.weekday(),
        name=words.capital(words.long_day(day.day)),
        short=weekday_names()[day.day.weekday()],
        date=f"{day.day.day}.{day.day.month}.",
        iso=day.day.isoformat(),
        is_today=day.day == today,
        holiday="; ".join(gettext(name) for name in day.holiday_name.split("; ") if name),
        away=[_away(one, day.day, clinic) for one in day.absences],
        blocks=_in_lanes([_block(one, day.day, clinic, alone=alone) for one in day.blocks]),
        booked=_in_lanes([_booked(one, day.day, clinic, alone=alone) for one in day.appointments]),
        new_href=f"{reverse('period_new')}?{query}",
    )


def _away(absence: Absence, day: date, clinic: Clinic) -> ShownAway:
    start, end = day_bounds(day, clinic.zone)
    who = absence.clinician.name if absence.clinician else gettext("Hele klinikken")
    why = words.uncapital(str(dict(ABSENCES).get(absence.kind, "")))
    shown = gettext("%(who)s: %(why)s") % {"who": who, "why": why}
    if absence.starts_at > start or absence.ends_at < end:
        shown += f" {words.clock(max(absence.starts_at, start), clinic.zone)}–"
        shown += "24:00" if absence.ends_at >= end else words.clock(absence.ends_at, clinic.zone)
    return ShownAway(shown, reverse("absence", args=[absence.public_id]))


def _block(block: Block, day: date, clinic: Clinic, *, alone: bool) -> ShownBlock:
    period = block.period
    kind = str(
        dict(FORMS if block.form == "in_person" else KINDS)[
            block.form if block.form == "in_person" else block.kind
        ]
    )
    clock = f"{block.starts:%H:%M}–{block.ends:%H:%M}"
    who = "" if alone and len(block.clinicians) == 1 else ", ".join(one.name for one in block.clinicians)
    closed = closed_words(block.is_closed_because)
    label = gettext("%(kind)s %(name)s, %(day)s %(clock)s. %(who)s %(closed)s") % {
        "kind": kind,
        "name": block.name,
        "day": words.day_inside(weekday_names()[day.weekday()]),
        "clock": clock,
        "who": ", ".join(one.name for one in block.clinicians),
        "closed": closed,
    }
    return ShownBlock(
        key=period.public_id,
        kind=block.kind,
        words=kind,
        name=block.name,
        clock=clock,
        who=who,
        href=reverse("period", args=[period.public_id]),
        label=label.strip(),
        day=day.weekday(),
        start=_minute(block.starts),
        end=_minute(block.ends),
        move_href=reverse("period_move", args=[period.public_id]),
        version=period.version,
        closed=closed,
    )


def closed_words(code: str) -> str:
    """Why a period does not take place on a day."""
    return {
        "": "",
        "holiday": gettext("Helligdag, ikke åpent"),
        "absent": gettext("Borte"),
        "closed": gettext("Klinikken er stengt"),
        "nobody": gettext("Ingen tar imot"),
        "no_such_hour": gettext("Timen finnes ikke denne dagen"),
    }.get(code, gettext("Ikke åpent"))


def _booked(appointment: Appointment, day: date, clinic: Clinic, *, alone: bool) -> ShownBlock:
    start, end = (local(moment, clinic.zone) for moment in (appointment.starts_at, appointment.ends_at))
    clock = f"{start:%H:%M}–{end:%H:%M}"
    name = appointment.patient.name
    return ShownBlock(
        key=appointment.public_id,
        kind="drop_in_talk" if appointment.drop_in else "hour",
        words="",
        name=name,
        clock=clock,
        who="" if alone else appointment.clinician.name,
        href=reverse("appointment", args=[appointment.public_id]),
        label=f"{clock} {name}",
        day=day.weekday(),
        start=_minute(start.time()),
        end=_minute(end.time()) if end.date() == day else 24 * 60,
    )


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _in_lanes(blocks: Iterable[ShownBlock]) -> list[ShownBlock]:
    """Those that lie over each other are shown beside each other."""
    shown: list[ShownBlock] = []
    group: list[ShownBlock] = []
    ends: list[int] = []
    for block in sorted(blocks, key=lambda one: (one.start, -one.end, one.key)):
        if ends and block.start >= max(ends):
            shown += [replace(one, lanes=len(ends)) for one in group]
            group, ends = [], []
        lane = next((number for number, end in enumerate(ends) if end <= block.start), len(ends))
        ends[lane : lane + 1] = [block.end]
        group.append(replace(block, lane=lane))
    return shown + [replace(one, lanes=len(ends)) for one in group]


def _stretch_words(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    start, end = local(starts_at, zone), local(ends_at, zone)
    whole = start.time() == time.min and end.time() == time.min
    last = (end - timedelta(days=1)).date() if whole else end.date()
    first_words, last_words = words.long_day(start.date()), words.long_day(last)
    if not whole:
        first_words, last_words = f"{first_words} {start:%H:%M}", f"{last_words} {end:%H:%M}"
        if start.date() == last:
            return f"{first_words}–{end:%H:%M}"
    return first_words if first_words == last_words else f"{first_words} – {last_words}"
