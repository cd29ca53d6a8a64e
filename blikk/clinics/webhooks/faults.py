"""Why a call to another system did not count."""

from enum import StrEnum


class Reason(StrEnum):
    """Each has words of its own on the page."""

    INTERNAL = "internal"
    NO_SUCH_HOST = "no_such_host"
    NO_CONNECTION = "no_connection"
    CERTIFICATE = "certificate"
    NO_ANSWER = "no_answer"
    LEADS_ELSEWHERE = "leads_elsewhere"
    REFUSED = "refused"
    GONE = "gone"
    TROUBLED = "troubled"
    BUSY = "busy"
    BROKEN = "broken"


class Fault(Exception):
    """A call that nobody answered."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason
