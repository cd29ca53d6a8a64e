"""Paying by card: the buttons of the page, the way to Stripe and back, and how a clinic turns it on."""

import httpx
import pytest
import time_machine
from django.test import Client

from blikk.settlement.card import setup as card_setup
from blikk.settlement.models import MoneySetup, Payment
from blikk.settlement.vipps import line
from blikk.web import money_setup
from tests.builders import NOW, a_booked_hour, a_member, admitted
from tests.card.server import a_stripe
from tests.people import signed_in
from tests.settlement.paying import a_bill, a_till, with_card
from tests.web.test_pay import inside, text

pytestmark = pytest.mark.django_db
KEY = "sk_live_aSecretKeyOfTheClinic"


@pytest.fixture(autouse=True)
def _still():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hour(settings):
    settings.BLIKK_BASE_URL = "https://blikk.example.no"
    hour = a_booked_hour()
    admitted(hour)
    return hour


@pytest.fixture
def stripe():
    with a_stripe() as stripe:
        yield stripe


@pytest.fixture
def till(hour, stripe, monkeypatch):
    """The clinic's Vipps and Stripe, which the pages reach too."""
    till, real = with_card(a_till(hour.clinic), stripe), httpx.Client
    monkeypatch.setattr(
        line.httpx,
        "Client",
        lambda **how: real(**how | ({"transport": till.vipps.transport()} if "base_url" in how else {})),
    )
    return till


@pytest.fixture
def bill(hour, till):
    return a_bill(hour)


def shown(client: Client, to: str) -> list[str]:
    page = text(client.get(to))
    return [name for name in ("pay-vipps", "pay-push", "pay-card") if f'data-test="{name}"' in page]


def test_there_is_a_button_for_each_way_and_vipps_stands_first(bill, till):
    client, to = inside(bill)
    assert shown(client, to) == ["pay-vipps", "pay-push", "pay-card"]
    page = text(client.get(to))
    assert page.index('"pay-vipps"') < page.index('"pay-card"')
    MoneySetup.objects.update(uses_vipps=False)
    assert shown(client, to) == ["pay-card"]
    MoneySetup.objects.update(uses_vipps=True, uses_card=False)
    assert shown(client, to) == ["pay-vipps", "pay-push"]
    assert client.post(to, {"flow": "card"}).status_code == 422
    assert not Payment.objects.exists()


def test_pressing_leads_to_stripe_and_back_and_the_bill_is_paid(bill, till, stripe):
    client, to = inside(bill)
    answer = client.post(to, {"flow": "card"})
    payment = Payment.objects.get()
    assert answer["Location"] == f"{to}?til=card"
    page = text(client.get(answer["Location"]))
    address = f"https://checkout.stripe.com/c/pay/{payment.there}"
    assert f'"address": "{address}"' in page
    # Nothing of Stripe's is loaded into the page: the browser is sent there.
    assert page.count("stripe.com") == page.count(address)
    assert "js.stripe.com" not in client.get(to)["Content-Security-Policy"]
    stripe.approve(payment.reference)
    assert client.get(f"/b/tilbake/{payment.public_id}")["Location"] == to
    till.work_until_idle()
    assert "Vi har fått" in text(client.get(to))


def test_who_changes_their_mind_takes_the_other_way_and_pays_once(bill, till, stripe):
    client, to = inside(bill)
    client.post(to, {"flow": "card"})
    card = Payment.objects.get()
    assert shown(client, to) == ["pay-vipps"]
    client.post(to, {"flow": "redirect"})
    assert shown(client, to) == ["pay-card"]
    till.work_until_idle(1)
    assert stripe.payments[card.reference].status == "expired"
    vipps = Payment.objects.get(provider="vipps")
    till.vipps.approve(vipps.reference)
    till.work_until_idle()
    bill.refresh_from_db()
    assert bill.status == "paid"
    assert sorted(Payment.objects.values_list("provider", "status")) == [
        ("card", "cancelled"), ("vipps", "captured")
    ]  # fmt: skip


def test_a_stripe_that_is_silent_is_said_by_its_name(bill, till, stripe):
    client, to = inside(bill)
    stripe.weather.script = ["lost"]
    client.post(to, {"flow": "card"})
    assert "Vi venter på svar fra Stripe" in text(client.get(to))
    till.clock.later(minutes=1)
    till.work()
    assert "Åpne siden for kort" in text(client.get(to))


def test_an_administrator_turns_cards_on_and_sees_whether_the_key_works(hour, stripe):
    client = signed_in(a_member(hour.clinic, "administrator"))
    wrong = client.post("/klinikk/betaling", {"part": "card", "stripe_key": "pk_live_aPublicKey123"})
    assert (wrong.status_code, MoneySetup.objects.count()) == (422, 0)
    assert "begynner med pk_" in text(wrong)
    refused = client.post("/klinikk/betaling", {"part": "card", "stripe_key": KEY})
    assert refused.status_code == 422
    assert "Stripe kjenner ikke nøklene" in text(refused)
    taken = client.post(
        "/klinikk/betaling", {"part": "card", "stripe_key": KEY.replace("live", "test")}, follow=True
    )
    assert "Nøkkelen virker" in text(taken)
    assert "card-trial" in text(taken)
    assert "aSecretKey" not in text(taken)
    setup = MoneySetup.objects.get()
    assert stripe.hooks[-1]["url"] == f"https://blikk.example.no/api/stripe/{setup.public_id}"
    client.post("/klinikk/betaling/slutt", {"way": "card"})
    setup.refresh_from_db()
    assert (setup.uses_card, bool(setup.stripe_key)) == (False, True)


def test_the_rules_of_the_link_stand_by_themselves(hour, till):
    client = signed_in(a_member(hour.clinic, "administrator"))
    client.post("/klinikk/betaling", {"part": "link", "free_hours": "24"})
    setup = MoneySetup.objects.get()
    assert (setup.free_hours, setup.sends_links, setup.uses_vipps, setup.uses_card) == (24, False, True, True)


def test_where_the_library_is_missing_the_page_says_what_to_ask_for(hour, monkeypatch):
    client = signed_in(a_member(hour.clinic, "administrator"))
    assert 'name="stripe_key"' in text(client.get("/klinikk/betaling"))
    monkeypatch.setattr(money_setup, "is_installed", lambda: False)
    monkeypatch.setattr(card_setup, "is_installed", lambda: False)
    page = client.get("/klinikk/betaling")
    assert "card-missing" in text(page)
    assert 'name="stripe_key"' not in text(page)
    assert client.post("/klinikk/betaling", {"part": "card", "stripe_key": KEY}).status_code == 422
