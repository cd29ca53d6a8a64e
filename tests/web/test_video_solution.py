"""Choosing the video solution: the clinic's page, one clinician's, and one's own; and who needs text."""

import pytest
import time_machine

from blikk.audit.models import Entry
from blikk.clinics import video
from blikk.clinics.models import VideoSolution
from tests import builders
from tests.builders import NOW, a_booked_hour, a_clinic, a_member
from tests.people import signed_in

HOST = "join.nhn.example"
TYPED = {"kind": "fixed", "supplier": "Join", "address": f"https://{HOST}/kari"}


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def clinic(db, settings):
    settings.BLIKK_EXTERNAL_VIDEO_HOSTS = [HOST, "*.whereby.com"]
    return a_clinic()


@pytest.fixture
def doctor(clinic):
    return a_member(clinic)


@pytest.fixture
def administrator(clinic):
    return signed_in(a_member(clinic, "administrator", "Anne Vik"))


def test_the_administrator_chooses_for_the_clinic_and_sees_which_hosts_are_open(
    clinic, doctor, administrator
):
    page = administrator.get("/klinikk/video").content.decode()
    assert f"{HOST}, *.whereby.com" in page
    assert 'type="password" name="key"' in page
    assert administrator.post("/klinikk/video", TYPED).status_code == 302
    assert video.is_elsewhere(doctor)
    assert 'value="Join"' in administrator.get("/klinikk/video").content.decode()
    administrator.post("/klinikk/video", {"kind": "", "supplier": "", "address": ""})
    assert not video.is_elsewhere(doctor)


def test_one_clinician_may_differ_by_the_administrators_hand_and_by_their_own(clinic, doctor, administrator):
    administrator.post("/klinikk/video", TYPED)
    mine = signed_in(doctor)
    assert "Join, som virksomheten ellers" in mine.get("/konto/video").content.decode()
    mine.post("/konto/video", {"kind": "own"})
    assert not video.is_elsewhere(doctor)
    address = f"/klinikk/ansatte/{doctor.public_id}/video"
    assert administrator.post(address, {**TYPED, "supplier": "Teams"}).status_code == 302
    assert video.chosen(clinic, doctor).supplier == "Teams"
    assert Entry.objects.filter(act="clinic.video_chosen").count() == 3


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "https://evil.example/",
        "\\\\evil.example",
    ],
)
def test_an_address_that_leads_astray_is_refused_with_words_and_kept_in_its_field(administrator, address):
    answer = administrator.post("/klinikk/video", {**TYPED, "address": address})
    assert answer.status_code == 422
    assert answer.content.decode().count("ds-validation-message") >= 1
    assert not VideoSolution.objects.exists()
    assert "Location" not in answer.headers


def test_who_is_no_clinician_has_no_solution_of_their_own(clinic, administrator):
    secretary = a_member(clinic, "secretary", "Siri Vik")
    assert administrator.get(f"/klinikk/ansatte/{secretary.public_id}/video").status_code == 404
    assert signed_in(secretary).get("/konto/video").status_code == 404


def test_where_the_operator_has_opened_for_nothing_the_page_says_so(clinic, administrator, settings):
    settings.BLIKK_EXTERNAL_VIDEO_HOSTS = []
    page = administrator.get("/klinikk/video").content.decode()
    assert "BLIKK_EXTERNAL_VIDEO_HOSTS" in page
    assert "<form" not in page.split("</h1>")[1]


def test_the_patients_page_tells_nothing_of_where_it_leads_before_they_are_let_in(
    clinic, administrator, client
):
    administrator.post("/klinikk/video", TYPED)
    hour = a_booked_hour(clinic)
    builders.waiting(hour)
    client.cookies["blikk_device"] = hour.device
    with_device = client.get(f"/m/{hour.invitation.public_id}").content.decode()
    assert 'data-screen="waiting"' in with_device
    for word in (HOST, "kari", "Join"):
        assert word not in with_device


def test_staff_note_that_a_patient_reads_and_writes(clinic, doctor):
    patient = builders.a_patient(clinic)
    desk = signed_in(doctor)
    desk.post(f"/pasienter/{patient.public_id}/tekst", {"uses_text": "on"})
    patient.refresh_from_db()
    assert patient.uses_text
    desk.post(f"/pasienter/{patient.public_id}/tekst", {})
    patient.refresh_from_db()
    assert not patient.uses_text
    assert Entry.objects.filter(act="patient.text_need_noted").count() == 2


def test_the_patient_says_it_from_the_waiting_room_and_nobody_else_for_them(clinic, client):
    hour = a_booked_hour(clinic)
    address = f"/m/{hour.invitation.public_id}/text"
    builders.open_link(hour)
    client.cookies["blikk_device"] = hour.device
    sent = {"content_type": "application/json", "headers": {"Origin": "http://localhost:8000"}}
    client.post(address, {"uses_text": True}, **sent)
    hour.patient.refresh_from_db()
    assert not hour.patient.uses_text
    builders.door.answer_birth_date(
        hour.invitation.public_id, hour.device, born=hour.patient.birth_on, where="", now=NOW
    )
    answer = client.post(address, {"uses_text": True}, **sent)
    hour.patient.refresh_from_db()
    assert (answer.status_code, hour.patient.uses_text) == (200, True)
    assert answer.json()["door"]["uses_text"] is True
