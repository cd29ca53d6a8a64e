"""A signed note with everything around it as one FHIR transaction: a repeat finds what is there and changes nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from blikk.clinics.models import Membership
from blikk.consultations.frame_lights import frame_of_talk
from blikk.consultations.identity_tables import IdentityCheck
from blikk.consultations.models import Consultation, Participant
from blikk.documentation.fhir import systems
from blikk.documentation.fhir.documents import Signed, document_resource, questionnaire_response_resource
from blikk.documentation.fhir.names import Refer, Resource, by_urn, match_of, related_person_key
from blikk.documentation.fhir.people import (
    PRACTITIONERS,
    invited_practitioner_resource,
    patient_resource,
    practitioner_resource,
    related_person_resource,
)
from blikk.documentation.fhir.visits import appointment_resource, encounter_resource
from blikk.patients.numbers import known_of


@dataclass(frozen=True, slots=True)
class Part:
    """One thing in a transaction: a thing that is there already is left alone, or put as it is now."""

    name: str
    resource: Resource
    is_put: bool = False


@dataclass(frozen=True, slots=True)
class There:
    """What has names of its own at the other side: a thing by our name for it, and what it is called there."""

    references: Mapping[str, str]

    def refer(self, kind: str, key: str) -> str:
        name = by_urn(kind, key)
        return self.references.get(name, name)


def transaction(
    consultation: Consultation,
    version: Signed,
    *,
    pdf: bytes,
    base_url: str,
    there: Mapping[str, str],
    before: Signed | None = None,
    pdf_before: bytes = b"",
    is_news: bool = False,
    is_superseded: bool = False,
    document_kind: str = systems.JOURNAL_NOTE,
) -> Resource:
    """Everything that goes along with a version of a note.

    `there` names what the other side has already under a name of its own: it is referred to, and not sent. `before` is
    the version that this one replaces. `is_news`: the conversation itself may have changed since it was last sent.
    """
    members = _members(consultation, version.signed_by, *([before.signed_by] if before else []))
    refer = There({**_same(members), **there}).refer
    parts = [*_people(consultation, members, refer), *_visit(consultation, refer, base_url, is_news=is_news)]
    common: dict[str, Any] = {"refer": refer, "kind": document_kind}
    if before is not None:
        old = document_resource(before, consultation, pdf=pdf_before, is_superseded=True, **common)
        parts.append(Part(refer("DocumentReference", before.key), old, is_put=True))
    replaces = before.key if before else ""
    document = document_resource(
        version, consultation, pdf=pdf, replaces=replaces, is_superseded=is_superseded, **common
    )
    parts.append(Part(refer("DocumentReference", version.key), document))
    return bundle(part for part in parts if part.name not in set(there.values()))


def visit_only(consultation: Consultation, *, base_url: str, there: Mapping[str, str]) -> Resource:
    """The conversation as it is now, where its note has gone before: what it came to is decided afterwards."""
    members = _members(consultation)
    refer = There({**_same(members), **there}).refer
    parts = [*_people(consultation, members, refer), *_visit(consultation, refer, base_url, is_news=True)]
    return bundle(part for part in parts if part.name not in set(there.values()))


def bundle(parts: Iterable[Part]) -> Resource:
    """A transaction of parts, each named once."""
    entries = {part.name: _entry(part) for part in parts}
    return {"resourceType": "Bundle", "type": "transaction", "entry": list(entries.values())}


def people_in(consultation: Consultation) -> Sequence[Participant]:
    """Everybody who took part, each with what their references need, in one query."""
    return list(
        consultation.participants.select_related(
            "membership__user",
            "membership__clinic",
            "invitation__companion",
            "arrival",
            "consultation__appointment__patient",
        )
    )


def _entry(part: Part) -> Resource:
    kind, match = part.resource["resourceType"], match_of(part.resource)
    request = (
        {"method": "PUT", "url": f"{kind}?{match}"}
        if part.is_put
        else {"method": "POST", "url": kind, "ifNoneExist": match}
    )
    return {"fullUrl": part.name, "resource": part.resource, "request": request}


def _people(consultation: Consultation, members: Sequence[Membership], refer: Refer) -> list[Part]:
    patient = consultation.appointment.patient
    known = known_of(patient)
    contacts = patient.contact_points.filter(retired_at__isnull=True).order_by("kind", "pk")
    said = patient_resource(
        patient,
        number=known.digits if known else "",
        kind=known.kind if known else "",
        contacts=contacts,
    )
    parts = [Part(refer("Patient", patient.public_id), said)]
    for person in people_in(consultation):
        key = related_person_key(person)
        if person.membership is not None:
            continue
        if person.role in PRACTITIONERS:
            made = invited_practitioner_resource(person, key=key)
            parts.append(Part(refer("Practitioner", key), made))
        elif person.role not in {"patient", "member"}:
            made = related_person_resource(person, key=key, patient=patient.public_id, refer=refer)
            parts.append(Part(refer("RelatedPerson", key), made))
    for member in members:
        parts.append(Part(refer("Practitioner", member.public_id), practitioner_resource(member)))
    return parts


def _members(consultation: Consultation, *more: Membership) -> list[Membership]:
    """Everybody at the clinic who is named in it, each once."""
    named = [
        consultation.clinician,
        consultation.appointment.clinician,
        *(person.membership for person in people_in(consultation) if person.membership is not None),
        *(check.by for check in _checks(consultation)),
        *more,
    ]
    return list({member.pk: member for member in named}.values())


def _same(members: Sequence[Membership]) -> dict[str, str]:
    """Who works here twice is one person at the other side: later places are called by the first one's name."""
    first: dict[str, str] = {}
    same = {}
    for member in members:
        name = by_urn("Practitioner", member.public_id)
        match = match_of(practitioner_resource(member))
        same[name] = first.setdefault(match, name)
    return same


def _visit(consultation: Consultation, refer: Refer, base_url: str, *, is_news: bool) -> list[Part]:
    appointment = consultation.appointment
    hour = appointment_resource(appointment, base_url=base_url, refer=refer)
    said = encounter_resource(
        consultation,
        refer=refer,
        participants=people_in(consultation),
        checks=_checks(consultation),
    )
    parts = [
        Part(refer("Appointment", appointment.public_id), hour, is_put=is_news),
        Part(refer("Encounter", consultation.public_id), said, is_put=is_news),
    ]
    frame = frame_of_talk(consultation)
    if frame is not None:
        authored = frame.confirmed_at or consultation.ended_at or consultation.opened_at
        answers = questionnaire_response_resource(consultation, frame.asked, authored=authored, refer=refer)
        if answers is not None:
            parts.append(Part(refer("QuestionnaireResponse", consultation.public_id), answers))
    return parts


def _checks(consultation: Consultation) -> list[IdentityCheck]:
    rows = IdentityCheck.objects.filter(consultation=consultation, replaced_at__isnull=True)
    return list(
        rows.select_related(
            "by__user",
            "participant__membership__user",
            "participant__invitation__companion",
            "participant__consultation__appointment__patient",
        ).order_by("at", "pk")
    )
