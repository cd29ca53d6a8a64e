from datetime import timedelta

import pytest

from blikk.notifications.dispatch import dispatch_once
from blikk.notifications.models import Inbound, Message, Report
from blikk.notifications.transports import Receipt
from tests.api.conftest import Caller
from tests.builders import NOW, a_booked_hour


class Taking:
    """A transport that takes everything."""

    honours_key = True

    def send(self, message) -> Receipt:
        return Receipt(f"id-{message.reference}")


@pytest.fixture
def sent(caller) -> Message:
    hour = a_booked_hour(starts_in=timedelta(hours=2))
    transports = {"sms": Taking(), "email": Taking()}
    dispatch_once("w", transports=transports, clock=lambda: NOW, tell=lambda _news: None)
    return Message.objects.get(about__endswith=hour.invitation.public_id)


def status(message: Message) -> str:
    message.refresh_from_db()
    return message.status


def test_a_gateway_tells_what_became_of_a_message_and_says_it_again(caller, sent):
    for state, shown in (("sent", "sent"), ("delivered", "delivered"), ("delivered", "delivered")):
        answer = caller.report({"id": sent.provider_id, "state": state})
        assert (answer.status_code, answer.content) == (200, b"OK")
        assert status(sent) == shown
    caller.report({"id": sent.provider_id, "state": "failed"})
    assert status(sent) == "delivered"


def test_an_unknown_message_an_early_one_and_an_unknown_word_are_answered_alike(caller, sent):
    known = caller.report({"id": sent.provider_id, "state": "delivered"})
    for report in (
        {"id": "nobody", "state": "delivered"},
        {"ref": "f" * 40, "state": "failed"},
        {"id": "x"},
        {},
    ):
        answer = caller.report(report)
        assert (answer.status_code, answer.content) == (known.status_code, known.content)


def test_several_reports_come_in_one_call(caller, sent):
    caller.report({"id": "other", "state": "sent"}, {"ref": sent.reference, "state": "unknown"})
    assert (status(sent), sent.reason) == ("failed", "number_not_in_use")


@pytest.mark.parametrize(
    "stranger",
    [
        Caller(secret="t" * 40),
        Caller(key="l" * 40),
        Caller(moment=int(NOW.timestamp()) - 301),
        Caller(moment=int(NOW.timestamp()) + 301),
    ],
    ids=["another secret", "another key", "a replay", "from the future"],
)
def test_who_cannot_prove_itself_is_told_that_there_is_no_such_page(caller, sent, stranger):
    answer = stranger.report({"id": sent.provider_id, "state": "delivered"})
    assert answer.status_code == 404
    assert stranger.text(id="1", message="hei", **{"from": "4790123456"}).status_code == 404
    assert status(sent) == "sent"
    assert not Report.objects.exists()
    assert not Inbound.objects.exists()


@pytest.mark.parametrize(
    "headers", [{}, {"X-Timestamp": "now", "X-Signature": "sha256="}, {"X-Timestamp": "²"}]
)
def test_a_call_without_a_signature_is_told_the_same(caller, sent, headers):
    assert caller.report({"id": sent.provider_id, "state": "delivered"}, headers=headers).status_code == 404


def test_a_body_that_was_changed_on_the_way_is_told_the_same(caller, sent):
    signed = caller.signed(b'{"reports": []}')
    assert caller.report({"id": sent.provider_id, "state": "delivered"}, headers=signed).status_code == 404


def test_without_a_secret_there_is_no_way_in(caller, settings):
    assert caller.report().status_code == 200
    settings.BLIKK_SMS_HOOK_SECRET = ""
    assert caller.report().status_code == 404
    assert Caller(secret="x").report().status_code == 404


def test_another_transport_has_no_way_in_here(caller, settings):
    settings.BLIKK_SMS_TRANSPORT = "smpp"
    assert caller.report().status_code == 404


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_a_bad_request_and_nothing_more(caller, raw):
    assert caller.report(raw=raw).status_code == 400


def test_an_sms_of_somebody_unknown_leaves_nothing_but_that_it_came(caller):
    for _ in range(2):
        answer = caller.text(id="1", message="hei", **{"from": "4790123456"})
        assert (answer.status_code, answer.content) == (200, b"")
    assert list(Inbound.objects.values_list("provider_id", "phone", "words", "outcome")) == [
        ("1", "", "", "unknown")
    ]


def test_an_sms_without_a_name_is_named_by_its_words_and_its_day(caller):
    for words in ("hei", "hei", "nei"):
        caller.text(message=words, **{"from": "4790123456"})
    assert Inbound.objects.count() == 2
    assert not Inbound.objects.filter(provider_id__contains="90123456").exists()
