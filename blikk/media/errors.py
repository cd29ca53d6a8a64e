"""What only this room can refuse."""

from blikk.kernel.errors import Refused


class TooManyCredentials(Refused):
    """This person asked for relay credentials more often than any call needs."""

    code = "too_many_credentials"
