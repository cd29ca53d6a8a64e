"""The night from the command line, in a process of its own: shown, done, killed in the middle, and gone on with."""

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.jobs.conftest import Shell
from tests.servers import wait_until

pytestmark = pytest.mark.timeout(300)
# More than one batch.
VISITS = 22

SEED = """
import sys, django; django.setup()
from datetime import timedelta
from django.utils import timezone
from tests import builders, kept
from blikk.audit.models import Entry
now = timezone.now() - timedelta(days=int(sys.argv[2]))
builders.NOW = kept.NOW = now
import tests.documentation.conversations as talks
talks.NOW, talks.END = now, now + timedelta(minutes=15)
kept.DONE = now + timedelta(minutes=20)
import tests.identities as who
clinic = builders.a_clinic("Fjordgata", zone="UTC")
for number in range(int(sys.argv[1])):
    reach = {"phone": f"+4790{number:06}", "email": "", "read_back": ("phone",)}
    patient = builders.a_patient(clinic, f"Kanarifugl Nummer{number}", **reach)
    hour = builders.a_booked_hour(clinic, patient=patient, now=now)
    name = builders.admitted(hour, now=now)
    from blikk.journeys import talk
    talk.end(clinic, name, membership=hour.clinician, actor=builders.staff(hour.clinician), now=talks.END)
    kept.closed(hour, "Kanarifugl er bedre.")
"""


@pytest.fixture(scope="module")
def seeded(tmp_path_factory) -> Path:
    """A data folder with visits that are old and in the journal; every test has a copy of its own."""
    data = tmp_path_factory.mktemp("kept") / "data"
    one = Shell(data)
    assert one.run("migrate").returncode == 0
    done = subprocess.run(
        [sys.executable, "-c", SEED, str(VISITS), "45"],
        env=one.environment | {"PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    at_four(one)
    return data


@pytest.fixture
def old(shell, seeded) -> Shell:
    shutil.copytree(seeded, shell.data)
    return shell


def at_four(shell) -> None:
    """The clinic lies where it is past four now: the command does by day what the worker does at night."""
    hour = time.gmtime().tm_hour
    zone = "Etc/UTC" if hour >= 4 else "Asia/Tokyo"
    with sqlite3.connect(shell.data / "blikk.sqlite3", timeout=20) as connection:
        connection.execute("UPDATE clinics_clinic SET zone = ?", [zone])


def files_with(shell, word: bytes) -> list[str]:
    return [path.name for path in shell.data.rglob("*") if path.is_file() and word in path.read_bytes()]


def test_the_night_leaves_no_trace_in_any_file_and_a_trial_leaves_everything(old):
    assert files_with(old, b"Kanarifugl")
    trial = old.run("keep", "--dry-run")
    assert (trial.returncode, f"{VISITS} visits" in trial.stdout) == (0, True), trial.stdout + trial.stderr
    assert visits_in(old) == VISITS
    with_sql(old, "UPDATE patients_patient SET created_at = '2020-01-01'")
    with_sql(old, "UPDATE patients_contactchange SET at = '2020-01-01'")
    done = old.run("keep")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"scheduling.Appointment: {VISITS}" in done.stdout
    assert "the record is whole" in done.stdout
    assert old.sql("SELECT count(*) FROM documentation_note") == [(0,)]
    assert "nothing deleted now" in old.run("keep").stdout
    with_sql(old, "UPDATE patients_patient SET visit_gone_at = '2020-01-01'")
    with_sql(old, "DELETE FROM clinics_deletion")
    assert f"{VISITS} patients" in old.run("keep").stdout
    assert old.sql("SELECT count(*) FROM patients_patient") == [(0,)]
    assert files_with(old, b"Kanarifugl") == []
    assert files_with(old, b"+4790000") == []


def test_killed_in_the_middle_it_goes_on_and_the_proof_counts_what_is_gone(old):
    process = old.start("keep")
    wait_until(lambda: visits_in(old) < VISITS or process.poll() is not None, "a batch", 60)
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    assert visits_in(old) < VISITS
    assert old.sql("SELECT visits FROM clinics_deletion") == [(VISITS - visits_in(old),)]
    with_sql(old, "UPDATE clinics_deletion SET lease_until = '2020-01-01' WHERE status = 'running'")
    done = old.run("keep")
    assert done.returncode == 0, done.stdout + done.stderr
    assert old.sql("SELECT visits, status FROM clinics_deletion") == [(VISITS, "done")]
    assert visits_in(old) == 0
    assert old.run("audit", "verify").returncode == 0


def visits_in(shell) -> int:
    return shell.sql("SELECT count(*) FROM scheduling_appointment")[0][0]


def with_sql(shell, statement: str) -> None:
    with sqlite3.connect(shell.data / "blikk.sqlite3", timeout=20) as connection:
        connection.execute(statement)
