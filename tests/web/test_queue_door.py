"""The patient's page in a drop-in queue, and for a booked hour whose clinician is late."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from blikk.clinics import profile
from blikk.journeys import queue
from blikk.kernel.actors import SYSTEM
from tests import builders as b
from tests.queues import Guest, a_queue, an_opening, enter, sit

ORIGIN = settings.BLIKK_ORIGINS[0]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    cache.clear()
    with time_machine.travel(b.NOW, tick=False):
        yield


def browser_of(device: str) -> Client:
    browser = Client()
    browser.cookies[settings.BLIKK_DEVICE_COOKIE] = device
    return browser


def post(guest: Guest, what: str, **content: object) -> Any:
    return browser_of(guest.device).post(
        f"/m/{guest.view.invitation}/{what}",
        json.dumps(content),
        content_type="application/json",
        headers={"Origin": ORIGIN},
    )


def facts(guest: Guest) -> dict[str, Any]:
    body = page(guest)
    return json.loads(re.search(r'<script id="page" type="application/json">(.*?)</script>', body)[1])["door"]


def page(guest: Guest) -> str:
    answer = browser_of(guest.device).get(f"/m/{guest.view.invitation}")
    assert answer.status_code == 200
    return answer.content.decode()


def shown(body: str) -> list[str]:
    """The screens that are seen before any script has run."""
    return [
        name for name, rest in re.findall(r'data-screen="([\w-]+)"([^>]*)>', body) if "hidden" not in rest
    ]


def test_the_page_of_a_queue_has_a_place_and_a_way_to_step_away():
    _opening, _members, guests = a_queue(3)
    body = page(guests[2])
    assert shown(body) == ["waiting"]
    assert facts(guests[2])["place"] == 3
    for part in ('data-test="place"', 'data-test="step-away"', 'data-test="come-back"', 'data-test="called"'):
        assert part in body
    assert "Timen din er klokken" not in body


def test_who_is_called_before_the_camera_was_tried_is_told_on_that_page_too():
    opening = an_opening()
    guest = enter(opening)
    queue.call(opening.clinic, guest.arrival.public_id, actor=SYSTEM, now=b.NOW)
    assert facts(guest)["called_until"]
    body = page(guest)
    assert shown(body) == ["link"]
    # On the page of the link, and on both pages that the camera is tried on: ours, and the other solution's.
    assert body.count('data-test="called-here"') == 3


def test_who_is_at_work_is_named_to_those_who_wait_and_not_to_others():
    opening, members, guests = a_queue(1, servers=2)
    for member in members:
        queue.serve(opening.clinic, opening.public_id, membership=member, actor=b.staff(member), now=b.NOW)
    assert facts(guests[0])["server_names"] == ["Lege 0", "Lege 1"]
    queue.set_status(
        opening.clinic,
        opening.public_id,
        status="pause",
        membership=members[0],
        actor=b.staff(members[0]),
        now=b.NOW,
    )
    assert facts(guests[0])["server_names"] == ["Lege 1"]
    assert (facts(guests[0])["servers"], facts(guests[0])["paused"]) == (1, 1)


def test_a_booked_hour_has_neither():
    hour = b.a_booked_hour()
    b.waiting(hour)
    body = browser_of(hour.device).get(f"/m/{hour.invitation.public_id}").content.decode()
    assert "Timen din er klokken" in body
    for part in ('data-test="place"', 'data-test="step-away"', 'data-screen="away"'):
        assert part not in body


def test_stepping_away_keeps_the_place_and_coming_back_is_one_press():
    _opening, _members, guests = a_queue(3)
    away = post(guests[1], "away").json()["door"]
    assert (away["is_away"], away["place"], away["step"]) == (True, 2, "waiting")
    assert shown(page(guests[1])) == ["away"]
    back = post(guests[1], "back").json()["door"]
    assert (back["is_away"], back["place"]) == (False, 2)
    assert shown(page(guests[1])) == ["waiting"]


def test_who_is_in_no_queue_cannot_step_away_from_one():
    hour = b.a_booked_hour()
    guest = Guest(None, "", hour.device, b.waiting(hour), "")  # type: ignore[arg-type]
    answer = post(guest, "away")
    assert answer.status_code == 200
    assert answer.json()["door"]["is_away"] is False


def test_who_was_put_back_is_told_why():
    _opening, members, guests = a_queue(3)
    clinic = guests[0].opening.clinic
    queue.prioritise(
        clinic, guests[2].arrival.public_id, reason="Tungpustet", actor=b.staff(members[0]), now=b.NOW
    )
    assert (facts(guests[0])["place"], facts(guests[0])["pushed"]) == (2, "priority")
    assert facts(guests[2])["place"] == 1
    assert "Tungpustet" not in page(guests[0])


def test_words_for_one_are_seen_by_that_one_and_words_for_all_by_all():
    opening, members, guests = a_queue(2)
    actor = b.staff(members[0])
    queue.tell(
        opening.clinic, arrival_id=guests[0].arrival.public_id, words="Bare til deg", actor=actor, now=b.NOW
    )
    queue.tell(opening.clinic, opening_id=opening.public_id, code="delayed", actor=actor, now=b.NOW)
    assert [told["words"] or told["code"] for told in facts(guests[0])["words"]] == [
        "Bare til deg",
        "delayed",
    ]
    assert [told["code"] for told in facts(guests[1])["words"]] == ["delayed"]


def test_who_is_on_hold_sees_the_clinicians_words():
    opening, members, guests = a_queue(1)
    queue.hold(
        opening.clinic,
        guests[0].arrival.public_id,
        words="</script>Vent litt",
        actor=b.staff(members[0]),
        now=b.NOW,
    )
    assert facts(guests[0])["hold_words"] == "</script>Vent litt"
    assert "</script>Vent" not in page(guests[0])


def test_a_late_clinician_is_told_of_and_answered():
    hour = b.a_booked_hour()
    view = b.waiting(hour)
    queue.late(hour.clinic, membership=hour.clinician, minutes=15, actor=b.staff(hour.clinician), now=b.NOW)
    guest = Guest(None, "", hour.device, view, "")  # type: ignore[arg-type]
    assert facts(guest)["late_minutes"] == 15
    assert 'data-late-answer="new_time"' in page(guest)
    assert post(guest, "late", answer="phone").json()["door"]["late_answer"] == "phone"
    assert post(guest, "late", answer="kake").status_code == 422
    assert post(guest, "late", answer=["wait"]).status_code == 422
    assert facts(guest)["late_answer"] == "phone"


def test_nobody_is_asked_about_a_delay_that_there_is_not():
    hour = b.a_booked_hour()
    guest = Guest(None, "", hour.device, b.waiting(hour), "")  # type: ignore[arg-type]
    answer = post(guest, "late", answer="wait")
    assert answer.json()["door"]["late_answer"] == ""


def test_a_queue_that_is_over_says_so_and_leads_on():
    opening, members, guests = a_queue(1)
    clinic = opening.clinic
    profile.change_profile(clinic, {"is_public": True}, actor=SYSTEM, now=b.NOW)
    queue.close_queue(
        clinic, opening.public_id, send_everybody_home=True, actor=b.staff(members[0]), now=b.NOW
    )
    body = page(guests[0])
    assert shown(body) == ["queue-closed"]
    assert f'href="/k/{clinic.slug}"' in body
    assert 'src="/static/built/door.js"' not in body


def test_the_page_leads_to_no_clinic_page_that_is_not_open():
    opening = an_opening()
    guest = sit(enter(opening))
    assert f'href="/k/{opening.clinic.slug}"' not in page(guest)


def test_a_notice_for_patients_stands_on_the_link_page_and_one_for_all_does_not():
    hour = b.a_booked_hour()
    b.open_link(hour)
    words = {"words": "Bli hjemme.", "valid_from": b.NOW.date()}
    for title, place in (("Til pasienten", "patient"), ("Til alle", "public")):
        values = {**words, "title": title, "places": [place]}
        profile.put_up_notice(hour.clinic, values, actor=SYSTEM, now=b.NOW)
    body = browser_of(hour.device).get(f"/m/{hour.invitation.public_id}").content.decode()
    assert "Til pasienten" in body
    assert "Til alle" not in body


def test_another_browser_learns_nothing_of_the_place():
    _opening, _members, guests = a_queue(1)
    assert page(guests[0])
    stranger = Guest(guests[0].opening, "", "x" * 43, guests[0].view, "")
    assert browser_of("x" * 43).get(f"/m/{guests[0].view.invitation}").status_code == 404
    for what in ("away", "back", "late"):
        assert post(stranger, what, answer="wait").status_code == 404
