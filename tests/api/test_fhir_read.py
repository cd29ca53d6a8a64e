import base64
import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from blikk.audit.models import Entry
from blikk.clinics.machines.scopes import KINDS
from blikk.documentation.fhir import systems
from blikk.documentation.models import Note
from blikk.documentation.services import correct
from blikk.kernel.actors import SYSTEM
from blikk.kernel.ids import fhir_id
from blikk.scheduling.services import cancel
from tests.api.systems import BASE, Asker, a_system, words_of
from tests.builders import BORN, a_booked_hour, a_clinic, a_member, a_patient
from tests.documentation.conversations import END, a_full_conversation, signed
from tests.national_numbers import made

pytestmark = pytest.mark.django_db
LATER = END + timedelta(minutes=5)


@pytest.fixture
def clock():
    with time_machine.travel(LATER, tick=False) as traveller:
        yield traveller


@pytest.fixture
def hour(clock):
    hour = a_full_conversation()
    signed(hour, "Holdt på video. Æ, ø og å.")
    return hour


@pytest.fixture
def system(hour) -> Asker:
    return a_system(hour.clinic).later(minutes=20).enter()


def found(answer):
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"].startswith("application/fhir+json")
    assert answer.json()["type"] == "searchset"
    return [one["resource"] for one in answer.json().get("entry", []) if one["search"]["mode"] == "match"]


def link(answer, relation):
    return next((one["url"] for one in answer.json()["link"] if one["relation"] == relation), None)


def ids(answer):
    return [one["id"] for one in found(answer)]


def test_everything_about_a_conversation_can_be_found_and_read(system):
    seen = {}
    for kind in KINDS:
        for resource in found(system.get(f"/fhir/{kind}")):
            assert resource["resourceType"] == kind
            one = system.get(f"/fhir/{kind}/{resource['id']}")
            assert one.status_code == 200
            assert one.json() == resource
            assert one["ETag"] == f'W/"{resource["meta"]["versionId"]}"'
            seen.setdefault(kind, []).append(resource)
    assert {kind: len(all_of) for kind, all_of in seen.items()} == {
        "Appointment": 1,
        "DocumentReference": 1,
        "Encounter": 1,
        "Patient": 1,
        "Practitioner": 2,
        "QuestionnaireResponse": 1,
        "RelatedPerson": 1,
    }
    (document,) = seen["DocumentReference"]
    (text,) = [one["attachment"] for one in document["content"] if "text" in one["attachment"]["contentType"]]
    assert "Æ, ø og å" in base64.b64decode(text["data"]).decode()


def test_every_reference_leads_to_something_that_can_be_read(system):
    text = json.dumps([found(system.get(f"/fhir/{kind}")) for kind in KINDS])
    references = set(re.findall(r'"reference": "([^"]+)"', text))
    assert {one.partition("/")[0] for one in references} >= {
        "Patient",
        "Practitioner",
        "RelatedPerson",
        "Appointment",
        "Encounter",
    }
    for reference in references:
        assert system.get(f"/fhir/{reference}").status_code == 200, reference


def test_nothing_that_opens_a_door_is_ever_said(system, hour):
    said = "".join(system.get(f"/fhir/{kind}").content.decode() for kind in KINDS)
    for secret in (hour.token, hour.typed_code, system.token, "/m#"):
        assert secret not in said


def test_another_clinics_things_are_not_there(system, hour):
    strangers = a_system(a_clinic("Et annet sted")).later(minutes=20).enter()
    nobodys = "A" * 22
    for kind in KINDS:
        assert found(strangers.get(f"/fhir/{kind}")) == []
        for name in ids(system.get(f"/fhir/{kind}")):
            theirs = strangers.get(f"/fhir/{kind}/{name}")
            nothing = strangers.get(f"/fhir/{kind}/{nobodys}")
            assert theirs.status_code == nothing.status_code == 404
            assert theirs.content == nothing.content
            assert found(strangers.get(f"/fhir/{kind}?_id={name}")) == []
            assert len(found(system.get(f"/fhir/{kind}?_id={name}"))) == 1
    patient = fhir_id(hour.patient.public_id)
    assert found(strangers.get(f"/fhir/Encounter?patient={patient}")) == []
    assert len(found(system.get(f"/fhir/Encounter?patient={patient}"))) == 1


def test_without_a_good_token_or_the_scope_nothing_is_shown(system, hour):
    name = fhir_id(hour.patient.public_id)
    for token in ("", "x" * 43, system.token[:-1], "x" * 5000):
        asker = Asker(system.client, token=token)
        for path in ("/fhir/Patient", f"/fhir/Patient/{name}", f"/fhir/Patient/{'A' * 22}"):
            answer = asker.get(path)
            assert (answer.status_code, words_of(answer)[0]) == (401, "login")
            assert answer["WWW-Authenticate"].startswith("Bearer")
            assert "Hansen" not in answer.content.decode()
    narrow = Asker(system.client, now=LATER).enter("system/Encounter.rs system/Patient.s")
    for path, status in (
        (f"/fhir/Patient/{name}", 403),
        ("/fhir/Patient", 200),
        ("/fhir/Appointment", 403),
        ("/fhir/Encounter", 200),
    ):
        assert narrow.get(path).status_code == status, path
    refusal = narrow.get("/fhir/Appointment")
    assert words_of(refusal)[0] == "forbidden"
    assert "system/Appointment.s" in refusal["WWW-Authenticate"]
    assert system.get(f"/fhir/Patient/{name}").status_code == 200


def test_nothing_can_be_written(system):
    for method in ("put", "patch", "delete", "post"):
        for path in ("/fhir/Patient", "/fhir/Patient/abc"):
            answer = getattr(system.browser, method)(
                path, headers={"Authorization": f"Bearer {system.token}"}
            )
            assert answer.status_code == 405
            assert words_of(answer)[0] == "not-supported"


def test_each_look_stands_in_the_record_and_a_search_names_all_it_showed(system, hour):
    patient = hour.patient.public_id
    system.get(f"/fhir/Patient/{fhir_id(patient)}")
    row = Entry.objects.get(act="fhir.looked_at")
    assert (row.actor_kind, row.actor_id) == ("machine", system.client.public_id)
    assert (row.about, row.chain) == (f"patients.Patient:{patient}", hour.clinic.pk)
    other = a_booked_hour(
        hour.clinic,
        clinician=hour.clinician,
        patient=a_patient(hour.clinic, "Anne Lie"),
        starts_in=timedelta(hours=4),
    )
    system.get("/fhir/Appointment")
    (row,) = Entry.objects.filter(act="fhir_search.looked_at")
    said = json.loads(row.details)
    hours = (hour.appointment.public_id, other.appointment.public_id)
    assert said["shown"].split() == [f"scheduling.Appointment:{one}" for one in hours]
    assert said["patients"].split() == [
        f"patients.Patient:{one}" for one in (patient, other.patient.public_id)
    ]
    assert (said["kind"], said["found"]) == ("Appointment", 2)
    system.get("/fhir/Patient/finnes-ikke")
    assert Entry.objects.filter(act="fhir.looked_at").count() == 1


def test_what_has_not_changed_is_not_sent_again(system, hour):
    path = f"/fhir/Encounter/{ids(system.get('/fhir/Encounter'))[0]}"
    first = system.get(path)
    again = system.get(path, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    consultation = hour.appointment.consultation
    consultation.outcome = "completed"
    consultation.save(update_fields=["outcome"])
    changed = system.get(path, **{"If-None-Match": first["ETag"]})
    assert (changed.status_code, changed["ETag"] == first["ETag"]) == (200, False)
    assert first["Cache-Control"] == "no-store"


def test_a_search_finds_what_fits_and_nothing_else(system, hour):
    clinician = fhir_id(hour.clinician.public_id)
    patient = fhir_id(hour.patient.public_id)
    for query, count in {
        f"Appointment?patient=Patient/{patient}": 1,
        f"Appointment?patient={BASE}/Patient/{patient}&status=fulfilled,booked": 1,
        "Appointment?status=cancelled": 0,
        "Appointment?date=2026-11-24": 1,
        "Appointment?date=2026-11": 1,
        "Appointment?date=2026": 1,
        "Appointment?date=ge2026-11-25": 0,
        "Appointment?date=ge2026-11-24&date=lt2026-11-25": 1,
        "Appointment?date=lt2026-11-24": 0,
        "Appointment?date=eq2026-11-24T10:10:00%2B01:00": 1,
        "Appointment?date=2026-11-24T09:10Z": 1,
        "Appointment?date=gt2026-11-24T09:10:00Z": 0,
        f"Appointment?practitioner=Practitioner/{clinician}": 1,
        "Encounter?status=finished": 1,
        "Encounter?status=in-progress": 0,
        "Encounter?date=2026-11-24": 1,
        "Encounter?date=sa2026-11-24T08:59:59Z": 1,
        "Encounter?date=eb2026-11-24T09:15:01Z": 1,
        "Encounter?date=eb2026-11-24T09:15:00Z": 0,
        "Patient?family=han": 1,
        "Patient?given=Ola&family=Hansen": 1,
        "Patient?given=Kari": 0,
        f"Patient?birthdate={BORN}": 1,
        "Patient?birthdate=gt1950": 0,
        "Practitioner?name=Kari": 1,
        "Practitioner?identifier=9144889": 1,
        f"Practitioner?identifier={systems.HPR}|9144889": 1,
        "Practitioner?identifier=urn:oid:1.2.3|9144889": 0,
        f"RelatedPerson?patient={patient}": 1,
        f"DocumentReference?patient={patient}&status=current": 1,
        "DocumentReference?date=lt2026-11-24": 0,
        "QuestionnaireResponse?status=completed": 1,
        "QuestionnaireResponse?status=amended": 0,
    }.items():
        assert len(found(system.get(f"/fhir/{query}"))) == count, query


def test_each_kind_is_found_by_the_identifier_that_it_bears(system):
    for kind in KINDS:
        for resource in found(system.get(f"/fhir/{kind}")):
            said = resource["identifier"]
            several = said if isinstance(said, list) else [said]
            own = next(one for one in several if one["system"] == systems.URN)
            for text in (f"{own['system']}|{own['value']}", own["value"]):
                assert ids(system.get(f"/fhir/{kind}?identifier={text}")) == [resource["id"]], kind
            assert ids(system.get(f"/fhir/{kind}?identifier={own['value'][:-1]}0,{own['value']}")) == [
                resource["id"]
            ]


def test_a_patient_is_found_by_number_in_the_body_and_the_number_stands_in_no_address(system, hour):
    number = made(BORN)
    said = f"{systems.BIRTH_NUMBER}|{number}"
    for query in (said, number):
        answer = system.get(f"/fhir/Patient?identifier={query}")
        assert (answer.status_code, words_of(answer)[0]) == (400, "security")
        beside = system.post(f"/fhir/Patient/_search?identifier={query}", "")
        assert beside.status_code == 400
    answer = system.post("/fhir/Patient/_search", f"identifier={said}&_count=1")
    assert ids(answer) == [fhir_id(hour.patient.public_id)]
    assert number not in json.dumps(answer.json()["link"])
    wrong = f"{systems.D_NUMBER}|{number}"
    assert found(system.post("/fhir/Patient/_search", f"identifier={wrong}")) == []
    assert number not in " ".join(Entry.objects.values_list("details", flat=True))


def test_pages_follow_each_other_and_their_links_hold_no_secret(system, hour):
    for number in range(6):
        a_patient(hour.clinic, f"Pasient Nummer{number}")
    seen, path = [], "/fhir/Patient?family=Nummer&_count=2&_total=accurate"
    first = system.get(path)
    assert first.json()["total"] == 6
    assert link(first, "self") == f"{BASE}/Patient?family=Nummer&_count=2&_total=accurate"
    while path:
        answer = system.get(path)
        seen += [one["name"][0]["family"] for one in found(answer)]
        path = link(answer, "next")
        assert path is None or ("Nummer" not in path and path.startswith(f"{BASE}/Patient?_next="))
        path = path.removeprefix(BASE.removesuffix("/fhir")) if path else None
    assert seen == [f"Nummer{number}" for number in range(6)]


def test_a_link_to_the_next_page_is_for_the_system_that_got_it_and_for_an_hour(system, hour, clock):
    a_patient(hour.clinic, "Anne Lie")
    path = link(system.get("/fhir/Patient?_count=1"), "next").removeprefix(BASE.removesuffix("/fhir"))
    other = a_system(hour.clinic, name="Et annet").later(minutes=20).enter()
    for answer in (
        other.get(path),
        system.get(path.replace("Patient", "Encounter")),
        system.get(path[:-20] + ("B" if path[-20] == "A" else "A") + path[-19:]),
        system.get("/fhir/Patient?_next=v2.xx"),
    ):
        assert (answer.status_code, words_of(answer)[0]) == (410, "expired")
    assert len(found(system.get(path))) == 1
    clock.shift(timedelta(minutes=61))
    system.later(minutes=61).enter()
    assert system.get(path).status_code == 410


def test_practitioners_of_both_kinds_come_on_pages(system):
    first = system.get("/fhir/Practitioner?_count=1")
    second = system.get(link(first, "next").removeprefix(BASE.removesuffix("/fhir")))
    assert {one["name"][0]["text"] for one in found(first) + found(second)} == {
        "Kari Nordmann",
        "Amal Haddad",
    }
    assert link(second, "next") is None


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("Patient?gjett=1", "not-supported"),
        ("Encounter?patient.identifier=17054412345", "not-supported"),
        ("Patient?family:exact=Hansen", "not-supported"),
        ("Encounter?date=i-morgen", "value"),
        ("Encounter?date=2026-13", "value"),
        ("Encounter?date=2026-11-24T09:00:00", "value"),
        ("Encounter?date=9999", "value"),
        ("Encounter?patient=../../etc", "value"),
        ("Encounter?status=", "value"),
        ("Encounter?_id=a_b", "value"),
        ("Encounter?_count=mange", "value"),
        ("Encounter?_count=-1", "value"),
        (f"Encounter?status={'x' * 501}", "value"),
        ("Medication", "not-supported"),
        ("Encounter/a/b/c", "not-found"),
    ],
)
def test_what_cannot_be_understood_is_refused_in_words(system, query, code):
    answer = system.get(f"/fhir/{query}")
    assert 400 <= answer.status_code < 500
    assert words_of(answer)[0] == code
    assert words_of(answer)[1].endswith(".") or ":" in words_of(answer)[1]


def test_unknown_parameters_are_ignored_only_where_that_shows_no_more_than_was_asked_for(system):
    assert system.get("/fhir/Patient?_elements=id").status_code == 200
    strict = {"Prefer": "return=minimal; handling=strict"}
    assert words_of(system.get("/fhir/Patient?_elements=id", **strict))[0] == "not-supported"
    assert system.get("/fhir/Patient?gjett=1").status_code == 400
    lenient = system.get("/fhir/Patient?gjett=1&family=Hansen", Prefer="handling=lenient")
    assert len(found(lenient)) == 1
    assert "gjett" not in link(lenient, "self")
    (warning,) = [one for one in lenient.json()["entry"] if one["search"]["mode"] == "outcome"]
    assert "gjett" in warning["resource"]["issue"][0]["details"]["text"]
    assert system.get("/fhir/Patient?family:exact=x", Prefer="handling=lenient").status_code == 400


def test_only_json_is_spoken(system):
    for asked in ({"path": "/fhir/Patient?_format=xml"}, {"path": "/fhir/metadata", "Accept": "text/turtle"}):
        path = asked.pop("path")
        assert system.get(path, **asked).status_code == 406
    for path in ("/fhir/Patient?_format=json", "/fhir/Patient?_format=application/fhir%2Bjson"):
        assert system.get(path, Accept="application/xml").status_code == 200
    assert system.get("/fhir/Patient", Accept="text/html,application/fhir+json;q=0.9").status_code == 200


def test_how_many_can_be_asked_for_alone(system):
    for query in ("_summary=count", "_count=0"):
        answer = system.get(f"/fhir/Appointment?{query}")
        assert (found(answer), answer.json()["total"]) == ([], 1)


def test_a_corrected_note_is_there_as_it_was_and_as_it_is(system, hour, clock):
    (first,) = found(system.get("/fhir/DocumentReference"))
    clock.shift(timedelta(minutes=2))
    system.later(minutes=2).enter()
    note = Note.objects.get(clinic=hour.clinic)
    correct(
        note,
        number=1,
        text="Holdt på video. Dosen er 5 mg.",
        reason="Feil dose",
        membership=hour.clinician,
        actor=SYSTEM,
        now=LATER + timedelta(minutes=1),
    )
    (new,) = found(system.get("/fhir/DocumentReference?status=current"))
    (old,) = found(system.get("/fhir/DocumentReference?status=superseded"))
    assert old["id"] == first["id"]
    assert old["content"] == first["content"]
    assert old["meta"]["lastUpdated"] > first["meta"]["lastUpdated"]
    assert new["docStatus"] == "amended"
    assert new["description"] == "Feil dose"
    (replaced,) = new["relatesTo"]
    assert replaced["code"] == "replaces"
    assert replaced["target"]["reference"] == f"DocumentReference/{old['id']}"
    since = LATER.strftime("%Y-%m-%dT%H:%M:%SZ")
    changed = found(system.get(f"/fhir/DocumentReference?_lastUpdated=gt{since}"))
    assert {one["id"] for one in changed} == {old["id"], new["id"]}


def test_what_changed_lately_is_found(system, hour, clock):
    since = LATER.strftime("%Y-%m-%dT%H:%M:%SZ")
    for kind in KINDS:
        assert found(system.get(f"/fhir/{kind}?_lastUpdated=gt{since}")) == [], kind
        assert found(system.get(f"/fhir/{kind}?_lastUpdated=le{since}")) != [], kind
    clock.shift(timedelta(minutes=2))
    system.later(minutes=2).enter()
    later = a_booked_hour(
        hour.clinic,
        clinician=hour.clinician,
        patient=hour.patient,
        starts_in=timedelta(hours=4),
        now=LATER + timedelta(minutes=1),
    )
    name = fhir_id(later.appointment.public_id)
    (resource,) = found(system.get(f"/fhir/Appointment?_lastUpdated=gt{since}"))
    assert resource["id"] == name
    before = resource["meta"]
    soon = LATER + timedelta(minutes=2)
    cancel(
        hour.clinic, later.appointment.public_id, version=later.appointment.version, actor=SYSTEM, now=soon
    )
    (resource,) = found(system.get(f"/fhir/Appointment?_lastUpdated=gt{since}"))
    assert resource["meta"]["lastUpdated"] > before["lastUpdated"]
    assert resource["meta"]["versionId"] != before["versionId"]
    assert system.get(f"/fhir/Appointment/{name}").json() == resource, "looking is no change"


def test_a_page_takes_as_many_questions_to_the_database_whatever_stands_on_it(system, hour):
    def asked():
        counts = {}
        for kind in KINDS:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert system.get(f"/fhir/{kind}").status_code == 200
            counts[kind] = len(queries)
        return counts

    before = asked()
    for _ in range(3):
        signed(another_conversation(hour))
    assert len(found(system.get("/fhir/Encounter"))) == 4
    assert asked() == before
    assert max(before.values()) < 25


def another_conversation(hour):
    """The same again at the same clinic, with other people."""
    member = a_member(hour.clinic, name="Berit Berg")
    other = a_booked_hour(hour.clinic, clinician=member, patient=a_patient(hour.clinic, "Anne Lie"))
    return a_full_conversation(other, has_number=False)
