"""What staff should know of how somebody was invited."""

from blikk.invitations.models import Invitation


def letter_of(invitation: Invitation) -> str:
    """How far a letter has come: "due", "printed" or ""."""
    if "letter" not in invitation.sent_by.split(","):
        return ""
    return "printed" if invitation.letter_printed_at else "due"


def weak_proof_of(invitation: Invitation) -> str:
    """By what else than a phone a device was trusted; for an invitation whose devices were counted by proof."""
    if invitation.by_letter:  # type: ignore[attr-defined]
        return "letter"
    return "email_code" if invitation.by_email else ""  # type: ignore[attr-defined]
