"""Questions about notes."""

from django.db.models import QuerySet

from blikk.consultations.models import Consultation
from blikk.documentation.models import Note, NoteVersion


def find_for(consultation: Consultation) -> Note | None:
    """The note about a consultation, if anybody has begun one."""
    return Note.objects.filter(consultation=consultation).select_related("signed_by__user").first()


def signed_version_of(consultation: Consultation) -> NoteVersion | None:
    """What is signed about a consultation as it now stands: the newest version."""
    return _versions(consultation).order_by("-number").first()


def versions_of(consultation: Consultation) -> list[NoteVersion]:
    """Everything that was signed about a consultation, oldest first."""
    return list(_versions(consultation).order_by("number"))


def _versions(consultation: Consultation) -> QuerySet[NoteVersion]:
    found = NoteVersion.objects.filter(note__consultation=consultation)
    return found.select_related("note", "signed_by__user").prefetch_related("copied__by__user")
