"""Two workers, a call and a look, the desk and the phone: a bill is paid once and taken once."""

from functools import partial

import pytest

from blikk.kernel.errors import IllegalMove, Overtaken
from blikk.settlement import payments
from blikk.settlement.errors import BeingPaid, NotPayable
from blikk.settlement.models import Bill, Payment
from tests.builders import NOW, a_booked_hour, admitted
from tests.card.server import a_stripe
from tests.races.racing import only_winner, race
from tests.settlement.paying import a_bill, a_till, begun, with_card

pytestmark = pytest.mark.django_db(transaction=True)


def a_redirected():
    hour = a_booked_hour()
    admitted(hour)
    till = a_till(hour.clinic)
    bill = a_bill(hour)
    payment = begun(till, bill)
    till.work()
    return till, bill, payment


def test_two_workers_take_a_payment_once():
    for _ in range(6):
        till, bill, payment = a_redirected()
        till.vipps.approve(payment.reference)
        till.clock.later(minutes=1)
        race(*(partial(till.work, name) for name in ("one", "two", "three")))
        till.work_until_idle()
        bill.refresh_from_db()
        assert (till.vipps.payments[payment.reference].captures, bill.status) == (1, "paid")


def test_two_workers_take_a_card_once():
    for _ in range(3):
        with a_stripe() as stripe:
            hour = a_booked_hour()
            admitted(hour)
            till = with_card(a_till(hour.clinic), stripe)
            bill = a_bill(hour)
            payment = begun(till, bill, way="card")
            till.work()
            stripe.approve(payment.reference)
            till.clock.later(minutes=1)
            race(*(partial(till.work, name) for name in ("one", "two", "three")))
            till.work_until_idle()
            bill.refresh_from_db()
            assert (stripe.payments[payment.reference].captures, bill.status) == (1, "paid")


def test_who_presses_both_buttons_at_once_pays_once():
    for _ in range(3):
        with a_stripe() as stripe:
            hour = a_booked_hour()
            admitted(hour)
            till = with_card(a_till(hour.clinic), stripe)
            bill = a_bill(hour)
            race(*(partial(begun, till, bill, "redirect", way) for way in ("vipps", "card", "vipps")))
            till.work_until_idle(1)
            for one in Payment.objects.filter(bill=bill):
                there = till.vipps if one.provider == "vipps" else stripe
                if one.reference in there.payments:
                    there.approve(one.reference)
            till.work_until_idle()
            held = [one.captured_ore - one.refunded_ore for one in Payment.objects.filter(bill=bill)]
            assert sum(held) == bill.amount_ore


def test_a_call_and_a_look_at_once_take_it_once():
    for _ in range(6):
        till, bill, payment = a_redirected()
        heard: list[dict] = []
        till.vipps.tell = heard.append
        till.vipps.approve(payment.reference)
        till.clock.later(minutes=1)
        race(
            partial(till.call, heard[0]),
            partial(till.work, "one"),
            partial(till.call, heard[0]),
            partial(payments.hurry, bill, now=till.clock()),
        )
        till.work_until_idle()
        payment.refresh_from_db()
        assert (payment.status, payment.told.count()) == ("captured", 1)
        assert till.vipps.payments[payment.reference].captures == 1


def test_a_bill_is_paid_at_one_desk_only():
    for _ in range(6):
        hour = a_booked_hour()
        admitted(hour)
        bill = a_bill(hour)
        desk = partial(
            payments.pay_by_hand,
            bill,
            how="cash",
            provider="desk",
            membership=None,
            actor=payments.SYSTEM,
            now=NOW,
        )
        only_winner(race(desk, desk, desk), NotPayable)
        assert Payment.objects.filter(bill=bill).count() == 1


def test_the_desk_and_the_phone_never_both_keep_the_money():
    for _ in range(6):
        till, bill, payment = a_redirected()
        till.vipps.approve(payment.reference)
        till.clock.later(minutes=1)
        desk = partial(
            payments.pay_by_hand,
            bill,
            how="cash",
            provider="desk",
            membership=None,
            actor=payments.SYSTEM,
            now=till.clock(),
        )
        at_desk, _looked = race(desk, partial(till.work, "one"))
        assert at_desk.has_won or isinstance(
            at_desk.refusal, BeingPaid | NotPayable | Overtaken | IllegalMove
        )
        till.work_until_idle()
        held = [one.captured_ore - one.refunded_ore for one in Payment.objects.filter(bill=bill)]
        assert sum(held) == bill.amount_ore
        assert Bill.objects.get(pk=bill.pk).status == "paid"
