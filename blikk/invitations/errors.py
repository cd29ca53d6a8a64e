"""What only invitations can refuse."""

from blikk.kernel.errors import Refused


class TooManyCodes(Refused):
    """No more codes are sent for this invitation today."""

    code = "too_many_codes"


class NoWayToReach(Refused):
    """Neither a phone number nor an e-mail address is known for this person."""

    code = "no_way_to_reach"
