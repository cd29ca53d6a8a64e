"""A member of staff's own page about alerts: the phone is proven by a code, and each chooses for themselves."""

from datetime import timedelta

import pytest

from blikk.audit.models import Entry
from blikk.invitations.proofs import CODE_RESTS, PAUSE
from blikk.notifications.models import Message
from tests.builders import NOW, a_clinic, a_member
from tests.people import signed_in

pytestmark = pytest.mark.django_db
PAGE, CODE, REMOVE = "/konto/varsler", "/konto/varsler/mobil", "/konto/varsler/mobil/fjern"
TYPED = "900 00 077"


@pytest.fixture
def at(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def member(at):
    return a_member(a_clinic())


@pytest.fixture
def browser(member):
    return signed_in(member)


def code_sent():
    body = Message.objects.filter(kind="phone_code").latest("pk").body
    return next(word.strip(".") for word in body.split() if word.strip(".").isdecimal())


def phone_of(member):
    member.user.refresh_from_db()
    return member.user.phone


def test_a_phone_is_mine_when_the_code_that_came_to_it_is_typed(browser, member):
    assert "Velg" not in browser.get(PAGE).content.decode()
    step = browser.post(CODE, {"phone": TYPED}).content.decode()
    assert "90 00 00 77" in step
    message = Message.objects.get(kind="phone_code")
    assert (message.channel, message.to) == ("sms", "+4790000077")
    assert phone_of(member) == ""
    answer = browser.post(CODE, {"phone": TYPED, "code": f" {code_sent()} "})
    assert answer["Location"] == PAGE
    assert phone_of(member) == "+4790000077"
    assert "90 00 00 77" in browser.get(PAGE).content.decode()
    proven = Entry.objects.get(act="account.phone_proven")
    assert proven.chain == member.clinic.pk
    assert "90000077" not in str(proven.details)
    browser.post(REMOVE)
    assert phone_of(member) == ""


@pytest.mark.parametrize(
    ("typed", "words"),
    [("", "Fyll ut dette feltet."), ("123", "Norske numre har åtte sifre"), ("55 00 01 00", "mobilnummer")],
)
def test_a_phone_that_is_none_is_refused_beside_the_field_and_stays_there(browser, typed, words):
    answer = browser.post(CODE, {"phone": typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert f'value="{typed}"' in page or not typed
    assert not Message.objects.exists()


def test_five_wrong_codes_and_then_a_pause(browser, member, at):
    browser.post(CODE, {"phone": TYPED})
    right = code_sent()
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(4):
        answer = browser.post(CODE, {"phone": TYPED, "code": wrong})
        assert answer.status_code == 422
        assert "Koden stemmer ikke" in answer.content.decode()
    assert "Vent et kvarter" in browser.post(CODE, {"phone": TYPED, "code": wrong}).content.decode()
    assert "Vent et kvarter" in browser.post(CODE, {"phone": TYPED, "code": right}).content.decode()
    # Another browser of the same person shares the pause; so does another code.
    assert "kvarter" in signed_in(member).post(CODE, {"phone": TYPED, "again": "1"}).content.decode()
    assert phone_of(member) == ""
    at.move_to(NOW + PAUSE + timedelta(seconds=1), tick=False)
    browser.post(CODE, {"phone": TYPED})
    browser.post(CODE, {"phone": TYPED, "code": code_sent()})
    assert phone_of(member) == "+4790000077"


def test_a_code_that_was_used_and_a_code_for_somebody_else_are_no_use(browser, member, at):
    browser.post(CODE, {"phone": TYPED})
    code = code_sent()
    colleague = a_member(member.clinic, name="Per Lie")
    theirs = signed_in(colleague).post(CODE, {"phone": TYPED, "code": code})
    assert theirs.status_code == 422
    assert phone_of(colleague) == ""
    browser.post(CODE, {"phone": TYPED, "code": code})
    browser.post(REMOVE)
    again = browser.post(CODE, {"phone": TYPED, "code": code})
    assert again.status_code == 422
    assert phone_of(member) == ""


def test_another_code_is_sent_when_the_first_one_has_had_its_time(browser, at):
    browser.post(CODE, {"phone": TYPED})
    assert "En kode er på vei" in browser.post(CODE, {"phone": TYPED, "again": "1"}).content.decode()
    assert Message.objects.filter(kind="phone_code").count() == 1
    at.move_to(NOW + CODE_RESTS + timedelta(seconds=1), tick=False)
    browser.post(CODE, {"phone": TYPED, "again": "1"})
    assert Message.objects.filter(kind="phone_code").count() == 2


def test_codes_to_whatever_number_are_few_an_hour(browser):
    for number in range(6):
        assert browser.post(CODE, {"phone": f"9000010{number}"}).status_code == 200
    answer = browser.post(CODE, {"phone": "90000109"})
    assert answer.status_code == 422
    assert "for mange forsøk" in answer.content.decode()
    assert Message.objects.filter(kind="phone_code").count() == 6


def test_each_chooses_for_themselves_and_sms_needs_a_phone(browser, member):
    refused = browser.post(PAGE, {"alert_by": "sms"})
    assert refused.status_code == 422
    assert "Legg inn mobilen din først" in refused.content.decode()
    assert browser.post(PAGE, {"alert_by": "none"})["Location"] == PAGE
    member.refresh_from_db()
    assert member.alert_by == "none"
    assert a_member(member.clinic).alert_by == "email"
    assert browser.post(PAGE, {"alert_by": "pigeon"}).status_code == 422


def test_the_way_there_is_on_the_page_of_ones_own_account(browser, member):
    assert PAGE in browser.get("/konto/bekreftelse").content.decode()
    administrator = signed_in(a_member(member.clinic, "administrator"))
    assert PAGE in administrator.get("/konto/bekreftelse").content.decode()
