"""Questions about notes."""

from blikk.consultations.models import Consultation
from blikk.documentation.models import Note


def find_for(consultation: Consultation) -> Note | None:
    """The note about a consultation, if anybody has begun one."""
    return Note.objects.filter(consultation=consultation).select_related("signed_by__user").first()
