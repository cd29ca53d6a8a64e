"""The pages of practising: one's own, the simulated patient's questions, and what an administrator sees."""

import pytest
import time_machine
from django.test import Client

from blikk.clinics.models import Membership
from blikk.practice.models import Place, Practice
from blikk.practice.services import note_steps
from blikk.practice.steps import STEPS
from blikk.web.practice_words import steps_in_words
from tests import builders
from tests.builders import NOW
from tests.people import signed_in
from tests.web.walk import ORIGIN

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_ten():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def member() -> Membership:
    return builders.a_member(builders.a_clinic())


def practising(member: Membership) -> Client:
    client = signed_in(member)
    assert client.post("/ove/begynn").status_code == 302
    return client


def test_every_page_says_that_one_practises_until_one_goes_back_to_work(member):
    builders.a_booked_hour(member.clinic, clinician=member)
    client = practising(member)
    day = client.get("/dag/").content.decode()
    assert "Du øver." in day
    assert "Nora Øvesen" in day
    assert "Ola Hansen" not in day
    client.post("/ove/slutt")
    day = client.get("/dag/").content.decode()
    assert "Du øver." not in day
    assert "Nora Øvesen" not in day
    assert "Ola Hansen" in day


def test_real_things_are_not_there_while_one_practises(member):
    hour = builders.a_booked_hour(member.clinic, clinician=member)
    path = f"/pasienter/{hour.patient.public_id}"
    client = practising(member)
    for method, there in (("get", path), ("get", "/time/ny"), ("get", "/pasienter/")):
        answer = getattr(client, method)(there)
        assert (answer.status_code, answer.get("Location")) == (302, "/ove/")
    assert client.post("/time/ny").status_code == 404
    client.post("/ove/slutt")
    assert client.get(path).status_code == 200
    assert client.get("/time/ny").status_code == 200


def test_what_is_practised_is_told_to_who_practises_and_to_the_administrator(member):
    anne = signed_in(builders.a_member(member.clinic, "administrator", "Anne Vik"))
    builders.a_member(member.clinic, name="Ny Behandler")
    client = practising(member)
    note_steps(Practice.objects.get(), STEPS, actor=builders.staff(member), now=NOW)
    own = client.get("/ove/").content.decode()
    assert own.count('data-done="yes"') == len(STEPS)
    seen = anne.get("/klinikk/oving").content.decode()
    assert "Har øvd til slutten" in seen
    assert "Ikke øvd ennå." in seen
    assert "Nora" not in seen


def test_who_works_at_the_clinic_no_more_does_not_practise_there_either(member):
    client = practising(member)
    assert client.get("/ove/").status_code == 200
    member.ended_at = NOW
    member.save()
    assert client.get("/dag/").status_code != 200


def test_the_simulated_patient_hears_how_far_the_clinician_is(member):
    client = practising(member)

    def ask(**said: object) -> list[str]:
        sent = client.post("/ove/steg", said, content_type="application/json", headers={"Origin": ORIGIN})
        return sent.json()["done"]

    assert ask() == []
    assert ask(written=True) == ["network"]
    assert ask(written=False) == ["network"]


def test_another_persons_practice_place_cannot_be_entered_by_its_name(member):
    practising(member)
    other = signed_in(builders.a_member(member.clinic, name="Anders Lunde"))
    session = other.session
    session["practice"] = Place.objects.get().own.clinic.public_id
    session.save()
    page = other.get("/dag/").content.decode()
    assert "Du øver." not in page
    assert "Nora Øvesen" not in page


def test_the_simulated_patients_script_is_on_no_real_patients_page(member):
    hour = builders.a_booked_hour(member.clinic, clinician=member)
    builders.open_link(hour)
    from tests.web.walk import with_device

    assert "practice" not in with_device(hour).get(f"/m/{hour.invitation.public_id}").content.decode()
    # The control: it is on the simulated patient's.
    client = practising(member)
    token = client.session["practice_link"].partition("#")[2]
    told = client.post(
        "/m/open", {"token": token}, content_type="application/json", headers={"Origin": ORIGIN}
    )
    assert "built/practice" in client.get(told.json()["to"]).content.decode()


def test_words_about_what_is_left_never_blame(member):
    for step in steps_in_words(()):
        said = f"{step.name} {step.todo} {step.advice}".lower()
        assert not any(word in said for word in ("feil", "glemte", "dårlig jobb", "må du"))


def test_the_patients_own_practice_leaves_no_trace(client):
    page = client.get("/ov")
    assert page.status_code == 200
    assert page.cookies == {}
