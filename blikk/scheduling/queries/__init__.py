"""Questions about the timetable and about appointments."""

from blikk.scheduling.queries.appointments import get, next_of, of, on_day
from blikk.scheduling.queries.holidays import holiday_name
from blikk.scheduling.queries.meetings import (
    get_task,
    has_open_turn,
    newest_suitabilities,
    newest_suitability,
    offered_times,
    open_tasks,
    open_turn,
    suitabilities_of,
    tasks_about,
    turn_of,
    turned_into,
    with_open_turns,
)
from blikk.scheduling.queries.openings import (
    OpeningView,
    drop_in_of,
    get_opening,
    next_opening,
    openings_on,
)
from blikk.scheduling.queries.other_times import OtherTimes, other_times
from blikk.scheduling.queries.series import SeriesDate, preview_series
from blikk.scheduling.queries.slots import Slot, find_slot, free_slots, get_hold, why_not
from blikk.scheduling.queries.timetable import (
    Block,
    Week,
    WeekDay,
    absences_of,
    get_absence,
    get_period,
    hit_by,
    is_away,
    periods_of,
    week_of,
)

__all__ = [
    "Block",
    "OpeningView",
    "OtherTimes",
    "SeriesDate",
    "Slot",
    "Week",
    "WeekDay",
    "absences_of",
    "drop_in_of",
    "find_slot",
    "free_slots",
    "get",
    "get_absence",
    "get_hold",
    "get_opening",
    "get_period",
    "get_task",
    "has_open_turn",
    "hit_by",
    "holiday_name",
    "is_away",
    "newest_suitabilities",
    "newest_suitability",
    "next_of",
    "next_opening",
    "of",
    "offered_times",
    "on_day",
    "open_tasks",
    "open_turn",
    "openings_on",
    "other_times",
    "periods_of",
    "preview_series",
    "suitabilities_of",
    "tasks_about",
    "turn_of",
    "turned_into",
    "week_of",
    "why_not",
    "with_open_turns",
]
