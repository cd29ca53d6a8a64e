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
    """How the co-payment is decided: by a charge in Blikk, or elsewhere."""

    CHARGED = "charged"
    CHARGED_ELSEWHERE = "charged_elsewhere"
    EXEMPT = "exempt"
    NO_CHARGE = "no_charge"


class IdentityMethod(models.TextChoices):
    """How it was made sure who somebody is."""

    KNOWN = "known"
    CARD = "card"
    EID = "eid"
    EXCEPTION = "exception"


class CardKind(models.TextChoices):
    """Which card was shown; kept only where the clinic wants that."""

    PASSPORT = "passport"
    NATIONAL_ID = "national_id"
    DRIVING_LICENCE = "driving_licence"
    BANK_CARD = "bank_card"
    OTHER = "other"


class IdentityException(models.TextChoices):
    """Why somebody is talked with although it was not made sure who they are."""

    URGENT = "urgent"
    NO_CARD = "no_card"
    CANNOT_SHOW = "cannot_show"
    VOUCHED_FOR = "vouched_for"
    CHILD = "child"
    OTHER = "other"
