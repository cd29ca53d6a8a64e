"""The patient's pages for paying: what is shown to whom, and what is said while the provider is slow."""

from datetime import timedelta

import httpx
import pytest
import time_machine
from django.test import Client

from blikk.journeys import settling
from blikk.kernel.actors import SYSTEM
from blikk.notifications.models import Message
from blikk.settlement import links, payments
from blikk.settlement.models import MoneySetup, PayLink, Payment
from blikk.settlement.vipps import line
from tests.builders import NOW, a_booked_hour, a_member, admitted
from tests.people import signed_in
from tests.settlement.paying import a_bill, a_till
from tests.web.walk import ORIGIN, with_device

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
def till(hour, monkeypatch, settings):
    """The clinic's Vipps, which the pages reach too. It sends patients back to https alone."""
    settings.BLIKK_BASE_URL = "https://blikk.example.no"
    till = a_till(hour.clinic)
    real = httpx.Client

    def client(**how):
        return real(**{**how, "transport": till.vipps.transport()})

    monkeypatch.setattr(line.httpx, "Client", client)
    return till


@pytest.fixture
def bill(hour, till):
    return a_bill(hour)


def post(client: Client, path: str, **content):
    return client.post(path, content, content_type="application/json", headers={"Origin": ORIGIN})


def opened(bill) -> tuple[Client, str]:
    """A browser in which the link of the message was opened."""
    _, secret = links.make_link(bill, sent_by="sms", language="nb", actor=SYSTEM, now=NOW)
    client = Client()
    to = post(client, "/b/open", token=secret).json()["to"]
    return client, to


def inside(bill) -> tuple[Client, str]:
    client, to = opened(bill)
    client.post(to, {"birth_date": "17.05.1944"})
    return client, to


def text(response) -> str:
    return response.content.decode()


def test_the_message_says_that_there_is_something_to_pay_and_nothing_more(hour, bill):
    assert settling.send_due_links(now=NOW) == 0
    assert settling.send_due_links(now=NOW + timedelta(minutes=1)) == 1
    assert settling.send_due_links(now=NOW + timedelta(minutes=2)) == 0
    message = Message.objects.get(kind="pay_link")
    assert message.body.startswith("Legekontoret: Her kan du betale: http")
    for hidden in (hour.patient.name, hour.clinician.name, "179", "Konsultasjon", "time", hour.clinic.name):
        assert hidden not in message.body
    assert len(message.body) <= 160 + 40


def test_a_patient_without_a_sure_address_gets_no_message(hour, bill):
    hour.patient.contact_points.update(state="unverified", verified_at=None)
    assert settling.send_link(bill, actor=SYSTEM, now=NOW) == ""
    assert not Message.objects.filter(kind="pay_link").exists()
    assert not PayLink.objects.exists()


def test_the_link_names_nothing_before_the_birth_date(hour, bill):
    client, to = opened(bill)
    page = client.get(to)
    for hidden in ("179", "Konsultasjon", hour.patient.name, "Vipps"):
        assert hidden not in text(page)
    assert "179,00" in text(client.post(to, {"birth_date": "17.05.1944"}, follow=True))
    assert "Konsultasjon" in text(client.get(to))


def test_five_wrong_birth_dates_in_all_lock_the_link(bill):
    client, to = opened(bill)
    for _ in range(5):
        assert client.post(to, {"birth_date": "01.01.1990"}).status_code == 422
    assert "sperret" in text(client.get(to))
    client.post(to, {"birth_date": "17.05.1944"})
    assert "179" not in text(client.get(to))


def test_who_never_presented_the_link_is_told_that_it_does_not_work(bill):
    client, to = inside(bill)
    stranger = Client()
    assert stranger.get(to).status_code == 404
    assert text(stranger.get(to)) == text(stranger.get("/b/nothing"))
    assert post(stranger, f"{to}/naa").status_code == 404
    assert client.get(to).status_code == 200


def test_a_newer_link_ends_the_older_one(bill):
    client, to = inside(bill)
    opened(bill)
    assert client.get(to).status_code == 404


def test_looking_changes_nothing_and_pressing_leads_to_vipps(bill, till):
    client, to = inside(bill)
    client.get(to)
    assert not Payment.objects.exists()
    answer = client.post(to, {"flow": "redirect"})
    payment = Payment.objects.get()
    assert answer["Location"] == f"{to}?til=vipps"
    page = text(client.get(answer["Location"]))
    assert f"https://landing.vipps.no?token={payment.reference}" in page
    client.post(to, {"flow": "redirect"})
    assert Payment.objects.count() == 1


def test_after_the_return_the_page_follows_until_it_is_paid(bill, till):
    client, to = inside(bill)
    client.post(to, {"flow": "redirect"})
    payment = Payment.objects.get()
    till.vipps.approve(payment.reference)
    back = client.get(f"/b/tilbake/{payment.public_id}")
    assert back["Location"] == to
    assert "Vi sjekker betalingen" in text(client.get(to))
    before = post(client, f"{to}/naa").json()["mark"]
    till.work()
    assert post(client, f"{to}/naa").json()["mark"] != before
    page = text(client.get(to))
    assert "Betalt" in page
    assert "179,00" in page


def test_another_browser_that_comes_back_is_told_the_state_and_no_more(bill, till):
    client, to = inside(bill)
    client.post(to, {"flow": "redirect"})
    payment = Payment.objects.get()
    stranger = Client()
    assert "Vi sjekker betalingen" in text(stranger.get(f"/b/tilbake/{payment.public_id}"))
    till.vipps.approve(payment.reference)
    till.clock.later(minutes=1)
    till.work()
    page = text(stranger.get(f"/b/tilbake/{payment.public_id}"))
    assert "Betalingen er kommet fram" in page
    for hidden in ("179", "Legekontoret", "Konsultasjon"):
        assert hidden not in page
    assert stranger.get("/b/tilbake/nobody").status_code == 404


def test_a_provider_that_is_silent_is_said_and_asked_again(bill, till):
    client, to = inside(bill)
    till.vipps.weather.script = ["lost", "lost"]
    client.post(to, {"flow": "redirect"})
    assert "Vi venter på svar fra Vipps" in text(client.get(to))
    till.clock.later(minutes=1)
    till.work()
    assert "Åpne Vipps" in text(client.get(to))


def test_a_no_is_said_and_the_patient_can_try_again(bill, till):
    client, to = inside(bill)
    client.post(to, {"flow": "redirect"})
    till.vipps.abort(Payment.objects.get().reference)
    till.clock.later(minutes=1)
    till.work()
    page = text(client.get(to))
    assert "ikke trukket noe" in page
    assert "Betal med Vipps" in page


def test_a_push_goes_to_the_registered_phone(bill, till):
    client, to = inside(bill)
    client.post(to, {"flow": "push"})
    payment = Payment.objects.get()
    assert till.vipps.payments[payment.reference].asked["customer"] == {"phoneNumber": "4790123456"}
    assert "Åpne Vipps på telefonen" in text(client.get(to))


def test_a_bill_that_was_paid_at_the_desk_cannot_be_paid_from_the_page(bill, till):
    client, to = inside(bill)
    payments.pay_by_hand(bill, how="cash", provider="desk", membership=None, actor=SYSTEM, now=NOW)
    client.post(to, {"flow": "redirect"})
    assert Payment.objects.count() == 1
    assert "Betalt" in text(client.get(to))


def test_the_page_after_the_conversation_leads_to_the_bill(hour, bill):
    client = with_device(hour)
    at = f"/m/{hour.invitation.public_id}/betal"
    assert "Du har noe å betale" in text(client.get(at))
    assert not PayLink.objects.exists()
    page = client.post(at, follow=True)
    assert "179,00" in text(page)
    assert Client().get(at).status_code == 404


def test_before_the_charge_the_page_after_the_conversation_says_that_it_will_come(hour, till):
    page = with_device(hour).get(f"/m/{hour.invitation.public_id}/betal")
    assert "Ikke noe å betale nå" in text(page)


def test_an_administrator_sets_up_vipps_and_sees_whether_the_keys_work(hour, till):
    MoneySetup.objects.all().delete()
    client = signed_in(a_member(hour.clinic, "administrator"))
    keys = {
        "part": "vipps", "serial": "123456", "client_id": "an-id", "client_secret": "a-secret",
        "subscription_key": "a-key",
    }  # fmt: skip
    till.vipps.weather.script = ["401"]
    refused = client.post("/klinikk/betaling", keys)
    assert refused.status_code == 422
    assert "Vipps kjenner ikke nøklene" in text(refused)
    page = client.post(
        "/klinikk/betaling", {**keys, "client_secret": "", "subscription_key": ""}, follow=True
    )
    assert "Nøklene virker" in text(page)
    assert "a-secret" not in text(page)
    setup = MoneySetup.objects.get()
    assert till.vipps.hooks[-1]["url"] == f"https://blikk.example.no/api/vipps/{setup.public_id}"
    client.post("/klinikk/betaling/slutt")
    setup.refresh_from_db()
    assert not setup.uses_vipps
