"""The patient's way in: every step, every refusal, and what must change nothing."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from blikk.audit.models import Entry
from blikk.invitations.models import Device, Invitation, OneTimeCode
from blikk.journeys import booking, talk
from blikk.kernel.ids import new_id, new_secret
from blikk.notifications.models import Message
from blikk.waiting_room.models import Arrival
from tests import builders as b

ORIGIN = settings.BLIKK_ORIGINS[0]
RIGHT = "17.05.1944"
WRONG = "18.05.1944"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(b.NOW, tick=False):
        yield


@pytest.fixture
def hour(db: None) -> b.Hour:
    return b.a_booked_hour()


def post(browser: Client, path: str, content: object = None, **more: Any) -> Any:
    headers = {"Origin": ORIGIN, **more.pop("headers", {})}
    body = json.dumps({} if content is None else content)
    return browser.post(path, body, content_type="application/json", headers=headers, **more)


def opened(hour: b.Hour) -> Client:
    browser = Client()
    answer = post(browser, "/m/open", {"token": hour.token})
    assert answer.status_code == 200
    return browser


def at(hour: b.Hour, what: str = "") -> str:
    return f"/m/{hour.invitation.public_id}" + (f"/{what}" if what else "")


def step(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    return answer.json()["door"]["step"]


def proven(hour: b.Hour) -> Client:
    browser = opened(hour)
    assert step(post(browser, at(hour, "birth-date"), {"birth_date": RIGHT})) == "check"
    return browser


def rows() -> dict[str, int]:
    kinds = (Device, Invitation, OneTimeCode, Message, Arrival, Entry)
    counts = {kind.__name__: kind._default_manager.count() for kind in kinds}
    return counts | {"tries": sum(Invitation.objects.values_list("tries", flat=True))}


def test_the_link_leads_to_a_page_without_the_secret(hour):
    browser = Client()
    answer = post(browser, "/m/open", {"token": hour.token})
    assert answer.json() == {"to": at(hour)}
    page = browser.get(at(hour))
    assert page.status_code == 200
    assert hour.token not in page.content.decode()
    cookie = browser.cookies[settings.BLIKK_DEVICE_COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not Device.objects.filter(secret_digest=cookie.value).exists()


def test_the_page_names_the_clinic_neutrally_and_nobody_else(hour):
    page = opened(hour).get(at(hour)).content.decode()
    assert hour.clinic.sender_label in page
    for secret in (hour.clinic.name, hour.patient.family_name, hour.clinician.name, "1944"):
        assert secret not in page.replace("05111944", "")


def test_the_whole_way_to_the_waiting_room(hour):
    browser = proven(hour)
    found = {"camera": "ok", "microphone": "denied", "sound": "<b>", "network": "ok", "more": "x"}
    assert step(post(browser, at(hour, "arrive"), {"found": found})) == "waiting"
    arrival = Arrival.objects.get()
    assert (arrival.status, arrival.camera, arrival.microphone) == ("waiting", "ok", "denied")
    assert arrival.sound == ""
    assert 'data-screen="waiting" data-test="waiting" >' in browser.get(at(hour)).content.decode()
    assert step(post(browser, at(hour, "leave"))) == "check"
    assert Arrival.objects.get().status == "left"
    assert step(post(browser, at(hour, "arrive"))) == "waiting"


def test_unknown_and_malformed_links_get_one_answer(hour):
    answers = [
        post(Client(), "/m/open", content)
        for content in ({"token": new_secret()}, {"token": "x"}, {"token": hour.token[:-1]}, {}, {"token": 7})
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(_steady(answer))) for answer in answers}) == 1
    assert Device.objects.count() == 0
    assert post(Client(), "/m/open", {"token": hour.token}).status_code == 200


def test_unknown_and_malformed_links_cost_the_same_look_up(hour):
    costs = []
    for token in (new_secret(), "x", ""):
        with CaptureQueriesContext(connection) as caught:
            post(Client(), "/m/open", {"token": token})
        costs.append(len(caught))
    assert len(set(costs)) == 1


def _steady(answer: Any) -> dict[str, str]:
    changing = {"X-Request-Id", "Content-Security-Policy"}
    return {name: value for name, value in answer.headers.items() if name not in changing}


def test_a_page_that_this_browser_never_opened_is_not_there(hour):
    stranger = Client()
    pages = [stranger.get(path) for path in (at(hour), f"/m/{new_id()}", "/m/x")]
    assert {page.status_code for page in pages} == {404}
    assert len({_without_nonce(page) for page in pages}) == 1
    for what in ("birth-date", "code", "send-code", "check", "arrive", "leave"):
        refused = post(stranger, at(hour, what), {"birth_date": RIGHT, "code": "123456"})
        unknown = post(stranger, f"/m/{new_id()}/{what}", {"birth_date": RIGHT, "code": "123456"})
        assert refused.status_code == unknown.status_code == 404
        assert refused.content == unknown.content
    assert opened(hour).get(at(hour)).status_code == 200


def _without_nonce(page: Any) -> str:
    text: str = page.content.decode()
    for part in text.split('nonce="')[1:]:
        text = text.replace(part.split('"')[0], "")
    return text


def test_looking_changes_nothing(hour):
    browser = proven(hour)
    before = rows()
    for visitor in (browser, Client()):
        for path in ("/", "/m", "/kode", "/healthz", "/readyz", at(hour), at(hour, "arrive"), "/m/open"):
            visitor.get(path)
            visitor.head(path)
    assert rows() == before
    assert step(post(browser, at(hour, "arrive"))) == "waiting"
    assert rows() != before


def test_foreign_pages_and_forms_can_do_nothing(hour):
    browser = proven(hour)
    before = rows()
    path = at(hour, "arrive")
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ORIGIN + ".evil.example"},
    ):
        assert post(browser, path, headers=headers).status_code == 403
    assert browser.post(path, "{}", content_type="application/json").status_code == 403
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        refused = browser.generic("POST", path, "{}", content_type=kind, headers={"Origin": ORIGIN})
        assert refused.status_code == 415
    assert post(browser, path, headers={"X-HTTP-Method-Override": "GET"}).status_code == 200
    assert rows()["Arrival"] == before["Arrival"]


def test_what_is_no_date_is_no_try(hour):
    browser = opened(hour)
    for typed in ("", "   ", None, 17051944, "hei", "31.02.1944", "17051944999", "17.05.2044", "17.05.05"):
        answer = post(browser, at(hour, "birth-date"), {"birth_date": typed})
        assert answer.status_code == 422
        assert answer.json()["fields"]["birth_date"] in {"empty", "malformed"}
    assert Invitation.objects.get().tries == 0
    assert step(post(browser, at(hour, "birth-date"), {"birth_date": "17051944"})) == "check"


def test_five_wrong_answers_lock_the_link_on_all_devices_but_a_proven_one(hour):
    owner = proven(hour)
    browser, other = opened(hour), opened(hour)
    for number in range(1, 6):
        guesser = browser if number % 2 else other
        answer = post(guesser, at(hour, "birth-date"), {"birth_date": WRONG}).json()["door"]
        assert answer["wrong"] is True
        assert answer["tries_left"] == 5 - number
    assert step(post(other, at(hour, "birth-date"), {"birth_date": RIGHT})) == "locked"
    page = opened(hour).get(at(hour)).content.decode()
    assert "Lenken er sperret" in page
    assert "55 55 01 00" in page
    assert step(post(owner, at(hour, "arrive"))) == "waiting"


@pytest.mark.django_db(transaction=True)
def test_guesses_in_parallel_share_the_five_tries():
    hour = b.a_booked_hour()
    browsers = [opened(hour) for _ in range(12)]

    def guess(browser: Client) -> bool:
        try:
            return post(browser, at(hour, "birth-date"), {"birth_date": WRONG}).json()["door"]["wrong"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as many:
        answers = list(many.map(guess, browsers))
    assert len(answers) == 12
    assert Invitation.objects.get().tries == 5
    assert Entry.objects.filter(act="invitation.wrong_answer").count() <= 5


def test_a_second_device_needs_the_code_that_the_phone_gets(hour):
    proven(hour)
    second = opened(hour)
    assert step(post(second, at(hour, "birth-date"), {"birth_date": RIGHT})) == "code"
    assert step(post(second, at(hour, "arrive"))) == "code"
    door = post(second, at(hour, "send-code")).json()["door"]
    assert door["code_to"].endswith("56")
    assert "0123456" not in door["code_to"]
    message = Message.objects.get(kind="code")
    digits = next(
        word for word in message.body.replace(".", " ").split() if word.isdigit() and len(word) == 6
    )
    for typed in ("", "12", "abcdef", None):
        refused = post(second, at(hour, "code"), {"code": typed})
        assert refused.json()["fields"] == {"code": "empty_code"}
    assert Invitation.objects.get().tries == 0
    wrong = f"{(int(digits) + 1) % 1_000_000:06}"
    assert post(second, at(hour, "code"), {"code": wrong}).json()["door"]["tries_left"] == 4
    spaced = f"{digits[:3]} {digits[3:]}"
    assert step(post(second, at(hour, "code"), {"code": spaced})) == "check"


def test_a_code_that_is_on_its_way_is_not_sent_again(hour):
    proven(hour)
    for _ in range(6):
        scanner = opened(hour)
        post(scanner, at(hour, "birth-date"), {"birth_date": RIGHT})
        for _ in range(3):
            post(scanner, at(hour, "send-code"))
    assert Message.objects.filter(kind="code").count() == 1


def test_a_scanner_that_presses_everything_leaves_the_link_as_it_was(hour):
    before = rows()
    for _ in range(5):
        scanner = opened(hour)
        for what in ("birth-date", "code", "send-code", "check", "arrive", "leave"):
            post(scanner, at(hour, what), {})
            scanner.post(at(hour, what), {})
        scanner.get(at(hour))
    after = rows()
    assert after["tries"] == 0
    assert {name for name in after if after[name] != before[name]} <= {"Device", "Entry"}
    assert step(post(proven(hour), at(hour, "arrive"))) == "waiting"


def test_the_relay_is_lent_for_the_check_but_not_to_strangers(hour, settings):
    settings.BLIKK_TURN_URLS, settings.BLIKK_TURN_SECRET = ["turn:relay.example:3478"], "x" * 32
    assert post(opened(hour), at(hour, "check")).status_code == 409
    ice = post(proven(hour), at(hour, "check")).json()["ice"]
    assert ":check-" in ice["servers"][0]["username"]


@pytest.mark.django_db
def test_somebody_early_is_told_when_to_come_back():
    hour = b.a_booked_hour(starts_in=timedelta(days=2))
    browser = opened(hour)
    page = browser.get(at(hour)).content.decode()
    assert "Venterommet åpner torsdag 26. november klokken 09:30" in page
    assert post(browser, at(hour, "check")).status_code == 200
    assert step(post(browser, at(hour, "birth-date"), {"birth_date": RIGHT})) == "early"
    assert step(post(browser, at(hour, "arrive"))) == "early"
    with time_machine.travel(b.NOW + timedelta(days=2), tick=False):
        assert step(post(browser, at(hour, "birth-date"), {"birth_date": RIGHT})) == "check"


def test_a_cancelled_hour_says_so_and_how_to_reach_the_clinic(hour):
    browser = proven(hour)
    appointment = hour.appointment
    booking.cancel(
        hour.clinic,
        appointment.public_id,
        version=appointment.version,
        actor=b.staff(hour.clinician),
        now=b.NOW,
    )
    _is_closed(browser, hour, "Timen er avlyst")
    _is_closed(opened(hour), hour, "Timen er avlyst")


def test_a_moved_hour_points_to_the_newest_message(hour):
    browser = opened(hour)
    appointment, day = hour.appointment, b.NOW + timedelta(days=1)
    booking.move(
        hour.clinic,
        appointment.public_id,
        version=appointment.version,
        day=day.date(),
        at=day.time(),
        minutes=20,
        actor=b.staff(hour.clinician),
        now=b.NOW,
    )
    _is_closed(browser, hour, "Timen er flyttet")


def test_an_hour_long_past_says_that_it_is_over(hour):
    browser = opened(hour)
    with time_machine.travel(b.NOW + timedelta(days=1), tick=False):
        _is_closed(browser, hour, "Timen er over")


def test_after_the_end_the_link_is_dead(hour):
    consultation = b.admitted(hour)
    browser = Client()
    browser.cookies[settings.BLIKK_DEVICE_COOKIE] = hour.device
    assert 'id="talk"' in browser.get(at(hour)).content.decode()
    talk.end(
        hour.clinic,
        consultation,
        version=None,
        membership=hour.clinician,
        actor=b.staff(hour.clinician),
        now=b.NOW,
    )
    _is_closed(browser, hour, "Samtalen er avsluttet")
    _is_closed(opened(hour), hour, "Samtalen er avsluttet")


def _is_closed(browser: Client, hour: b.Hour, words: str) -> None:
    page = browser.get(at(hour)).content.decode()
    shown = page.split('<section class="screen"')
    visible = [part for part in shown[1:] if "hidden" not in part.split(">")[0]]
    assert len(visible) == 1
    assert words in visible[0]
    assert "55 55 01 00" in visible[0]
    assert "built/door" not in page
    before = Arrival.objects.count()
    for what in ("birth-date", "arrive", "leave"):
        answer = post(browser, at(hour, what), {"birth_date": RIGHT}).json()["door"]
        assert answer["step"] not in {"check", "waiting", "admitted"}
    assert Arrival.objects.count() == before


def test_the_page_speaks_the_patients_language(db):
    clinic = b.a_clinic()
    hour = b.a_booked_hour(clinic, patient=b.a_patient(clinic, language="en"))
    page = opened(hour).get(at(hour), headers={"Accept-Language": "nb"})
    assert '<html lang="en"' in page.content.decode()
    assert page.headers["Content-Language"] == "en"


def test_personal_pages_are_kept_by_nobody_and_run_no_markup(hour):
    page = opened(hour).get(at(hour))
    assert page.headers["Cache-Control"] == "no-store"
    policy = page.headers["Content-Security-Policy"]
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_opening_is_limited_per_address(hour, monkeypatch):
    monkeypatch.setattr("blikk.web.patient.OPENINGS_A_MINUTE", 3)
    with time_machine.travel(b.NOW + timedelta(minutes=3), tick=False):
        answers = [post(Client(), "/m/open", {"token": "x"}).status_code for _ in range(4)]
        assert answers == [404, 404, 404, 429]
        elsewhere = post(Client(), "/m/open", {"token": hour.token}, REMOTE_ADDR="192.0.2.99")
        assert elsewhere.status_code == 200
