"""Contact points on the pages: read back where one books, asked about, sent again, and answered by the patient."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from blikk.audit.models import Entry
from blikk.clinics import profile
from blikk.clinics import queries as clinics
from blikk.jobs.seed import SLUG, seed
from blikk.journeys import contacts
from blikk.journeys.day import day_of
from blikk.kernel.actors import SYSTEM
from blikk.notifications.models import Message
from blikk.patients import contact_points, requests
from blikk.patients import queries as patients
from blikk.patients.models import ContactExemption, ContactRequest, Patient
from blikk.scheduling.models import Appointment
from tests import builders
from tests.people import signed_in
from tests.web.test_booking import asked

pytestmark = pytest.mark.django_db
TICKED = {"vei-phone_said": "+4790123456", "vei-phone_part": ["0", "1", "2", "3"]}
OLA = {
    "given_name": "Ola",
    "family_name": "Hansen",
    "birth_on": "17.05.1944",
    "language": "nb",
    "phone": "90 12 34 56",
    "email": "ola.hansen@example.no",
}
ORIGIN = {"headers": {"Origin": settings.BLIKK_ORIGINS[0]}, "content_type": "application/json"}


@pytest.fixture(autouse=True)
def _a_tuesday(time_machine):
    time_machine.move_to(builders.NOW, tick=False)


@pytest.fixture
def desk():
    clinic = builders.a_clinic()
    clinician = builders.a_member(clinic)
    return clinic, clinician, signed_in(builders.a_member(clinic, "secretary", "Siv Bakke"))


def digits_in(kind: str) -> str:
    return re.findall(r"\b\d{6}\b", Message.objects.filter(kind=kind).latest("pk").body)[0]


def test_a_verified_patient_costs_no_more_than_before(desk):
    clinic, clinician, browser = desk
    patient = builders.a_patient(clinic)
    part = browser.post("/time/ny/vei", asked(clinician, patient)).content.decode()
    assert "Mobiltelefon: lest tilbake" in part
    assert "data-part" not in part
    assert browser.post("/time/ny", asked(clinician, patient)).status_code == 200


@pytest.mark.parametrize("role", ["secretary", "clinician"])
def test_an_unverified_number_is_read_back_where_one_books(desk, role):
    clinic, clinician, _browser = desk
    browser = signed_in(builders.a_member(clinic, role, "Bo Dahl"))
    patient = builders.a_patient(clinic, read_back=())
    refused = browser.post("/time/ny", asked(clinician, patient))
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Les dette tilbake til pasienten" in page
    assert page.count("data-part") >= 4
    assert "ni null" in page
    assert not Appointment.objects.exists()
    reach = {"vei-of": patient.public_id, "vei-phone": "90 12 34 56", "vei-email": OLA["email"]}
    half = {**reach, **TICKED, "vei-phone_part": ["0", "1", "3"]}
    again = browser.post("/time/ny", asked(clinician, patient, **half))
    assert again.status_code == 422
    assert again.content.decode().count("data-part checked") == 3
    assert browser.post("/time/ny", asked(clinician, patient, **reach, **TICKED)).status_code == 200
    assert contact_points.get(patient, "phone").state == "read_back"


def test_ticks_of_another_number_do_not_count(desk):
    clinic, clinician, browser = desk
    patient = builders.a_patient(clinic, read_back=())
    changed = {"vei-of": patient.public_id, "vei-phone": "40 00 00 01", "vei-email": ""}
    assert browser.post("/time/ny", asked(clinician, patient, **changed, **TICKED)).status_code == 422
    assert contact_points.get(patient, "phone").value == "+4790123456"
    right = {"vei-phone_said": "+4740000001", "vei-phone_part": ["0", "1", "2", "3"]}
    assert browser.post("/time/ny", asked(clinician, patient, **changed, **right)).status_code == 200
    assert Message.objects.get().to == "+4740000001"


def test_a_likely_slip_is_a_question_and_not_a_refusal(desk):
    _clinic, _clinician, browser = desk
    slip = {**OLA, "email": "ola@gmial.com"}
    answer = browser.post("/pasienter/ny", slip)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Mente du ola@gmail.com?" in page
    assert 'value="ola@gmial.com"' in page
    assert not Patient.objects.exists()
    sure = browser.post("/pasienter/ny", {**slip, "email_sure": "ola@gmial.com"})
    assert sure.status_code == 302
    assert contact_points.get(Patient.objects.get(), "email").value == "ola@gmial.com"


def test_a_kept_slip_is_asked_about_when_it_is_to_be_used_and_not_before(desk):
    clinic, clinician, browser = desk
    patient = builders.a_patient(clinic, email="ola@gmial.com", read_back=("phone",))
    assert browser.post("/time/ny", asked(clinician, patient)).status_code == 200
    more = asked(clinician, patient, at="11:00", channels=["email"])
    refused = browser.post("/time/ny", more)
    assert refused.status_code == 422
    assert "Mente du ola@gmail.com?" in refused.content.decode()


def test_a_number_of_another_patient_is_pointed_out_while_one_types(desk):
    clinic, _clinician, browser = desk
    builders.a_patient(clinic, "Kari Holm")
    asks = {"read_back": "phone", "read_back_prefix": "", "phone": "90123456"}
    assert "Holm, Kari" in browser.post("/kontakt/les-tilbake", asks).content.decode()
    assert Entry.objects.filter(act="contacts.looked_at").count() == 1
    theirs = signed_in(builders.a_member(builders.a_clinic("Skogli"), "secretary", "Tone"))
    part = theirs.post("/kontakt/les-tilbake", asks).content.decode()
    assert "Holm" not in part
    assert part.count("data-part") == 4


def test_the_patients_page_reads_back_shows_who_did_and_keeps_the_history(desk):
    clinic, _clinician, browser = desk
    patient = builders.a_patient(clinic, read_back=())
    address = reverse("patient", args=[patient.public_id])
    assert "Mobiltelefon: ikke bekreftet ennå" in browser.get(address).content.decode()
    ticked = {"phone_said": "+4790123456", "phone_part": ["0", "1", "2", "3"]}
    page = browser.post(address, {**OLA, **ticked}, follow=True).content.decode()
    assert "Mobiltelefon: lest tilbake 24.11.2026 10:00 av Siv Bakke" in page
    assert "Historikk for telefon og e-post" in page


def test_a_changed_number_warns_and_sends_again_with_one_press(desk):
    clinic, clinician, browser = desk
    hour = builders.a_booked_hour(clinic, clinician=clinician)
    address = reverse("patient", args=[hour.patient.public_id])
    assert 'data-test="elsewhere"' not in browser.get(address).content.decode()
    changed = {**OLA, "phone": "40 00 00 01", "phone_said": "+4740000001", "phone_part": ["0", "1", "2", "3"]}
    page = browser.post(address, changed, follow=True).content.decode()
    assert 'data-test="elsewhere"' in page
    assert "sendt til 90 12 34 56" in page
    page = browser.post(
        reverse("contact_resend", args=[hour.patient.public_id]), follow=True
    ).content.decode()
    assert "Én ny lenke er sendt." in page
    assert 'data-test="elsewhere"' not in page
    assert [one.to for one in Message.objects.filter(status="queued")] == ["+4740000001"]


def test_what_bounced_stands_on_the_patients_page_and_the_day(desk):
    clinic, clinician, browser = desk
    hour = builders.a_booked_hour(clinic, clinician=clinician)
    assert "Nummeret er ikke i bruk" not in browser.get("/dag/?hvem=alle").content.decode()
    contacts.could_not_be_reached(Message.objects.get(), reason="number_not_in_use", now=builders.NOW)
    for page in (reverse("patient", args=[hour.patient.public_id]), "/dag/?hvem=alle"):
        assert "Nummeret er ikke i bruk" in browser.get(page).content.decode()


def test_a_new_link_to_a_number_in_doubt_leads_to_where_it_is_read_back(desk):
    clinic, clinician, browser = desk
    hour = builders.a_booked_hour(clinic, clinician=clinician)
    again = reverse("send_again", args=[hour.invitation.public_id])
    contacts.could_not_be_reached(Message.objects.get(), reason="number_not_in_use", now=builders.NOW)
    answer = browser.post(again, follow=True)
    assert answer.request["PATH_INFO"] == reverse("patient", args=[hour.patient.public_id])
    assert "Les dette tilbake til pasienten" in answer.content.decode()
    actor = builders.staff(clinician)
    contact_points.read_back(hour.patient, {"phone": "+4790123456"}, actor=actor, now=builders.NOW)
    page = browser.post(again, follow=True).content.decode()
    assert "Ny lenke er sendt" in page


@pytest.mark.parametrize(
    "name", ["Ola\r\nBcc: x@y.no", "Ola\u202eneslO", "O\u200bla", "x" * 200, "<b>Ola</b>", "=cmd()"]
)
def test_hostile_names_are_cleaned_or_refused_beside_the_field(desk, name):
    _clinic, _clinician, browser = desk
    answer = browser.post("/pasienter/ny", {**OLA, "given_name": name})
    if answer.status_code == 422:
        assert 'id="id_given_name_error"' in answer.content.decode()
        assert name[:20] in answer.content.decode()
        return
    kept = Patient.objects.get().given_name
    assert not set(kept) & set("\r\n\u202e\u200b")
    page = browser.get(answer.headers["Location"]).content.decode()
    assert "<b>Ola" not in page


def test_an_exemption_goes_from_the_desk_to_the_administrator_and_back(desk):
    clinic, clinician, browser = desk
    patient = builders.a_patient(clinic, read_back=())
    boss = signed_in(builders.a_member(clinic, "administrator", "Per Nygård"))
    asks = {"kind": "phone", "because": "Pasienten er døv"}
    browser.post(reverse("exemption_ask", args=[patient.public_id]), asks)
    page = boss.get("/klinikk/unntak").content.decode()
    assert "Pasienten er døv" in page
    leave = ContactExemption.objects.get()
    decision = {"exemption": leave.public_id, "version": leave.version, "allow": "1"}
    assert boss.post("/klinikk/unntak", {**decision, "because": ""}).status_code == 422
    assert boss.post("/klinikk/unntak", {**decision, "because": "Greit"}).status_code == 302
    assert browser.post("/time/ny", asked(clinician, patient)).status_code == 200
    assert browser.post("/time/ny", asked(clinician, patient, at="11:00")).status_code == 422


def open_request(clinic, browser, patient) -> tuple[Client, str]:
    browser.post(reverse("contact_ask", args=[patient.public_id]))
    token = Message.objects.get(kind="contact_request").body.split("/adresse#")[1].split()[0]
    phone = Client()
    answer = phone.post("/adresse/open", {"token": token}, **ORIGIN)
    assert answer.json() == {"to": "/adresse/svar"}
    return phone, token


def test_a_patient_answers_behind_the_link_and_looking_changes_nothing(desk):
    clinic, _clinician, browser = desk
    patient = builders.a_patient(clinic, email="")
    phone, token = open_request(clinic, browser, patient)
    before = Entry.objects.count()
    assert 'data-step="ask"' in phone.get("/adresse/svar").content.decode()
    assert token not in phone.get("/adresse").content.decode()
    assert Entry.objects.count() == before
    typed = {"birth_on": "17051944", "email": "ola@gmial.com"}
    page = phone.post("/adresse/svar", typed)
    assert page.status_code == 422
    assert "Ja, bruk ola@gmail.com" in page.content.decode()
    page = phone.post("/adresse/svar", {**typed, "email_use": "ola@gmail.com"}).content.decode()
    assert 'data-step="code"' in page
    wrong = phone.post("/adresse/svar", {"code": "000000"})
    assert wrong.status_code == 422
    assert "Koden stemmer ikke" in wrong.content.decode()
    page = phone.post("/adresse/svar", {"code": digits_in("contact_code")}).content.decode()
    assert 'data-step="done"' in page
    assert contact_points.get(patient, "email").state == "self_submitted"


def test_a_secret_that_is_none_opens_nothing(desk):
    clinic, _clinician, browser = desk
    patient = builders.a_patient(clinic, email="")
    _phone, token = open_request(clinic, browser, patient)
    stranger = Client()
    for wrong in ("x" * 43, "", "x"):
        assert stranger.post("/adresse/open", {"token": wrong}, **ORIGIN).status_code == 404
    assert stranger.get("/adresse/svar").status_code == 404
    # Nor does this link open a room, though it is a true one.
    assert stranger.post("/m/open", {"token": token}, **ORIGIN).status_code == 404
    assert stranger.post("/adresse/open", {"token": token}, **ORIGIN).status_code == 200


@pytest.mark.parametrize("is_known", [True, False])
def test_the_clinics_page_answers_everybody_alike(desk, is_known):
    clinic, _clinician, _browser = desk
    profile.change_profile(clinic, {"is_public": True}, actor=SYSTEM, now=builders.NOW)
    if is_known:
        builders.a_patient(clinic, email="", read_back=())
    page, here = Client(), f"/k/{clinic.slug}/kontakt"
    typed = {**OLA, "email": "ny@example.no"}
    assert page.get(here).status_code == 200
    assert "Skriv koden" in page.post(here, typed).content.decode()
    emailed = page.post(f"{here}/kode", {**typed, "code": digits_in("phone_code")}).content.decode()
    assert "ny@example.no" in emailed
    asks = re.findall(r'name="asked" value="([^"]+)"', emailed)[0]
    assert page.post(f"{here}/e-post", {"asked": asks, "code": "000000"}).status_code == 422
    done = page.post(f"{here}/e-post", {"asked": asks, "code": digits_in("contact_code")}).content.decode()
    assert 'data-test="own-contact-done"' in done
    assert ContactRequest.objects.count() == is_known
    if is_known:
        assert contact_points.get(Patient.objects.get(), "email").state == "self_submitted"


def test_what_came_in_is_taken_into_use_or_laid_aside_at_the_desk(desk):
    clinic, _clinician, browser = desk
    patient = builders.a_patient(clinic, email="", read_back=())
    open_request(clinic, browser, patient)
    contacts.answer_by_sms(phone="90123456", words="ny@example.no", message_key="1", now=builders.NOW)
    address = reverse("patient", args=[patient.public_id])
    assert "ny@example.no" in browser.get(address).content.decode()
    offer = ContactRequest.objects.get()
    taken = reverse("contact_take", args=[offer.public_id])
    theirs = signed_in(builders.a_member(builders.a_clinic("Skogli"), "secretary", "Tone"))
    assert theirs.post(taken, {"version": offer.version}).status_code == 404
    assert "Tatt i bruk." in browser.post(taken, {"version": offer.version}, follow=True).content.decode()
    assert contact_points.get(patient, "email").value == "ny@example.no"


def test_the_demo_shows_every_kind_of_contact_and_outlives_a_number_that_died(desk):
    seed(now=builders.NOW)
    clinic = clinics.find_by_slug(SLUG)
    points = {one.family_name: contact_points.find(one, "phone") for one in patients.of(clinic)}
    assert points["Berge"].state == "read_back"
    assert points["Aune"].state == "unverified"
    assert [one.status for one in requests.running_of(points["Myhre"].patient, now=builders.NOW)] == ["open"]
    failed = Message.objects.get(status="failed")
    assert contacts.could_not_be_reached(failed, reason=failed.reason, now=builders.NOW)
    tomorrow = builders.NOW + timedelta(days=1)
    seed(now=tomorrow)
    today = day_of(clinic, day=tomorrow.date(), now=tomorrow)
    assert "Leif Arne Strand" in {row.patient_name for row in today.rows}
