"""What only the room of patients can refuse."""

from blikk.kernel.errors import Refused


class ContactNotVerified(Refused):
    """An invitation goes only to a contact point that was read back or that the patient sent in."""

    code = "contact_not_verified"

    def __init__(self, *kinds: str) -> None:
        super().__init__(", ".join(kinds))
        self.kinds = kinds
