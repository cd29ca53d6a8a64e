from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from blikk.notifications.transports import NotSent, Outgoing, Unknown
from blikk.notifications.transports.smtp import SmtpTransport
from tests.servers import free_port

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def outgoing(**more) -> Outgoing:
    given: dict[str, Any] = {
        "key": "k1",
        "channel": "email",
        "kind": "invited",
        "sender": "Legekontoret i Fjordgata",
    }
    given |= {
        "to": "kari@example.no",
        "subject": "Timen din på video",
        "body": "Hei æøå\nhttps://v.no/m#abc\n",
    }
    return Outgoing(**(given | {"language": "nb", "now": NOW} | more))


def transport(port: int) -> SmtpTransport:
    return SmtpTransport(
        host="127.0.0.1", port=port, user="", password="", tls="none", mail_from="ikke-svar@v.no", timeout=3
    )


def test_a_letter_is_plain_neutral_and_has_an_id_from_its_key(smtp_sink):
    receipt = transport(smtp_sink.port).send(outgoing())
    ((sender, to, raw),) = smtp_sink.letters
    letter = message_from_bytes(raw, policy=default)
    assert (sender, to) == ("ikke-svar@v.no", ["kari@example.no"])
    assert letter["Message-ID"] == receipt.provider_id
    assert letter.get_content_type() == "text/plain"
    assert letter.get_content().splitlines() == ["Hei æøå", "https://v.no/m#abc"]
    assert set(letter.keys()) <= {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language"),
        *("Content-Type", "Content-Transfer-Encoding", "MIME-Version", "X-Peer", "X-MailFrom", "X-RcptTo"),
    }
    assert transport(smtp_sink.port).send(outgoing()).provider_id == receipt.provider_id


def test_nobody_there_is_surely_not_sent_and_worth_another_try():
    with pytest.raises(NotSent) as caught:
        transport(free_port()).send(outgoing())
    assert (caught.value.reason, caught.value.retry) == ("no_connection", True)


@pytest.mark.parametrize(("answer", "retry"), [("451 later", True), ("550 never", False)])
def test_a_refusal_of_the_text_is_surely_not_sent(smtp_sink, answer, retry):
    smtp_sink.behave = lambda _number: answer
    with pytest.raises(NotSent) as caught:
        transport(smtp_sink.port).send(outgoing())
    assert caught.value.retry is retry
    assert smtp_sink.letters == []


def test_a_connection_lost_after_the_text_leaves_us_not_knowing(smtp_sink):
    smtp_sink.behave = lambda _number: "drop"
    with pytest.raises(Unknown):
        transport(smtp_sink.port).send(outgoing())
    assert len(smtp_sink.letters) == 1


def test_an_address_that_cannot_be_one_is_refused_before_anything_is_sent(smtp_sink):
    for to in ("kari", "kari@example.no\r\nBcc: all@example.no"):
        with pytest.raises(NotSent) as caught:
            transport(smtp_sink.port).send(outgoing(to=to))
        assert caught.value.retry is False
    assert smtp_sink.letters == []


def test_a_subject_with_line_breaks_writes_no_headers(smtp_sink):
    with pytest.raises(NotSent):
        transport(smtp_sink.port).send(outgoing(subject="Hei\r\nBcc: all@example.no"))
    assert smtp_sink.letters == []


def test_a_server_that_promises_encryption_and_has_none_gets_nothing(smtp_sink):
    secure = SmtpTransport(
        host="127.0.0.1", port=smtp_sink.port, user="", password="", tls="starttls", mail_from="a@v.no"
    )
    with pytest.raises(NotSent) as caught:
        secure.send(outgoing())
    assert caught.value.reason == "no_sign_in"
    assert smtp_sink.letters == []
