import io
import os
import subprocess
import sys

import pytest
from django.db import OperationalError

from blikk.jobs import doctor_messages, messages
from blikk.jobs.doctor_messages import transports
from blikk.jobs.finding import Finding
from blikk.notifications.models import Message
from tests.notifications.conftest import Post
from tests.notifications.test_bounces import letter
from tests.servers import free_port


def findings() -> dict[str, bool]:
    return {finding.what: finding.is_well for finding in transports()}


@pytest.fixture
def sent(db) -> Message:
    post = Post()
    message = post.queue("k1", "email", to="kari@example.no")
    post.run()
    return message


def test_a_letter_that_came_back_marks_its_message_however_often_it_comes(sent):
    for _ in range(2):
        assert messages.bounce(io.BytesIO(letter("postfix_unknown")), "") == 0
    sent.refresh_from_db()
    assert (sent.status, sent.reason) == ("failed", "no_such_mailbox")


def test_a_letter_that_is_not_ours_is_swallowed(sent):
    assert messages.bounce(io.BytesIO(b"hei"), "") == 0
    sent.refresh_from_db()
    assert sent.status == "sent"


def test_without_a_database_the_mail_server_is_asked_to_come_again(sent, monkeypatch):
    def away(*_args: object, **_more: object) -> None:
        raise OperationalError

    monkeypatch.setattr(messages, "take_report", away)
    assert messages.bounce(io.BytesIO(letter("postfix_unknown")), "") == os.EX_TEMPFAIL


def test_a_transport_can_be_tried_from_the_command_line(settings, smsc, smtp_sink, capsys):
    settings.BLIKK_SMS_TRANSPORT, settings.BLIKK_EMAIL_TRANSPORT = "smpp", "smtp"
    settings.BLIKK_SMPP |= {"host": "127.0.0.1", "port": smsc.port, "system_id": "blikk", "password": "right"}
    settings.BLIKK_SMTP = {
        "host": "127.0.0.1",
        "port": smtp_sink.port,
        "user": "",
        "password": "",
        "tls": "none",
    }
    settings.BLIKK_MAIL_FROM = "ikke-svar@video.example.no"
    assert messages.try_out("sms", "+4799999912") == 0
    assert messages.try_out("email", "kari@example.no") == 0
    assert messages.try_out("sms", "kari@example.no") == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"taken, as {smsc.taken[0]['name']}"
    assert said[2] == "not sent: address_unusable"
    assert len(smtp_sink.letters) == 1


def test_the_doctor_binds_to_the_smsc_and_says_what_is_wrong(settings, smsc):
    settings.BLIKK_SMS_TRANSPORT, settings.BLIKK_EMAIL_TRANSPORT = "smpp", "none"
    settings.BLIKK_SMPP |= {"host": "127.0.0.1", "port": smsc.port, "system_id": "blikk", "password": "right"}
    assert findings() == {"messages": True, "SMPP": True}
    settings.BLIKK_SMPP |= {"password": "wrong"}
    assert findings() == {"messages": True, "SMPP": False}
    settings.BLIKK_SMPP |= {"port": free_port()}
    assert findings() == {"messages": True, "SMPP": False}


def test_the_doctor_says_when_reports_have_no_way_in(settings, monkeypatch):
    settings.BLIKK_SMS_TRANSPORT, settings.BLIKK_EMAIL_TRANSPORT = "http", "none"
    settings.BLIKK_SMS_GATEWAY = "46elks"
    assert findings() == {"messages": True, "SMS gateway": False}
    settings.BLIKK_SMS_HOOK_SECRET = "s" * 40
    monkeypatch.setattr(doctor_messages, "reaches", lambda what, *_: Finding(what, True, "answers"))
    assert findings() == {"messages": True, "SMS gateway": True, "SMS gateway's address": True}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BLIKK_SMS_TRANSPORT", "fax"),
        ("BLIKK_SMS_GATEWAY", "nobody"),
        ("BLIKK_SMS_GATEWAY", "link"),
        ("BLIKK_SMS_HOOK_SECRET", "short"),
        ("BLIKK_SMS_HOOK_KEY", "k" * 40),
        ("BLIKK_SMS_NUMBER", "tolv"),
        ("BLIKK_SMPP_SYSTEM_ID", ""),
        ("BLIKK_SMPP_LONG", "sideways"),
        ("BLIKK_APPRISE_SMS_URL", "nothing://"),
        ("BLIKK_BOUNCES_TO", "nobody"),
        ("BLIKK_SMTP_TLS", "perhaps"),
    ],
)
def test_a_wrong_value_refuses_to_start_and_says_which(tmp_path, name, value):
    transport = {"BLIKK_SMPP": "smpp", "BLIKK_APPR": "apprise"}.get(name[:10], "http")
    right = {"BLIKK_SMS_TRANSPORT": transport, "BLIKK_SMS_GATEWAY": "46elks", "BLIKK_EMAIL_TRANSPORT": "smtp"}
    right |= {"BLIKK_DATA": str(tmp_path), "BLIKK_SMPP_SYSTEM_ID": "blikk"}
    start = "import sys; from blikk.jobs.cli import main; sys.exit(main(sys.argv[1:]))"
    expected = name if value != "link" else "BLIKK_SMS_GATEWAY_EXTRA lacks gate, partner_id, platform_id"
    environment = {**os.environ, **right, name: value}
    run = subprocess.run(
        [sys.executable, "-c", start, "try", "sms", "112"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert expected in run.stderr
    assert "Traceback" not in run.stderr
