"""The lives of a case in writing, and of a photo."""

from django.db import models

from blikk.kernel.moves import Moves


class CaseKind(models.TextChoices):
    """What a case is: information that the clinician asked for, or a consultation in writing."""

    ASK = "ask"
    TEXT = "text"


class CaseStatus(models.TextChoices):
    """Whose turn it is to write."""

    WITH_PATIENT = "with_patient"
    WITH_CLINIC = "with_clinic"
    CLOSED = "closed"


_PATIENT, _CLINIC, _CLOSED = CaseStatus

CASE = Moves(
    {
        _PATIENT: frozenset({_CLINIC, _CLOSED}),
        _CLINIC: frozenset({_PATIENT, _CLOSED}),
    }
)


class PhotoStatus(models.TextChoices):
    """What became of a photo. A clinician decides about each that was sent; what was not sent is thrown away."""

    WAITING = "waiting"
    SENT = "sent"
    TO_RECORD = "to_record"
    DELETED = "deleted"


_WAITING, _SENT, _TO_RECORD, _DELETED = PhotoStatus

PHOTO = Moves(
    {
        _WAITING: frozenset({_SENT, _DELETED}),
        _SENT: frozenset({_TO_RECORD, _DELETED}),
    }
)
