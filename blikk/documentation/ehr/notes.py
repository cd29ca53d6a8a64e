"""The signed versions of a note, as they are delivered. The one place that knows how the note keeps them."""

from blikk.consultations.models import Consultation
from blikk.documentation import queries
from blikk.documentation.fhir.documents import Signed


def versions_of(consultation: Consultation) -> list[Signed]:
    """What was signed about a conversation, oldest first."""
    return [
        Signed(
            key=one.public_id,
            number=one.number,
            text=one.text,
            signed_at=one.signed_at,
            signed_by=one.signed_by,
            reason=one.reason,
            language=one.language,
        )
        for one in queries.versions_of(consultation)
    ]


def pdf_of(_consultation: Consultation, _version: Signed) -> bytes:
    """The same on paper; empty where there is none."""
    return b""
