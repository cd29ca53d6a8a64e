"""The pages where somebody says that a patient did not come, and where the fees are set and told."""

import re
from datetime import timedelta

import pytest
import time_machine

from blikk.clinics.models import Clinic
from blikk.journeys.settling import send_due_links
from blikk.notifications.models import Message
from blikk.payments.models import PaymentRules
from blikk.scheduling.models import Appointment
from blikk.settlement.models import Bill
from tests.builders import NOW, a_member, staff
from tests.journeys.test_missed import FEE, LATER, STARTS, an_hour, at_the_door
from tests.people import signed_in
from tests.settlement.paying import a_till

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _still():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def hour():
    return an_hour()


@pytest.fixture
def desk(hour):
    return signed_in(a_member(hour.clinic, "secretary", "Siri Skranke"))


def text(response) -> str:
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def page_of(hour) -> str:
    return f"/time/{hour.appointment.public_id}"


def sent(page: str, **more) -> dict[str, str]:
    """What the form of the page sends, with its version and the fee that it showed."""
    shown = page.split('data-test="missed"')[1]
    first = {name: re.search(rf'name="{name}" value="(\d+)"', shown) for name in ("version", "fee")}
    return {**{name: one.group(1) for name, one in first.items() if one}, **more}


def test_the_day_proposes_it_once_nobody_came_and_never_before(hour, desk):
    day = f"/dag/?dag={STARTS.date()}"
    page = text(desk.get(day))
    assert 'data-test="row-missed"' in page
    with time_machine.travel(STARTS + timedelta(minutes=5), tick=False):
        assert 'data-test="row-missed"' not in text(desk.get(day))
        assert 'data-test="missed"' not in text(desk.get(page_of(hour)))
    at_the_door(hour)
    assert 'data-test="row-missed"' not in text(desk.get(day))


def test_one_key_makes_the_bill_and_the_patient_gets_a_neutral_link(hour, desk):
    a_till(hour.clinic)
    page = text(desk.get(page_of(hour)))
    assert "Lag regning på 212 kr" in page
    after = text(desk.post(page_of(hour) + "/ikke-mott", sent(page, act="charge"), follow=True))
    assert "Det er laget en regning på 212 kr" in after
    assert "Møtte ikke" in text(desk.get(f"/dag/?dag={STARTS.date()}"))
    bill = Bill.objects.get()
    assert bill.amount_ore == FEE
    with time_machine.travel(LATER + timedelta(minutes=1), tick=False):
        assert send_due_links(now=LATER + timedelta(minutes=1)) == 1
    message = Message.objects.get(kind="pay_link")
    assert "212" not in message.body
    assert "møtte" not in message.body.lower()
    assert "/b#" in message.body


def test_without_a_bill_it_takes_a_reason(hour, desk):
    page = text(desk.get(page_of(hour)))
    answer = desk.post(page_of(hour) + "/ikke-mott", sent(page, act="let_off"))
    assert answer.status_code == 422
    assert Appointment.objects.get().status == "booked"
    after = text(
        desk.post(page_of(hour) + "/ikke-mott", sent(page, act="let_off", reason="ill"), follow=True)
    )
    assert "Ingen regning. Ble akutt syk." in after
    assert not Bill.objects.exists()
    after = text(desk.post(page_of(hour) + "/ikke-mott/angre", sent(after), follow=True))
    assert "Timen står som før" in after
    assert Appointment.objects.get().status == "booked"


def test_what_speaks_against_a_bill_is_said_and_no_bill_is_offered(hour, desk):
    at_the_door(hour)
    page = text(desk.get(page_of(hour)))
    assert "Pasienten har vært innom venterommet" in page
    assert "missed-charge" not in page
    forged = sent(page, act="charge", fee=str(FEE))
    assert desk.post(page_of(hour) + "/ikke-mott", forged).status_code == 422
    assert not Bill.objects.exists()
    desk.post(page_of(hour) + "/ikke-mott", sent(page, act="let_off"))
    assert Appointment.objects.get().status == "no_show"


def test_a_stale_page_is_told_that_something_happened(hour, desk):
    page = text(desk.get(page_of(hour)))
    desk.post(page_of(hour) + "/ikke-mott", sent(page, act="charge"))
    again = text(desk.post(page_of(hour) + "/ikke-mott", sent(page, act="charge"), follow=True))
    assert "Noe skjedde med timen imens" in again
    assert Bill.objects.count() == 1


def test_the_fees_stand_on_one_page_and_are_told_from_there(hour):
    boss = signed_in(a_member(hour.clinic, "administrator"))
    assert "late_cancel_fee" not in text(boss.get("/klinikk/meldinger"))
    rules = {"rules": "1", "is_on": "on", "field": "LE", "missed_ore": "250", "late_ore": "300,50"}
    assert boss.post("/klinikk/takster", rules).status_code == 302
    kept = PaymentRules.objects.get()
    assert (kept.missed_ore, kept.late_ore, kept.missed_since) == (25_000, 30_050, LATER)
    page = text(boss.get("/klinikk/takster"))
    assert 'value="250"' in page
    assert 'value="300,50"' in page
    assert boss.post("/klinikk/takster", {**rules, "late_ore": "-5"}).status_code == 422
    Clinic.objects.update(is_public=True, cancel_until_hours=24)
    public = text(boss.get(f"/k/{hour.clinic.slug}"))
    assert "Kommer du ikke til timen, kan det koste 250 kr" in public
    assert "Avlyser du når det er mindre enn 24 timer igjen, kan det koste 300,50 kr" in public


def test_a_lower_fee_was_told_long_enough_and_a_higher_one_is_new(hour):
    boss = signed_in(a_member(hour.clinic, "administrator"))
    before = PaymentRules.objects.get().missed_since
    assert before is not None
    for kroner, since in (("200", before), ("300", LATER), ("", None)):
        boss.post("/klinikk/takster", {"rules": "1", "is_on": "on", "field": "LE", "missed_ore": kroner})
        assert PaymentRules.objects.get().missed_since == since, kroner
    assert before < NOW
    assert staff(hour.clinician).kind == "staff"
