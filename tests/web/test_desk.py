"""Patients at the desk, the demo's inbox, and the demo's own day."""

import importlib
from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from blikk.audit.models import Entry
from blikk.clinics import queries as clinics
from blikk.jobs.seed import OTHER_SLUG, SLUG, seed
from blikk.journeys import door
from blikk.journeys.day import day_of
from blikk.kernel.times import local
from blikk.notifications.models import InboxMessage
from blikk.patients.queries import contact, get
from blikk.scheduling.models import Appointment
from tests import builders
from tests.people import signed_in

pytestmark = pytest.mark.django_db

PERSON = {
    "given_name": "Nils",
    "family_name": "Holm",
    "birth_on": "01.02.1950",
    "language": "nn",
    "phone": "90 00 00 41",
    "email": "",
}


@pytest.fixture
def desk():
    clinic = builders.a_clinic()
    return clinic, signed_in(builders.a_member(clinic, "secretary", "Siv Bakke"))


def test_a_patient_is_registered_and_shown(desk):
    clinic, browser = desk
    answer = browser.post("/pasienter/ny", PERSON, follow=True)
    page = answer.content.decode()
    assert "Nils Holm" in page
    assert 'value="01.02.1950"' in page
    assert 'value="90 00 00 41"' in page
    patient = get(clinic, answer.request["PATH_INFO"].rpartition("/")[2])
    assert contact(patient, "phone") == "+4790000041"


def test_what_is_wrong_with_a_patient_stands_beside_the_field(desk):
    _clinic, browser = desk
    answer = browser.post("/pasienter/ny", {**PERSON, "phone": "12", "birth_on": "i fjor"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_phone_error"' in page
    assert 'id="id_birth_on_error"' in page
    assert 'value="i fjor"' in page


def test_a_contact_point_is_changed_and_the_look_recorded(desk):
    clinic, browser = desk
    patient = builders.a_patient(clinic)
    address = reverse("patient", args=[patient.public_id])
    assert browser.get(address).status_code == 200
    about = f"patients.Patient:{patient.public_id}"
    assert Entry.objects.filter(act="patient.looked_at", about=about).count() == 1
    browser.post(address, {**PERSON, "phone": "90 00 00 42"})
    assert contact(get(clinic, patient.public_id), "phone") == "+4790000042"


def test_a_patient_of_another_clinic_does_not_exist(desk):
    clinic, browser = desk
    theirs = builders.a_patient(builders.a_clinic("Skogli"))
    ours = builders.a_patient(clinic)
    assert browser.get(reverse("patient", args=[theirs.public_id])).status_code == 404
    assert browser.get(reverse("patient", args=[ours.public_id])).status_code == 200


def test_a_search_is_recorded_without_the_words(desk):
    clinic, browser = desk
    builders.a_patient(clinic)
    assert "Hansen, Ola" in browser.post("/pasienter/treff", {"sok": "hansen"}).content.decode()
    entry = Entry.objects.get(act="patients.looked_at")
    assert "hansen" not in entry.details.lower()


@pytest.mark.parametrize("address", ["/pasienter/treff", "/time/ny/pasienter"])
def test_thirty_patients_cost_as_many_queries_as_three(address, django_assert_max_num_queries):
    seen = []
    for count in (3, 18):
        clinic = builders.a_clinic()
        browser = signed_in(builders.a_member(clinic, "secretary", "Siv Bakke"))
        for number in range(count):
            builders.a_patient(clinic, f"Kari Hansen{number}")
        with django_assert_max_num_queries(40) as queries:
            page = browser.post(address, {"sok": "hansen"}).content.decode()
        assert page.count("found-name") == count
        seen.append(len(queries))
    assert seen[0] == seen[1]


def test_an_appointment_costs_the_same_with_four_people_as_with_one(django_assert_max_num_queries):
    seen = []
    for companions in (0, 3):
        hour = builders.a_booked_hour(now=timezone.now())
        browser = signed_in(hour.clinician)
        address = reverse("companion", args=[hour.appointment.public_id])
        for number in range(companions):
            typed = {"role": "relative", "name": "Liv", "phone": f"90 00 00 3{number}", "email": ""}
            assert browser.post(address, {**typed, "language": "nb", "read_back": "on"}).status_code == 200
        with django_assert_max_num_queries(40) as queries:
            browser.get(reverse("appointment", args=[hour.appointment.public_id]))
        seen.append(len(queries))
    assert seen[0] == seen[1]


def test_the_inbox_shows_links_to_press_in_the_demo_only(settings):
    seed(now=timezone.now())
    page = Client().get("/innboks/").content.decode()
    assert page.count('data-test="mail"') == InboxMessage.objects.count()
    assert f'href="{settings.BLIKK_BASE_URL}/m#' in page
    from blikk.web import staff_urls

    with override_settings(BLIKK_DEMO=False):
        outside = importlib.reload(staff_urls).urlpatterns
    inside = importlib.reload(staff_urls).urlpatterns
    assert "inbox" not in {one.name for one in outside}
    assert "inbox" in {one.name for one in inside}


def test_the_seeded_link_opens_the_door_now():
    now = timezone.now()
    urls = seed(now=now)
    token = urls["patient_link"].partition("#")[2]
    view = door.open_link(token, device_secret="a-device", where="192.0.2.1", now=now)
    assert view.step == "birth_date"
    assert set(urls) >= {"base", "clinician", "secretary", "administrator", "patient_link", "inbox"}


def test_the_seeded_staff_can_sign_in():
    urls = seed(now=timezone.now())
    for role in ("clinician", "secretary", "administrator"):
        answer = Client().post("/inn/", {"login": urls[role]["user"], "password": urls[role]["password"]})
        assert answer.status_code == 302


def test_a_second_start_keeps_the_data_and_the_link():
    now = timezone.now()
    first = seed(now=now)
    count = Appointment.objects.count()
    assert seed(now=now + timedelta(minutes=1)) == first
    assert Appointment.objects.count() == count


def test_a_later_start_gives_a_fresh_hour_when_the_old_one_is_over():
    now = timezone.now()
    first = seed(now=now)
    later = now + timedelta(hours=1)
    second = seed(now=later)
    assert second["patient_link"] != first["patient_link"]
    token = second["patient_link"].partition("#")[2]
    assert door.open_link(token, device_secret="a", where="", now=later).step in {"birth_date", "early"}


@pytest.mark.parametrize("days", [1, 3])
def test_the_next_day_has_a_day_of_its_own(days):
    now = builders.NOW
    seed(now=now)
    later = now + timedelta(days=days)
    urls = seed(now=later)
    clinic = clinics.find_by_slug(SLUG)
    assert clinic is not None
    day = day_of(clinic, day=local(later, clinic.zone).date(), now=later)
    assert len(day.rows) > 3
    token = urls["patient_link"].partition("#")[2]
    assert door.open_link(token, device_secret="a", where="", now=later).step == "birth_date"


def test_the_seeded_day_has_something_to_finish_that_was_really_held():
    seed(now=timezone.now())
    clinic = clinics.find_by_slug(SLUG)
    assert clinic is not None
    doctor = next(one for one in clinics.clinicians_of(clinic) if one.name == "Ingrid Solberg")
    browser = signed_in(doctor)
    page = browser.get("/dag/").content.decode()
    address = page.split('data-part="left-over"')[1].split('href="')[1].split('"')[0]
    closing = browser.get(address).content.decode()
    assert "Jonas Vik (pasient)" in closing
    assert "kom ikke med" not in closing


def test_the_second_clinic_sees_nothing_of_the_first():
    now = builders.NOW
    seed(now=now)
    other = clinics.find_by_slug(OTHER_SLUG)
    assert other is not None
    day = day_of(other, day=local(now, other.zone).date(), now=now)
    assert [row.patient_name for row in day.rows] == ["Halvor Lien"]
