"""Help on every page of the staff side, and its keys held together with the scripts."""

import re
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from blikk.web import keys
from blikk.web.help_texts import TEXTS
from blikk.web.page_help import help_at
from tests.builders import NOW, a_booked_hour
from tests.people import signed_in
from tests.web.access_table import DOORS
from tests.web.walk import Undone, a_house, address, ask

# Addresses of the staff side that show no page of their own.
NO_PAGE = {"staff_home", "case_photo", "own_guide_sheet", "bill_paper", "bill_reminder", "bill_ehf"}
DESK = Path(__file__).resolve().parents[2] / "frontend" / "desk"

pytestmark = pytest.mark.django_db


def pages() -> set[str]:
    shown = {
        name for name, door in DOORS.items() if door.kind in {"page", "account"} and "GET" in door.methods
    }
    return shown - NO_PAGE


def test_every_page_of_the_staff_side_has_its_help_and_no_other_has():
    assert set(TEXTS) == pages()


def test_the_help_stands_on_every_page_of_the_walk(settings):
    settings.BLIKK_SECOND_FACTOR = True
    with time_machine.travel(NOW, tick=False):
        house = a_house("Fjordgløtt legesenter", "Kari")
        seen = set()
        for name in sorted(pages()):
            door = DOORS[name]
            who = sorted(door.who)[0]
            path = address(name, door, house.things.get(door.thing, ""))
            with Undone():
                answer = ask(house.clients[who], door, "GET", path)
            if answer.status_code != 200:
                continue
            text = answer.content.decode()
            assert 'id="page-help"' in text, name
            assert str(TEXTS[name][0]) in text.replace("&#x27;", "'"), name
            seen.add(name)
    assert len(seen) > 50, pages() - seen


def test_who_is_not_signed_in_sees_no_help():
    assert 'id="page-help"' not in Client().get(reverse("account_login")).content.decode()


def test_a_form_sent_to_an_address_below_shows_the_help_of_its_page():
    above = help_at(reverse("appointment", args=["x"]))
    assert above is not None
    assert help_at(reverse("cancel", args=["x"])) == above
    day = help_at(reverse("day"))
    assert help_at(reverse("late")) == day
    assert help_at("/") is None
    assert help_at("/nowhere/at/all") is None


def test_the_help_names_the_keys_that_the_scripts_listen_for():
    source = "".join(path.read_text() for path in DESK.glob("*.ts") if ".test." not in path.name)
    heard = {
        (letter.upper(), mark) for letter, mark in re.findall(r'listenForKey\("(.)", "([\w-]+)"', source)
    }
    if "data-shortcut-${key}" in source:
        heard.add(("0–9", "data-shortcut-0–9"))
    named = {(key.sign, key.mark) for key in keys.DAY + keys.TALK + keys.CLOSING}
    assert named == heard
    assert 'isKey(event, "?", typing)' in (DESK / "help.ts").read_text()


def test_the_help_asks_the_database_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert help_at(reverse("day"))


def test_manuals_and_support_are_linked_only_where_they_are(monkeypatch):
    hour = a_booked_hour()
    client = signed_in(hour.clinician)
    from blikk.web import page_help

    monkeypatch.setattr(page_help, "MANUAL", "no_such_page")
    assert "Veiledning</a>" not in panel(client)
    monkeypatch.setattr(page_help, "MANUAL", "ready_words")
    assert "Veiledning</a>" in panel(client)


def panel(client: Client) -> str:
    return client.get(reverse("day")).content.decode().split('id="page-help"')[1].split("</section>")[0]
