"""What can go wrong when Helfo is asked."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Reason(StrEnum):
    """Why something was not done as asked; the pages have words for each, and what to do."""

    NOT_SET_UP = "not_set_up"  # the installation has no client, or no key, or the clinic no number
    NO_TOKEN = "no_token"  # HelseID did not answer, or its answer cannot be trusted
    TOKEN_REFUSED = "token_refused"  # HelseID does not know us, or not for this errand
    NOT_REACHED = "not_reached"  # no line: nothing was sent
    NO_ANSWER = "no_answer"  # it was sent, and no answer came
    TROUBLED = "troubled"  # it answers that something is wrong with itself
    BUSY = "busy"  # it asks to be left alone for a while
    NOT_ALLOWED = "not_allowed"  # it knows us, and this is not for us
    NOT_THERE = "not_there"  # nothing at that address
    REFUSED = "refused"  # it will not have what was sent
    NOT_UNDERSTOOD = "not_understood"  # an answer that is none


# After these nobody knows whether what was sent has been taken.
UNKNOWN = frozenset({Reason.NO_ANSWER, Reason.TROUBLED, Reason.NOT_UNDERSTOOD})


class Fault(Exception):
    """It was not done, or nobody knows. `content` is what the other side said of what it refused; never logged."""

    def __init__(
        self, reason: Reason, *, wait: float = 0.0, content: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(str(reason))
        self.reason, self.wait, self.content = reason, wait, content or {}

    @property
    def is_unknown(self) -> bool:
        return self.reason in UNKNOWN
