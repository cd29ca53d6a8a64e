"""The administrators' pages about keeping: periods with their grounds, and what one patient may ask for."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from blikk.audit.models import Entry
from blikk.audit.services import looked_at
from blikk.clinics import retention
from blikk.patients.models import Patient
from tests.builders import NOW, a_clinic, a_member, staff
from tests.documentation.conversations import a_full_conversation
from tests.kept import CANARY, a_full_visit, closed, night
from tests.people import signed_in

pytestmark = pytest.mark.django_db
PERIODS = {"visit": "14", "patient": "365", "audit": "2", "money": "5", "claim": "5"}
WHY = {"asked_by": "patient", "because": "access"}


@pytest.fixture(autouse=True)
def _later():
    with time_machine.travel(NOW + timedelta(days=40), tick=False):
        yield


def boss(hour):
    return signed_in(a_member(hour.clinic, "administrator", "Anne Admin"))


def text(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_says_what_why_and_how_much_goes_tonight():
    hour = a_full_conversation()
    closed(hour)
    page = text(boss(hour).get("/klinikk/oppbevaring"))
    for words in (
        "bokføringsloven § 13",
        "Det er journalen som skal oppbevares",
        "Fra 1 til 365 dager",
        "1 time med alt",
        "Ingenting er",
    ):
        assert words in page
    night(hour.clinic, 40)
    after = text(boss_again(hour).get("/klinikk/oppbevaring"))
    assert "Ingenting er gammelt nok" in after
    assert "Tiden var ute" in after


def boss_again(hour):
    return signed_in(hour.clinic.memberships.get(role="administrator"))


def test_periods_are_chosen_within_bounds_and_what_was_typed_stays():
    hour = a_full_conversation()
    client = boss(hour)
    assert client.post("/klinikk/oppbevaring", PERIODS).status_code == 302
    assert retention.amounts_of(hour.clinic)["visit"] == 14
    wrong = client.post("/klinikk/oppbevaring", {**PERIODS, "audit": "1", "visit": "900", "patient": "x"})
    page = wrong.content.decode()
    assert wrong.status_code == 422
    assert 'value="900"' in page
    for words in ("Så kort kan dere ikke ha det", "Så lenge kan dere ikke ha det"):
        assert words in text_of(client, {**PERIODS, "audit": "1", "visit": "900"})
    assert retention.amounts_of(hour.clinic)["audit"] == 2


def text_of(client, typed):
    return client.post("/klinikk/oppbevaring", typed).content.decode()


def test_the_page_asks_as_much_whatever_there_is(django_assert_max_num_queries):
    hour = a_full_conversation()
    closed(hour)
    client = boss(hour)
    client.get("/klinikk/oppbevaring")
    with CaptureQueriesContext(connection) as few:
        client.get("/klinikk/oppbevaring")
    for day in (40, 41, 42):
        night(hour.clinic, day)
    with django_assert_max_num_queries(len(few)):
        client.get("/klinikk/oppbevaring")


def test_the_file_has_a_page_for_people_one_for_machines_and_the_photos():
    hour = a_full_visit()
    Patient.objects.filter(pk=hour.patient.pk).update(language="nb", given_name="Ola", family_name="Hansen")
    client = boss(hour)
    at = f"/klinikk/innsyn/{hour.patient.public_id}"
    refused = client.post(f"{at}/utlevering", {})
    assert refused.status_code == 422
    answer = client.post(f"{at}/utlevering", WHY)
    assert answer["Content-Type"] == "application/zip"
    pack = zipfile.ZipFile(io.BytesIO(answer.content))
    (photo,) = [name for name in pack.namelist() if name.startswith("bilder/")]
    page = pack.read("opplysninger.html").decode()
    for words in ("Det vi har lagret om deg", "Ola Hansen", CANARY, "Skriftlige saker", f'src="{photo}"'):
        assert words in page
    assert page.index("Om dem som er med deg") < page.index("Personer som er med deg")
    said = json.loads(pack.read("opplysninger.json"))
    assert said["patient"]["patients.Patient"][0]["family_name"] == "Hansen"
    assert "<script" not in page
    assert Entry.objects.filter(act="patient.handed_out").count() == 1


def test_words_of_a_patient_cannot_become_markup_in_the_file():
    hour = a_full_conversation()
    Patient.objects.filter(pk=hour.patient.pk).update(given_name="<script>alert(1)</script>")
    answer = boss(hour).post(f"/klinikk/innsyn/{hour.patient.public_id}/utlevering", WHY)
    page = zipfile.ZipFile(io.BytesIO(answer.content)).read("opplysninger.html").decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_who_has_seen_is_paged_on_the_screen_and_whole_on_the_sheet():
    hour = a_full_conversation()
    for number in range(70):
        now = NOW + timedelta(minutes=number)
        looked_at(
            "patient", actor=staff(hour.clinician), about=hour.patient, clinic_id=hour.clinic.pk, now=now
        )
    client = boss(hour)
    at = f"/klinikk/innsyn/{hour.patient.public_id}/logg"
    page = text(client.get(at))
    assert page.count("<tr>") == 51
    assert "Kari Nordmann" in page
    assert "Behandler" in page
    older = page.split('href="?eldre=')[1].split('"')[0]
    assert "Så på pasienten" in text(client.get(f"{at}?eldre={older}"))
    assert client.get(f"{at}?eldre=æ").status_code == 200
    sheet = text(client.get(f"{at}/ark"))
    assert sheet.count("<tr>") > 70
    assert "Loggen går 2 år tilbake" in sheet
    for _ in range(30):
        looked_at(
            "patient", actor=staff(hour.clinician), about=hour.patient, clinic_id=hour.clinic.pk, now=NOW
        )
    with CaptureQueriesContext(connection) as many:
        client.get(f"{at}/ark")
    assert len(many) < 50


def test_deleting_takes_two_steps_and_a_reason():
    hour = a_full_conversation()
    closed(hour)
    client = boss(hour)
    at = f"/klinikk/innsyn/{hour.patient.public_id}/slett"
    first = text(client.get(at))
    assert "1 time med meldinger" in first
    assert "Sikkerhetskopier" in first
    why = {"asked_by": "patient", "because": "no_longer"}
    for lacking in ({}, why, {"asked_by": "patient", "is_sure": "on"}):
        assert client.post(at, lacking).status_code == 422
        assert Patient.objects.filter(pk=hour.patient.pk).exists()
    done = text(client.post(at, {**why, "is_sure": "on"}))
    assert "Ingenting om pasienten står igjen" in done
    assert not Patient.objects.filter(pk=hour.patient.pk).exists()
    assert client.get(at).status_code == 404
    sheet = text(client.get(f"/klinikk/innsyn/{hour.patient.public_id}/logg/ark"))
    assert "Slettet det som var lagret om pasienten" in sheet
    assert "Hansen" not in sheet


def test_what_stays_is_said_with_its_reason():
    hour = a_full_conversation()
    page = text(boss(hour).get(f"/klinikk/innsyn/{hour.patient.public_id}/slett"))
    assert "Samtalen er ikke gjort ferdig" in page
    assert "24. november 2026" in page


def test_the_desk_is_told_whom_to_ask_and_has_no_way_in():
    hour = a_full_conversation()
    client = signed_in(hour.clinician)
    assert "Spør en administrator" in text(client.get(f"/pasienter/{hour.patient.public_id}"))
    for end in ("", "/logg", "/logg/ark", "/slett"):
        assert client.get(f"/klinikk/innsyn/{hour.patient.public_id}{end}").status_code == 404


def test_a_patient_is_found_by_a_name_that_stands_in_no_address():
    hour = a_full_conversation()
    client = boss(hour)
    page = text(client.post("/klinikk/innsyn/", {"sok": "Hansen"}))
    assert f"/klinikk/innsyn/{hour.patient.public_id}" in page
    assert "Ingen treff" in text(client.post("/klinikk/innsyn/", {"sok": "Finnesikke"}))
    other = signed_in(a_member(a_clinic("Nabo"), "administrator"))
    assert "Ingen treff" in text(other.post("/klinikk/innsyn/", {"sok": "Hansen"}))
