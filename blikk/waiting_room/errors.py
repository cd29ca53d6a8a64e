"""What only the waiting room can refuse."""

from blikk.kernel.errors import Refused


class QueueFull(Refused):
    """No more people can wait in this queue at once."""

    code = "queue_full"


class QueueClosed(Refused):
    """The queue has not opened yet, takes nobody in any more, or is over for the day."""

    code = "queue_closed"


class NobodyReady(Refused):
    """Nobody in the queue can be let in just now; who stood first and was not there has been called."""

    code = "nobody_ready"


class NotTheirTurn(Refused):
    """Somebody who is ready stands before this person: taking them out of turn needs a reason."""

    code = "not_their_turn"


class SomeoneElse(Refused):
    """An eID said that who waits is not the patient: letting them in needs a reason."""

    code = "someone_else"
