"""Pages of those who come along: agreements, one press, the answer beside the button, and what a patient may say."""

import json
import re
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from blikk.audit.models import Entry
from blikk.consultations.models import Participant
from blikk.invitations.models import Invitation
from blikk.journeys import talk
from blikk.patients.models import Agreement, Companion
from blikk.waiting_room.models import Arrival
from tests import builders, queues
from tests.builders import NOW, staff
from tests.companions import agreed, come, invited
from tests.people import signed_in
from tests.web.walk import with_device

pytestmark = pytest.mark.django_db
ORIGIN = settings.BLIKK_ORIGINS[0]
TYPED = {
    "role": "relative",
    "name": "Liv Hansen",
    "phone": "90 00 00 32",
    "email": "",
    "language": "nb",
    "read_back": "on",
}
TERMS = {
    "ground": "consent",
    "extent": "whole",
    "agreed_on": "2026-11-24",
    "from_on": "2026-11-24",
    "until_on": "",
}


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    cache.clear()


@pytest.fixture
def hour():
    return builders.a_booked_hour()


@pytest.fixture
def desk(hour):
    return signed_in(hour.clinician)


def text(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def post(browser: Client, path: str, content: dict):
    return browser.post(
        path, json.dumps(content), content_type="application/json", headers={"Origin": ORIGIN}
    )


def test_an_agreement_is_typed_and_stands_on_the_patients_page(hour, desk):
    address = reverse("agreement_new", args=[hour.patient.public_id])
    assert desk.get(address).status_code == 200
    for wrong, words in (
        ({"until_on": "2026-11-01"}, "Siste dag er før første dag"),
        ({"read_back": ""}, "Les nummeret og adressen tilbake først"),
        ({"role": "interpreter"}, "Fyll ut dette feltet"),
        ({"name": "x" * 90}, "Dette er for langt"),
        ({"ground": "parental"}, "Dette gjelder bare verge eller forelder"),
    ):
        refused = desk.post(address, {**TYPED, **TERMS, **wrong})
        assert refused.status_code == 422
        assert words in text(refused)
        assert 'value="90 00 00 32"' in text(refused)
    assert not Agreement.objects.exists()
    desk.post(address, {**TYPED, **TERMS})
    page = text(desk.get(reverse("patient", args=[hour.patient.public_id])))
    assert "Liv Hansen" in page
    assert "Gjelder" in page


def test_somebody_known_is_found_without_whom_they_help(hour, desk):
    other = builders.a_patient(hour.clinic, "Kanarifugl Vik")
    agreed(hour, "Nina Dahl", role="carer", patient=other)
    address = reverse("agreement_new", args=[hour.patient.public_id])
    for asked in ("nina", "90 00 00 32"):
        found = text(desk.post(address, {"sok": asked, "find": "1"}))
        assert "Nina Dahl" in found
        assert "Kanarifugl" not in found
    who = Companion.objects.get().public_id
    assert "Nina Dahl" in text(desk.post(address, {"choose": who}))
    desk.post(address, {**TERMS, "companion": who, "role": "carer"})
    assert Companion.objects.get().agreements.count() == 2
    assert Entry.objects.filter(act="companions.looked_at").count() == 2


def test_the_same_number_under_another_name_is_asked_about_once(hour, desk):
    agreed(hour, "Nina Dahl", role="carer")
    address = reverse("agreement_new", args=[hour.patient.public_id])
    refused = desk.post(address, {**TYPED, **TERMS})
    assert "hører til en annen" in text(refused)
    assert 'name="is_another"' in text(refused)
    desk.post(address, {**TYPED, **TERMS, "is_another": "on"})
    assert Companion.objects.count() == 2


def test_an_agreement_is_corrected_and_ended_with_a_reason(hour, desk):
    one = agreed(hour)
    address = reverse("agreement", args=[one.public_id])
    assert "Liv Hansen" in text(desk.get(address))
    assert desk.post(address, {**TYPED, "phone": "12"}).status_code == 422
    assert desk.post(address, {**TYPED, "phone": "90 00 00 98", "read_back": ""}).status_code == 422
    assert desk.post(address, {**TYPED, "name": "Liv Vik", "read_back": ""}).status_code == 302
    assert desk.post(address, {**TYPED, "phone": "90 00 00 99", "until_on": "2027-01-01"}).status_code == 302
    one.refresh_from_db()
    assert (one.companion.phone, one.until_on) == ("+4790000099", date(2027, 1, 1))
    end = reverse("agreement_end", args=[one.public_id])
    assert desk.post(end, {}).status_code == 422
    assert desk.post(end, {"because": "withdrawn"}).status_code == 302
    page = text(desk.get(reverse("patient", args=[hour.patient.public_id])))
    assert "Avsluttet: pasienten vil ikke lenger" in page
    assert "Rett opplysninger" not in text(desk.get(address))


def test_one_press_invites_from_the_appointment(hour, desk):
    one = agreed(hour)
    agreed(hour, "Gammel Avtale", "+4790000041", until_on=NOW.date() - timedelta(days=1))
    page = text(desk.get(reverse("appointment", args=[hour.appointment.public_id])))
    assert "Inviter Liv Hansen" in page
    assert "Gammel Avtale" not in page
    address = reverse("companion", args=[hour.appointment.public_id])
    assert desk.post(address, {"agreement": one.public_id}).status_code == 200
    assert Invitation.objects.get(role="relative").agreement == one
    assert "Inviter Liv Hansen" not in text(
        desk.get(reverse("appointment", args=[hour.appointment.public_id]))
    )
    again = desk.post(address, TYPED)
    assert again.status_code == 422
    assert "Personen er invitert allerede" in text(again)


def test_booking_offers_those_with_agreements_on_that_day(hour, desk):
    one = agreed(hour, until_on=date(2026, 12, 1))
    asked = {
        "mode": "known",
        "patient": hour.patient.public_id,
        "clinician": hour.clinician.public_id,
        "day": "2026-12-01",
        "at": "09:00",
        "minutes": "20",
        "channels": ["sms"],
    }
    assert "Liv Hansen" in text(desk.post(reverse("book_along"), asked))
    assert "Liv Hansen" not in text(desk.post(reverse("book_along"), {**asked, "day": "2026-12-02"}))
    assert desk.post(reverse("book"), {**asked, "along": [one.public_id]}).status_code == 200
    assert Invitation.objects.get(role="relative").appointment.starts_at.date() == date(2026, 12, 1)


@pytest.fixture
def outside(hour):
    """Somebody who waits outside a running conversation, and whom the patient was not asked about."""
    guest = come(invited(hour, said_yes=False).invitation)
    return builders.admitted(hour), guest


def test_the_answer_stands_beside_the_button_and_the_button_needs_a_yes(hour, desk, outside):
    consultation, guest = outside
    people = reverse("conversation_people", args=[consultation])
    before = text(desk.get(people))
    assert "Pasienten har ikke svart" in before
    assert "data-shortcut-yes" in before
    assert "data-admit" not in before
    decide = reverse("conversation_decide", args=[consultation])
    wrong = desk.post(
        decide, {"invitation": guest.invitation.public_id, "answer": "ground", "reason": "parental"}
    )
    assert wrong.status_code == 422
    assert "Dette gjelder bare verge eller forelder" in text(wrong)
    said = desk.post(decide, {"invitation": guest.invitation.public_id, "answer": "oral"})
    assert said.status_code == 200
    assert "Pasienten sa ja muntlig" in text(said)
    assert f'data-admit="{guest.arrival}"' in text(said)


def test_the_clinician_asks_somebody_to_leave(hour, desk, outside):
    consultation, guest = outside
    Invitation.objects.filter(pk=guest.invitation.pk).update(
        consent="yes", consent_how="oral", consent_at=NOW
    )
    talk.admit(hour.clinic, guest.arrival, membership=hour.clinician, actor=staff(hour.clinician), now=NOW)
    inside = Participant.objects.get(role="relative")
    address = reverse("conversation_send_out", args=[consultation])
    assert 'data-test="send-out"' in text(desk.get(reverse("conversation_people", args=[consultation])))
    assert desk.post(address, {"participant": inside.public_id}).status_code == 200
    inside.refresh_from_db()
    assert inside.left_at is not None
    patient = Participant.objects.get(role="patient")
    assert desk.post(address, {"participant": patient.public_id}).status_code == 404


def test_the_age_of_a_child_is_put_into_words(desk, hour):
    born = date(2013, 6, 8)
    child = builders.a_booked_hour(
        hour.clinic,
        clinician=hour.clinician,
        patient=builders.a_patient(hour.clinic, "Sofie Lie", birth_on=born),
        starts_in=timedelta(minutes=40),
    )
    page = text(desk.get(reverse("appointment", args=[child.appointment.public_id])))
    assert "barnet kan ha en grunn til å snakke alene" in page
    grown = text(desk.get(reverse("appointment", args=[hour.appointment.public_id])))
    assert 'data-test="youth"' not in grown


def test_an_hour_becomes_a_group_and_takes_members(hour, desk):
    page = reverse("appointment", args=[hour.appointment.public_id])
    assert "Deltaker i gruppen" not in text(desk.get(page))
    desk.post(
        reverse("group", args=[hour.appointment.public_id]),
        {"version": hour.appointment.version, "is_group": "1"},
    )
    assert "Deltaker i gruppen" in text(desk.get(page))
    asked = {**TYPED, "role": "member", "name": "Nora Moe", "alias": "Stjernen"}
    assert desk.post(reverse("companion", args=[hour.appointment.public_id]), asked).status_code == 200
    assert Invitation.objects.get(role="member").alias == "Stjernen"


def test_somebody_in_the_queue_gets_company_from_their_row():
    clinic = builders.a_clinic()
    clinician = builders.a_member(clinic)
    guest = queues.sit(queues.enter(queues.an_opening(clinic, clinicians=(clinician,)), "Ola Hansen"))
    desk, name = signed_in(clinician), guest.arrival.public_id
    assert desk.post(reverse("queue_companion", args=[name]), {**TYPED, "phone": "1"}).status_code == 422
    done = desk.post(reverse("queue_companion", args=[name]), TYPED)
    assert "Lenken er sendt" in text(done)
    assert "Liv Hansen" in text(done)
    assert Invitation.objects.get(role="relative").beside == guest.invitation


def patient_at_home(hour) -> Client:
    builders.waiting(hour)
    return with_device(hour)


def test_a_patient_answers_and_asks_in_from_the_waiting_room(hour):
    guest = come(invited(hour, said_yes=False).invitation)
    home = patient_at_home(hour)
    base = f"/m/{hour.invitation.public_id}"
    said = post(home, f"{base}/companion", {"companion": guest.invitation.public_id, "answer": "yes"})
    assert said.json()["door"]["along"][0]["answer"] == "yes"
    for typed, code in (
        ({}, "bring_name_missing"),
        ({"name": "Randi Vik", "phone": "1", "role": "relative"}, "bring_phone_not_a_phone"),
        ({"name": "Randi Vik", "phone": "22 22 22 22", "role": "carer"}, "bring_phone_not_a_mobile"),
        ({"name": ["x"], "phone": {}, "role": None}, "bring_name_missing"),
        ({"name": "Liv Hansen", "phone": "90000032", "role": "relative"}, "bring_name_already_invited"),
    ):
        refused = post(home, f"{base}/bring", typed)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    for number in (81, 82):
        typed = {"name": f"Randi {number}", "phone": f"900000{number}", "role": "relative"}
        assert post(home, f"{base}/bring", typed).status_code == 200
    third = post(home, f"{base}/bring", {"name": "Per", "phone": "90000083", "role": "relative"})
    assert third.json()["code"] == "enough_invited"
    assert Invitation.objects.filter(consent_how="invited").count() == 2


def test_every_refusal_of_the_form_has_words_beside_its_field(hour):
    page = text(patient_at_home(hour).get(f"/m/{hour.invitation.public_id}"))
    for code in (
        "bring_name_missing",
        "bring_name_too_long",
        "bring_name_already_invited",
        "bring_phone_missing",
        "bring_phone_not_a_phone",
        "bring_phone_not_a_mobile",
        "enough_invited",
    ):
        assert f'data-problem="{code}"' in page


def test_who_comes_along_is_not_asked_and_asks_nobody_in(hour):
    guest = come(invited(hour).invitation)
    browser = Client()
    browser.cookies[settings.BLIKK_DEVICE_COOKIE] = guest.device
    page = text(browser.get(f"/m/{guest.invitation.public_id}"))
    assert "Du slippes inn når pasienten er i samtalen" in page
    assert 'data-test="bring"' not in page
    assert "Ola" not in page
    typed = {"name": "Per", "phone": "90000083", "role": "relative"}
    assert post(browser, f"/m/{guest.invitation.public_id}/bring", typed).status_code == 404
    assert Arrival.objects.filter(invitation=guest.invitation).exists()


@pytest.mark.parametrize(
    ("language", "words"),
    [("nb", "Når du hjelper med telefonen"), ("nn", "lenkje"), ("en", "When you help with the phone")],
)
def test_the_guide_for_who_holds_the_phone_is_for_everybody(language, words):
    answer = Client().get(reverse("holding"), {"sprak": language})
    assert words in text(answer)
    assert answer["Content-Language"] == language


def test_the_guide_is_reached_from_the_link_and_from_the_clinics_page(hour):
    builders.open_link(hour)
    assert reverse("holding") in text(with_device(hour).get(f"/m/{hour.invitation.public_id}"))
    clinic = builders.a_clinic(is_public=True)
    assert reverse("holding") in text(Client().get(reverse("clinic_page", args=[clinic.slug])))
