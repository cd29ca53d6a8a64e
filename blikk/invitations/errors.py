"""What only invitations can refuse."""

from datetime import datetime

from blikk.kernel.errors import Refused


class TooManyCodes(Refused):
    """No more codes are sent for this invitation today."""

    code = "too_many_codes"


class NoWayToReach(Refused):
    """Neither a phone number nor an e-mail address is known for this person."""

    code = "no_way_to_reach"


class ProofPaused(Refused):
    """Too many wrong codes for a phone: the browser has to wait until then."""

    code = "proof_paused"

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


class ProofMissing(Refused):
    """The phone was not proven in this browser, or the proof is spent or too old."""

    code = "proof_missing"
