"""What a calendar server can say no to."""


class Fault(Exception):
    """An entry did not get to the server; `reason` is a code that a page has words for.

    `is_of_entry`: the server will not have this one, and others may still go.
    """

    def __init__(self, reason: str, *, is_of_entry: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_of_entry = is_of_entry


class Changed(Exception):
    """The entry on the server is not as we left it: somebody changed or removed it, or it is there already."""
