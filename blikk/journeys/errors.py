"""What only an act across rooms can refuse."""

from blikk.kernel.errors import Refused


class NotAtThisStep(Refused):
    """The person has not come so far yet, or is past it; the present step is shown instead."""

    code = "not_at_this_step"


class WaitsElsewhere(Refused):
    """The person stands in another queue of the clinic; they say themselves which place they want."""

    code = "waits_elsewhere"

    def __init__(self, name: str, place: int) -> None:
        super().__init__()
        self.name, self.place = name, place


class NoteNotSigned(Refused):
    """A consultation is not closed out before its note is signed."""

    code = "note_not_signed"


class TalkIsRunning(Refused):
    """The appointment cannot be moved or cancelled while people talk; end the consultation instead."""

    code = "talk_is_running"
