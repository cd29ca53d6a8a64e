"""People and the clinic: Patient, Practitioner, PractitionerRole, Organization, RelatedPerson."""

from collections.abc import Iterable, Mapping
from datetime import date

from blikk.clinics.models import Clinic, Membership
from blikk.consultations.models import Participant
from blikk.documentation.fhir import systems
from blikk.documentation.fhir.names import Refer, Resource, own_identifier, profile, whole
from blikk.patients.models import ContactPoint, Patient
from blikk.patients.national_numbers import Kind, read

_SYSTEMS: Mapping[str, str] = {
    Kind.BIRTH: systems.BIRTH_NUMBER,
    Kind.D: systems.D_NUMBER,
    Kind.FH: systems.FH_NUMBER,
}
_CHANNELS: Mapping[str, str] = {"phone": "phone", "email": "email"}
_LANGUAGES: Mapping[str, str] = {"nb": "no", "nn": "no"}
# Who helps the patient as their own; interpreters and colleagues are practitioners, as FHIR has it.
_RELATIONS: Mapping[str, tuple[str, str, str]] = {
    "relative": (f"{systems.HL7}v3-RoleCode", "FAMMEMB", "family member"),
    "guardian": (f"{systems.HL7}v3-RoleClass", "GUARD", "guardian"),
    "carer": (f"{systems.HL7}v3-RoleClass", "CAREGIVER", "caregiver"),
}
PRACTITIONERS = frozenset({"clinician", "colleague", "interpreter"})


def patient_resource(
    patient: Patient, *, number: str = "", kind: str = "", contacts: Iterable[ContactPoint] = ()
) -> Resource:
    """A patient; the national number only where it is known, and nothing is read out of it."""
    own = own_identifier("Patient", patient.public_id)
    national = _national(number, kind or (str(_kind_of(number)) if number else ""), patient.clinic)
    identifiers = [own] if national is None else [national, own] if "system" in national else [own, national]
    return whole(
        {
            "resourceType": "Patient",
            "meta": profile("no-basis-Patient"),
            "identifier": identifiers,
            "active": True,
            "name": [_name(patient.given_name, patient.family_name)],
            "telecom": contact_points(contacts),
            "birthDate": _day(patient.birth_on),
            "communication": [{"language": _language(patient.language), "preferred": True}],
        }
    )


def contact_points(contacts: Iterable[ContactPoint]) -> list[Resource]:
    """Where a patient is reached: only what somebody has made sure of, and what is in use."""
    return [
        {"system": _CHANNELS[point.kind], "value": point.value}
        for point in contacts
        if point.retired_at is None and point.is_verified
    ]


def practitioner_resource(member: Membership) -> Resource:
    """Somebody who works at the clinic, by their number in Helsepersonellregisteret where it is known."""
    identifiers = [own_identifier("Practitioner", member.public_id)]
    if member.hpr_number:
        identifiers.insert(0, {"system": systems.HPR, "value": member.hpr_number})
    return {
        "resourceType": "Practitioner",
        "meta": profile("no-basis-Practitioner"),
        "identifier": identifiers,
        "active": member.ended_at is None,
        "name": [_name_of(member.name)],
    }


def invited_practitioner_resource(participant: Participant, *, key: str) -> Resource:
    """An interpreter or a colleague from elsewhere, who took part by invitation."""
    return {
        "resourceType": "Practitioner",
        "meta": profile("no-basis-Practitioner"),
        "identifier": [own_identifier("Practitioner", key)],
        "name": [_name_of(participant.name)],
    }


def practitioner_role_resource(member: Membership, *, refer: Refer) -> Resource:
    """What somebody does at the clinic."""
    words = member.profession or member.title
    return whole(
        {
            "resourceType": "PractitionerRole",
            "meta": profile("no-basis-PractitionerRole"),
            "identifier": [own_identifier("PractitionerRole", member.public_id)],
            "active": member.ended_at is None,
            "practitioner": {
                "reference": refer("Practitioner", member.public_id),
                "display": member.name,
            },
            "organization": {
                "reference": refer("Organization", member.clinic.public_id),
                "display": member.clinic.name,
            },
            "code": [{"text": words}] if words else [],
        }
    )


def organization_resource(clinic: Clinic) -> Resource:
    """The clinic."""
    return whole(
        {
            "resourceType": "Organization",
            "meta": profile("no-basis-Organization"),
            "identifier": [own_identifier("Organization", clinic.public_id)],
            "active": True,
            "name": clinic.name,
            "telecom": [{"system": "phone", "value": clinic.phone}] if clinic.phone else [],
        }
    )


def related_person_resource(participant: Participant, *, key: str, patient: str, refer: Refer) -> Resource:
    """Somebody who came along with the patient."""
    words = systems.ROLES[participant.role]
    relation = _RELATIONS.get(participant.role)
    codes = (
        [{"system": relation[0], "code": relation[1], "display": relation[2]}]
        if relation
        else [systems.coding(systems.ROLE, participant.role)]
    )
    return {
        "resourceType": "RelatedPerson",
        "meta": profile("no-basis-RelatedPerson"),
        "identifier": [own_identifier("RelatedPerson", key)],
        "patient": {"reference": refer("Patient", patient)},
        "relationship": [{"coding": codes, "text": words}],
        "name": [_name_of(participant.name)],
    }


def _national(number: str, kind: str, clinic: Clinic) -> Resource | None:
    if not number:
        return None
    system = _SYSTEMS.get(kind)
    if system:
        return {"system": system, "value": number}
    # The profile wants the bare word HNR for a system too, which R4 does not allow: kind and giver say it.
    return {
        "type": {"coding": [{"system": systems.KIND_OF_NUMBER, "code": systems.H_NUMBER}]},
        "value": number,
        "assigner": {"display": clinic.name},
    }


def _kind_of(number: str) -> Kind:
    return read(number).kind


def _name(given: str, family: str) -> Resource:
    text = " ".join(f"{given} {family}".split())
    return whole({"use": "official", "text": text, "family": family.strip(), "given": given.split()})


def _name_of(name: str) -> Resource:
    """A name that was typed whole: its last word is taken for the family name, and the whole is kept beside."""
    *given, family = name.split() or ["-"]
    return _name(" ".join(given), family)


def _day(day: date) -> str:
    return day.isoformat()


def _language(code: str) -> Resource:
    """R4's list of languages, which servers check against, knows Norwegian and not its two written forms."""
    return {"coding": [{"system": "urn:ietf:bcp:47", "code": _LANGUAGES.get(code, code)}], "text": code}
