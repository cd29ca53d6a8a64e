"""Payments by Vipps, against a server made from its published description."""

import httpx
import pytest

from blikk.audit.models import Entry
from blikk.settlement import payments
from blikk.settlement.models import MoneySetup, Payment, Told
from blikk.settlement.vipps.signing import content_hash, is_signed, signature
from tests.builders import NOW, a_booked_hour, a_clinic, admitted
from tests.settlement.paying import a_bill, a_till, begun

pytestmark = pytest.mark.django_db


@pytest.fixture
def hour():
    hour = a_booked_hour()
    admitted(hour)
    return hour


@pytest.fixture
def till(hour):
    return a_till(hour.clinic)


def status(payment: Payment) -> str:
    payment.refresh_from_db()
    return payment.status


def test_a_payment_goes_from_the_first_press_to_money_taken(hour, till):
    bill = a_bill(hour)
    payment = begun(till, bill)
    till.work()
    assert status(payment) == "redirected"
    assert payment.address == f"https://landing.vipps.no?token={payment.reference}"
    till.vipps.approve(payment.reference)
    till.clock.later(seconds=10)
    till.work()
    bill.refresh_from_db()
    there = till.vipps.payments[payment.reference]
    assert (status(payment), bill.status, there.captured, there.captures) == ("captured", "paid", 17_900, 1)
    assert till.vipps.wrong == []


def test_what_vipps_is_told_says_nothing_about_health(hour, till):
    payment = begun(till, a_bill(hour))
    till.work()
    asked = till.vipps.payments[payment.reference].asked
    assert asked["paymentDescription"] == "Egenandel Legekontoret"
    assert set(asked) == {
        "amount", "paymentMethod", "reference", "userFlow", "returnUrl", "paymentDescription"
    }  # fmt: skip
    assert hour.patient.family_name not in str(asked)
    assert "2ad" not in str(asked)


def test_a_push_goes_to_the_phone_and_the_number_is_then_forgotten(hour, till):
    payment = begun(till, a_bill(hour), "push", phone="+4790123456")
    till.work()
    assert till.vipps.payments[payment.reference].asked["customer"] == {"phoneNumber": "4790123456"}
    assert (status(payment), payment.phone) == ("pushed", "")


@pytest.mark.parametrize(
    "fault", ["lost", "silent_after", "500_before", "500_after", "503", "429", "garbage", "401"]
)
@pytest.mark.parametrize("step", ["begin", "capture", "refund", "cancel"])
def test_one_fault_anywhere_neither_loses_nor_doubles_money(hour, till, fault, step):
    bill = a_bill(hour)
    payment = begun(till, bill)
    weather = till.vipps.weather
    weather.script = [fault] if step == "begin" else []
    till.work()
    till.clock.later(minutes=1)
    till.work()
    assert status(payment) == "redirected"
    if step == "cancel":
        payments.free(bill, actor=payments.SYSTEM, now=till.clock())
    else:
        till.vipps.approve(payment.reference)
        # The first question looks, the second takes.
        weather.script = ["", fault] if step == "capture" else []
        till.clock.later(minutes=1)
        till.work()
    if step == "refund":
        payments.refund(bill, actor=payments.SYSTEM, now=till.clock())
    if step in {"refund", "cancel"}:
        weather.script = [fault]
    till.work_until_idle()
    there = till.vipps.payments[payment.reference]
    ends = {"begin": "captured", "capture": "captured", "refund": "refunded", "cancel": "cancelled"}
    assert status(payment) == ends[step]
    assert (payment.captured_ore, payment.refunded_ore) == (there.captured, there.refunded)
    assert there.captures <= 1
    assert till.vipps.wrong == []


def test_a_payment_that_vipps_never_heard_of_fails_and_another_can_be_begun(hour, till):
    bill = a_bill(hour)
    payment = begun(till, bill)
    # Each time it is asked for, and then looked at.
    till.vipps.weather.script = ["503", "", "503", "", "503", ""]
    till.work()
    assert (status(payment), payment.fault) == ("created", "troubled")
    till.work_until_idle(4)
    assert (status(payment), payment.fault) == ("failed", "not_there")
    assert begun(till, bill) != payment


@pytest.mark.parametrize(("state", "ends"), [("ABORTED", "failed"), ("EXPIRED", "expired")])
def test_a_no_and_no_answer_end_the_payment_and_leave_the_bill(hour, till, state, ends):
    bill = a_bill(hour)
    payment = begun(till, bill)
    till.work()
    till.vipps.abort(payment.reference, state)
    till.work_until_idle()
    bill.refresh_from_db()
    assert (status(payment), bill.status) == (ends, "open")
    assert begun(till, bill) != payment


def test_capture_after_somebody_cancelled_there_takes_nothing(hour, till):
    bill = a_bill(hour)
    payment = begun(till, bill)
    till.work()
    till.vipps.approve(payment.reference)
    Payment.objects.filter(pk=payment.pk).update(status="capturing", next_at=till.clock())
    till.vipps._cancel(till.vipps.payments[payment.reference])
    till.work_until_idle()
    bill.refresh_from_db()
    assert (status(payment), bill.status, payment.captured_ore) == ("cancelled", "open", 0)


def test_keys_that_vipps_does_not_know_end_the_payment_and_say_why(hour, till):
    payment = begun(till, a_bill(hour))
    till.vipps.weather.script = ["401", "401"]
    till.work()
    assert (status(payment), payment.fault) == ("failed", "not_allowed")


def test_the_description_of_the_signature_is_followed_to_the_letter():
    secret = "A0+AeKBRG2KRGvnNwJpQlb6IJFk48CKXCIcrLoHncVJKDILsQSxS6NWCccwWm6r6FhGKhiHTBsG2wo/xU6FY/A=="
    body = b'{"some-unique-content":"ee6e441b-cc4a-46f8-895d-a5af79bcc233/hello-world"}'
    about = {
        "path": "/e2cee29b-012e-4f1d-8ef4-e95fd74a7a63",
        "date": "Thu, 30 Mar 2023 08:38:32 GMT",
        "host": "webhook.site",
        "body": body,
    }
    assert content_hash(body) == "lNlsp1XA03N34HrQsVzPgJKtC+r7l/RBF4V3JQUWMj4="
    said = signature(secret, **about)
    assert said.endswith("Signature=agAiSyogQbDHpeucoNwYz+yAr5nJ+v+zasdkSbqzv+U=")
    assert is_signed(secret, said, **about)
    for name in ("path", "date", "host"):
        assert not is_signed(secret, said, **{**about, name: "else"})
    assert not is_signed(secret, said, **{**about, "body": body + b" "})
    assert not is_signed("another", said, **about)


def test_a_call_makes_us_look_once_and_is_believed_in_nothing(hour, till):
    heard: list[dict] = []
    till.vipps.tell = heard.append
    bill = a_bill(hour)
    payment = begun(till, bill)
    till.work()
    lie = {"reference": payment.reference, "name": "CAPTURED", "success": True}
    assert till.call(lie)
    till.work()
    assert status(payment) == "redirected"
    till.vipps.approve(payment.reference)
    assert till.call(heard[-1])
    assert till.call(heard[-1])
    till.work()
    assert status(payment) == "captured"
    assert Told.objects.filter(payment=payment).count() == 2


def test_calls_that_are_forged_or_for_another_clinic_are_refused_and_unknown_ones_change_nothing(hour, till):
    payment = begun(till, a_bill(hour))
    till.work()
    event = {"reference": payment.reference, "name": "AUTHORIZED"}
    assert not till.call(event, secret="guessed")
    other = a_till(a_clinic())
    assert other.call(event)
    assert not Told.objects.filter(payment=payment).exists()
    assert till.call({"reference": "no-such-payment", "name": "AUTHORIZED"})
    assert status(payment) == "redirected"
    assert till.call(event)
    assert Told.objects.filter(payment=payment).count() == 1


def test_keys_are_sealed_and_the_webhook_is_changed_with_them(till):
    row = MoneySetup.objects.values().get()
    assert "a-client-secret" not in str(row)
    assert "a-subscription-key" not in str(row)
    assert "secret-1" not in str(row)
    from blikk.settlement.setup import join_vipps

    join_vipps(till.setup, address="https://b.example.no/x", now=NOW, transport=till.vipps.transport())
    assert [hook["id"] for hook in till.vipps.hooks] == ["hook-2"]
    assert not any("secret" in entry.details for entry in Entry.objects.filter(act__startswith="money."))


def test_an_answer_about_another_payment_or_in_another_currency_is_not_believed(hour, till):
    payment = begun(till, a_bill(hour))
    till.work()
    there = till.vipps.payments[payment.reference]
    for change in ({"reference": "somebody-elses"}, {"amount": 1}):
        whole = till.vipps._whole(there)
        whole["aggregate"]["capturedAmount"] = {"currency": "SEK", "value": 17_900}
        if "reference" in change:
            whole["aggregate"]["capturedAmount"]["currency"] = "NOK"
            whole["reference"] = "somebody-elses"
        answers = iter([httpx.Response(200, json=whole)])
        real, till.vipps.answer = till.vipps.answer, lambda request: next(answers)
        till.clock.later(minutes=11)
        till.work()
        till.vipps.answer = real
        assert (status(payment), payment.fault) == ("redirected", "not_understood")
