"""The signed versions of a note, as they are delivered. The one place that knows how the note keeps them."""

from blikk.consultations.models import Consultation
from blikk.documentation import paper, queries
from blikk.documentation.fhir import systems
from blikk.documentation.fhir.documents import Signed
from blikk.documentation.models import NoteVersion
from blikk.kernel.times import local


def versions_of(consultation: Consultation) -> list[Signed]:
    """What was signed about a conversation, oldest first."""
    return [
        Signed(
            key=version.public_id,
            number=version.number,
            text=version.text,
            signed_at=version.signed_at,
            signed_by=version.signed_by,
            reason=version.reason,
            language=version.language,
        )
        for version in queries.versions_of(consultation)
    ]


def pdf_of(consultation: Consultation, version: Signed, *, kind: str) -> bytes:
    """The same on paper; empty where this machine can make none."""
    patient, zone = consultation.appointment.patient, consultation.appointment.zone
    signed = local(version.signed_at, zone).strftime("%d.%m.%Y %H:%M")
    title = systems.DOCUMENTS[kind]
    head = paper.Head(
        title=title,
        clinic=consultation.clinic.name,
        author=version.signed_by.name,
        facts=(
            (systems.ROLES["patient"], f"{patient.name}, {patient.birth_on:%d.%m.%Y}"),
            (systems.ROLES["clinician"], f"{version.signed_by.name}, {signed}"),
        ),
        foot=f"{consultation.clinic.name}, {title} {version.number}",
    )
    written = NoteVersion(public_id=version.key, text=version.text, language=version.language)
    try:
        return paper.pdf_of(written, head)
    except paper.NoPaper:
        return b""
