"""The opening hours of a clinic's drop-in, in words."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from blikk.kernel.times import local
from blikk.scheduling import queries as scheduling
from blikk.web.door_page import day_of, time_of

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic
    from blikk.scheduling.queries import Week, WeekDay


@dataclass(frozen=True, slots=True)
class Hours:
    """When drop-in is open on one day, in words."""

    day: str
    is_today: bool
    times: tuple[str, ...]
    why: str


def week_shown(clinic: "Clinic", *, now: datetime) -> "Week":
    """The week that is, or the next one when only its end is left."""
    today = local(now, clinic.zone).date()
    monday = today - timedelta(days=today.weekday())
    if today.weekday() >= 5:
        monday += timedelta(days=7)
    return scheduling.week_of(clinic, monday)


def hours_of(clinic: "Clinic", week: "Week", *, now: datetime) -> tuple[Hours, ...]:
    """Put the days on which there is drop-in, or would be, in words."""
    today = local(now, clinic.zone).date()
    found = (_hours(day, clinic.zone, today) for day in week.days)
    return tuple(hours for hours in found if hours.times or hours.why)


def _hours(day: "WeekDay", zone: str, today: date) -> Hours:
    blocks = [block for block in day.blocks if block.kind == "drop_in"]
    running = [block for block in blocks if not block.is_closed_because]
    times = tuple(
        f"{time_of(local(block.starts_at, zone))}–{time_of(local(block.ends_at, zone))}" for block in running
    )
    why = ""
    if blocks and not running:
        why = gettext(day.holiday_name) if day.holiday_name else gettext("stengt")
    noon = datetime.combine(day.day, datetime.min.time())
    return Hours(day=day_of(noon), is_today=day.day == today, times=times, why=why)
