import json
import signal
import sqlite3

import pytest

from tests.servers import wait_until

pytestmark = pytest.mark.timeout(300)
CLINIC = (
    *("clinic", "add", "Fjordgata legesenter", "--slug", "fjordgata", "--phone", "+4755550100"),
    *("--email", "per@fjordgata.example", "--administrator", "Per Nygård"),
)


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"BLIKK_SMS_TRANSPORT": "inbox"}, "BLIKK_SMS_TRANSPORT"),
        ({"BLIKK_SECOND_FACTOR": "false"}, "BLIKK_SECOND_FACTOR"),
        ({"BLIKK_BASE_URL": "video.kommune.no"}, "BLIKK_BASE_URL"),
        ({"BLIKK_SMTP_PORT": "twenty-five"}, "BLIKK_SMTP_PORT"),
    ],
)
def test_a_wrong_setting_refuses_to_start_and_is_named(shell, environment, named):
    done = shell.run("migrate", **environment)
    assert done.returncode != 0
    assert named in done.stderr


def test_a_clinic_is_opened_with_a_link_for_its_administrator(shell):
    assert shell.run("migrate").returncode == 0
    done = shell.run(*CLINIC, BLIKK_BASE_URL="https://video.kommune.no")
    assert done.returncode == 0, done.stderr
    assert "https://video.kommune.no/konto/passord/velg#" in done.stdout
    assert shell.sql("SELECT act FROM audit_entry ORDER BY id")[0] == ("clinic.opened",)
    assert "Kom i gang" in done.stdout
    odd = shell.run(*CLINIC[:4], "Fjord gata", *CLINIC[5:])
    assert (odd.returncode, "--slug" in odd.stderr) == (1, True)
    again = shell.run(*CLINIC)
    assert again.returncode == 1
    assert "fjordgata already" in again.stderr


def test_the_record_is_proven_and_a_tampered_one_is_not(shell, tmp_path):
    shell.run("migrate")
    shell.run(*CLINIC)
    heads = tmp_path / "heads.jsonl"
    assert shell.run("audit", "export-heads", str(heads)).returncode == 0
    whole = shell.run("audit", "verify", "--heads", str(heads))
    assert (whole.returncode, "whole" in whole.stdout) == (0, True)
    with sqlite3.connect(shell.data / "blikk.sqlite3") as connection:
        connection.execute("DROP TRIGGER audit_entry_stays")
        connection.execute("UPDATE audit_entry SET actor_id = 'somebody else' WHERE act = 'clinic.opened'")
    tampered = shell.run("audit", "verify", "--heads", str(heads))
    assert tampered.returncode == 1
    assert "changed" in tampered.stdout
    assert shell.run("audit", "verify", "--heads", str(tmp_path / "none")).returncode == 2


def test_the_doctor_names_each_fault_with_its_cure(shell, smtp_sink, turn_server):
    ill = shell.run("doctor", BLIKK_TURN_URLS="http://relay", BLIKK_TURN_SECRET="s" * 40)
    assert ill.returncode == 1
    for words in (
        "migrations",
        "Run: blikk migrate",
        "BLIKK_EMAIL_TRANSPORT",
        "turn:host:3478",
        "BLIKK_BASE_URL",
    ):
        assert words in ill.stdout
    shell.run("migrate")
    well = shell.run(
        *("doctor", "--json", "--send-to", "kari@example.no"),
        BLIKK_DEMO="true",
        BLIKK_EMAIL_TRANSPORT="smtp",
        BLIKK_SMTP_HOST="127.0.0.1",
        BLIKK_SMTP_PORT=str(smtp_sink.port),
        BLIKK_SMTP_TLS="none",
        BLIKK_BOUNCES_TO="retur@video.kommune.no",
        BLIKK_TURN_URLS=",".join(turn_server.urls),
        BLIKK_TURN_SECRET=turn_server.secret,
    )
    found = json.loads(well.stdout)
    # Only the secret of the tests' relay is too short.
    assert [one["what"] for one in found["findings"] if not one["is_well"]] == ["BLIKK_TURN_SECRET"]
    assert len(smtp_sink.letters) == 1
    refused = shell.run("doctor", "--json", BLIKK_SECOND_FACTOR="false")
    assert json.loads(refused.stdout)["is_well"] is False
    assert refused.returncode == 1
    assert "BLIKK_SECOND_FACTOR" in refused.stdout


def test_a_worker_sends_over_smtp_and_ends_when_told(shell, smtp_sink):
    shell.run("migrate")
    shell.queue_one("k1")
    worker = shell.start(
        "worker",
        BLIKK_EMAIL_TRANSPORT="smtp",
        BLIKK_SMTP_HOST="127.0.0.1",
        BLIKK_SMTP_PORT=str(smtp_sink.port),
        BLIKK_SMTP_TLS="none",
    )
    wait_until(
        lambda: shell.sql("SELECT status FROM notifications_message") == [("sent",)], "the message is sent"
    )
    assert len(smtp_sink.letters) == 1
    wait_until(lambda: (shell.data / "audit-heads.jsonl").exists(), "the heads are kept")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0


def test_the_doctor_says_that_the_database_is_away(shell):
    shell.run("migrate")
    done = shell.run("doctor", BLIKK_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert done.returncode == 1
    assert "check BLIKK_DATABASE_URL" in done.stdout
