"""Why a provider's word could not be had, or not be trusted."""

from enum import StrEnum


class Reason(StrEnum):
    """What went wrong; the doors have words for each, and a way on."""

    DOWN = "down"  # no answer, or one that is none
    SETUP = "setup"  # we or the provider are set up wrongly: somebody must mend it
    CANCELLED = "cancelled"  # the person said no, or went back
    REFUSED = "refused"  # the provider said no
    WRONG_STATE = "wrong_state"  # an answer to nothing that was asked from this browser
    REPLAYED = "replayed"  # an answer that was used already
    TOO_LATE = "too_late"  # an answer to what was asked too long ago
    WRONG_ISSUER = "wrong_issuer"  # an answer from somebody else than was asked
    BAD_TOKEN = "bad_token"  # not signed by the provider, not for us, or not whole
    WRONG_NONCE = "wrong_nonce"  # a proof that was made for another question
    CLOCK = "clock"  # the clocks of the two differ
    NOT_FRESH = "not_fresh"  # the person proved themself long ago, not now
    WRONG_ACR = "wrong_acr"  # proven with something too weak
    NO_NUMBER = "no_number"  # proven, and no national number in the answer


class Fault(Exception):
    """A provider's word could not be had or not be trusted. `detail` is for the log: a code, never what a person is."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail
