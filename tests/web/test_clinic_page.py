"""The clinic's page for everybody, its badge, its state, and the equipment test."""

import json
import re
from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from blikk.clinics import profile
from blikk.clinics.models import Clinic
from blikk.kernel.actors import SYSTEM
from blikk.scheduling.models import Opening
from tests import builders as b
from tests import timetables
from tests.web.walk import ORIGIN

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    cache.clear()
    with time_machine.travel(b.NOW, tick=False):
        yield


@pytest.fixture
def clinic() -> Clinic:
    return opened(b.a_clinic())


def opened(clinic: Clinic, **more: object) -> Clinic:
    values = {"is_public": True, "about": "Vi er tre leger.", **more}
    return profile.change_profile(clinic, values, actor=SYSTEM, now=b.NOW)


def page(clinic: Clinic, path: str = "") -> str:
    answer = Client().get(f"/k/{clinic.slug}{path}")
    assert answer.status_code == 200
    return answer.content.decode()


def state(clinic: Clinic) -> dict[str, Any]:
    cache.clear()
    return Client().get(f"/k/{clinic.slug}/status").json()


def test_a_page_that_the_clinic_has_not_opened_is_not_there():
    closed = b.a_clinic()
    for path in ("", "/status", "/merke", "/qr.svg", "/test", "/drop-in", "/time"):
        assert Client().get(f"/k/{closed.slug}{path}").status_code == 404
        assert Client().get(f"/k/finnes-ikke{path}").status_code == 404
    opened(closed, allows_self_booking=True)
    for path in ("", "/status", "/merke", "/qr.svg", "/test", "/drop-in", "/time"):
        assert Client().get(f"/k/{closed.slug}{path}").status_code == 200


def test_the_page_says_who_works_there_what_it_does_and_where_help_is_when_it_hurries(clinic):
    b.a_member(clinic, name="Kari Nordmann", title="Fastlege")
    b.a_member(clinic, "secretary", "Siri Sekretær")
    left = b.a_member(clinic, name="Lars Sluttet")
    left.ended_at = b.NOW
    left.save()
    body = page(clinic)
    for words in ("Vi er tre leger.", "Kari Nordmann", "Fastlege", "fornye en resept", 'href="tel:113"'):
        assert words in body
    assert 'href="tel:116117"' in body
    for words in ("Siri Sekretær", "Lars Sluttet"):
        assert words not in body


def test_the_clinics_own_words_take_the_place_of_the_usual_ones(clinic):
    opened(clinic, can_by_video="røykeslutt\nkosthold", cost_words="Gratis.")
    body = page(clinic)
    assert "røykeslutt" in body
    assert "Gratis." in body
    assert "fornye en resept" not in body


def test_a_search_engine_is_told_the_same_and_cannot_be_fooled(clinic):
    opened(clinic, about="</script><script>alert(1)</script>", website="https://legekontoret.no")
    timetables.a_drop_in(clinic, b.a_member(clinic, name="Kari & <b>Nordmann"))
    answer = Client().get(f"/k/{clinic.slug}")
    body = answer.content.decode()
    found = re.search(r'<script type="application/ld\+json" nonce="([^"]{20,})">(.*?)</script>', body)
    data = json.loads(found[2])
    assert data["@type"] == "MedicalClinic"
    assert data["description"] == "</script><script>alert(1)</script>"
    assert data["employee"][0]["name"] == "Kari & <b>Nordmann"
    hours = data["department"]["openingHoursSpecification"][0]
    assert (hours["dayOfWeek"], hours["opens"], hours["closes"]) == (
        "https://schema.org/Tuesday",
        "09:00",
        "12:00",
    )
    assert "<script>alert" not in body
    assert f"'nonce-{found[1]}'" in answer["Content-Security-Policy"]
    assert answer["X-Robots-Tag"] == "all"
    assert "noindex" not in body


def test_no_cookie_is_set_by_looking(clinic):
    timetables.a_drop_in(clinic)
    for path in ("", "/status", "/merke", "/qr.svg", "/test"):
        assert not Client().get(f"/k/{clinic.slug}{path}").cookies, path


def test_the_state_follows_the_clock(clinic):
    assert state(clinic)["state"] == "none"
    timetables.a_drop_in(clinic)
    now = state(clinic)
    assert (now["state"], now["may_enter"], now["waiting"]) == ("open", True, 0)
    assert "11:30" in now["detail"]
    with time_machine.travel(b.NOW + timedelta(minutes=95), tick=False):
        late = state(clinic)
    assert (late["state"], late["may_enter"]) == ("busy", False)
    with time_machine.travel(b.NOW + timedelta(hours=4), tick=False):
        over = state(clinic)
    assert (over["state"], over["may_enter"]) == ("closed", False)
    assert "tirsdag 1. desember klokken 09:00" in over["detail"]


def test_looking_makes_no_queue(clinic):
    timetables.a_drop_in(clinic)
    page(clinic), page(clinic, "/drop-in"), state(clinic)
    assert Opening.objects.count() == 0


def test_many_who_look_are_answered_from_one_reading(clinic, django_assert_num_queries):
    timetables.a_drop_in(clinic)
    state(clinic)
    with django_assert_num_queries(1):
        Client().get(f"/k/{clinic.slug}/status")


def test_the_page_takes_as_many_queries_however_much_there_is(clinic, django_assert_max_num_queries):
    for number in range(8):
        member = b.a_member(clinic, name=f"Behandler {number}")
        timetables.a_drop_in(clinic, member, weekday=number % 7)
    with django_assert_max_num_queries(20):
        page(clinic)


def test_a_holiday_is_named_where_the_hours_stand(clinic):
    timetables.a_drop_in(clinic, weekday=4)
    with time_machine.travel(b.NOW + timedelta(days=28), tick=False):
        cache.clear()
        assert "juledag" in page(clinic)


def test_a_notice_of_the_authorities_stands_where_it_was_put(clinic):
    words = {"title": "Influensa", "words": "Kom på video.", "link": "https://www.fhi.no/"}
    when = {"valid_from": b.NOW.date(), "places": ["public"]}
    profile.put_up_notice(clinic, {**words, **when}, actor=SYSTEM, now=b.NOW)
    body = page(clinic)
    assert "Influensa" in body
    assert 'href="https://www.fhi.no/"' in body
    assert "Influensa" not in page(opened(b.a_clinic()))


def test_the_badge_can_stand_in_other_sites_and_the_page_cannot(clinic):
    badge = Client().get(f"/k/{clinic.slug}/merke")
    assert "frame-ancestors *" in badge["Content-Security-Policy"]
    assert badge["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "frame-ancestors 'none'" in Client().get(f"/k/{clinic.slug}")["Content-Security-Policy"]
    body = badge.content.decode()
    assert not re.search(r'(?:src|href)="(?!/|data:,|' + re.escape(settings.BLIKK_BASE_URL) + ")", body)
    assert clinic.name in body


def test_anybody_may_read_the_state_and_keep_it_for_a_moment(clinic):
    answer = Client().get(f"/k/{clinic.slug}/status", headers={"Origin": "https://kommune.no"})
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer
    assert answer["Cache-Control"] == "public, max-age=2"


def test_the_qr_code_is_a_picture_of_the_address(clinic):
    answer = Client().get(f"/k/{clinic.slug}/qr.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer.content.startswith(b"<?xml")
    assert b"<script" not in answer.content


def test_the_relay_is_lent_to_try_the_network_and_not_without_end(clinic, settings):
    settings.BLIKK_TURN_URLS = ["turn:relay.example.no:3478"]

    def asked(where: str = "192.0.2.8") -> int:
        return Client(REMOTE_ADDR=where).post(
            f"/k/{clinic.slug}/test/nett", {}, content_type="application/json", headers={"Origin": ORIGIN}
        )

    assert asked().json()["ice"]["servers"][0]["username"].split(":")[1].startswith("check-")
    assert [asked().status_code for _ in range(40)][-1] in {409, 429}
    assert asked("192.0.2.9").status_code == 200


def test_two_queues_at_once_are_counted_together_and_the_shortest_is_told(clinic):
    timetables.a_drop_in(clinic, name="Lege")
    timetables.a_drop_in(clinic, name="Sykepleier", starts=time(9, 30))
    assert [line["name"] for line in state(clinic)["lines"]] == ["Lege", "Sykepleier"]
    body = page(clinic, "/drop-in")
    assert body.count('name="ko"') == 2
