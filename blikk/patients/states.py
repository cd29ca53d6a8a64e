"""The lives of what leads to a right contact point: requests to the patient, and leave to do without."""

from django.db import models

from blikk.kernel.moves import Moves


class RequestStatus(models.TextChoices):
    """How far a request for a contact point has come."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    OFFERED = "offered"
    TAKEN = "taken"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


CONTACT_REQUEST = Moves(
    {
        RequestStatus.OPEN: frozenset(
            {RequestStatus.CONFIRMED, RequestStatus.OFFERED, RequestStatus.WITHDRAWN}
        ),
        RequestStatus.OFFERED: frozenset(
            {RequestStatus.TAKEN, RequestStatus.DISMISSED, RequestStatus.WITHDRAWN}
        ),
    }
)


class ExemptionStatus(models.TextChoices):
    """How far the question to the administrator has come."""

    ASKED = "asked"
    ALLOWED = "allowed"
    REFUSED = "refused"
    USED = "used"
    LAPSED = "lapsed"


EXEMPTION = Moves(
    {
        ExemptionStatus.ASKED: frozenset(
            {ExemptionStatus.ALLOWED, ExemptionStatus.REFUSED, ExemptionStatus.LAPSED}
        ),
        ExemptionStatus.ALLOWED: frozenset({ExemptionStatus.USED, ExemptionStatus.LAPSED}),
    }
)
