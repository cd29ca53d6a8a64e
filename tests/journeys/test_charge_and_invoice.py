"""A charge that is taken back takes its invoice along, and its money; never while the money is on its way."""

import pytest

from blikk.journeys import invoices
from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import IllegalMove
from blikk.payments.models import Charge
from blikk.settlement import payments
from blikk.settlement.errors import AlreadyBilled, BeingPaid
from blikk.settlement.models import Bill, Invoice, Payment
from tests.payments.charges import AT, Ended
from tests.settlement.invoicing import days, issues_invoices
from tests.settlement.paying import a_till, begun

pytestmark = pytest.mark.django_db


@pytest.fixture
def ended() -> Ended:
    ended = Ended()
    issues_invoices(ended.hour.clinic)
    ended.accept()
    return ended


def the_bill() -> Bill:
    return Bill.objects.order_by("pk").first()


def test_a_charge_taken_back_credits_its_invoice_in_the_same_breath(ended):
    invoice = invoices.issue(the_bill(), actor=SYSTEM, now=AT)
    ended.take_back()
    assert (the_bill().status, Charge.objects.get().status) == ("credited", "withdrawn")
    assert Invoice.objects.get(kind="credit_note").credits == invoice


def test_a_charge_taken_back_after_it_was_paid_gives_the_money_back(ended):
    invoices.issue(the_bill(), actor=SYSTEM, now=AT)
    payments.pay_by_hand(the_bill(), how="terminal", provider="desk", membership=None, actor=SYSTEM, now=AT)
    ended.take_back()
    assert (the_bill().status, Payment.objects.get().status) == ("refunded", "refunded")
    assert Invoice.objects.filter(kind="credit_note").count() == 1
    # Then it can be charged anew, with a bill and an invoice of its own.
    ended.accept()
    assert list(Bill.objects.order_by("pk").values_list("status", flat=True)) == ["refunded", "open"]


def test_money_that_is_still_on_its_way_back_lets_nothing_new_be_billed(ended):
    till = a_till(ended.hour.clinic)
    payment = begun(till, the_bill())
    till.work()
    till.vipps.approve(payment.reference)
    till.work_until_idle()
    ended.take_back()
    assert (the_bill().status, Payment.objects.get().status) == ("paid", "refunding")
    with pytest.raises(AlreadyBilled):
        ended.accept()
    till.work_until_idle()
    assert the_bill().status == "refunded"
    ended.accept()
    assert Bill.objects.filter(status="open").count() == 1


def test_a_charge_whose_payment_was_just_approved_is_not_taken_back(ended):
    till = a_till(ended.hour.clinic)
    invoices.issue(the_bill(), actor=SYSTEM, now=AT)
    payment = begun(till, the_bill())
    till.work()
    Payment.objects.filter(pk=payment.pk).update(status="authorised")
    with pytest.raises(BeingPaid):
        ended.take_back()
    # All or nothing: the charge stands, and there is no credit note.
    assert (Charge.objects.get().status, the_bill().status) == ("accepted", "invoiced")
    assert not Invoice.objects.filter(kind="credit_note").exists()
    Payment.objects.filter(pk=payment.pk).update(status="redirected")
    ended.take_back()
    assert (Charge.objects.get().status, the_bill().status) == ("withdrawn", "credited")


def test_after_the_close_out_the_charge_stands_and_the_invoice_with_it(ended):
    invoices.issue(the_bill(), actor=SYSTEM, now=AT)
    ended.close("charged")
    with pytest.raises(IllegalMove):
        ended.take_back()
    assert the_bill().status == "invoiced"
    assert invoices.work(now=days(1)) == 0
