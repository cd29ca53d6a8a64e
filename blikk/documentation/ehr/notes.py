"""The signed versions of a note, as they are delivered. The one place that knows how the note keeps them."""

from blikk.consultations.models import Consultation
from blikk.documentation.fhir.documents import Signed
from blikk.documentation.models import Note
from blikk.documentation.states import NoteStatus


def versions_of(consultation: Consultation) -> list[Signed]:
    """What was signed about a conversation, oldest first."""
    note = (
        Note.objects.filter(consultation=consultation, status=NoteStatus.SIGNED)
        .select_related("signed_by__user", "signed_by__clinic")
        .first()
    )
    if note is None or note.signed_at is None or note.signed_by is None:
        return []
    return [
        Signed(
            key=note.public_id,
            number=1,
            text=note.signed_text,
            signed_at=note.signed_at,
            signed_by=note.signed_by,
            language=consultation.clinic.language,
        )
    ]


def pdf_of(_consultation: Consultation, _version: Signed) -> bytes:
    """The same on paper; empty where there is none."""
    return b""
