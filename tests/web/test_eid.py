"""A patient who waits goes to the provider and comes back: the place kept, and what was said told apart."""

import html
import logging
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import settings as live
from django.test import Client
from django.utils import timezone

from blikk.accounts.models import EidTrip
from blikk.audit.models import Entry, Words
from blikk.clinics.models import Clinic
from blikk.journeys import door, queue, talk
from blikk.kernel.actors import SYSTEM
from blikk.kernel.times import local
from blikk.notifications.models import Message
from blikk.patients import numbers
from blikk.patients.models import NationalNumber
from blikk.waiting_room import services as waiting_room
from blikk.waiting_room.errors import SomeoneElse
from blikk.waiting_room.models import Arrival, ProvenByEid
from blikk.waiting_room.queries import eid_proof_of, is_proving
from blikk.web.presenters.eid import PATIENT
from tests import builders, queues
from tests.builders import BORN, NOW, Hour
from tests.national_numbers import made
from tests.people import signed_in
from tests.provider import HIGH, LOW, TestProvider
from tests.web.walk import with_device

pytestmark = pytest.mark.django_db
NUMBER = made(BORN)
OTHERS = made(date(1980, 1, 2))


@pytest.fixture
def hour() -> Hour:
    """A patient who waits now: the provider keeps to the clock on the wall."""
    now = timezone.now()
    clinic = builders.a_clinic(offers_eid=True)
    hour = builders.a_booked_hour(clinic, now=now)
    builders.waiting(hour, now=now)
    return hour


@pytest.fixture
def browser(hour: Hour) -> Client:
    return with_device(hour)


@pytest.fixture(autouse=True)
def _known(op: TestProvider) -> None:
    op.knows("ola", pid=NUMBER, given_name="Ola", name="Ola Hansen")
    op.knows("per", pid=OTHERS, given_name="Per", name="Per Hansen")


def page_of(hour: Hour) -> str:
    return f"/m/{hour.invitation.public_id}/eid"


def begin(hour: Hour, browser: Client) -> str:
    answer = browser.post(page_of(hour))
    assert answer.status_code == 302, html.unescape(answer.content.decode())
    return answer["Location"]


def come_back(browser: Client, said: dict[str, str]) -> Any:
    """As the page does: a GET that shows the answer to it, and its own form."""
    shown = browser.get("/eid/tilbake", said)
    assert shown.status_code == 200
    return browser.post("/eid/tilbake", said)


def go(op: TestProvider, hour: Hour, browser: Client, who: str | None = "ola", **changed: str) -> Any:
    return come_back(browser, {**op.log_in(begin(hour, browser), who), **changed})


def arrival_of(hour: Hour) -> Arrival:
    return Arrival.objects.get(invitation=hour.invitation, status__in=["waiting", "admitted"])


def words_on(browser: Client, hour: Hour) -> str:
    return html.unescape(browser.get(page_of(hour)).content.decode())


def test_who_is_the_patient_comes_back_to_the_waiting_room_proven(op, hour, browser):
    waited_since = arrival_of(hour).waiting_since
    offer = html.unescape(browser.get(f"/m/{hour.invitation.public_id}").content.decode())
    assert "Legitimer deg med BankID" in offer
    answer = go(op, hour, browser)
    assert answer["Location"] == f"/m/{hour.invitation.public_id}"
    arrival = arrival_of(hour)
    assert (arrival.status, arrival.waiting_since, arrival.proving_until) == ("waiting", waited_since, None)
    proof = eid_proof_of(arrival)
    assert proof is not None
    assert (proof.result, proof.provider, proof.level) == ("same", "BankID", HIGH)
    assert "Du har vist hvem du er" in browser.get(answer["Location"]).content.decode()
    assert numbers.masked_of(hour.patient) == f"{NUMBER[:6]} •••••"
    assert NationalNumber.objects.get().source == "eid"


def test_the_page_leads_to_the_provider_and_no_other_page_of_a_patient_does(op, hour, browser):
    def leads(path: str) -> str:
        policy = browser.get(path)["Content-Security-Policy"]
        return next(part for part in policy.split(";") if "form-action" in part)

    assert op.issuer in leads(page_of(hour))
    for path in (f"/m/{hour.invitation.public_id}", "/eid/tilbake?state=x&code=y", "/m", "/kode"):
        assert op.issuer not in leads(path)


def test_looking_at_the_pages_changes_nothing(op, hour, browser):
    said = op.log_in(begin(hour, browser), "ola")
    before = list(EidTrip.objects.values()), list(ProvenByEid.objects.values()), Entry.objects.count()
    browser.get(page_of(hour))
    browser.get("/eid/tilbake", said)
    assert before == (
        list(EidTrip.objects.values()),
        list(ProvenByEid.objects.values()),
        Entry.objects.count(),
    )
    assert browser.post("/eid/tilbake", said)["Location"] == f"/m/{hour.invitation.public_id}"


def test_what_stands_in_the_address_is_shown_to_nobody_but_the_page(op, hour, browser):
    shown = browser.get(
        "/eid/tilbake", {"state": '"><script>', "code": "c", "more": "kanari"}
    ).content.decode()
    assert "<script>" not in shown.replace('<script type="module"', "")
    assert "kanari" not in shown


def test_somebody_else_is_told_apart_from_a_failure_and_not_let_in(op, hour, browser):
    answer = go(op, hour, browser, "per")
    assert answer["Location"] == page_of(hour)
    assert "Dette var en annen enn pasienten" in words_on(browser, hour)
    arrival = arrival_of(hour)
    assert arrival.someone_else_at is not None
    assert Entry.objects.filter(act="arrival.eid_other").count() == 1
    assert not Entry.objects.filter(act="arrival.eid_failed").exists()
    assert not NationalNumber.objects.exists()
    by = {"membership": hour.clinician, "actor": builders.staff(hour.clinician), "now": timezone.now()}
    with pytest.raises(SomeoneElse):
        talk.admit(hour.clinic, arrival.public_id, **by)
    assert arrival_of(hour).status == "waiting"
    assert talk.admit(hour.clinic, arrival.public_id, despite="Mor logget inn", **by)
    entry = Entry.objects.get(act="arrival.let_in_despite")
    assert "Mor logget inn" in Words.objects.get(number=entry.number).text


def test_the_clinician_sees_a_red_line_and_lets_them_in_with_a_reason_alone(op, hour, browser):
    clinician = signed_in(hour.clinician)
    arrival = arrival_of(hour).public_id
    # Their hour is in some minutes: late in the evening that is tomorrow.
    the_day = f"/dag/?dag={local(hour.appointment.starts_at, 'Europe/Oslo').date()}"
    assert 'data-test="admit"' in clinician.get(the_day).content.decode()
    go(op, hour, browser, "per")
    day = clinician.get(the_day).content.decode()
    assert "Legitimerte seg som en annen enn pasienten" in day
    assert 'data-test="admit"' not in day
    path = f"/dag/slipp-inn/{arrival}/likevel"
    assert path in day
    refused = clinician.post(path, {"reason": "  "})
    assert refused.status_code == 422
    assert "Fyll ut dette feltet" in refused.content.decode()
    assert "/samtale/" in clinician.post(path, {"reason": "Mor logget inn med sin"})["Location"]
    assert clinician.get(path).status_code == 404, "it is done"


def test_once_the_patient_has_shown_who_they_are_the_red_line_is_gone(op, hour, browser):
    go(op, hour, browser, "per")
    go(op, hour, browser, "ola")
    assert arrival_of(hour).someone_else_at is None
    proof = eid_proof_of(arrival_of(hour))
    assert proof is not None
    assert proof.result == "same"


def test_going_out_and_coming_again_does_not_take_the_red_line_away(op, hour, browser):
    go(op, hour, browser, "per")
    now, who = timezone.now(), (hour.invitation.public_id, hour.device)
    door.leave(*who, where="", now=now)
    door.arrive(*who, where="", now=now)
    assert arrival_of(hour).someone_else_at is not None


def test_a_failure_takes_nothing_away_that_was_proven(op, hour, browser):
    go(op, hour, browser)
    go(op, hour, browser, None)
    proof = eid_proof_of(arrival_of(hour))
    assert proof is not None
    assert proof.result == "same"
    assert Entry.objects.filter(act="arrival.eid_failed", details__contains="cancelled").exists()


def test_the_number_that_the_clinic_has_decides_whatever_the_name_is(op, hour, browser):
    numbers.type_in(hour.patient, NUMBER, actor=SYSTEM, now=timezone.now())
    op.knows("nytt navn", pid=NUMBER, given_name="Olava")
    go(op, hour, browser, "nytt navn")
    assert ProvenByEid.objects.get().result == "same"
    op.knows("tvilling", pid=made(BORN, start=800), given_name="Ola")
    go(op, hour, browser, "tvilling")
    newest = ProvenByEid.objects.order_by("-pk").first()
    assert newest is not None
    assert (newest.result, newest.reason) == ("other", "other_number")


def test_a_twin_is_not_taken_for_the_patient_and_not_for_a_stranger_either(op, hour, browser):
    op.knows("tvilling", pid=made(BORN, start=800), given_name="Kari")
    go(op, hour, browser, "tvilling")
    proof = ProvenByEid.objects.get()
    assert (proof.result, proof.reason) == ("unclear", "other_name")
    assert not NationalNumber.objects.exists()
    assert arrival_of(hour).someone_else_at is None
    assert "Vi kunne ikke se at dette er deg" in words_on(browser, hour)


def test_people_who_go_by_a_middle_name_or_write_it_otherwise_are_themselves(op, hour, browser):
    op.knows("hel", pid=NUMBER, given_name="Per-Ólá Kristian")
    go(op, hour, browser, "hel")
    assert ProvenByEid.objects.get().result == "same"


def test_a_number_without_a_birth_date_in_it_says_neither(op, hour, browser):
    op.knows("ny regel", pid=made(BORN, left_over=2))
    go(op, hour, browser, "ny regel")
    proof = ProvenByEid.objects.get()
    assert (proof.result, proof.reason) == ("unclear", "no_birth_date")
    op.knows("ny regel", pid=made(BORN, left_over=2), birthdate=BORN.isoformat(), given_name="Ola")
    go(op, hour, browser, "ny regel")
    assert ProvenByEid.objects.filter(result="same").exists()


def test_a_number_that_another_patient_has_is_for_staff_to_look_at(op, hour, browser):
    numbers.type_in(builders.a_patient(hour.clinic, "Ola Annen"), NUMBER, actor=SYSTEM, now=timezone.now())
    go(op, hour, browser)
    assert ProvenByEid.objects.get().reason == "number_is_anothers"


def test_an_answer_is_used_once(op, hour, browser):
    said = op.log_in(begin(hour, browser), "ola")
    assert come_back(browser, said)["Location"] == f"/m/{hour.invitation.public_id}"
    again = come_back(browser, said)
    assert again.status_code == 422
    words = again.content.decode()
    assert "Dette svaret er brukt" in words
    assert page_of(hour).removesuffix("/eid") in words
    assert ProvenByEid.objects.filter(result="same").count() == 1


def test_an_answer_to_nothing_is_told_so_with_the_way_back(op, hour, browser):
    said = op.log_in(begin(hour, browser), "ola")
    wrong = come_back(browser, {**said, "state": "x" * 43})
    assert wrong.status_code == 422
    assert "Svaret hører ikke til denne nettleseren" in wrong.content.decode()
    assert f"/m/{hour.invitation.public_id}" in wrong.content.decode()
    stranger = come_back(Client(), said)
    assert stranger.status_code == 422
    assert hour.invitation.public_id not in stranger.content.decode()
    assert not ProvenByEid.objects.exists()
    assert come_back(browser, said)["Location"] == f"/m/{hour.invitation.public_id}", "its own browser may"


def test_after_ten_minutes_it_is_too_late(op, hour, browser):
    said = op.log_in(begin(hour, browser), "ola")
    EidTrip.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    come_back(browser, said)
    assert "Det gikk for lang tid" in words_on(browser, hour)
    assert not NationalNumber.objects.exists()


def bend_nonce(op: TestProvider) -> None:
    op.tokens_say(lambda _header, claims: claims.update(nonce="another"))


def bend_clock(op: TestProvider) -> None:
    op.tokens_say(lambda _header, claims: claims.update(iat=claims["iat"] + 900, exp=claims["exp"] + 900))


def bend_token(op: TestProvider) -> None:
    op.tokens_say(lambda _header, _claims: "a.b.c")


def weak(op: TestProvider) -> None:
    op.knows("ola", pid=NUMBER, acr=LOW)


def without(op: TestProvider) -> None:
    op.knows("ola", given_name="Ola")


def nonsense(op: TestProvider) -> None:
    op.knows("ola", pid="12345678901")


FAULTS = {
    "wrong_nonce": (bend_nonce, {}),
    "clock": (bend_clock, {}),
    "bad_token": (bend_token, {}),
    "wrong_acr": (weak, {}),
    "no_number": (without, {}),
    "a number that is none": (nonsense, {}),
    "wrong_issuer": (lambda op: None, {"iss": "https://evil.example"}),
    "refused": (lambda op: None, {"error": "login_required"}),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_has_words_of_its_own_and_a_way_on_and_the_place_is_kept(op, hour, browser, name):
    bend, changed = FAULTS[name]
    bend(op)
    go(op, hour, browser, "ola", **changed)
    reason = name if name in PATIENT else "no_number"
    words = words_on(browser, hour)
    assert str(PATIENT[reason][0]) in words
    assert str(PATIENT[reason][1]) in words
    assert f'href="/m/{hour.invitation.public_id}"' in words
    assert 'href="tel:' in words
    assert ('data-test="eid-go"' in words) is PATIENT[reason][3]
    arrival = arrival_of(hour)
    assert (arrival.status, arrival.someone_else_at, arrival.proving_until) == ("waiting", None, None)
    assert ProvenByEid.objects.get().result == "failed"
    assert not NationalNumber.objects.exists()


def test_no_two_faults_have_the_same_words():
    assert len({str(words[0]) for words in PATIENT.values()}) == len(PATIENT)
    assert len({str(words[1]) for words in PATIENT.values()}) == len(PATIENT)


def test_a_provider_that_is_down_is_said_before_anybody_leaves(op, hour, browser):
    op.is_down = True
    answer = browser.post(page_of(hour))
    assert answer.status_code == 422
    assert "Innloggingen svarer ikke" in answer.content.decode()
    assert not EidTrip.objects.exists()
    assert arrival_of(hour).proving_until is None
    op.is_down = False
    said = op.log_in(begin(hour, browser), "ola")
    op.is_down = True
    come_back(browser, said)
    assert "Innloggingen svarer ikke" in words_on(browser, hour)


def test_where_it_is_not_offered_there_is_no_such_page(op, hour, browser, settings):
    waits = f"/m/{hour.invitation.public_id}"
    assert browser.get(page_of(hour)).status_code == 200
    Clinic.objects.update(offers_eid=False)
    assert browser.get(page_of(hour))["Location"] == waits
    assert browser.post(page_of(hour))["Location"] == waits
    assert 'data-test="eid"' not in browser.get(waits).content.decode()
    Clinic.objects.update(offers_eid=True)
    settings.BLIKK_PROVIDERS = {}
    assert browser.get(page_of(hour))["Location"] == waits
    assert Client().get(page_of(hour)).status_code == 404


def test_who_was_let_in_meanwhile_is_proven_all_the_same(op, hour, browser):
    said = op.log_in(begin(hour, browser), "ola")
    by = {"membership": hour.clinician, "actor": builders.staff(hour.clinician), "now": timezone.now()}
    talk.admit(hour.clinic, arrival_of(hour).public_id, **by)
    assert come_back(browser, said)["Location"] == f"/m/{hour.invitation.public_id}"
    assert ProvenByEid.objects.get().result == "same"


def test_no_number_comes_into_a_log_an_address_a_message_or_the_record(op, hour, browser):
    said = StringIO()
    handler = logging.StreamHandler(said)
    logging.getLogger().addHandler(handler)
    try:
        for name in ("", *FAULTS):
            op.behave()
            op.knows("ola", pid=NUMBER, given_name="Ola")
            if name:
                FAULTS[name][0](op)
            answer = go(op, hour, browser, "ola", **(FAULTS[name][1] if name else {}))
            assert NUMBER not in answer["Location"]
            op.behave()
    finally:
        logging.getLogger().removeHandler(handler)
    everything = said.getvalue() + str(list(Entry.objects.values())) + str(list(Message.objects.values()))
    everything += str(list(EidTrip.objects.values())) + str(list(ProvenByEid.objects.values()))
    assert Entry.objects.filter(act="arrival.eid_same").exists()
    assert NUMBER not in everything
    assert NUMBER[6:] not in everything


def test_the_log_leaves_out_what_could_be_a_number():
    from blikk.config.redaction import NoNumbers

    record = logging.LogRecord("x", 20, "", 1, "for %s and %s", (NUMBER, f"{NUMBER[:6]} {NUMBER[6:]}"), None)
    assert NoNumbers().filter(record)
    assert record.getMessage() == "for [11 digits] and [11 digits]"
    assert live.LOGGING["handlers"]["console"]["filters"] == ["no_numbers"]


def test_in_a_queue_a_call_waits_for_who_is_away_to_prove_themself(op):
    opening = queues.an_opening()
    guest = queues.sit(queues.enter(opening, "Ola Hansen"))
    arrival = waiting_room.go_and_prove(guest.arrival, actor=SYSTEM, now=NOW)
    queues.away_from_page(guest)
    assert is_proving(arrival, now=NOW)
    place = arrival.order
    waiting_room.call(arrival, actor=SYSTEM, now=NOW)
    assert arrival.called_until == arrival.proving_until
    queue.sweep(now=NOW + timedelta(minutes=4))
    arrival.refresh_from_db()
    assert (arrival.order, arrival.missed) == (place, 0)
    queue.sweep(now=NOW + timedelta(minutes=6))
    arrival.refresh_from_db()
    assert arrival.missed == 1, "for who stays away longer it is as for anybody"
