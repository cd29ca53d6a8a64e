"""What can go wrong with bills and payments."""

from blikk.kernel.errors import Refused


class AlreadyBilled(Refused):
    """There is another bill about the same thing, and it is paid or sent out."""

    code = "already_billed"
