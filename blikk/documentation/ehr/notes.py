"""The signed versions of a note, as they are delivered. The one place that knows how the note keeps them."""

from dataclasses import dataclass
from functools import lru_cache

from blikk.consultations.models import Consultation
from blikk.documentation import paper, queries
from blikk.documentation.fhir.documents import Signed
from blikk.documentation.paper import Head, NoPaper
from blikk.kernel.times import local


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


def pdf_of(consultation: Consultation, version: Signed) -> bytes:
    """The same on paper, under names and times alone; empty where this machine makes none."""
    clinic, patient = consultation.clinic, consultation.appointment.patient
    when = local(version.signed_at, clinic.zone).isoformat(" ", "minutes")
    head = Head(
        title=clinic.name,
        clinic="",
        author=version.signed_by.name,
        facts=(("", f"{patient.name} · {patient.birth_on}"), ("", f"{version.signed_by.name} · {when}")),
        foot=f"{patient.name} · {version.number}",
    )
    try:
        return _made(_Sheet(version.key, version.text, version.language), head)
    except NoPaper:
        return b""


@dataclass(frozen=True, slots=True)
class _Sheet:
    public_id: str
    text: str
    language: str


@lru_cache(maxsize=16)
def _made(sheet: _Sheet, head: Head) -> bytes:
    """A delivery that is tried again sends the same page: it is made once."""
    return paper.pdf_of(sheet, head)
