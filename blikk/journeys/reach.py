"""How a patient is reached, for the rows of a day."""

from collections.abc import Sequence
from dataclasses import dataclass

from blikk.invitations.models import Invitation
from blikk.patients.models import ContactPoint


@dataclass(frozen=True, slots=True)
class Reach:
    """A patient's phone, and why a contact point of theirs is in doubt."""

    phone: str = ""
    doubts: Sequence[str] = ()


def reach_of(patients: Sequence[int]) -> dict[int, Reach]:
    """The phone and the doubts of some patients, in one query."""
    points = ContactPoint.objects.filter(patient__in=patients, retired_at__isnull=True)
    found: dict[int, Reach] = {}
    for point in points.order_by("kind"):
        known = found.get(point.patient_id, Reach())
        found[point.patient_id] = Reach(
            point.value if point.kind == "phone" else known.phone,
            (*known.doubts, point.doubt) if point.doubt else known.doubts,
        )
    return found


def letter_of(invitation: Invitation) -> str:
    """How far a letter has come: "due", "printed" or "" for none."""
    if "letter" not in invitation.sent_by.split(","):
        return ""
    return "printed" if invitation.letter_printed_at else "due"


def weak_proof_of(invitation: Invitation) -> str:
    """What the trust in a person's device rests on where it is not the phone; the counts come with the invitation."""
    if invitation.by_letter:  # type: ignore[attr-defined]
        return "letter"
    return "email_code" if invitation.by_email else ""  # type: ignore[attr-defined]
