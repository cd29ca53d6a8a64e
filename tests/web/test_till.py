"""The till at the desk: what is owed, and what staff do about it."""

import pytest
import time_machine

from blikk.kernel.actors import SYSTEM
from blikk.notifications.models import Message
from blikk.settlement import payments
from blikk.settlement.models import Bill, Payment
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, admitted
from tests.people import signed_in
from tests.settlement.paying import a_bill, a_till, begun

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _still():
    with time_machine.travel(NOW, tick=False):
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
    return response.content.decode()


def test_the_list_shows_what_is_owed_and_what_was_settled(hour, desk):
    a_bill(hour)
    paid = a_bill(hour, 30_000, kind="private")
    payments.pay_by_hand(paid, how="cash", provider="desk", membership=None, actor=SYSTEM, now=NOW)
    page = text(desk.get("/betalinger/"))
    assert "1 regning, 179,00" in page
    assert "300,00" in page
    assert hour.patient.name in page
    other = signed_in(a_member(a_clinic(), "secretary"))
    assert hour.patient.name not in text(other.get("/betalinger/"))


def test_the_list_asks_the_same_whatever_there_is(hour, desk, django_assert_max_num_queries):
    a_bill(hour)
    desk.get("/betalinger/")
    with django_assert_max_num_queries(14):
        desk.get("/betalinger/")
    for ore in range(100, 110):
        Bill.objects.update(appointment=None)
        a_bill(hour, ore)
    with django_assert_max_num_queries(14):
        desk.get("/betalinger/")


def test_paid_at_the_desk_is_noted_once_with_who_took_it(hour, desk):
    bill = a_bill(hour)
    at = f"/betalinger/{bill.public_id}"
    assert "Velg hvordan" in text(desk.post(at, {"act": "paid"}, follow=True))
    page = text(desk.post(at, {"act": "paid", "how": "terminal"}, follow=True))
    assert "Regningen er betalt" in page
    assert "Siri Skranke" in page
    again = text(desk.post(at, {"act": "paid", "how": "terminal"}, follow=True))
    assert "gjort opp" in again
    assert Payment.objects.get().captured_ore == 17_900


def test_the_link_is_sent_again_to_a_sure_address_only(hour, desk):
    at = f"/betalinger/{a_bill(hour).public_id}"
    assert "SMS" in text(desk.post(at, {"act": "send"}, follow=True))
    assert Message.objects.filter(kind="pay_link").count() == 1
    hour.patient.contact_points.update(state="unverified", verified_at=None)
    assert "ingen bekreftet" in text(desk.post(at, {"act": "send"}, follow=True))
    assert Message.objects.filter(kind="pay_link").count() == 1


def test_a_bill_is_taken_back_unless_it_is_being_paid(hour, desk):
    till = a_till(hour.clinic)
    bill = a_bill(hour)
    at = f"/betalinger/{bill.public_id}"
    payment = begun(till, bill)
    Payment.objects.filter(pk=payment.pk).update(status="authorised")
    assert "nettopp godkjent" in text(desk.post(at, {"act": "take_back"}, follow=True))
    Payment.objects.filter(pk=payment.pk).update(status="redirected")
    assert "trukket tilbake" in text(desk.post(at, {"act": "take_back"}, follow=True))
    payment.refresh_from_db()
    assert payment.status == "cancelling"


def test_money_from_vipps_goes_back_the_way_it_came(hour, desk):
    till = a_till(hour.clinic)
    bill = a_bill(hour)
    payment = begun(till, bill)
    till.work()
    till.vipps.approve(payment.reference)
    till.clock.later(minutes=1)
    till.work()
    page = text(desk.post(f"/betalinger/{bill.public_id}", {"act": "give_back"}, follow=True))
    assert "går tilbake samme vei" in page
    till.work_until_idle()
    assert till.vipps.payments[payment.reference].refunded == 17_900
    assert "Betalt tilbake" in text(desk.get(f"/betalinger/{bill.public_id}"))


def test_another_clinics_bill_is_not_there(hour, desk):
    at = f"/betalinger/{a_bill(hour).public_id}"
    stranger = signed_in(a_member(a_clinic(), "secretary"))
    for act in ("send", "paid", "take_back", "give_back"):
        assert stranger.post(at, {"act": act, "how": "cash"}).status_code == 404
    assert stranger.get(at).status_code == 404
    assert desk.get(at).status_code == 200
    assert not Payment.objects.exists()
