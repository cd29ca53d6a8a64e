import resource
import signal

import pytest

pytestmark = pytest.mark.timeout(300)


def children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_the_demo_says_who_can_sign_in_and_keeps_its_data_over_a_kill(shell):
    first = shell.demo()
    urls = shell.urls()
    assert {"base", "clinician", "secretary", "administrator", "patient_link", "inbox"} <= urls.keys()
    for role in ("clinician", "secretary", "administrator"):
        assert {"url", "user", "password"} <= urls[role].keys()
    assert urls["patient_link"].startswith(urls["base"] + "/m#")
    count = "SELECT count(*) FROM patients_patient"
    patients = shell.sql(count)
    assert patients != [(0,)]
    first.kill(signal.SIGKILL)

    before = children_seconds()
    second = shell.demo()
    assert shell.sql(count) == patients
    assert second.kill(signal.SIGTERM) == 0
    # The processor's time, for the wall clock belongs to whoever else works here.
    assert children_seconds() - before < 5

    verified = shell.run("audit", "verify", BLIKK_DEMO="true")
    assert verified.returncode == 0, verified.stdout
    assert "whole" in verified.stdout


def test_the_demo_leaves_a_real_installation_alone(shell, tmp_path):
    real = tmp_path / "real.sqlite3"
    served = shell.demo(
        BLIKK_DATABASE_URL=f"sqlite:///{real}", BLIKK_SMS_TRANSPORT="none", BLIKK_SECRET_KEY="x" * 50
    )
    assert not real.exists()
    assert (shell.data / "blikk.sqlite3").exists()
    served.kill()


def test_a_taken_port_is_said_plainly(shell):
    served = shell.demo()
    port = served.base.rpartition(":")[2]
    second = shell.run("demo", "--data", str(shell.data), "--port", port)
    assert second.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in second.stderr
    assert "Traceback" not in second.stderr
