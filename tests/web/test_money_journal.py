"""The page of the clinic's money over time, and its file."""

import csv
import io
import re
from datetime import timedelta

import pytest
import time_machine
from asgiref.sync import async_to_sync
from django.test import AsyncClient

from blikk.audit.models import Entry
from blikk.kernel.actors import SYSTEM
from blikk.patients.models import Patient
from blikk.settlement import payments
from blikk.settlement.models import Bill
from blikk.web.money_file import amount, harmless
from blikk.web.presenters.plots import highest, plot_lying, plot_steps
from tests.builders import NOW, PASSWORD, a_booked_hour, a_clinic, a_member, admitted
from tests.people import signed_in
from tests.settlement.paying import a_bill

pytestmark = pytest.mark.django_db
PAGE, FILE = "/klinikk/okonomi", "/klinikk/okonomi/fil"
DAYS = {"fra": "2026-11-01", "til": "2026-11-30"}


@pytest.fixture(autouse=True)
def _still():
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def hour():
    hour = a_booked_hour()
    admitted(hour)
    return hour


@pytest.fixture
def desk(hour):
    return signed_in(a_member(hour.clinic, "secretary", "Siri Skranke"))


def text(response) -> str:
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def rows_of(response) -> list[dict[str, str]]:
    whole = b"".join(response.streaming_content).decode("utf-8")
    assert whole.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(whole[1:]), delimiter=";"))


def paid(hour, ore=17_900, how="terminal"):
    bill = a_bill(hour, ore)
    payments.pay_by_hand(bill, how=how, provider="desk", membership=None, actor=SYSTEM, now=NOW)
    return bill


def test_the_page_says_what_was_billed_paid_and_is_owed(hour, desk):
    paid(hour)
    a_bill(hour, 30_050, kind="private")
    page = text(desk.get(PAGE))
    for words in ("479,50 kr", "2 regninger", "179,00 kr", "300,50 kr", "Terminal", "0–14 dager"):
        assert words in page, words
    assert "Uke 48, 2026" in page
    assert hour.patient.name not in page
    other = signed_in(a_member(a_clinic("Nordre"), "administrator"))
    assert "479,50" not in text(other.get(PAGE))
    assert "Sider for virksomheten" in text(other.get(PAGE))


def test_a_period_without_anything_says_why_it_is_empty(hour, desk):
    page = text(desk.get(PAGE, {"fra": "2026-01-01", "til": "2026-01-31", "trinn": "day"}))
    assert 'data-test="money-empty"' in page
    assert "<svg viewBox" not in page.split("<main")[1]
    paid(hour)
    page = text(desk.get(PAGE, {**DAYS, "trinn": "day"}))
    assert 'data-test="money-empty"' not in page
    assert "<svg viewBox" in page.split("<main")[1]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"fra": "2026-11-30", "til": "2026-11-01", "trinn": "day"}, "kan ikke være før"),
        ({"fra": "2016-11-30", "til": "2026-11-01", "trinn": "day"}, "tre år eller mindre"),
        ({"fra": "x", "til": "2026-11-01", "trinn": "day"}, "errors"),
        ({**DAYS, "trinn": "hour"}, "errors"),
    ],
)
def test_a_period_that_cannot_be_is_explained(desk, asked, words):
    answer = desk.get(PAGE, asked)
    assert answer.status_code == 422
    assert words in text(answer)
    assert desk.get(PAGE, {**DAYS, "trinn": "day"}).status_code == 200


def test_the_page_asks_the_same_whatever_there_is(hour, desk, django_assert_max_num_queries):
    desk.get(PAGE)
    paid(hour)
    with django_assert_max_num_queries(34):
        desk.get(PAGE)
    for ore in range(100, 130):
        Bill.objects.update(appointment=None)
        paid(hour, ore)
    with django_assert_max_num_queries(34):
        desk.get(PAGE)


def test_the_file_has_a_line_for_each_thing_and_no_names(hour, desk):
    Patient.objects.update(given_name="=HYPERLINK(1)")
    bill = paid(hour)
    rows = rows_of(desk.post(FILE, DAYS))
    assert [(row["Hva"], row["Regning laget (kr)"], row["Betalt (kr)"], row["Måte"]) for row in rows] == [
        ("Regning laget", "179,00", "", ""),
        ("Betalt", "", "179,00", "Terminal"),
    ]
    assert {row["Regning"].lstrip("'") for row in rows} == {bill.public_id}
    assert {(row["Dato"], row["Klokkeslett"]) for row in rows} == {("2026-11-24", "10:00")}
    assert "Navn" not in rows[0]
    assert Entry.objects.get(act="money.journal_taken").about.startswith("clinics.Clinic")
    named = rows_of(desk.post(FILE, {**DAYS, "navn": "on"}))
    assert named[0]["Navn"].startswith("'=HYPERLINK")


def test_the_file_is_for_who_sees_the_page_and_for_posts(hour, desk):
    assert desk.get(FILE).status_code == 405
    clinician = signed_in(hour.clinician)
    assert clinician.post(FILE, DAYS).status_code == 404
    assert clinician.get(PAGE).status_code == 404
    assert desk.post(FILE, {"fra": "", "til": ""}).status_code == 422
    assert not Entry.objects.filter(act="money.journal_taken").exists()
    assert desk.post(FILE, DAYS).status_code == 200
    assert Entry.objects.filter(act="money.journal_taken").count() == 1


def test_the_file_streams_beside_the_loop(hour, desk):
    paid(hour)

    async def take() -> bytes:
        client = AsyncClient()
        client.cookies = desk.cookies
        answer = await client.post(FILE, DAYS)
        assert answer.is_async
        return b"".join([part async for part in answer.streaming_content])

    assert b"179,00" in async_to_sync(take)()


def test_no_cell_is_taken_for_something_to_reckon():
    for sign in ("=", "+", "-", "@", "\t"):
        assert harmless(f"{sign}1+1") == f"'{sign}1+1"
    assert harmless("1-1") == "1-1"
    assert [amount(ore) for ore in (0, 5, 150, 123_456_789)] == ["0,00", "0,05", "1,50", "1234567,89"]


def test_a_plot_stays_within_its_edges_and_shows_each_number_at_its_height():
    for count in (1, 5, 12, 53):
        values = [7 * at for at in range(count)]
        top = highest(values) or 1
        plot = plot_steps([str(at) for at in range(count)], values, values, values, [(0, "0"), (top, "x")])
        for bar in [*plot.first, *plot.second]:
            assert bar.x >= 0
            assert bar.x + bar.wide <= plot.width
            assert round(bar.y + bar.tall, 1) == plot.floor
        assert all(0 <= y <= plot.floor for _x, y in plot.points)
        assert len(plot.labels) <= 5
    assert [highest([n]) for n in (0, 1, 3, 7, 1001)] == [1, 1, 5, 10, 2000]
    lying = plot_lying([("a", 10, "10"), ("b", 5, "5")])
    assert [bar.wide for bar in lying.bars] == [320, 160]


def test_the_plot_has_no_inline_style_and_its_numbers_beside_it(hour, desk):
    paid(hour)
    page = text(desk.get(PAGE)).split("<main")[1]
    assert not re.search(r"\sstyle=", page)
    assert 'role="img" aria-labelledby="plot-time"' in page
    # A number in a drawing has a point, whatever the language.
    assert not re.search(r'(x|y|width|height|points)="\d+,\d+"', page.replace("points=", "p="))
    assert PASSWORD not in page
