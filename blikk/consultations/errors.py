"""What only a consultation can refuse."""

from blikk.kernel.errors import Refused


class RoomFull(Refused):
    """Four people take part already; picture and sound for five would not hold (engine mesh)."""

    code = "room_full"


class Over(Refused):
    """The consultation has ended, and nothing more can happen in it."""

    code = "over"


class Elsewhere(Refused):
    """The person takes part from another tab or device; ask them whether to move here."""

    code = "elsewhere"


class NotIdentified(Refused):
    """It was not made sure who the patient is, and no reason was given why not."""

    code = "not_identified"


class NoEid(Refused):
    """There is no proof by eID that this is the patient."""

    code = "not_proven_by_eid"


class FrameOpen(Refused):
    """A control question has no answer, or one that the clinician has not asked about."""

    code = "frame_open"


class OwnSideOpen(Refused):
    """The clinician has not said of today that their own side is in order."""

    code = "own_side_open"
