"""How a patient is reached, for the rows of a day."""

from collections.abc import Sequence
from dataclasses import dataclass

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
