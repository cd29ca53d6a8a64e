"""Calls from Vipps: signed ones make us look, all others find no such page."""

import json

import pytest
import time_machine
from django.test import Client

from blikk.settlement.models import MoneySetup, Payment, Told
from blikk.settlement.vipps.signing import signature
from tests.builders import NOW, a_booked_hour, admitted
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


def call(till, event, *, secret: str = "", path: str = "", **headers):
    body = json.dumps(event)
    at = path or f"/api/vipps/{till.setup.public_id}"
    date = "Tue, 24 Nov 2026 09:00:00 GMT"
    right = MoneySetup._meta.get_field("vipps_webhook_secret").text_in(till.setup)
    said = signature(secret or right, path=at, date=date, host="testserver", body=body.encode())
    return Client(enforce_csrf_checks=True).post(
        at,
        body,
        content_type="application/json",
        headers={"Authorization": said, "x-ms-date": date, "Host": "testserver", **headers},
    )


def test_a_signed_call_makes_us_look_and_twice_is_once(hour):
    till = a_till(hour.clinic)
    payment = begun(till, a_bill(hour))
    till.work()
    event = {"reference": payment.reference, "name": "AUTHORIZED", "success": True}
    assert [call(till, event).status_code for _ in range(2)] == [200, 200]
    assert Told.objects.filter(payment=payment).count() == 1
    till.vipps.approve(payment.reference)
    till.work()
    assert Payment.objects.get().status == "captured"


def test_a_forged_call_and_one_to_nobody_find_no_such_page(hour):
    till = a_till(hour.clinic)
    payment = begun(till, a_bill(hour))
    event = {"reference": payment.reference, "name": "CAPTURED"}
    forged = call(till, event, secret="guessed")
    nobody = call(till, event, path="/api/vipps/nobody")
    moved = call(till, event, **{"x-ms-date": "Tue, 24 Nov 2026 10:00:00 GMT"})
    assert [one.status_code for one in (forged, nobody, moved)] == [404, 404, 404]
    assert forged.content == nobody.content
    assert not Told.objects.exists()
    assert call(till, {"reference": "unknown-here", "name": "CAPTURED"}).status_code == 200


@pytest.mark.parametrize("body", ["[]", "nonsense", '"text"', "{" * 20_000])
def test_a_signed_call_that_is_no_event_is_refused(hour, body):
    till = a_till(hour.clinic)
    at, date = f"/api/vipps/{till.setup.public_id}", "Tue, 24 Nov 2026 09:00:00 GMT"
    right = MoneySetup._meta.get_field("vipps_webhook_secret").text_in(till.setup)
    said = signature(right, path=at, date=date, host="testserver", body=body.encode())
    headers = {"Authorization": said, "x-ms-date": date, "Host": "testserver"}
    assert Client().post(at, body, content_type="application/json", headers=headers).status_code == 404
    assert not Told.objects.exists()
