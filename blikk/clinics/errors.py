"""What only clinics refuse."""

from blikk.kernel.errors import Refused


class LastAdministrator(Refused):
    """The clinic would be left without anybody who can let people in."""

    code = "last_administrator"
