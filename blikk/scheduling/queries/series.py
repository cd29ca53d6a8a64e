"""On which days a series of appointments would fall, and which of them cannot be."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from blikk.clinics.models import Clinic, Membership
from blikk.kernel.errors import Invalid
from blikk.kernel.times import day_bounds, local, wall_time
from blikk.scheduling.policies import FURTHEST, LATE_BY, LONGEST, SHORTEST
from blikk.scheduling.queries.holidays import holiday_name
from blikk.scheduling.queries.slots import Engaged, engaged

Problem = Literal["", "taken", "holiday", "absent", "held", "no_such_hour"]
MOST_WEEKS, MOST_DATES = 12, 52


@dataclass(frozen=True, slots=True)
class SeriesDate:
    """One date of a series; `problem` is why it cannot be, and empty where it can."""

    day: date
    starts_at: datetime | None
    problem: Problem


def preview_series(
    clinic: Clinic,
    *,
    clinician: Membership,
    day: date,
    at: time,
    minutes: int,
    every_weeks: int,
    count: int,
    holder: str = "",
    now: datetime,
) -> list[SeriesDate]:
    """Lay out a series without booking it; what `holder` holds is free to them.

    Raises Invalid, field by field, where it can be no series.
    """
    faults = {}
    if not 1 <= every_weeks <= MOST_WEEKS:
        faults["every_weeks"] = "unlikely"
    if not 2 <= count <= MOST_DATES:
        faults["count"] = "unlikely"
    if not SHORTEST <= minutes <= LONGEST:
        faults["minutes"] = "unlikely_length"
    if day < local(now, clinic.zone).date():
        faults["starts_at"] = "in_the_past"
    if not faults and day + timedelta(weeks=every_weeks * (count - 1)) > now.date() + FURTHEST:
        faults["count"] = "too_far_ahead"
    if faults:
        raise Invalid(**faults)
    dates = [day + timedelta(weeks=every_weeks * number) for number in range(count)]
    start, end = day_bounds(dates[0], clinic.zone)[0], day_bounds(dates[-1], clinic.zone)[1]
    known = engaged(clinician, start, end + timedelta(minutes=minutes), holder=holder, now=now)
    shown = [_date(clinic, known, each, at, timedelta(minutes=minutes)) for each in dates]
    if shown[0].starts_at is not None and shown[0].starts_at < now - LATE_BY:
        raise Invalid(starts_at="in_the_past")
    return shown


def _date(clinic: Clinic, known: Engaged, day: date, at: time, lasts: timedelta) -> SeriesDate:
    try:
        starts_at = wall_time(day, at, clinic.zone)
    except Invalid:
        return SeriesDate(day, None, "no_such_hour")
    problem = known.problem((starts_at, starts_at + lasts))
    if not problem and holiday_name(day):
        problem = "holiday"
    return SeriesDate(day, starts_at, problem)  # type: ignore[arg-type]
