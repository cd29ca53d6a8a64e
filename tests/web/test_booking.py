"""Booking at the desk: quick, refused in words, and nothing lost that was typed."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from blikk.invitations.models import Invitation
from blikk.kernel.times import local
from blikk.notifications.models import Message
from blikk.patients.models import Patient
from blikk.scheduling.models import Appointment
from tests import builders
from tests.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_tuesday(time_machine):
    time_machine.move_to(builders.NOW, tick=False)


@pytest.fixture
def desk():
    clinic = builders.a_clinic()
    clinician = builders.a_member(clinic)
    secretary = builders.a_member(clinic, "secretary", "Siv Bakke")
    return clinic, clinician, signed_in(secretary)


def asked(clinician, patient=None, **more: object) -> dict[str, object]:
    day = local(timezone.now(), "Europe/Oslo").date() + timedelta(days=1)
    return {
        "mode": "known",
        "patient": patient.public_id if patient else "",
        "clinician": clinician.public_id,
        "day": day.isoformat(),
        "at": "10:00",
        "minutes": "20",
        "channels": ["sms"],
        **more,
    }


NEW = {
    "mode": "new",
    "ny-given_name": "Nils",
    "ny-family_name": "Holm",
    "ny-birth_on": "01.02.1950",
    "ny-language": "nb",
    "ny-phone": "90 00 00 41",
    "ny-phone_said": "+4790000041",
    "ny-phone_part": ["0", "1", "2", "3"],
    "ny-email": "",
}


def test_a_known_patient_is_booked_and_invited_and_the_code_is_shown_once(desk):
    clinic, clinician, browser = desk
    answer = browser.post("/time/ny", asked(clinician, builders.a_patient(clinic)))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Timen er bestilt" in page
    message = Message.objects.get(kind="invited")
    code = page.split('data-test="typed-code">')[1].split("<")[0]
    assert code in message.body
    appointment = Appointment.objects.get()
    again = browser.get(reverse("appointment", args=[appointment.public_id])).content.decode()
    assert code not in again
    assert "Ola Hansen" in again


def test_a_new_patient_is_registered_and_booked_in_one_go(desk):
    _clinic, clinician, browser = desk
    assert browser.post("/time/ny", asked(clinician, **NEW)).status_code == 200
    assert Patient.objects.get().name == "Nils Holm"
    assert Message.objects.get(kind="invited").to == "+4790000041"


def test_a_new_patient_is_not_registered_without_the_hour(desk):
    clinic, clinician, browser = desk
    taken = asked(clinician, builders.a_patient(clinic))
    browser.post("/time/ny", taken)
    answer = browser.post("/time/ny", asked(clinician, **NEW))
    assert answer.status_code == 422
    assert "Behandleren har en annen time da." in answer.content.decode()
    assert not Patient.objects.filter(family_name="Holm").exists()
    assert browser.post("/time/ny", asked(clinician, **NEW, at="10:20")).status_code == 200


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"day": "2020-03-04"}, "Tidspunktet har allerede vært."),
        ({"day": "2027-03-28", "at": "02:30"}, "Den timen finnes ikke"),
        ({"at": ""}, "Fyll ut dette feltet."),
        ({"at": "noon"}, "Skriv klokkeslettet slik"),
        ({"patient": ""}, "Velg en pasient i listen"),
        ({"channels": []}, "Velg SMS, e-post eller brev."),
        ({"minutes": "9999"}, "Velg fra listen."),
    ],
)
def test_a_refusal_says_what_to_mend_and_keeps_what_was_typed(desk, typed, words):
    clinic, clinician, browser = desk
    right = asked(clinician, builders.a_patient(clinic))
    answer = browser.post("/time/ny", {**right, **typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "Dette må rettes" in page
    assert 'aria-invalid="true"' in page or "channels" in typed
    if "patient" not in typed:
        assert "Hansen, Ola" in page
    assert not Appointment.objects.exists()
    assert browser.post("/time/ny", right).status_code == 200


def test_an_unlikely_phone_is_told_together_with_the_rest(desk):
    _clinic, clinician, browser = desk
    wrong = {**NEW, "ny-phone": "123", "ny-birth_on": "31.02.1950"}
    page = browser.post("/time/ny", asked(clinician, **wrong)).content.decode()
    assert "Dette ser ikke ut som et telefonnummer." in page
    assert "Dette kan ikke være en fødselsdato." in page
    assert 'value="Nils"' in page
    assert 'value="123"' in page


def test_an_invitation_needs_somewhere_to_go(desk):
    clinic, clinician, browser = desk
    patient = builders.a_patient(clinic, phone="", email="")
    answer = browser.post("/time/ny", asked(clinician, patient))
    assert answer.status_code == 422
    assert "som invitasjonen kan sendes til" in answer.content.decode()


def test_patients_are_found_by_name_and_birth_date_and_never_those_of_others(desk):
    clinic, _clinician, browser = desk
    builders.a_patient(clinic, "Ola Hansen")
    builders.a_patient(builders.a_clinic("Skogli"), "Ola Hansvik")
    for words in ("hans", "ola h", "17.05.1944", "17051944"):
        found = browser.post("/time/ny/pasienter", {"sok": words}).content.decode()
        assert "Hansen, Ola" in found
        assert "Hansvik" not in found
    assert "Ingen treff" in browser.post("/time/ny/pasienter", {"sok": "zzz"}).content.decode()


def test_the_message_stands_there_exactly_as_it_is_sent(desk):
    clinic, clinician, browser = desk
    typed = asked(clinician, builders.a_patient(clinic))
    letter = browser.post("/time/ny/melding", typed).content.decode()
    shown = letter.split('data-test="letter">')[1].split("</p>")[0]
    browser.post("/time/ny", typed)
    sent = Message.objects.get(kind="invited").body
    before, after = sent.split("/m#")[0], sent.rpartition("Spørsmål?")[2]
    assert shown.startswith(before)
    assert shown.rstrip().endswith(after)
    assert "Hansen" not in shown


def test_moving_sends_a_new_link_and_a_stale_page_moves_nothing(desk):
    clinic, clinician, browser = desk
    browser.post("/time/ny", asked(clinician, builders.a_patient(clinic)))
    appointment = Appointment.objects.get()
    address = reverse("move", args=[appointment.public_id])
    when = {name: asked(clinician)[name] for name in ("day", "minutes")}
    moved = browser.post(address, {**when, "at": "11:00", "version": appointment.version})
    assert moved.status_code == 200
    assert 'data-test="typed-code"' in moved.content.decode()
    stale = browser.post(address, {**when, "at": "12:00", "version": appointment.version})
    assert stale.status_code == 409
    appointment.refresh_from_db()
    assert local(appointment.starts_at, clinic.zone).hour == 11
    assert Invitation.objects.filter(status="open").count() == 1


def test_a_move_that_is_refused_says_why_on_the_same_page(desk):
    clinic, clinician, browser = desk
    browser.post("/time/ny", asked(clinician, builders.a_patient(clinic)))
    appointment = Appointment.objects.get()
    typed = {"day": "2020-01-01", "at": "11:00", "minutes": "20", "version": appointment.version}
    answer = browser.post(reverse("move", args=[appointment.public_id]), typed)
    assert answer.status_code == 422
    assert "Tidspunktet har allerede vært." in answer.content.decode()
    assert 'value="11:00"' in answer.content.decode()


def test_cancelling_tells_the_patient(desk):
    clinic, clinician, browser = desk
    browser.post("/time/ny", asked(clinician, builders.a_patient(clinic)))
    appointment = Appointment.objects.get()
    address = reverse("cancel", args=[appointment.public_id])
    assert browser.post(address, {"version": appointment.version}).status_code == 302
    appointment.refresh_from_db()
    assert appointment.status == "cancelled"
    assert Message.objects.filter(kind="cancelled").exists()


def test_a_companion_gets_a_link_of_their_own(desk):
    clinic, clinician, browser = desk
    browser.post("/time/ny", asked(clinician, builders.a_patient(clinic)))
    address = reverse("companion", args=[Appointment.objects.get().public_id])
    typed = {"role": "relative", "name": "Liv Hansen", "phone": "", "email": "", "language": "nb"}
    assert browser.post(address, typed).status_code == 422
    assert browser.post(address, {**typed, "phone": "90 00 00 32"}).status_code == 422
    answer = browser.post(address, {**typed, "phone": "90 00 00 32", "read_back": "on"})
    assert answer.status_code == 200
    assert "Liv Hansen" in answer.content.decode()
    assert Invitation.objects.filter(status="open").count() == 2


def test_sending_again_makes_a_new_link_with_a_new_code(desk):
    clinic, clinician, browser = desk
    first = browser.post("/time/ny", asked(clinician, builders.a_patient(clinic))).content.decode()
    invitation = Invitation.objects.get()
    again = browser.post(reverse("send_again", args=[invitation.public_id]))
    assert again.status_code == 200
    code = again.content.decode().split('data-test="typed-code">')[1].split("<")[0]
    assert code not in first
    invitation.refresh_from_db()
    assert invitation.status == "revoked"
