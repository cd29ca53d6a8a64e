"""The life of a payment: the whole table, move by move, and what the provider says in every state."""

from itertools import product

import pytest

from blikk.audit.models import Entry
from blikk.kernel.errors import IllegalMove, Overtaken
from blikk.settlement import payments
from blikk.settlement.errors import BeingPaid, NotPayable
from blikk.settlement.models import Bill, Payment
from blikk.settlement.providers import Seen, State
from blikk.settlement.states import HOLDING, PAYMENT, UNDER_WAY, BillStatus, PaymentStatus
from tests.builders import NOW, a_booked_hour, admitted
from tests.settlement.paying import a_bill

pytestmark = pytest.mark.django_db
P = PaymentStatus
WAYS = ("vipps", "card")
TOOK = {P.CAPTURED, P.REFUNDING, P.REFUNDED}
ALLOWED = """
created: redirected pushed authorised captured cancelling cancelled failed expired
redirected: authorised captured cancelling cancelled failed expired
pushed: authorised captured cancelling cancelled failed expired
authorised: capturing captured cancelling cancelled failed expired
capturing: captured cancelled failed expired
captured: refunding refunded
cancelling: cancelled failed expired refunding
refunding: refunded
cancelled: refunding
failed: cancelling refunding
expired: cancelling refunding
"""


@pytest.fixture
def bill() -> Bill:
    hour = a_booked_hour()
    admitted(hour)
    return a_bill(hour)


def a_payment(bill: Bill, status: P, way: str = "vipps") -> Payment:
    took = {"captured_ore": 17_900, "captured_at": NOW} if status in TOOK else {}
    if status == P.REFUNDED:
        took |= {"refunded_ore": 17_900, "refunded_at": NOW}
    return Payment.objects.create(
        clinic=bill.clinic,
        bill=bill,
        status=status,
        provider=way,
        amount_ore=17_900,
        begun_at=NOW,
        next_at=NOW,
        **took,
    )


def allowed() -> set[tuple[str, str]]:
    rows = [line.split(": ") for line in ALLOWED.strip().splitlines()]
    return {(start, end) for start, ends in rows for end in ends.split()}


@pytest.mark.parametrize("way", WAYS)
def test_every_move_that_is_not_in_the_table_is_refused_and_every_other_one_is_made(bill, way):
    made = set()
    for start, end in product(P, P):
        payment = a_payment(bill, start, way)
        took = {"captured_ore": 17_900, "captured_at": NOW} if end in TOOK else {}
        try:
            PAYMENT.make(payment, end, next_at=NOW, **took)
            made.add((start.value, end.value))
        except IllegalMove:
            payment.refresh_from_db()
            assert payment.status == start
        payment.delete()
    assert made == allowed()


def test_a_move_that_was_overtaken_is_refused(bill):
    payment = a_payment(bill, P.AUTHORISED)
    again = Payment.objects.get(pk=payment.pk)
    PAYMENT.make(payment, P.CAPTURING)
    with pytest.raises(Overtaken):
        PAYMENT.make(again, P.CAPTURING)


SEEN = {
    "created": Seen(State.CREATED),
    "authorised": Seen(State.AUTHORISED),
    "aborted": Seen(State.ABORTED),
    "expired": Seen(State.EXPIRED),
    "terminated": Seen(State.TERMINATED),
    "cancelled": Seen(State.AUTHORISED, cancelled_ore=17_900),
    "captured": Seen(State.AUTHORISED, captured_ore=17_900),
    "refunded": Seen(State.AUTHORISED, captured_ore=17_900, refunded_ore=17_900),
}
# Where each state goes when the provider says so, with an open bill; nothing where it stays.
GOES = {
    "created": "- authorised failed expired cancelled cancelled captured refunded",
    "redirected": "- authorised failed expired cancelled cancelled captured refunded",
    "pushed": "- authorised failed expired cancelled cancelled captured refunded",
    "authorised": "- - failed expired cancelled cancelled captured refunded",
    "capturing": "- - failed expired cancelled cancelled captured refunded",
    "captured": "- - - - - - - refunded",
    "cancelling": "- - failed expired cancelled cancelled refunding refunded",
    "cancelled": "- - - - - - refunding refunded",
    "refunding": "- - - - - - - refunded",
    "refunded": "- - - - - - - -",
    "failed": "- cancelling - - - - refunding refunded",
    "expired": "- cancelling - - - - refunding refunded",
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("start", list(P))
def test_what_the_provider_says_moves_a_payment_as_the_table_has_it(bill, start, way):
    for (name, seen), end in zip(SEEN.items(), GOES[start].split(), strict=True):
        payment = a_payment(bill, start, way)
        payments.found(payment, seen, now=NOW)
        payment.refresh_from_db()
        assert payment.status == (start if end == "-" else end), name
        took = seen.captured_ore if end != "-" else payment.captured_ore
        assert payment.captured_ore == took, name
        Payment.objects.all().delete()
        Bill.objects.update(status="open", settled_at=None)


def test_a_captured_payment_pays_the_bill_and_a_refund_undoes_it(bill):
    payment = a_payment(bill, P.CAPTURING)
    payments.found(payment, SEEN["captured"], now=NOW)
    bill.refresh_from_db()
    assert bill.status == BillStatus.PAID
    payments.refund(bill, actor=payments.SYSTEM, now=NOW)
    payment.refresh_from_db()
    payments.found(payment, SEEN["refunded"], now=NOW)
    bill.refresh_from_db()
    assert (bill.status, payment.refunded_ore) == (BillStatus.REFUNDED, 17_900)
    acts = Entry.objects.filter(act__startswith="payment.").values_list("act", flat=True)
    assert list(acts.order_by("number")) == ["payment.captured", "payment.refund_asked", "payment.refunded"]


def test_a_paid_bill_cannot_be_paid_again(bill):
    desk = {"how": "terminal", "provider": "desk", "membership": None, "actor": payments.SYSTEM, "now": NOW}
    payments.pay_by_hand(bill, **desk)
    with pytest.raises(NotPayable):
        payments.pay_by_hand(bill, **desk)
    with pytest.raises(NotPayable):
        payments.begin(bill, provider="vipps", flow="redirect", actor=payments.SYSTEM, now=NOW)
    assert Payment.objects.count() == 1


def test_money_at_the_desk_gives_up_a_link_that_nobody_approved_and_waits_for_one_that_was(bill):
    desk = {"how": "cash", "provider": "desk", "membership": None, "actor": payments.SYSTEM, "now": NOW}
    approved = a_payment(bill, P.AUTHORISED)
    with pytest.raises(BeingPaid):
        payments.pay_by_hand(bill, **desk)
    approved.delete()
    pending = a_payment(bill, P.REDIRECTED)
    payments.pay_by_hand(bill, **desk)
    pending.refresh_from_db()
    assert pending.status == P.CANCELLING


def test_money_that_came_in_for_a_settled_bill_goes_back(bill):
    late = a_payment(bill, P.CANCELLING)
    payments.pay_by_hand(bill, how="cash", provider="desk", membership=None, actor=payments.SYSTEM, now=NOW)
    payments.found(late, SEEN["captured"], now=NOW)
    late.refresh_from_db()
    assert (late.status, late.fault, late.captured_ore) == (P.REFUNDING, "not_owed", 17_900)
    payments.found(late, SEEN["refunded"], now=NOW)
    bill.refresh_from_db()
    assert bill.status == BillStatus.PAID


def test_less_than_was_owed_does_not_pay_the_bill_and_is_said(bill):
    payment = a_payment(bill, P.AUTHORISED)
    payments.found(payment, Seen(State.AUTHORISED, captured_ore=10_000), now=NOW)
    bill.refresh_from_db()
    assert (payment.status, payment.fault, bill.status) == (P.CAPTURED, "amount_differs", BillStatus.OPEN)


def test_what_was_given_back_elsewhere_is_noted_once(bill):
    payment = a_payment(bill, P.CAPTURED)
    seen = Seen(State.AUTHORISED, captured_ore=17_900, refunded_ore=5_000)
    assert payments.found(payment, seen, now=NOW)
    assert not payments.found(payment, seen, now=NOW)
    assert (payment.status, payment.refunded_ore) == (P.CAPTURED, 5_000)


def test_beginning_again_in_the_same_manner_goes_on_with_the_first(bill):
    act = {"actor": payments.SYSTEM, "now": NOW}
    first = payments.begin(bill, provider="vipps", flow="redirect", **act)
    assert payments.begin(bill, provider="vipps", flow="redirect", **act) == first
    push = payments.begin(bill, provider="vipps", flow="push", phone="+4790123456", **act)
    first.refresh_from_db()
    assert (first.status, push.status) == (P.CANCELLING, P.CREATED)
    assert set(HOLDING) - set(UNDER_WAY) == {P.CAPTURED}
