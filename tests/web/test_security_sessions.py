"""Sessions as the pages keep them: idle, old, signed out, and between clinics."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from blikk.accounts.policies import SECOND_FACTOR
from blikk.bus import hub
from blikk.clinics.models import Membership
from blikk.consultations.models import Participant
from tests.builders import PASSWORD, a_booked_hour, a_clinic, a_member, admitted
from tests.people import signed_in

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
POLL = {"HX-Request": "true"}
FETCH = {"Sec-Fetch-Mode": "cors"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return a_member(a_clinic(), "administrator")


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def is_in(client):
    return client.get("/klinikk/").status_code == 200


@pytest.mark.parametrize("headers", [POLL, FETCH])
def test_polling_does_not_keep_a_session_alive(member, clock, headers):
    client = signed_in(member)
    for _ in range(6):
        assert client.get("/klinikk/", headers=headers).status_code == 200
        clock.shift(timedelta(minutes=5))
    clock.shift(timedelta(seconds=1))
    assert client.get("/klinikk/", headers=headers).status_code != 200
    answer = client.get("/klinikk/")
    assert answer.url.startswith("/inn/")
    assert not Session.objects.filter(session_key=client.cookies["blikk_session"].value).exists()


def test_autosaving_does_not_keep_a_session_alive_but_a_post_by_hand_does(member, clock):
    client = signed_in(member)
    clock.shift(timedelta(minutes=29))
    client.post("/klinikk/", headers={"X-Blikk-Background": "1"})
    clock.shift(timedelta(minutes=2))
    assert not is_in(client)
    client = signed_in(member)
    clock.shift(timedelta(minutes=29))
    client.post("/klinikk/")
    clock.shift(timedelta(minutes=29))
    assert is_in(client)


def test_a_person_who_works_on_is_signed_out_after_twelve_hours(member, clock):
    client = signed_in(member)
    for _ in range(36):
        assert is_in(client)
        clock.shift(timedelta(minutes=20))
    clock.shift(timedelta(seconds=1))
    assert not is_in(client)
    assert "12 timer" in client.get("/inn/").content.decode()


def test_the_sign_in_page_says_that_the_page_was_idle(member, clock):
    client = signed_in(member)
    clock.shift(timedelta(minutes=31))
    answer = client.get("/klinikk/", follow=True)
    assert "30 minutter" in answer.content.decode()


def test_who_talks_is_not_signed_out(clock):
    hour = a_booked_hour(now=NOW)
    admitted(hour, now=NOW)
    hour.clinician.role = "administrator"
    hour.clinician.save()
    client = signed_in(hour.clinician)
    clock.shift(timedelta(minutes=50))
    seats = Participant.objects.filter(membership=hour.clinician)
    assert seats.update(seat="tab", seat_seen_at=NOW + timedelta(minutes=50)) == 1
    assert is_in(client)
    clock.shift(timedelta(minutes=31))
    assert not is_in(client)


def test_signing_out_ends_the_session_and_closes_open_pages(
    member, monkeypatch, django_capture_on_commit_callbacks
):
    said = []
    monkeypatch.setattr(hub, "publish", lambda topic, payload: said.append((topic, payload["event"])))
    client = signed_in(member)
    name = client.cookies["blikk_session"].value
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/konto/ut")
    assert '"cache"' in answer["Clear-Site-Data"]
    assert '"storage"' in answer["Clear-Site-Data"]
    assert (f"user:{member.user.public_id}", "signed_out") in said
    thief = Client()
    thief.cookies["blikk_session"] = name
    assert not is_in(client)
    assert not is_in(thief)


def test_signing_out_needs_a_post(member):
    client = signed_in(member)
    assert client.get("/konto/ut").status_code == 405
    assert is_in(client)


def test_who_leaves_the_clinic_is_out_at_the_next_click(member):
    client = signed_in(member)
    assert is_in(client)
    Membership.objects.filter(pk=member.pk).update(ended_at=NOW)
    assert client.get("/klinikk/").url == "/velg-klinikk/"
    assert "ikke tilgang" in client.get("/velg-klinikk/").content.decode()


def test_a_new_role_counts_at_once(member):
    client = signed_in(member)
    Membership.objects.filter(pk=member.pk).update(role="secretary")
    assert client.get("/klinikk/").status_code == 404


def test_who_works_at_two_clinics_chooses_and_sees_only_that_one(member):
    second = a_clinic("Strandgata legevakt")
    Membership.objects.create(clinic=second, user=member.user, role="administrator")
    client = signed_in(member)
    assert client.get("/klinikk/").url == "/velg-klinikk/"
    assert client.get("/klinikk/", headers=POLL).status_code == 404
    assert client.post("/velg-klinikk/", {"clinic": second.public_id}).url == "/klinikk/"
    body = client.get("/klinikk/").content.decode()
    assert "Strandgata legevakt" in body
    assert f'value="{member.clinic.name}"' not in body


def test_nobody_chooses_a_clinic_where_they_do_not_work(member):
    client = signed_in(member)
    stranger, nothing = a_clinic("Fremmed"), {"clinic": "finnes-ikke"}
    assert client.post("/velg-klinikk/", {"clinic": stranger.public_id}).status_code == 404
    assert client.post("/velg-klinikk/", nothing).status_code == 404
    assert client.session.get("clinic") is None


def test_a_session_says_nothing_that_a_sign_in_did_not_put_there(member, settings):
    settings.BLIKK_SECOND_FACTOR = True
    client = Client()
    client.post("/inn/", {"login": member.user.email, "password": PASSWORD})
    assert client.session[SECOND_FACTOR] is False
