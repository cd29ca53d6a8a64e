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


class PatientIsHere(Refused):
    """The patient has come after all: they are let in, and nobody says that they did not come."""

    code = "patient_is_here"


class PatientFirst(Refused):
    """Who comes along is let in when the patient is there, and not before."""

    code = "patient_first"


class NoConsent(Refused):
    """The patient has not said yes to this person, and no agreement or ground says it for them."""

    code = "no_consent"


class EnoughInvited(Refused):
    """The patient has asked as many people in as they may by themselves; the clinic can ask more."""

    code = "enough_invited"


class AlreadyClosedOut(Refused):
    """The consultation is finished: what comes after it is booked as any other hour."""

    code = "already_closed_out"


class AlreadyArranged(Refused):
    """There is an hour in person after this conversation already; it is moved instead."""

    code = "already_arranged"


class SomethingIsLeft(Refused):
    """What is to be deleted has something to do still: a message about it is being sent."""

    code = "something_is_left"
