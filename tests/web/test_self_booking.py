"""Booking a free hour oneself, as a browser without script does it."""

import re
from collections.abc import Iterator
from datetime import time, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from blikk.clinics import profile
from blikk.clinics.models import Clinic
from blikk.kernel.actors import SYSTEM
from blikk.notifications.models import Message
from blikk.scheduling.models import Appointment, SlotHold
from tests import builders as b
from tests import timetables

pytestmark = pytest.mark.django_db(transaction=True)
KARI = {
    "given_name": "Kari",
    "family_name": "Nordmann",
    "birth_on": "05111944",
    "phone": "90 12 34 56",
}


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    cache.clear()
    with time_machine.travel(b.NOW, tick=False):
        yield


@pytest.fixture
def clinic() -> Clinic:
    open_to_all = {"is_public": True, "allows_self_booking": True}
    clinic = profile.change_profile(b.a_clinic(), open_to_all, actor=SYSTEM, now=b.NOW)
    doctor = b.a_member(clinic, name="Ida Lege")
    timetables.a_period(clinic, doctor, starts=time(13, 0), ends=time(14, 0))
    return clinic


def shown(clinic: Clinic, browser: Client | None = None) -> list[str]:
    body = (browser or Client()).get(f"/k/{clinic.slug}/time").content.decode()
    return re.findall(rf'action="(/k/{clinic.slug}/time/[^"]+)"', body)


def held(clinic: Clinic, browser: Client, number: int = 0) -> str:
    slot = shown(clinic, browser)[number]
    answer = browser.post(slot, {"hold": "1"})
    assert (answer.status_code, answer.url) == (302, slot)
    return slot


def sent_code() -> str:
    message = Message.objects.filter(kind="phone_code").latest("pk")
    return re.search(r"\b(\d{6})\b", message.body)[1]


def book(clinic: Clinic, browser: Client, slot: str, **typed: str):
    assert browser.post(slot, {**KARI, **typed}).status_code == 200
    return browser.post(f"{slot}/kode", {**KARI, **typed, "code": sent_code()})


def test_a_free_hour_is_held_while_one_types_and_is_then_theirs(clinic):
    browser = Client()
    slot = held(clinic, browser)
    assert slot not in shown(clinic)
    page = browser.get(slot).content.decode()
    assert "Ida Lege" in page
    assert "holder timen av til deg til klokken 10:10" in page
    answer = book(clinic, browser, slot)
    assert answer.status_code == 302
    body = browser.get(answer.url).content.decode()
    assert "Timen er bestilt" in body
    assert "klokken 13:00" in body
    appointment = Appointment.objects.get()
    assert appointment.booked_by_patient
    assert appointment.patient.name == "Kari Nordmann"
    assert Message.objects.filter(kind="invited", channel="sms").count() == 1


def test_looking_holds_nothing(clinic):
    slot = shown(clinic)[0]
    assert Client().get(slot).status_code == 200
    assert SlotHold.objects.count() == 0


def test_what_somebody_else_holds_or_has_taken_is_refused_with_others_to_choose(clinic):
    first, second = Client(), Client()
    slot = held(clinic, first)
    answer = second.post(slot, {"hold": "1"})
    assert answer.status_code == 409
    assert "ikke ledig lenger" in answer.content.decode()
    assert answer.content.decode().count('data-test="slot"') == 5
    assert book(clinic, first, slot).status_code == 302
    assert second.get(slot).status_code == 409


def test_another_hour_lets_go_of_the_first(clinic):
    browser = Client()
    slot = held(clinic, browser)
    answer = browser.post(slot, {**KARI, "give_up": "1"})
    assert answer.status_code == 200
    assert slot in answer.content.decode()
    assert slot in shown(clinic)


def test_who_loses_the_hour_takes_what_was_typed_along_to_another(clinic):
    slow, quick = Client(), Client()
    slot = held(clinic, slow)
    later = b.NOW + timedelta(minutes=31)
    with time_machine.travel(later, tick=False):
        assert quick.post(slot, {"hold": "1"}).status_code == 302
        lost = slow.post(slot, KARI)
        assert lost.status_code == 409
        assert 'name="given_name" value="Kari"' in lost.content.decode()
        other = shown(clinic, slow)[0]
        chosen = slow.post(other, {**KARI, "hold": "1"})
        assert chosen.status_code == 200
        assert 'value="Kari"' in chosen.content.decode()
        assert book(clinic, slow, other).status_code == 302
    assert Appointment.objects.count() == 1


def test_what_is_missing_is_said_beside_its_field_and_what_was_typed_is_kept(clinic):
    browser = Client()
    slot = held(clinic, browser)
    answer = browser.post(slot, {**KARI, "family_name": "", "phone": "1"})
    body = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_family_name_error"' in body
    assert 'id="id_phone_error"' in body
    assert 'value="Kari"' in body
    assert 'value="1"' in body


def test_a_hold_that_ran_out_still_counts_while_nobody_took_the_hour(clinic):
    browser = Client()
    slot = held(clinic, browser)
    browser.post(slot, KARI)
    code = sent_code()
    with time_machine.travel(b.NOW + timedelta(minutes=10, seconds=-1), tick=False):
        assert browser.post(f"{slot}/kode", {**KARI, "code": code}).status_code == 302


def test_a_fourth_hour_is_for_the_clinic_to_book(clinic):
    doctor = b.a_member(clinic, name="Nils Lege")
    timetables.a_period(clinic, doctor, starts=time(14, 0), ends=time(16, 0))
    answers = []
    for number in range(4):
        cache.clear()
        browser = Client()
        slot = held(clinic, browser)
        with time_machine.travel(b.NOW + timedelta(minutes=number), tick=False):
            answers.append(book(clinic, browser, slot))
    assert [answer.status_code for answer in answers] == [302, 302, 302, 422]
    assert "Du har bestilt tre timer" in answers[3].content.decode()
    assert 'value="Kari"' in answers[3].content.decode()


def test_a_clinic_that_does_not_allow_it_has_no_such_pages(clinic):
    slot = shown(clinic)[0]
    profile.change_profile(clinic, {"allows_self_booking": False}, actor=SYSTEM, now=b.NOW)
    browser = Client()
    for path in (f"/k/{clinic.slug}/time", slot, f"{slot}/kode"):
        assert browser.get(path).status_code == 404
        assert browser.post(path, {"hold": "1"}).status_code in {404, 405}
    assert Client().get(f"/k/{clinic.slug}/ledig").status_code == 404
    assert 'data-test="self-booking" hidden' in Client().get(f"/k/{clinic.slug}").content.decode()


def test_a_made_up_hour_is_not_there(clinic):
    for name in ("x", "209912312359-AAAAAAAAAAAAAAAAAAAAAA", "000000000000-AAAAAAAAAAAAAAAAAAAAAA"):
        assert Client().get(f"/k/{clinic.slug}/time/{name}").status_code in {404, 409}


def test_a_made_up_confirmation_says_nothing(clinic):
    body = Client().get(f"/k/{clinic.slug}/time?bestilt=eyJ4IjoxfQ:abc:def").content.decode()
    assert "Timen er bestilt" not in body


def test_later_weeks_are_one_press_away(clinic):
    first, later = shown(clinic), Client().get(f"/k/{clinic.slug}/time?om=2").content.decode()
    assert first[0] not in later
    assert 'data-test="slot"' in later
    for odd in ("x", "-1", "99", "٣"):
        assert Client().get(f"/k/{clinic.slug}/time", {"om": odd}).status_code == 200


def test_who_asks_by_and_by_is_told_the_same_hours_as_the_page_shows(clinic):
    page = Client().get(f"/k/{clinic.slug}/time").content.decode()
    asked = Client().get(f"/k/{clinic.slug}/ledig").json()
    assert [f"/k/{clinic.slug}/time/{slot['name']}" for slot in asked["slots"]] == shown(clinic)
    assert f"mark={asked['mark']}" in page


def test_what_one_holds_oneself_is_not_marked_as_taken(clinic):
    browser = Client()
    slot = held(clinic, browser)
    cache.clear()
    page = browser.get(f"/k/{clinic.slug}/time").content.decode()
    asked = Client().get(f"/k/{clinic.slug}/ledig").json()
    assert slot.rsplit("/", 1)[1] not in [each["name"] for each in asked["slots"]]
    assert re.findall(r'data-slot="([^"]+)" data-mine', page) == [slot.rsplit("/", 1)[1]]
    assert f"mark={asked['mark']}" in page
    assert "data-mine" not in Client().get(f"/k/{clinic.slug}/time").content.decode()
