"""Why Blikk could not be started from a journal system, or not for this patient."""

from enum import StrEnum


class Why(StrEnum):
    """What went wrong; the doors have words for each, and a way on."""

    UNKNOWN_ISSUER = "unknown_issuer"  # no clinic of the person has registered this journal system
    NOT_FOR_ROLE = "not_for_role"  # an administrator sees no patients
    DOWN = "down"  # no answer, or one that is none
    SETUP = "setup"  # the two are set up wrongly for each other: somebody must mend it
    CANCELLED = "cancelled"  # the person said no there
    REFUSED = "refused"  # the journal system said no
    WRONG_STATE = "wrong_state"  # an answer to nothing that was asked from this browser
    REPLAYED = "replayed"  # an answer, or a start, that was used already
    TOO_LATE = "too_late"  # more than ten minutes
    WRONG_ISSUER = "wrong_issuer"  # an answer from somebody else than was asked
    BAD_TOKEN = "bad_token"  # not signed by the journal system, not for us, or not whole
    WRONG_NONCE = "wrong_nonce"  # a proof that was made for another start
    CLOCK = "clock"  # the clocks of the two differ
    OTHER_USER = "other_user"  # somebody else is signed in there than here
    NOT_STAFF = "not_staff"  # the journal's user is no health worker
    NO_PATIENT = "no_patient"  # no patient was open in the journal
    OTHER_PATIENT = "other_patient"  # the server answered with another patient than the one that was open
    UNREADABLE = "unreadable"  # what the server says of user or patient cannot be used


class LaunchFault(Exception):
    """A start that came to nothing. `detail` is for the log: a code, never what a person is."""

    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(f"{why}: {detail}" if detail else str(why))
        self.why = why
        self.detail = detail
