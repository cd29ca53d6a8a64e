"""The life of a consultation."""

from django.db import models

from blikk.kernel.moves import Moves


class ConsultationStatus(models.TextChoices):
    """Where a consultation is in its life."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    INTERRUPTED = "interrupted"
    ENDED = "ended"
    CLOSED_OUT = "closed_out"


_OPEN, _CONFIRMED, _INTERRUPTED, _ENDED, _CLOSED = ConsultationStatus

CONSULTATION = Moves(
    {
        _OPEN: frozenset({_CONFIRMED, _INTERRUPTED, _ENDED}),
        _CONFIRMED: frozenset({_INTERRUPTED, _ENDED}),
        _INTERRUPTED: frozenset({_OPEN, _CONFIRMED, _ENDED}),
        _ENDED: frozenset({_CLOSED}),
    }
)

RUNNING = (_OPEN, _CONFIRMED, _INTERRUPTED)


class Channel(models.TextChoices):
    """How the people in a consultation reach each other right now."""

    VIDEO = "video"
    SOUND = "sound"
    PHONE = "phone"
    TEXT = "text"


class Engine(models.TextChoices):
    """Whose picture and sound it is."""

    MESH = "mesh"
    EXTERNAL = "external"


class Outcome(models.TextChoices):
    """What the consultation came to."""

    COMPLETED = "completed"
    IN_PERSON_NEEDED = "in_person_needed"
    MORE_INFORMATION_NEEDED = "more_information_needed"
    UNREACHABLE = "unreachable"
    TECHNICAL_FAILURE = "technical_failure"


class FollowUp(models.TextChoices):
    """What is to happen next."""

    NONE = "none"
    NEW_APPOINTMENT = "new_appointment"
    IN_PERSON = "in_person"
    PATIENT_MAKES_CONTACT = "patient_makes_contact"


class Fee(models.TextChoices):
    """How the co-payment is decided; the money itself is taken elsewhere until payments exist."""

    CHARGED_ELSEWHERE = "charged_elsewhere"
    EXEMPT = "exempt"
    NO_CHARGE = "no_charge"
