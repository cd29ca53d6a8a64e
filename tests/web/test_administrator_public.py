"""The administrators' pages about what everybody sees."""

import html

import pytest
import time_machine

from blikk.clinics import profile, queries
from blikk.clinics.models import AuthorityNotice
from blikk.kernel.actors import SYSTEM
from tests.builders import NOW, a_clinic, a_member
from tests.people import signed_in

pytestmark = pytest.mark.django_db
PAGE = {
    "is_public": "on",
    "about": "Velkommen.",
    "help_kinds": "Resept\nNoe nytt",
    "alert_after_minutes": "5",
}
NOTICE = {
    "title": "Influensa",
    "words": "Kom på video.",
    "link": "https://www.fhi.no",
    "valid_from": "2026-11-24",
    "valid_to": "",
    "places": ["public", "staff"],
}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def boss():
    return a_member(a_clinic(), "administrator", "Anne Administrator")


@pytest.fixture
def page(boss):
    return signed_in(boss)


def text(response):
    return response.content.decode()


def test_the_public_page_is_opened_and_filled(page, boss):
    assert page.post("/klinikk/side", PAGE).url == "/klinikk/side"
    clinic = queries.public_clinic(boss.clinic.slug)
    assert (clinic.about, clinic.alert_after_minutes) == ("Velkommen.", 5)
    assert [kind.label for kind in queries.help_kinds(clinic)] == ["Resept", "Noe nytt"]
    body = text(page.get("/klinikk/side"))
    assert "Velkommen." in body
    assert f'<iframe src="http://localhost:8000/k/{clinic.slug}/merke"' in html.unescape(body)
    assert "<iframe" not in body


def test_a_wrong_line_keeps_what_was_typed_and_says_beside_the_field_what_to_mend(page, boss):
    answer = page.post("/klinikk/side", {**PAGE, "website": "kommune.no", "alert_after_minutes": "0"})
    body = text(answer)
    assert answer.status_code == 422
    for part in (
        'value="kommune.no"',
        'id="id_website_error"',
        'id="id_alert_after_minutes_error"',
        "Resept",
    ):
        assert part in body
    boss.clinic.refresh_from_db()
    assert not boss.clinic.is_public


def test_a_notice_is_put_up_changed_and_taken_down(page, boss):
    assert page.post("/klinikk/oppslag/nytt", NOTICE).url == "/klinikk/oppslag/"
    notice = AuthorityNotice.objects.get()
    assert notice.places == ["public", "staff"]
    assert "Influensa" in text(page.get("/klinikk/oppslag/"))
    path = f"/klinikk/oppslag/{notice.public_id}"
    assert 'value="Influensa"' in text(page.get(path))
    assert page.post(path, {**NOTICE, "title": "Korona"}).status_code == 302
    assert "Korona" in text(page.get("/klinikk/oppslag/"))
    assert page.post(f"{path}/ned").url == "/klinikk/oppslag/"
    assert page.get(path).status_code == 404
    assert queries.notices_for(boss.clinic, "public", on=NOW.date()) == []


def test_a_notice_that_cannot_be_shown_keeps_what_was_typed(page):
    wrong = {**NOTICE, "valid_to": "2026-11-01", "link": "fhi"}
    answer = page.post("/klinikk/oppslag/nytt", wrong)
    body = text(answer)
    assert answer.status_code == 422
    for part in ('value="Influensa"', 'value="fhi"', 'id="id_valid_to_error"', 'id="id_link_error"'):
        assert part in body
    nowhere = page.post("/klinikk/oppslag/nytt", {**NOTICE, "places": []})
    assert 'id="id_places_error"' in text(nowhere)
    assert AuthorityNotice.objects.count() == 0


def test_what_the_operator_put_up_is_shown_and_cannot_be_changed_here(page):
    values = {"title": "Fra drift", "words": "Til alle.", "valid_from": NOW.date(), "places": ["staff"]}
    notice = profile.put_up_notice(None, values, actor=SYSTEM, now=NOW)
    assert text(page.get("/klinikk/oppslag/")).count("Fra drift") == 1
    assert page.get(f"/klinikk/oppslag/{notice.public_id}").status_code == 404
    assert page.post(f"/klinikk/oppslag/{notice.public_id}/ned").status_code == 404


def test_a_notice_for_staff_stands_on_the_day_of_those_who_work_here(boss):
    values = {"title": "Til de ansatte", "words": "Ta prøver.", "valid_from": NOW.date(), "places": ["staff"]}
    profile.put_up_notice(boss.clinic, values, actor=SYSTEM, now=NOW)
    assert "Til de ansatte" in text(signed_in(a_member(boss.clinic)).get("/dag/"))
    assert "Til de ansatte" in text(signed_in(a_member(boss.clinic, "secretary")).get("/skranke/"))
    assert "Til de ansatte" not in text(signed_in(a_member(a_clinic())).get("/dag/"))
