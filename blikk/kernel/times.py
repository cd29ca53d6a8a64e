"""Wall times of a clinic, and the moments they mean."""

from datetime import UTC, date, datetime, time, timedelta
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


def from_wall(wall: datetime, zone: str) -> datetime:
    """Find the moment of a wall time that comes round again and again, such as when a door opens.

    The first where the clock shows it twice; in the hour that does not exist, the moment that the clock jumps.
    """
    place = ZoneInfo(zone)
    before = wall.replace(tzinfo=place, fold=1).astimezone(UTC)
    moment = wall.replace(tzinfo=place, fold=0).astimezone(UTC)
    if moment.astimezone(place).replace(tzinfo=None) == wall.replace(fold=0):
        return moment
    after = moment.astimezone(place).utcoffset()
    while moment - before > timedelta(seconds=1):
        middle = before + (moment - before) // 2
        if middle.astimezone(place).utcoffset() == after:
            moment = middle
        else:
            before = middle
    return moment.replace(microsecond=0)


def is_second_time(moment: datetime, zone: str) -> bool:
    """Whether the wall clock has shown this very time an hour before, as it does when summer time ends."""
    return moment.astimezone(ZoneInfo(zone)).fold == 1


def local(moment: datetime, zone: str) -> datetime:
    """Show a moment as the wall clock in `zone` does."""
    return moment.astimezone(ZoneInfo(zone))


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """The moments between which `day` lies in `zone` (23 or 25 hours apart at the clock changes)."""
    place = ZoneInfo(zone)
    start = datetime.combine(day, time.min, tzinfo=place)
    following = datetime.combine(date.fromordinal(day.toordinal() + 1), time.min, tzinfo=place)
    return start.astimezone(UTC), following.astimezone(UTC)
