"""Coming without an appointment, as a browser without script does it."""

import re
from collections.abc import Iterator
from datetime import date, time, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from blikk.clinics import profile
from blikk.clinics.models import Clinic
from blikk.kernel.actors import SYSTEM
from blikk.notifications.models import Message
from blikk.patients.models import Patient
from blikk.scheduling.models import Period
from blikk.waiting_room.models import Arrival
from tests import builders as b
from tests import timetables

pytestmark = pytest.mark.django_db(transaction=True)
KARI = {
    "given_name": "Kari",
    "family_name": "Nordmann",
    "birth_on": "5. november 1944",
    "phone": "90 12 34 56",
    "help_kind": "new",
}


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    cache.clear()
    with time_machine.travel(b.NOW, tick=False):
        yield


@pytest.fixture
def clinic() -> Clinic:
    clinic = profile.change_profile(b.a_clinic(), {"is_public": True}, actor=SYSTEM, now=b.NOW)
    timetables.a_drop_in(clinic, capacity=2)
    return clinic


def sent_code() -> str:
    message = Message.objects.filter(kind="phone_code").latest("pk")
    return re.search(r"\b(\d{6})\b", message.body)[1]


def enter(clinic: Clinic, browser: Client | None = None, **typed: str):
    """From the form to the answer of the code page."""
    browser = browser or Client()
    cache.clear()
    asked = browser.post(f"/k/{clinic.slug}/drop-in", {**KARI, **typed})
    assert asked.status_code == 200, asked.content.decode()
    return browser.post(f"/k/{clinic.slug}/drop-in/kode", {**KARI, **typed, "code": sent_code()})


def test_a_name_a_phone_and_a_code_lead_into_the_queue(clinic):
    browser = Client()
    answer = enter(clinic, browser)
    assert answer.status_code == 302
    arrival = Arrival.objects.get()
    assert arrival.help_kind == "new"
    patient = Patient.objects.get()
    assert (patient.name, patient.birth_on) == ("Kari Nordmann", date(1944, 11, 5))
    page = browser.get(answer.url)
    assert page.status_code == 200
    assert '"place": 1' in page.content.decode()
    assert "Du står i køen" in page.content.decode()
    assert Client().get(answer.url).status_code == 404


def test_what_is_missing_is_said_beside_its_field_and_what_was_typed_is_kept(clinic):
    typed = {**KARI, "phone": "12", "birth_on": "31.02.1944", "given_name": "<b>Kari"}
    del typed["help_kind"]
    answer = Client().post(f"/k/{clinic.slug}/drop-in", typed)
    body = answer.content.decode()
    assert answer.status_code == 422
    for kept in ('value="12"', 'value="31.02.1944"', 'value="&lt;b&gt;Kari"', 'value="Nordmann"'):
        assert kept in body
    for field in ("id_phone_error", "id_birth_on_error", "id_help_kind_error"):
        assert f'id="{field}"' in body
    assert "id_family_name_error" not in body
    assert Message.objects.count() == 0


@pytest.mark.parametrize("phone", ["", "hei", "123", "55 55 01 00", "+4790123456;ls"])
def test_a_phone_that_can_take_no_sms_is_refused_beside_the_field(clinic, phone):
    answer = Client().post(f"/k/{clinic.slug}/drop-in", {**KARI, "phone": phone})
    assert answer.status_code == 422
    assert 'id="id_phone_error"' in answer.content.decode()
    assert Message.objects.count() == 0


def test_a_wrong_code_keeps_the_rest_and_five_of_them_make_a_pause(clinic):
    browser = Client()
    browser.post(f"/k/{clinic.slug}/drop-in", KARI)
    right = sent_code()
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    answers = [
        browser.post(f"/k/{clinic.slug}/drop-in/kode", {**KARI, "code": wrong}).content.decode()
        for _ in range(5)
    ]
    assert all('id="id_code_error"' in answer for answer in answers)
    assert all('name="given_name" value="Kari"' in answer for answer in answers)
    assert "Koden stemmer ikke" in answers[0]
    assert "Vent et kvarter" in answers[4]
    late = browser.post(f"/k/{clinic.slug}/drop-in/kode", {**KARI, "code": right})
    assert "Vent et kvarter" in late.content.decode()
    assert Arrival.objects.count() == 0
    with time_machine.travel(b.NOW + timedelta(minutes=16), tick=False):
        assert enter(clinic, browser).status_code == 302


def test_a_code_works_only_where_it_was_asked_for_and_once(clinic):
    browser, stranger = Client(), Client()
    assert enter(clinic, browser).status_code == 302
    again = {**KARI, "code": sent_code()}
    assert "id_code_error" in browser.post(f"/k/{clinic.slug}/drop-in/kode", again).content.decode()
    stranger.post(f"/k/{clinic.slug}/drop-in", {**KARI, "phone": "90 12 34 57"})
    assert "id_code_error" in stranger.post(f"/k/{clinic.slug}/drop-in/kode", again).content.decode()
    assert Arrival.objects.count() == 1


def test_a_code_that_cannot_be_one_is_no_try(clinic):
    browser = Client()
    browser.post(f"/k/{clinic.slug}/drop-in", KARI)
    for typed in ("", "12345", "abcdef", "1234567"):
        answer = browser.post(f"/k/{clinic.slug}/drop-in/kode", {**KARI, "code": typed})
        assert answer.status_code == 422
    for _ in range(6):
        browser.post(f"/k/{clinic.slug}/drop-in/kode", {**KARI, "code": "12"})
    code = sent_code()
    spaced = {**KARI, "code": f"{code[:3]} {code[3:]}"}
    assert browser.post(f"/k/{clinic.slug}/drop-in/kode", spaced).status_code == 302


def test_a_browser_that_keeps_nothing_is_told_what_to_do(clinic):
    Client().post(f"/k/{clinic.slug}/drop-in", KARI)
    answer = Client().post(f"/k/{clinic.slug}/drop-in/kode", {**KARI, "code": sent_code()})
    assert "Tillat informasjonskapsler" in answer.content.decode()


def test_the_same_person_takes_the_place_they_have(clinic):
    first = enter(clinic)
    second = enter(clinic)
    assert first.url == second.url
    assert Arrival.objects.count() == 1
    assert Patient.objects.count() == 1


def test_a_full_queue_takes_nobody_and_sends_no_code(clinic):
    for number in range(2):
        entered = enter(clinic, given_name=f"Gjest{'ab'[number]}", phone=f"9012340{number}")
        assert entered.status_code == 302
    cache.clear()
    before = Message.objects.filter(kind="phone_code").count()
    answer = Client().post(f"/k/{clinic.slug}/drop-in", KARI)
    body = answer.content.decode()
    assert "Køen er full" in body
    assert 'value="Kari"' in body
    assert Message.objects.filter(kind="phone_code").count() == before
    assert Arrival.objects.count() == 2


def test_who_is_too_late_with_the_code_loses_nothing_that_was_typed_and_needs_no_new_code(clinic):
    browser = Client()
    browser.post(f"/k/{clinic.slug}/drop-in", KARI)
    code = sent_code()
    for number in range(2):
        enter(clinic, given_name=f"Gjest{'ab'[number]}", phone=f"9012340{number}")
    full = browser.post(f"/k/{clinic.slug}/drop-in/kode", {**KARI, "code": code})
    assert full.status_code == 422
    assert "Køen er full" in full.content.decode()
    assert 'value="Kari"' in full.content.decode()
    gone = Arrival.objects.first()
    Arrival.objects.filter(pk=gone.pk).update(status="left", settled_at=b.NOW)
    cache.clear()
    sent = Message.objects.filter(kind="phone_code").count()
    assert browser.post(f"/k/{clinic.slug}/drop-in", KARI).status_code == 302
    assert Message.objects.filter(kind="phone_code").count() == sent


def test_who_is_overtaken_by_the_closing_time_loses_nothing_that_was_typed(clinic):
    browser = Client()
    with time_machine.travel(b.NOW + timedelta(minutes=88), tick=False):
        browser.post(f"/k/{clinic.slug}/drop-in", KARI)
        code = sent_code()
    for minutes in (92, 121):
        cache.clear()
        with time_machine.travel(b.NOW + timedelta(minutes=minutes), tick=False):
            answer = browser.post(f"/k/{clinic.slug}/drop-in/kode", {**KARI, "code": code})
        assert answer.status_code == 422, minutes
        assert "Køen tar ikke inn flere nå" in answer.content.decode()
        assert 'value="Kari"' in answer.content.decode()
    assert Arrival.objects.count() == 0


def test_one_of_two_queues_is_chosen(clinic):
    second = timetables.a_drop_in(clinic, name="Sykepleier", starts=time(9, 30))
    cache.clear()
    assert 'id="id_ko_error"' in Client().post(f"/k/{clinic.slug}/drop-in", KARI).content.decode()
    assert enter(clinic, ko=second.public_id).status_code == 302
    assert Arrival.objects.get().opening.period == second


def test_a_closed_queue_shows_no_form(clinic):
    with time_machine.travel(b.NOW + timedelta(hours=5), tick=False):
        body = Client().get(f"/k/{clinic.slug}/drop-in").content.decode()
        assert "stengt" in body
        assert 'name="given_name"' not in body
        answer = Client().post(f"/k/{clinic.slug}/drop-in", KARI)
    assert answer.status_code == 422
    assert 'value="Kari"' in answer.content.decode()
    assert Message.objects.count() == 0


def test_what_was_typed_can_be_changed_from_the_code_page(clinic):
    answer = Client().post(f"/k/{clinic.slug}/drop-in", {**KARI, "change": "1"})
    body = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="Kari"' in body
    assert "checked" in body
    assert Message.objects.count() == 0


def test_another_code_is_not_sent_while_one_is_on_its_way(clinic):
    browser = Client()
    browser.post(f"/k/{clinic.slug}/drop-in", KARI)
    again = browser.post(f"/k/{clinic.slug}/drop-in/kode", {**KARI, "again": "1"})
    assert again.status_code == 200
    assert "En kode er på vei" in again.content.decode()
    assert Message.objects.filter(kind="phone_code").count() == 1
    with time_machine.travel(b.NOW + timedelta(seconds=61), tick=False):
        browser.post(f"/k/{clinic.slug}/drop-in/kode", {**KARI, "again": "1"})
    assert Message.objects.filter(kind="phone_code").count() == 2


def test_nobody_has_codes_sent_to_the_whole_town(clinic, monkeypatch):
    monkeypatch.setattr("blikk.web.phone_code.CODES_PER_ADDRESS", 3)
    answers = [
        Client().post(f"/k/{clinic.slug}/drop-in", {**KARI, "phone": f"9012341{number}"}).status_code
        for number in range(5)
    ]
    assert answers == [200, 200, 200, 422, 422]


def test_the_kind_of_help_is_from_the_clinics_own_list(clinic):
    profile.change_profile(clinic, {"help_kinds": ["Reisevaksine", "Førerkort"]}, actor=SYSTEM, now=b.NOW)
    body = Client().get(f"/k/{clinic.slug}/drop-in").content.decode()
    assert "Reisevaksine" in body
    assert Client().post(f"/k/{clinic.slug}/drop-in", KARI).status_code == 422
    assert enter(clinic, help_kind="reisevaksine").status_code == 302
    assert "<textarea" not in body


def test_no_name_stands_in_an_address_or_a_message(clinic):
    answer = enter(clinic)
    assert "Kari" not in answer.url
    assert not any("Kari" in message.body for message in Message.objects.all())


def test_who_waits_in_another_queue_of_the_clinic_is_asked_which_place_they_want(clinic):
    timetables.a_drop_in(clinic, b.a_member(clinic, name="Siv Lie"), name="Sykepleier")
    doctors, nurses = (period.public_id for period in Period.objects.order_by("pk"))
    browser = Client()
    first = enter(clinic, browser, ko=doctors)
    typed = {**KARI, "ko": nurses}
    cache.clear()
    browser.post(f"/k/{clinic.slug}/drop-in", typed)
    asked = browser.post(f"/k/{clinic.slug}/drop-in/kode", {**typed, "code": sent_code()})
    body = asked.content.decode()
    assert asked.status_code == 409
    assert "Du står i køen «Drop-in på video» og er nummer <strong>1</strong>" in body
    assert "Bytt til «Sykepleier»" in body
    assert Arrival.objects.get().opening.period.public_id == doctors
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', body))
    assert {name: hidden[name] for name in typed} == typed
    kept = browser.post(f"/k/{clinic.slug}/drop-in/kode", {**hidden, "already": "keep"})
    assert kept.url == first.url
    cache.clear()
    browser.post(f"/k/{clinic.slug}/drop-in", typed)
    browser.post(f"/k/{clinic.slug}/drop-in/kode", {**typed, "code": sent_code()})
    moved = browser.post(f"/k/{clinic.slug}/drop-in/kode", {**hidden, "already": "move"})
    assert moved.url == first.url
    assert '"place": 1' in browser.get(moved.url).content.decode()
    present = Arrival.objects.get(status="at_the_door")
    assert present.opening.period.public_id == nurses
    assert Arrival.objects.filter(status="left").count() == 1
