"""Calls from Stripe: signed ones make us look, all others find no such page."""

import json

import pytest
import time_machine
from django.test import Client
from stripe import WebhookSignature

from blikk.settlement.models import MoneySetup, Payment, Told
from tests.builders import NOW, a_booked_hour, admitted
from tests.card.server import a_stripe
from tests.settlement.paying import a_bill, a_till, begun, with_card

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _still():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def till():
    hour = a_booked_hour()
    admitted(hour)
    with a_stripe() as stripe:
        till = with_card(a_till(hour.clinic), stripe)
        till.payment = begun(till, a_bill(hour), way="card")
        till.work()
        yield till


def call(till, body: str, *, secret: str = "", path: str = "", ago: int = 0):
    right = MoneySetup._meta.get_field("stripe_webhook_secret").text_in(till.setup)
    said = WebhookSignature.generate_signature_header(body, secret or right, int(NOW.timestamp()) - ago)
    return Client(enforce_csrf_checks=True).post(
        path or f"/api/stripe/{till.setup.public_id}",
        body,
        content_type="application/json",
        headers={"Stripe-Signature": said},
    )


def about(payment: Payment) -> str:
    thing = {"object": {"metadata": {"reference": payment.reference}}}
    return json.dumps({"type": "checkout.session.completed", "data": thing})


def test_a_signed_call_makes_us_look_and_twice_is_once(till):
    event = about(till.payment)
    till.card.approve(till.payment.reference)
    assert [call(till, event).status_code for _ in range(2)] == [200, 200]
    assert Told.objects.filter(payment=till.payment).count() == 1
    till.work()
    assert Payment.objects.get().status == "captured"


def test_a_forged_call_an_old_one_and_one_to_nobody_find_no_such_page(till):
    event = about(till.payment)
    forged = call(till, event, secret="whsec_guessed")
    nobody = call(till, event, path="/api/stripe/nobody")
    old = call(till, event, ago=301)
    unsigned = Client().post(f"/api/stripe/{till.setup.public_id}", event, content_type="application/json")
    assert [one.status_code for one in (forged, nobody, old, unsigned)] == [404] * 4
    assert forged.content == nobody.content
    assert not Told.objects.exists()
    assert call(till, event, ago=299).status_code == 200


@pytest.mark.parametrize("body", ["[]", "nonsense", '"text"', "{" * 200_000])
def test_a_signed_call_that_is_no_event_is_refused(till, body):
    assert call(till, body).status_code == 404
    assert not Told.objects.exists()
