"""Acts on the timetable and on appointments."""

from blikk.scheduling.queries import preview_series
from blikk.scheduling.services.absences import add_absence, end_absence
from blikk.scheduling.services.appointments import (
    arrive,
    book,
    cancel,
    fulfil,
    hand_over,
    hold_in_person,
    make_group,
    move,
    promise,
)
from blikk.scheduling.services.in_writing import begin_in_writing, hold_in_writing
from blikk.scheduling.services.openings import begin_drop_in, close_opening, opening_for, reopen_opening
from blikk.scheduling.services.periods import add_period, change_period, retire_period
from blikk.scheduling.services.series import BookedSeries, book_series
from blikk.scheduling.services.slots import book_held, forget_holds, hold_slot, let_go

__all__ = [
    "BookedSeries",
    "add_absence",
    "add_period",
    "arrive",
    "begin_drop_in",
    "begin_in_writing",
    "book",
    "book_held",
    "book_series",
    "cancel",
    "change_period",
    "close_opening",
    "end_absence",
    "forget_holds",
    "fulfil",
    "hand_over",
    "hold_in_person",
    "hold_in_writing",
    "hold_slot",
    "let_go",
    "make_group",
    "move",
    "opening_for",
    "preview_series",
    "promise",
    "reopen_opening",
    "retire_period",
]
