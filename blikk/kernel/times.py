"""Wall times of a clinic, and the moments they mean."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from blikk.kernel.errors import Invalid


def wall_time(day: date, at: time, zone: str) -> datetime:
    """Find the moment that a wall clock in `zone` shows `day` and `at`; the first where it does so twice.

    Raises Invalid (`starts_at: no_such_hour`) for the hour that does not exist when summer time begins.
    """
    place = ZoneInfo(zone)
    moment = datetime.combine(day, at, tzinfo=place).astimezone(UTC)
    if moment.astimezone(place).replace(tzinfo=None) != datetime.combine(day, at):
        raise Invalid(starts_at="no_such_hour")
    return moment


def local(moment: datetime, zone: str) -> datetime:
    """Show a moment as the wall clock in `zone` does."""
    return moment.astimezone(ZoneInfo(zone))


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """The moments between which `day` lies in `zone` (23 or 25 hours apart at the clock changes)."""
    place = ZoneInfo(zone)
    start = datetime.combine(day, time.min, tzinfo=place)
    following = datetime.combine(date.fromordinal(day.toordinal() + 1), time.min, tzinfo=place)
    return start.astimezone(UTC), following.astimezone(UTC)
