import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blikk.notifications.transports import NotSent, Outgoing, Unknown
from blikk.notifications.transports.http import HttpTransport
from blikk.notifications.transports.http.template import FIELDS, Template, WrongTemplate, fill, load, ready
from tests.gateway import Gateway, described, running_gateway
from tests.servers import free_port

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ANSWERS = {
    "46elks": {"id": "s1", "status": "created"},
    "sveve": {"response": {"msgOkCount": 1, "stdSMSCount": 1, "ids": [42824112]}},
    "link": {"messageId": "Dcsh", "resultCode": 1005, "description": "Queued"},
    "pswin": "0 OK 4A4B0034DB\r\n",
}


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with running_gateway() as running:
        yield running


def a_template(tmp_path, gateway: Gateway, *, honours_key: bool = False, **more) -> Template:
    path = tmp_path / "gateway.json"
    path.write_text(json.dumps(described(gateway.url, honours_key=honours_key, **more)))
    return load(str(path))


def outgoing(**more) -> Outgoing:
    values: dict[str, Any] = {"key": "k1", "channel": "sms", "kind": "invited", "sender": "Legekontoret"}
    values |= {"to": "+4799999912", "subject": "", "body": 'Hei "æøå"\n', "language": "nb", "now": NOW}
    return Outgoing(**(values | more))


def test_a_message_is_handed_over_under_a_key_that_says_nothing(tmp_path, gateway):
    receipt = HttpTransport(a_template(tmp_path, gateway)).send(outgoing())
    (asked,) = gateway.asked
    assert asked.path == "/send"
    assert asked.body == {
        "to": "+4799999912",
        "text": 'Hei "æøå"\n',
        "from": "Legekontore",
        "ref": outgoing().reference,
    }
    assert asked.headers["Idempotency-Key"] == outgoing().reference
    assert "k1" not in outgoing().reference
    assert receipt.provider_id == f"id-{outgoing().reference}"


def test_neither_number_nor_words_are_logged(tmp_path, gateway, caplog):
    caplog.set_level(logging.DEBUG)
    template = a_template(tmp_path, gateway, url=f"{gateway.url}/{{to_digits}}/{{text}}")
    HttpTransport(template).send(outgoing(body="hemmelig"))
    assert gateway.asked[0].path == "/4799999912/hemmelig"
    assert "hemmelig" not in caplog.text
    assert "99999912" not in caplog.text


@pytest.mark.parametrize(
    ("answer", "fault", "reason", "retry"),
    [
        ((400, {}), NotSent, "gateway_says_no", False),
        ((401, {}), NotSent, "no_sign_in", True),
        ((429, {}), NotSent, "throttled", True),
        ((302, {}), NotSent, "gateway_leads_elsewhere", True),
        ((500, {}), Unknown, "gateway_500", None),
        ((502, "Bad gateway"), Unknown, "gateway_502", None),
        ((200, {"no": "id"}), Unknown, "answer_not_understood", None),
        ((200, "{broken"), Unknown, "answer_not_understood", None),
        (None, Unknown, "no_answer", None),
    ],
)
def test_each_answer_means_one_thing(tmp_path, gateway, answer, fault, reason, retry):
    gateway.behave = lambda _asked: answer
    with pytest.raises(fault) as caught:
        HttpTransport(a_template(tmp_path, gateway)).send(outgoing())
    assert caught.value.reason == reason
    assert getattr(caught.value, "retry", None) is retry


def test_the_template_says_what_the_answers_of_this_gateway_mean(tmp_path, gateway):
    verdicts = {
        "taken": {"at": "code", "is": [0]},
        "again": {"status": [503], "at": "code", "is": [7]},
        "never": {"at": "code", "is": [8]},
        "not_in_use": {"at": "code", "is": [9]},
    }
    transport = HttpTransport(a_template(tmp_path, gateway, **verdicts))
    found = {}
    for code, status in ((7, 200), (8, 200), (9, 200), (3, 200), (3, 503)):
        gateway.behave = lambda _asked, code=code, status=status: (status, {"id": "x", "code": code})
        with pytest.raises((NotSent, Unknown)) as caught:
            transport.send(outgoing())
        found[code, status] = (caught.value.reason, getattr(caught.value, "retry", None))
    assert found == {
        (7, 200): ("gateway_says_later", True),
        (8, 200): ("gateway_says_no", False),
        (9, 200): ("number_not_in_use", False),
        (3, 200): ("answer_not_understood", None),
        (3, 503): ("gateway_says_later", True),
    }
    gateway.behave = lambda _asked: (200, {"id": "x", "code": 0})
    assert transport.send(outgoing()).provider_id == "x"


def test_nobody_there_is_surely_not_sent(tmp_path, gateway):
    gateway.port = free_port()
    with pytest.raises(NotSent) as caught:
        HttpTransport(a_template(tmp_path, gateway)).send(outgoing())
    assert (caught.value.reason, caught.value.retry) == ("no_connection", True)


def test_a_slow_gateway_leaves_us_not_knowing(tmp_path, gateway):
    import threading

    asked = threading.Event()
    gateway.behave = lambda _asked: (asked.wait(5), (200, {"id": "x"}))[1]
    with pytest.raises(Unknown):
        HttpTransport(a_template(tmp_path, gateway), timeout=0.3).send(outgoing())
    asked.set()


@pytest.mark.parametrize("name", ready())
def test_each_ready_template_reads_the_answer_that_its_gateway_documents(name, gateway):
    template = load(name)
    extra = dict.fromkeys(template.asks, "x")
    login = {"user": "u", "password": "p", "extra": extra, "report_url": "https://v.no/api/sms/s/report"}
    transport = HttpTransport(template, **login)
    gateway.behave = lambda _asked: (200, ANSWERS[name])
    transport.template = template.__class__(
        name, template.sending.__class__(**{**_values(template.sending), "url": gateway.url})
    )
    receipt = transport.send(outgoing())
    assert receipt.provider_id in {"s1", "42824112", "Dcsh", "4A4B0034DB"}
    said = json.dumps(gateway.asked[0].body, ensure_ascii=False)
    assert "4799999912" in said
    assert "æøå" in said
    assert set(ANSWERS) == set(ready())


def _values(frozen: object) -> dict[str, Any]:
    return {name: getattr(frozen, name) for name in frozen.__slots__}


@given(st.fixed_dictionaries({name: st.text() for name in FIELDS}))
def test_no_value_can_add_a_field_or_end_one(values):
    filled = fill({"a": "{to}|{text}", "b": ["{sender}"], "c": True}, values)
    assert filled == {"a": f"{values['to']}|{values['text']}", "b": [values["sender"]], "c": True}
    assert json.loads(json.dumps(filled)) == filled


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"json": {"x": "{patient}"}}, "no field patient"),
        ({"form": {}}, "exactly one of json and form"),
        ({"url": "http://sms.example.no"}, "https"),
        ({"auth": "digest"}, "auth is one of"),
        ({"id": "~("}, "unterminated"),
        ({"surprise": 1}, "there is no surprise"),
    ],
)
def test_a_wrong_description_is_refused_and_says_where(tmp_path, gateway, change, says):
    with pytest.raises(WrongTemplate, match=says):
        a_template(tmp_path, gateway, **change)
    assert a_template(tmp_path, gateway).name == "Test"


def test_a_gateway_that_nobody_described_is_refused():
    with pytest.raises(WrongTemplate, match="46elks, link, pswin, sveve"):
        load("nobody")
