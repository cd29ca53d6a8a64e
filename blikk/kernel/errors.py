"""What can go wrong in the language of the clinic; each error is named once and put into words once."""

from typing import ClassVar


class DomainError(Exception):
    """Anything that the rooms refuse. `code` is stable; the words live in templates and catalogues."""

    code: ClassVar[str] = "refused"


class NotFound(DomainError):
    """No such thing, or not for this person: the two are never told apart."""

    code = "not_found"


class Overtaken(DomainError):
    """Somebody else changed it first. Show the new state; do not retry blindly."""

    code = "overtaken"


class IllegalMove(DomainError):
    """The table of moves has no such step."""

    code = "illegal_move"

    def __init__(self, current: str, target: str) -> None:
        super().__init__(f"{current} → {target}")
        self.current = current
        self.target = target


class Refused(DomainError):
    """A rule says no. Rooms subclass it, each with a code of its own."""


class Invalid(DomainError):
    """What was typed cannot be used: `fields` says, field by field, the code of what is wrong."""

    code = "invalid"

    def __init__(self, **fields: str) -> None:
        super().__init__(", ".join(f"{name}: {code}" for name, code in fields.items()))
        self.fields = fields
