"""Payments by card, over HTTP to a stand-in for Stripe."""

from datetime import timedelta
from threading import Event

import pytest

from blikk.audit.models import Entry
from blikk.settlement import payments
from blikk.settlement.card.signing import TOLERANCE, is_signed
from blikk.settlement.models import MoneySetup, Payment, Told
from blikk.settlement.queries import ways_of
from tests.builders import NOW, a_booked_hour, a_clinic, admitted
from tests.card.server import a_stripe
from tests.settlement.paying import a_bill, a_till, begun, with_card

pytestmark = pytest.mark.django_db


@pytest.fixture
def hour():
    hour = a_booked_hour()
    admitted(hour)
    return hour


@pytest.fixture
def stripe():
    with a_stripe() as stripe:
        yield stripe


@pytest.fixture
def till(hour, stripe):
    return with_card(a_till(hour.clinic), stripe)


def status(payment: Payment) -> str:
    payment.refresh_from_db()
    return payment.status


def test_a_card_payment_goes_from_the_first_press_to_money_taken(hour, till, stripe):
    bill = a_bill(hour)
    payment = begun(till, bill, way="card")
    till.work()
    assert status(payment) == "redirected"
    assert payment.address == f"https://checkout.stripe.com/c/pay/{payment.there}"
    stripe.approve(payment.reference)
    till.clock.later(seconds=10)
    till.work()
    bill.refresh_from_db()
    there = stripe.payments[payment.reference]
    assert (status(payment), bill.status, there.captured, there.captures) == ("captured", "paid", 17_900, 1)
    assert stripe.wrong == []


def test_what_stripe_is_told_says_nothing_about_health_nor_who_the_patient_is(hour, till, stripe):
    payment = begun(till, a_bill(hour), way="card")
    till.work()
    asked = stripe.payments[payment.reference].asked
    assert asked["line_items"][0]["price_data"]["product_data"] == {"name": "Egenandel Legekontoret"}
    assert asked["payment_intent_data"]["description"] == "Egenandel Legekontoret"
    assert set(asked) == {
        "mode", "allowed_payment_method_types", "client_reference_id", "line_items", "payment_intent_data", "metadata",
        "success_url", "cancel_url", "expires_at", "locale",
    }  # fmt: skip
    for hidden in (hour.patient.family_name, hour.patient.given_name, "2ad", "Konsultasjon", "@", "+47"):
        assert hidden not in str(asked)


def test_the_library_tells_stripe_nothing_about_this_machine(hour, till, stripe):
    begun(till, a_bill(hour), way="card")
    till.work()
    said = stripe.headers[-1]
    assert "x-stripe-client-telemetry" not in said
    assert "telemetry_id" not in said["x-stripe-client-user-agent"]
    assert '"platform"' not in said["x-stripe-client-user-agent"]
    assert "lang_version" in said["x-stripe-client-user-agent"]


FAULTS = ["lost", "silent_after", "500_before", "500_after", "503", "429", "garbage", "401", "500_kept"]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("step", ["begin", "capture", "refund", "expire", "cancel"])
@pytest.mark.parametrize("nth", [0, 2])
def test_one_fault_anywhere_neither_loses_nor_doubles_money(hour, till, stripe, fault, step, nth):
    bill = a_bill(hour)
    payment = begun(till, bill, way="card")
    weather = stripe.weather
    weather.script = [""] * nth + [fault] if step == "begin" else []
    till.work()
    till.clock.later(minutes=1)
    till.work()
    if step == "begin" and fault == "401" and nth == 0:
        assert (status(payment), payment.fault) == ("failed", "not_allowed")
        return
    assert status(payment) == "redirected"
    if step in {"capture", "refund", "cancel"}:
        stripe.approve(payment.reference, payment.there)
        # The first question looks, the second looks before it takes.
        weather.script = [""] * (1 + nth) + [fault] if step == "capture" else []
        if step == "cancel":
            till.clinic.bills.update(status="credited", settled_at=NOW)
            weather.script = [""] * (1 + nth) + [fault]
        till.clock.later(minutes=1)
        till.work()
    if step == "refund":
        payments.refund(bill, actor=payments.SYSTEM, now=till.clock())
    if step == "expire":
        payments.free(bill, actor=payments.SYSTEM, now=till.clock())
    if step in {"refund", "expire"}:
        weather.script = [""] * nth + [fault]
    if step == "begin":
        stripe.approve(payment.reference, payment.there)
    till.work_until_idle()
    there = stripe.sessions[payment.there]
    ends = {"refund": "refunded", "expire": "cancelled", "cancel": "cancelled"}
    assert status(payment) == ends.get(step, "captured")
    assert (payment.captured_ore, payment.refunded_ore) == (there.captured, there.refunded)
    assert sum(each.captures for each in stripe.sessions.values()) <= 1
    assert stripe.wrong == []


def test_a_page_whose_address_we_never_got_is_given_up_and_another_can_be_begun(hour, till, stripe):
    bill = a_bill(hour)
    payment = begun(till, bill, way="card")
    stripe.weather.script = ["silent_after"]
    till.work()
    assert status(payment) == "created"
    assert len(stripe.sessions) == 1
    other = begun(till, bill)
    assert status(payment) == "cancelling"
    till.work_until_idle()
    assert (status(payment), payment.fault) == ("failed", "not_there")
    assert other.bill_id == payment.bill_id


def test_the_same_question_again_makes_no_second_page(hour, till, stripe):
    payment = begun(till, a_bill(hour), way="card")
    stripe.weather.script = ["silent_after", "silent_after"]
    for _ in range(3):
        till.work()
        till.clock.later(minutes=1)
    assert status(payment) == "redirected"
    assert list(stripe.sessions) == [payment.there]


def test_a_fault_that_stripe_repeats_to_the_same_key_does_not_hold_the_patient_up(hour, till, stripe):
    payment = begun(till, a_bill(hour), way="card")
    stripe.weather.script = ["500_kept"]
    for _ in range(3):
        till.work()
        till.clock.later(minutes=1)
    assert status(payment) == "redirected"
    assert payment.address


def test_a_card_that_is_refused_leaves_the_page_open_and_time_ends_it(hour, till, stripe):
    bill = a_bill(hour)
    payment = begun(till, bill, way="card")
    till.work()
    stripe.abort(payment.reference)
    till.clock.later(minutes=11)
    till.work()
    assert status(payment) == "redirected"
    stripe.abort(payment.reference, "EXPIRED")
    till.work_until_idle()
    bill.refresh_from_db()
    assert (status(payment), bill.status) == ("expired", "open")


def test_money_held_for_too_long_is_told_as_run_out(hour, till, stripe):
    bill = a_bill(hour)
    payment = begun(till, bill, way="card")
    till.work()
    stripe.approve(payment.reference)
    stripe.run_out(payment.reference)
    till.work_until_idle()
    bill.refresh_from_db()
    assert (status(payment), bill.status, payment.captured_ore) == ("expired", "open", 0)


def test_capture_after_somebody_cancelled_there_takes_nothing(hour, till, stripe):
    bill = a_bill(hour)
    payment = begun(till, bill, way="card")
    till.work()
    stripe.approve(payment.reference)
    Payment.objects.filter(pk=payment.pk).update(status="capturing", next_at=till.clock())
    stripe._cancel(stripe.payments[payment.reference])
    till.work_until_idle()
    bill.refresh_from_db()
    assert (status(payment), bill.status, payment.captured_ore) == ("cancelled", "open", 0)


def test_a_card_given_after_the_bill_was_paid_by_vipps_costs_nothing(hour, till, stripe):
    bill = a_bill(hour)
    card = begun(till, bill, way="card")
    till.work()
    vipps = begun(till, bill)
    # Before the page was ended the patient gave the card there.
    stripe.approve(card.reference)
    till.work_until_idle(2)
    till.vipps.approve(vipps.reference)
    till.work_until_idle()
    bill.refresh_from_db()
    assert (status(card), status(vipps), bill.status) == ("cancelled", "captured", "paid")
    assert stripe.payments[card.reference].captures == 0


def test_what_was_given_back_in_stripes_own_pages_is_noted_and_not_given_back_twice(hour, till, stripe):
    heard: list[dict] = []
    stripe.tell = heard.append
    bill = a_bill(hour)
    payment = begun(till, bill, way="card")
    till.work()
    stripe.approve(payment.reference)
    till.work_until_idle()
    stripe.give_back(stripe.payments[payment.reference], 5_000)
    till.clock.later(minutes=1)
    assert till.call_by_stripe(heard[-1])
    till.work()
    assert (status(payment), payment.refunded_ore) == ("captured", 5_000)
    payments.refund(bill, actor=payments.SYSTEM, now=till.clock())
    till.work_until_idle()
    there = stripe.payments[payment.reference]
    assert (status(payment), payment.refunded_ore, there.refunded) == ("refunded", 17_900, 17_900)


def test_a_call_from_stripe_makes_us_look_once_and_is_believed_in_nothing(hour, till, stripe):
    heard: list[dict] = []
    stripe.tell = heard.append
    payment = begun(till, a_bill(hour), way="card")
    till.work()
    about = {"metadata": {"reference": payment.reference}, "status": "succeeded", "amount_received": 17_900}
    assert till.call_by_stripe({"type": "payment_intent.succeeded", "data": {"object": about}})
    till.work()
    assert status(payment) == "redirected"
    stripe.approve(payment.reference)
    for event in [heard[1], heard[0], heard[1]]:
        assert till.call_by_stripe(event)
    till.work()
    assert status(payment) == "captured"
    assert Told.objects.filter(payment=payment, provider="card").count() == 3


def test_calls_that_are_forged_old_or_for_another_clinic_are_refused_and_unknown_ones_change_nothing(
    hour, till, stripe
):
    payment = begun(till, a_bill(hour), way="card")
    till.work()
    event = {
        "type": "checkout.session.completed",
        "data": {"object": {"metadata": {"reference": payment.reference}}},
    }
    assert not till.call_by_stripe(event, secret="whsec_guessed")
    assert not till.call_by_stripe(event, ago=TOLERANCE + 1)
    assert not till.call_by_stripe(event, ago=-TOLERANCE - 1)
    other = with_card(a_till(a_clinic()), stripe)
    assert other.call_by_stripe(event)
    assert not Told.objects.filter(payment=payment).exists()
    for strange in ({}, {"data": []}, {"data": {"object": {"metadata": {"reference": 7}}}}, {"type": []}):
        assert till.call_by_stripe(strange)
    assert status(payment) == "redirected"
    assert till.call_by_stripe(event, ago=TOLERANCE - 1)
    assert Told.objects.filter(payment=payment).count() == 1


@pytest.mark.parametrize("said", ["", "t=,v1=", "t=1", "v1=abc", "t=x,v1=y", "t=1,t=2,v1=å", "=,=,="])
def test_a_header_that_is_no_signature_is_none(said):
    assert not is_signed("whsec_x", said, body=b"{}", now=NOW)
    assert not is_signed("whsec_x", said, body=b"\xff", now=NOW)


def test_the_key_is_sealed_and_the_webhook_is_changed_with_it(till, stripe):
    from blikk.settlement.card.setup import join_card

    row = str(MoneySetup.objects.values().get())
    assert "aSecretKeyOfTheClinic" not in row
    assert stripe.hooks[-1]["secret"] not in row
    before = stripe.hooks[-1]["id"]
    join_card(till.setup, address="https://b.example.no/x", now=NOW)
    assert [hook["id"] for hook in stripe.hooks] != [before]
    assert len(stripe.hooks) == 1
    assert MoneySetup.objects.get().card_is_trial
    assert not any("key" in entry.details for entry in Entry.objects.filter(act__startswith="money."))


def test_vipps_stands_first_and_a_bill_below_three_kroner_is_not_for_cards(till):
    assert ways_of(till.clinic.pk, ore=17_900) == ("vipps", "card")
    assert ways_of(till.clinic.pk, ore=299) == ("vipps",)


def test_without_the_library_what_was_begun_waits_and_says_why(hour, till, monkeypatch):
    from blikk.settlement import chosen

    payment = begun(till, a_bill(hour), way="card")
    monkeypatch.setattr(chosen, "is_installed", lambda: False)
    till.work()
    assert (status(payment), payment.fault) == ("created", "not_set_up")


def test_a_page_of_another_payment_or_in_another_currency_is_not_believed(hour, till, stripe):
    payment = begun(till, a_bill(hour), way="card")
    till.work()
    stripe.approve(payment.reference)
    real = stripe._session
    for change in ({"client_reference_id": "somebody-elses"}, {"currency": "sek"}, {"payment_intent": 7}):
        stripe._session = lambda there, change=change, **how: real(there, **how) | change
        till.clock.later(minutes=11)
        till.work()
        assert (status(payment), payment.fault) == ("redirected", "not_understood")
    stripe._session = real
    till.work_until_idle()
    assert status(payment) == "captured"


def test_stripe_is_not_waited_for_longer_than_the_line_is_patient(hour, till, stripe, monkeypatch):
    from blikk.settlement.card import line

    monkeypatch.setattr(line, "SILENT", 0.2)
    held = stripe.answer
    let_go = Event()
    stripe.answer = lambda *said: held(*said) if let_go.wait(5) else None
    payment = begun(till, a_bill(hour), way="card")
    till.work()
    assert (status(payment), payment.fault) == ("created", "no_answer")
    let_go.set()
    till.clock.now += timedelta(minutes=1)
    till.work()
    assert status(payment) == "redirected"
    assert len(stripe.sessions) == 1
