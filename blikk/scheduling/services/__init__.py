"""Acts on the timetable and on appointments."""

from blikk.scheduling.queries import preview_series
from blikk.scheduling.services.absences import add_absence, end_absence
from blikk.scheduling.services.appointments import (
    arrive,
    book,
    cancel,
    fulfil,
    hand_over,
    make_group,
    move,
    promise,
    stretch,
)
from blikk.scheduling.services.from_record import move_as_said, promise_as_said, put_aside
from blikk.scheduling.services.in_writing import begin_in_writing, hold_in_writing
from blikk.scheduling.services.meetings import (
    Meeting,
    meet,
    on_video_again,
    settle_turn,
    take_back_turn,
    turn,
)
from blikk.scheduling.services.missed import miss, miss_not
from blikk.scheduling.services.openings import begin_drop_in, close_opening, opening_for, reopen_opening
from blikk.scheduling.services.periods import add_period, change_period, retire_period
from blikk.scheduling.services.series import BookedSeries, book_series
from blikk.scheduling.services.slots import book_held, forget_holds, hold_slot, let_go
from blikk.scheduling.services.suitability import note_suitability
from blikk.scheduling.services.tasks import finish_task, hand_over_task, set_task

__all__ = [
    "BookedSeries",
    "Meeting",
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
    "finish_task",
    "forget_holds",
    "fulfil",
    "hand_over",
    "hand_over_task",
    "hold_in_writing",
    "hold_slot",
    "let_go",
    "make_group",
    "meet",
    "miss",
    "miss_not",
    "move",
    "move_as_said",
    "note_suitability",
    "on_video_again",
    "opening_for",
    "preview_series",
    "promise",
    "promise_as_said",
    "put_aside",
    "reopen_opening",
    "retire_period",
    "set_task",
    "settle_turn",
    "stretch",
    "take_back_turn",
    "turn",
]
