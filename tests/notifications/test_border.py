import unicodedata
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP, default
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from blikk.notifications.transports import NotSent, Outgoing
from blikk.notifications.transports.border import LONGEST_SENDER, LONGEST_SUBJECT, checked
from blikk.notifications.transports.sender import sms_sender
from blikk.notifications.transports.smtp import compose

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TRICKS = "\r\n\x00\x0b\x1b\x85\u200b\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069\ufeff"
HOSTILE = st.text(alphabet=st.one_of(st.characters(), st.sampled_from(TRICKS + ':<>@,;"')), max_size=400)
HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language"}
HEADERS |= {"Content-Type", "Content-Transfer-Encoding", "MIME-Version"}


def outgoing(**more) -> Outgoing:
    values: dict[str, Any] = {"key": "k1", "channel": "email", "kind": "invited", "sender": "Legekontoret"}
    values |= {"to": "kari@example.no", "subject": "Time", "body": "Hei", "language": "nb", "now": NOW}
    return Outgoing(**(values | more))


def leave(**more) -> Outgoing | NotSent:
    try:
        return checked(outgoing(**more))
    except NotSent as refusal:
        return refusal


def has_tricks(words: str) -> bool:
    return any(sign in TRICKS or unicodedata.category(sign) in {"Cc", "Cs"} for sign in words)


@settings_of(max_examples=60, deadline=None)
@given(sender=HOSTILE, subject=HOSTILE, body=HOSTILE)
def test_whatever_stands_in_a_message_nothing_that_forges_or_hides_leaves(sender, subject, body):
    sent = leave(sender=sender, subject=subject, body=body)
    if isinstance(sent, NotSent):
        assert sent.reason in {"foreign_link", "too_long"}
        return
    assert not has_tricks(sent.sender)
    assert not has_tricks(sent.subject)
    assert not has_tricks(sent.body.replace("\n", ""))
    assert len(sent.sender) <= LONGEST_SENDER
    assert len(sent.subject) <= LONGEST_SUBJECT
    letter = message_from_bytes(compose(sent, "ikke-svar@v.no").as_bytes(policy=SMTP), policy=default)
    assert set(letter.keys()) == HEADERS
    assert [address.addr_spec for address in letter["To"].addresses] == ["kari@example.no"]
    assert [address.addr_spec for address in letter["From"].addresses] == ["ikke-svar@v.no"]
    assert letter.get_content().replace("\r\n", "\n").rstrip("\n") == sent.body
    name = sms_sender(sent.sender).value
    assert name.isascii()
    assert 1 <= len(name) <= 11


@settings_of(max_examples=100, deadline=None)
@given(to=HOSTILE)
def test_no_address_that_is_more_than_one_plain_address_leaves(to):
    for channel in ("sms", "email"):
        sent = leave(channel=channel, to=to)
        if isinstance(sent, NotSent):
            assert sent.retry is False
            continue
        assert sent.to.isascii()
        assert not has_tricks(sent.to)
        assert not set(sent.to) & set(' ,;<>"')


@pytest.mark.parametrize(
    "to",
    [
        "kari@example.no\r\nBcc: all@example.no",
        "kari@example.no,ola@example.no",
        "Kari <kari@example.no>",
        "kari@gmаil.com",  # the a is Cyrillic
        "kari\u202e@example.no",
        "kari@example",
        "kåri@example.no",
        "",
    ],
)
def test_an_address_that_is_none_or_looks_like_another_is_refused(to):
    with pytest.raises(NotSent):
        checked(outgoing(to=to))


def test_an_address_with_norwegian_letters_in_its_host_is_written_as_mail_servers_do():
    assert checked(outgoing(to="kari@blåbær.no")).to == "kari@xn--blbr-roah.no"


@pytest.mark.parametrize("to", ["4799999912", "+0799999912", "+47 99 99 99 12", "+47999999129999999", "112"])
def test_a_number_that_is_not_a_whole_one_is_refused(to):
    with pytest.raises(NotSent):
        checked(outgoing(channel="sms", to=to))
    assert checked(outgoing(channel="sms", to="+4799999912")).to == "+4799999912"


@pytest.mark.parametrize(
    "link",
    [
        "https://blikk.example.evil/m#a",
        "http://xn--blkk-1ra.no/m#a",
        "HTTPS://EVIL.example",
        "javascript://evil",
        "{base}.evil.no/m#a",
        "https://localhost:8000@evil.no/",
    ],
)
def test_a_link_that_leads_elsewhere_does_not_leave(link):
    with pytest.raises(NotSent) as caught:
        checked(outgoing(body=f"Åpne {link.format(base=settings.BLIKK_BASE_URL)}"))
    assert caught.value.reason == "foreign_link"
    ours = f"Åpne {settings.BLIKK_BASE_URL}/m#abc\nog {settings.BLIKK_BASE_URL}/kode."
    assert checked(outgoing(body=ours)).body == ours


def test_a_sender_that_imitates_another_with_foreign_letters_is_left_out():
    assert checked(outgoing(sender="Helsеnorge")).sender == ""  # the third e is Cyrillic
    assert checked(outgoing(sender="Legekontoret i Ås")).sender == "Legekontoret i Ås"
    assert checked(outgoing(sender="Клиника")).sender == "Клиника"


def test_a_text_that_no_sms_should_be_is_refused():
    with pytest.raises(NotSent) as caught:
        checked(outgoing(channel="sms", to="+4799999912", body="a" * 1001))
    assert (caught.value.reason, caught.value.retry) == ("too_long", False)


def test_a_name_for_an_sms_has_eleven_plain_letters():
    names = {"Legekontoret": "Legekontore", "Ås øyelege": "As oyelege", "🙂": "Blikk", "112": "Blikk"}
    assert {label: sms_sender(label).value for label in names} == names
