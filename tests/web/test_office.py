"""Knowing how, for staff: manuals that are true, whom to call, and the plan."""

import json
import re
from datetime import time

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from blikk.clinics.plan import HEADINGS
from blikk.web.keys import DAY, TALK
from blikk.web.manual_words import MANUALS, OPEN_TO
from tests import builders, timetables
from tests.builders import NOW
from tests.people import signed_in
from tests.web.access_table import DOORS, STAFF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_tuesday")]
ROLES = ("clinician", "secretary", "administrator")


@pytest.fixture
def a_tuesday(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def clinic():
    return builders.a_clinic()


def page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def post(client, path, body):
    return client.post(
        path, json.dumps(body), content_type="application/json", headers={"Origin": settings.BLIKK_ORIGINS[0]}
    )


@pytest.mark.parametrize(
    ("role", "title"),
    [("clinician", "behandlere"), ("secretary", "sekretærer"), ("administrator", "administratorer")],
)
def test_each_role_opens_its_own_manual_and_may_read_the_others(clinic, role, title):
    client = signed_in(builders.a_member(clinic, role))
    own = page(client, "/hjelp/")
    assert f"<h1>Veiledning for {title}</h1>" in own
    assert clinic.name in own
    for name in MANUALS:
        assert "manual-part" in page(client, f"/hjelp/veiledning/{name}")


@pytest.mark.parametrize("role", ROLES)
def test_no_link_of_a_manual_leads_to_a_page_that_is_closed_to_the_reader(clinic, role):
    client = signed_in(builders.a_member(clinic, role))
    for name in MANUALS:
        found = re.findall(
            r'class="screen-only"><a class="ds-link" href="([^"]+)"',
            page(client, f"/hjelp/veiledning/{name}"),
        )
        assert found
        for path in found:
            assert client.get(path).status_code == 200, (role, path)


def test_the_manual_knows_who_may_open_which_page():
    for manual in MANUALS.values():
        for chapter in manual.chapters:
            if chapter.page:
                who = OPEN_TO.get(chapter.page, ("administrator",))
                assert DOORS[chapter.page].who & STAFF == set(who), chapter.page


def test_the_keys_of_the_manual_are_the_keys_of_the_product(clinic):
    shown = page(signed_in(builders.a_member(clinic)), "/hjelp/")
    for key in DAY + TALK:
        assert f"<kbd>{key.sign}</kbd>" in shown
    assert "manual-keys" in shown
    assert "manual-keys" not in page(signed_in(builders.a_member(clinic, "secretary")), "/hjelp/")


def test_whom_to_call_comes_from_the_administrator_and_from_the_installation(clinic, settings):
    administrator = signed_in(builders.a_member(clinic, "administrator"))
    typed = {"name_1": "Berit i skranken", "phone_1": "55 55 01 01", "hours_1": "8–15"}
    assert administrator.post("/klinikk/kontakt", typed).status_code == 302
    settings.BLIKK_OPERATOR = {
        "name": "Vestland IKT",
        "phone": "55 00 00 00",
        "email": "",
        "hours": "døgnet rundt",
    }
    shown = page(signed_in(builders.a_member(clinic, "secretary")), "/hjelp/kontakt")
    for words in ("Berit i skranken", 'href="tel:55550101"', "Vestland IKT", "døgnet rundt"):
        assert words in shown
    sheet = page(administrator, "/hjelp/plan/ark")
    assert "Berit i skranken" in sheet
    assert "Vestland IKT" in sheet


def test_a_phone_that_is_none_is_refused_and_what_was_typed_stays(clinic):
    administrator = signed_in(builders.a_member(clinic, "administrator"))
    answer = administrator.post("/klinikk/kontakt", {"name_1": "Berit", "phone_1": "spør Ola"})
    assert answer.status_code == 422
    assert "spør Ola" in answer.content.decode()


def test_the_support_page_gives_its_script_nothing_about_anybody(clinic):
    hour = builders.a_booked_hour(clinic)
    shown = page(signed_in(hour.clinician), "/hjelp/kontakt")
    given = json.loads(re.search(r'id="page"[^>]*>(.*?)</script>', shown)[1])
    assert set(given) == {"at", "version", "relay", "ping"}
    for secret in (hour.patient.public_id, "Ola Hansen", hour.appointment.public_id):
        assert secret not in shown


def test_staff_are_lent_the_relay_to_try_their_network(clinic):
    lent = post(signed_in(builders.a_member(clinic)), "/hjelp/kontakt/nett", {}).json()
    assert lent["has_relay"] is bool(settings.BLIKK_TURN_URLS)
    assert "servers" in lent["ice"]


def test_the_plan_is_filled_from_the_timetable_and_follows_it(clinic):
    doctor = builders.a_member(clinic, "clinician", "Kari Nordmann")
    client = signed_in(doctor)
    assert "Drop-in: ingen i timelisten" in page(client, "/hjelp/plan")
    timetables.a_drop_in(clinic, doctor)
    timetables.a_period(clinic, doctor, starts=time(13), ends=time(15))
    for path in ("/hjelp/plan", "/hjelp/plan/ark"):
        shown = page(client, path)
        assert "Drop-in: tirsdag 09:00–12:00" in shown
        assert "13:00–15:00" in shown
        assert "Behandlere: Kari Nordmann" in shown


def test_the_plan_asks_as_often_whatever_it_holds(clinic):
    doctor = builders.a_member(clinic)
    client = signed_in(doctor)
    timetables.a_drop_in(clinic, doctor)
    page(client, "/hjelp/plan")
    with CaptureQueriesContext(connection) as few:
        page(client, "/hjelp/plan")
    for heading in HEADINGS:
        for number in range(2):
            assert (
                post(client, f"/hjelp/plan/{heading}/skriv", {"words": "x", "version": number}).status_code
                == 200
            )
    for _ in range(3):
        timetables.a_drop_in(clinic, builders.a_member(clinic))
    with CaptureQueriesContext(connection) as many:
        page(client, "/hjelp/plan")
    assert len(many) == len(few)


def test_everybody_writes_and_the_second_is_told_with_the_words_of_the_first(clinic):
    clients = [signed_in(builders.a_member(clinic, role, f"{role.title()} Berg")) for role in ROLES]
    for number, client in enumerate(clients):
        kept = post(client, "/hjelp/plan/failure/skriv", {"words": f"Ring {number}", "version": number})
        assert kept.json()["version"] == number + 1
    late = post(clients[0], "/hjelp/plan/failure/skriv", {"words": "Ring meg", "version": 1})
    assert (late.status_code, late.json()["code"]) == (409, "overtaken")
    now = clients[0].get("/hjelp/plan/failure", headers={"Accept": "application/json"}).json()
    assert (now["words"], now["by"], now["version"]) == ("Ring 2", "Administrator Berg", 3)
    shown = page(clients[0], "/hjelp/plan/failure/versjoner")
    assert shown.count('data-test="version"') == 3
    assert "Clinician Berg" in shown


@pytest.mark.parametrize(
    "body", [{}, {"words": 1, "version": 0}, {"words": "x", "version": "0"}, {"words": "x", "version": True}]
)
def test_what_is_no_text_is_refused(clinic, body):
    client = signed_in(builders.a_member(clinic))
    assert post(client, "/hjelp/plan/failure/skriv", body).status_code == 422
    assert post(client, "/hjelp/plan/failure/skriv", {"words": "x", "version": 0}).status_code == 200


def test_what_the_office_writes_is_never_markup(clinic):
    client = signed_in(builders.a_member(clinic))
    post(client, "/hjelp/plan/failure/skriv", {"words": "</textarea><script>x</script>", "version": 0})
    for path in ("plan", "plan_sheet"):
        assert "<script>x" not in page(client, reverse(path))
