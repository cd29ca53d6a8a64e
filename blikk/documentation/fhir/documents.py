"""What was written and answered: DocumentReference and QuestionnaireResponse."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from blikk.clinics.models import Membership
from blikk.consultations.frame_lights import Asked, belongs_in_record
from blikk.consultations.models import Consultation
from blikk.documentation.fhir import systems
from blikk.documentation.fhir.names import Refer, Resource, moment, own_identifier, period, profile, whole


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed version of a note."""

    key: str
    number: int
    text: str
    signed_at: datetime
    signed_by: Membership
    reason: str = ""
    language: str = "nb"


def document_resource(
    version: Signed,
    consultation: Consultation,
    *,
    refer: Refer,
    pdf: bytes = b"",
    kind: str = systems.JOURNAL_NOTE,
    replaces: str = "",
    is_superseded: bool = False,
    with_text: bool = True,
) -> Resource:
    """A signed version: the text, and the same as a PDF. A correction says what it replaces and why."""
    author = {
        "reference": refer("Practitioner", version.signed_by.public_id),
        "display": version.signed_by.name,
    }
    own = own_identifier("DocumentReference", version.key)
    patient = consultation.appointment.patient
    is_correction = version.number > 1
    return whole(
        {
            "resourceType": "DocumentReference",
            "meta": profile("no-basis-DocumentReference"),
            "masterIdentifier": own,
            "identifier": [own],
            "status": "superseded" if is_superseded else "current",
            "docStatus": "amended" if is_correction else "final",
            "type": _kind(kind),
            "subject": {"reference": refer("Patient", patient.public_id), "display": patient.name},
            "date": moment(version.signed_at),
            "author": [author],
            "authenticator": author,
            "custodian": {"display": consultation.clinic.name},
            "relatesTo": [{"code": "replaces", "target": {"reference": refer("DocumentReference", replaces)}}]
            if replaces
            else [],
            "description": version.reason,
            "content": [
                {"attachment": attachment} for attachment in _attachments(version, pdf, with_text=with_text)
            ],
            "context": {
                "encounter": [{"reference": refer("Encounter", consultation.public_id)}],
                "period": period(consultation.opened_at, consultation.ended_at),
            },
        }
    )


def questionnaire_response_resource(
    consultation: Consultation, asked: Iterable[Asked], *, authored: datetime, refer: Refer
) -> Resource | None:
    """The control questions that belong in the record; None where none does."""
    items = [_item(one) for one in asked if belongs_in_record(one)]
    if not items:
        return None
    patient, clinician = consultation.appointment.patient, consultation.clinician
    return {
        "resourceType": "QuestionnaireResponse",
        "identifier": own_identifier("QuestionnaireResponse", consultation.public_id),
        "status": "completed",
        "subject": {"reference": refer("Patient", patient.public_id), "display": patient.name},
        "encounter": {"reference": refer("Encounter", consultation.public_id)},
        "authored": moment(authored),
        "author": {"reference": refer("Practitioner", clinician.public_id), "display": clinician.name},
        "item": items,
    }


def _kind(kind: str) -> Resource:
    words = systems.DOCUMENTS[kind]
    return {
        "coding": [{"system": systems.DOCUMENT_KINDS, "code": kind, "display": words}],
        "text": words,
    }


def _replaces(key: str, refer: Refer) -> list[Resource]:
    return [{"code": "replaces", "target": {"reference": refer("DocumentReference", key)}}] if key else []


def _item(one: Asked) -> Resource:
    code = one.value if one.words else f"{one.question}-{one.value}"
    answers = [code] if code in systems.ANSWERS else []
    if one.tick:
        answers.append(one.tick)
    return whole(
        {
            "linkId": one.question,
            "text": one.words or systems.QUESTIONS[one.question],
            "answer": [{"valueCoding": systems.coding(systems.ANSWER, answer)} for answer in answers],
        }
    )


def _attachments(version: Signed, pdf: bytes, *, with_text: bool) -> list[Resource]:
    common = {"language": version.language, "creation": moment(version.signed_at)}
    title = f"{systems.DOCUMENTS[systems.JOURNAL_NOTE]} {version.number}"
    found = []
    if pdf:
        found.append({"contentType": "application/pdf", "data": _b64(pdf), "title": f"{title}.pdf", **common})
    if with_text:
        text = version.text.encode()
        found.append(
            {
                "contentType": "text/plain; charset=utf-8",
                "data": _b64(text),
                "title": f"{title}.txt",
                **common,
            }
        )
    return found


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
