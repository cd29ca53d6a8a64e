"""What the worker does beside its other duties, and what an operator is told of calendar servers."""

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from blikk.jobs import beside
from blikk.jobs.beside import start_beside
from tests.builders import a_booked_hour, a_clinic, a_member
from tests.calendars.conftest import allowed as allowed
from tests.calendars.conftest import set_up
from tests.servers import free_port, wait_until


@pytest.mark.django_db(transaction=True)
def test_hours_are_kept_on_the_server_beside_the_workers_other_duties(allowed):
    now = timezone.now()
    member = a_member(a_clinic())
    path = allowed.make_calendar("beside")
    set_up(allowed, member.clinic, {member.public_id: path}, now=now)
    a_booked_hour(member.clinic, clinician=member, starts_in=timedelta(days=2), now=now)
    stop = threading.Event()
    threads = start_beside(stop, name="w")
    try:
        assert {thread.name for thread in threads} == {"calendars", "payments", "webhooks"}
        wait_until(lambda: len(allowed.files(path)) == 1, "the hour is on the server")
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
    assert not any(thread.is_alive() for thread in threads)


@pytest.mark.django_db(transaction=True)
def test_no_thread_is_begun_for_servers_that_the_operator_has_not_named(settings):
    assert settings.BLIKK_CALDAV_HOSTS == settings.BLIKK_EHR_HOSTS == []
    stop = threading.Event()
    stop.set()
    threads = start_beside(stop, name="w")
    for thread in threads:
        thread.join(30)
    assert [thread.name for thread in threads] == ["webhooks", "payments"]


@pytest.mark.django_db(transaction=True)
def test_what_fails_is_tried_again_and_said_in_the_log(monkeypatch, caplog):
    tried, stop = [], threading.Event()

    def step(worker, *, clock):
        tried.append(worker)
        if len(tried) == 1:
            raise OSError("away")
        stop.set()
        return 0

    monkeypatch.setattr(beside, "PAUSE_AFTER_FAULT", 0.01)
    monkeypatch.setattr(beside, "_steps", lambda: [("a step", step)])
    for thread in start_beside(stop, name="w"):
        thread.join(30)
    assert tried == ["w", "w"]
    assert [(one.message, one.what) for one in caplog.records] == [("beside.fault", "a step")]


def test_the_doctor_asks_every_calendar_server(shell, allowed):
    shell.run("migrate")
    well = shell.run("doctor", BLIKK_CALDAV_HOSTS=allowed.host)
    assert f"calendar server: {allowed.host} answers" in well.stdout
    ill = shell.run("doctor", BLIKK_CALDAV_HOSTS=f"localhost:{free_port()}")
    assert "FAULT  calendar server" in ill.stdout
    assert "BLIKK_CALDAV_HOSTS" in ill.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BLIKK_CALDAV_HOSTS", "https://kalender.example.no/"),
        ("BLIKK_CALDAV_HOSTS", "kalender.example.no,bad host"),
        ("BLIKK_CALDAV_CA", "/finnes/ikke.pem"),
    ],
)
def test_a_wrong_value_refuses_to_start_and_says_which(shell, name, value):
    refused = shell.run("doctor", **{name: value})
    assert refused.returncode == 1
    assert name in refused.stdout
