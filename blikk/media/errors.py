"""What only this room can refuse."""

from blikk.kernel.errors import Refused


class TooManyCredentials(Refused):
    """This person asked for relay credentials more often than any call needs."""

    code = "too_many_credentials"


class RoomNotMade(Refused):
    """The other video solution has no room for this consultation; `why` says what stood in the way."""

    code = "room_not_made"

    def __init__(self, why: str = "") -> None:
        super().__init__()
        self.why = why
