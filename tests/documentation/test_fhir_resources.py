"""What Blikk says in FHIR is FHIR: read by HAPI's validator, against R4 and the Norwegian base profiles."""

import base64
import json

import pytest

from blikk.documentation import fhir
from blikk.documentation.ehr.bundle import transaction, visit_only
from blikk.documentation.fhir import systems
from blikk.documentation.fhir.names import by_path, by_urn
from blikk.documentation.fhir.visits import appointment_resource, encounter_resource
from blikk.patients.national_numbers import Kind
from blikk.scheduling.states import AppointmentStatus
from tests.builders import a_clinic, a_member, a_patient
from tests.documentation.conversations import a_full_conversation, signed_version
from tests.fhir_validation import Validator, validator
from tests.identities import consultation_of

pytestmark = pytest.mark.django_db
__all__ = ["validator"]
BASE = "https://video.example.no"
PDF = b"%PDF-1.7 not read here"


def whole(hour, **more):
    given = {"pdf": PDF, "base_url": BASE, "there": {}}
    return transaction(consultation_of(hour), signed_version(hour), **{**given, **more})


def resources(bundle):
    return {
        f"{entry['resource']['resourceType']} {number}": entry["resource"]
        for number, entry in enumerate(bundle["entry"])
    }


def kinds(bundle):
    return sorted(entry["resource"]["resourceType"] for entry in bundle["entry"])


def test_the_whole_transaction_and_each_part_of_it_is_valid(validator: Validator):
    bundle = whole(a_full_conversation())
    assert kinds(bundle) == [
        "Appointment",
        "DocumentReference",
        "Encounter",
        "Patient",
        "Practitioner",
        "Practitioner",
        "QuestionnaireResponse",
        "RelatedPerson",
    ]
    assert validator.errors(bundle) == []
    for resource in resources(bundle).values():
        assert validator.errors(resource) == []


def test_a_correction_is_valid_and_replaces_what_was_there(validator: Validator):
    hour = a_full_conversation()
    first = signed_version(hour)
    second = signed_version(hour, number=2, reason="Feil side")
    bundle = transaction(
        consultation_of(hour),
        second,
        pdf=PDF,
        base_url=BASE,
        there={},
        before=first,
        pdf_before=PDF,
        is_news=True,
    )
    assert validator.errors(bundle) == []
    old, new = (entry for entry in bundle["entry"] if "DocumentReference" in entry["request"]["url"])
    assert (old["request"]["method"], old["resource"]["status"]) == ("PUT", "superseded")
    assert (new["request"]["method"], new["resource"]["status"]) == ("POST", "current")
    assert new["resource"]["relatesTo"] == [{"code": "replaces", "target": {"reference": old["fullUrl"]}}]
    assert (new["resource"]["docStatus"], new["resource"]["description"]) == ("amended", "Feil side")


@pytest.mark.parametrize(
    ("kind", "system"),
    [
        (Kind.BIRTH, systems.BIRTH_NUMBER),
        (Kind.D, systems.D_NUMBER),
        (Kind.FH, systems.FH_NUMBER),
        (Kind.H, None),
        (Kind.D_AND_H, None),
    ],
)
def test_each_kind_of_number_stands_under_its_own_name(validator: Validator, kind, system):
    patient = a_patient(a_clinic())
    made = fhir.patient_resource(patient, number="17054412345", kind=kind)
    said = next(one for one in made["identifier"] if one.get("system") == system)
    assert said["value"] == "17054412345"
    assert validator.errors(made) == []
    is_own = system is None
    assert not is_own or (said["assigner"] and said["type"]["coding"][0]["code"] == "HNR")
    assert fhir.match_of(made).startswith("identifier=urn:ietf" if is_own else f"identifier={system}%7C")


def test_a_patient_without_a_number_has_none(validator: Validator):
    made = fhir.patient_resource(a_patient(a_clinic()))
    assert [one["system"] for one in made["identifier"]] == [systems.URN]
    assert validator.errors(made) == []


def test_the_clinic_and_who_works_there_are_valid(validator: Validator):
    member = a_member(a_clinic(), title="Fastlege", hpr_number="9144889")
    for made in (
        fhir.organization_resource(member.clinic),
        fhir.practitioner_resource(member),
        fhir.practitioner_role_resource(member, refer=by_path),
    ):
        assert validator.errors(made) == []


@pytest.mark.parametrize("status", AppointmentStatus.values)
@pytest.mark.parametrize("form", ["video", "in_person", "text"])
def test_an_hour_is_valid_in_whatever_state(validator: Validator, status, form):
    hour = a_full_conversation()
    hour.appointment.status, hour.appointment.form = status, form
    made = appointment_resource(hour.appointment, base_url=BASE, refer=by_path)
    assert validator.errors(made) == []
    assert ("extension" in made) is (form == "video")


def test_how_to_get_there_is_no_secret_link():
    hour = a_full_conversation()
    text = json.dumps(whole(hour))
    assert hour.token not in text and hour.typed_code not in text
    assert "/m#" not in text and '"valueUrl": "https://video.example.no/kode"' in text


def test_an_encounter_says_what_was_really_used_and_who_was_there():
    hour = a_full_conversation()
    found = {name.split()[0]: each for name, each in resources(whole(hour)).items()}["Encounter"]
    assert found["class"]["code"] == "VR" and found["status"] == "finished"
    assert [one["text"] for one in found["type"]] == ["Video", "Telefon"]
    assert [one["type"][0]["text"] for one in found["participant"]] == ["Behandler", "Pårørende", "Tolk"]
    assert found["length"]["value"] == 15
    assert found["period"] == {"start": "2026-11-24T09:00:00Z", "end": "2026-11-24T09:15:00Z"}
    assert [one["status"] for one in found["statusHistory"]] == ["arrived", "in-progress"]
    ways = [each for each in found["extension"] if each["url"] == systems.OF_FORM]
    assert [each["extension"][1]["valuePeriod"]["start"] for each in ways] == [
        "2026-11-24T09:00:00Z",
        "2026-11-24T09:05:00Z",
    ]
    (who,) = [each for each in found["extension"] if each["url"] == systems.OF_IDENTITY]
    assert who["extension"][1]["valueCoding"]["code"] == "card"


def test_what_was_told_in_confidence_is_not_in_the_answers():
    made = [
        each for name, each in resources(whole(a_full_conversation())).items() if name.startswith("Quest")
    ]
    assert [item["linkId"] for item in made[0]["item"]] == ["place", "sound"]
    assert made[0]["item"][0]["answer"][0]["valueCoding"]["display"] == "Nei"


def test_the_text_of_the_note_can_be_read_back():
    hour = a_full_conversation()
    document = next(each for name, each in resources(whole(hour)).items() if name.startswith("Document"))
    assert document["type"]["coding"][0] == {
        "system": "urn:oid:2.16.578.1.12.4.1.1.9602",
        "code": "B02-2",
        "display": "Journalnotat",
    }
    pdf, text = (each["attachment"] for each in document["content"])
    assert base64.b64decode(pdf["data"]) == PDF and pdf["contentType"] == "application/pdf"
    assert base64.b64decode(text["data"]).decode() == "Holdt på video."


def test_what_is_sent_twice_has_the_same_names_and_says_the_same():
    hour = a_full_conversation()
    assert whole(hour) == whole(hour)
    names = [entry["fullUrl"] for entry in whole(hour)["entry"]]
    assert len(set(names)) == len(names)
    assert all(entry["request"]["ifNoneExist"].startswith("identifier=") for entry in whole(hour)["entry"])


def test_what_is_there_under_another_name_is_referred_to_and_not_sent():
    hour = a_full_conversation()
    patient = by_urn("Patient", hour.patient.public_id)
    bundle = whole(hour, there={patient: "Patient/17"})
    assert "Patient" not in kinds(bundle)
    text = json.dumps(bundle)
    assert patient not in text and '"reference": "Patient/17"' in text


def test_who_works_here_twice_is_sent_once():
    hour = a_full_conversation()
    again = a_member(hour.clinic, name="Kari Nordmann", hpr_number="9144889")
    consultation = consultation_of(hour)
    consultation.clinician = again
    bundle = transaction(consultation, signed_version(hour), pdf=PDF, base_url=BASE, there={})
    matches = [entry["request"]["ifNoneExist"] for entry in bundle["entry"]]
    assert len(set(matches)) == len(matches)
    named = {entry["fullUrl"] for entry in bundle["entry"]}
    assert set(_references(bundle)) <= named


def test_what_it_came_to_is_said_afterwards(validator: Validator):
    hour = a_full_conversation()
    consultation = consultation_of(hour)
    consultation.outcome, consultation.follow_up = "completed", "new_appointment"
    bundle = visit_only(consultation, base_url=BASE, there={})
    assert validator.errors(bundle) == []
    (sent,) = [each for each in bundle["entry"] if each["resource"]["resourceType"] == "Encounter"]
    assert sent["request"]["method"] == "PUT"
    said = {one["url"]: one.get("valueCoding", {}).get("code") for one in sent["resource"]["extension"]}
    assert said[systems.OF_OUTCOME] == "completed" and said[systems.OF_FOLLOW_UP] == "new_appointment"


@pytest.mark.parametrize(
    ("kind", "spoil"),
    [
        ("DocumentReference", lambda it: it["type"]["coding"][0].update(code="B99-9")),
        ("DocumentReference", lambda it: it.pop("content")),
        ("Patient", lambda it: it["identifier"][0].pop("value")),
        ("Patient", lambda it: it.update(birthDate="17.05.1944")),
        ("Appointment", lambda it: it.update(status="nonsense")),
        ("Appointment", lambda it: it["extension"][0].update(valueUrl="https://video.example.no")),
        ("Appointment", lambda it: it["extension"][0]["extension"][0].update(url="kanal")),
        ("Encounter", lambda it: it.pop("class")),
        ("Encounter", lambda it: it.update(outcome="completed")),
        ("Encounter", lambda it: it["type"][0]["coding"][0].update(code="teleport")),
        ("QuestionnaireResponse", lambda it: it["item"][0].pop("linkId")),
        ("RelatedPerson", lambda it: it.pop("patient")),
        ("Practitioner", lambda it: it["name"].append({"family": ["Nordmann"]})),
    ],
)
def test_a_broken_resource_is_refused(validator: Validator, kind, spoil):
    found = {
        name.split()[0]: each for name, each in reversed(resources(whole(a_full_conversation())).items())
    }
    assert validator.errors(found[kind]) == []
    spoil(found[kind])
    assert validator.errors(found[kind]) != []


def test_an_encounter_that_goes_on_is_valid(validator: Validator):
    hour = a_full_conversation()
    consultation = consultation_of(hour)
    consultation.status, consultation.ended_at = "open", None
    made = encounter_resource(consultation, refer=by_path)
    assert validator.errors(made) == [] and made["status"] == "in-progress"


def test_a_public_id_and_its_fhir_id_are_each_others():
    for key in ("ab_c-D", "A" * 22, "__--"):
        assert fhir.key_in(fhir.fhir_id(key)) == key
        assert "_" not in fhir.fhir_id(key)


def _references(value):
    if isinstance(value, dict):
        if "reference" in value:
            yield value["reference"]
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)
