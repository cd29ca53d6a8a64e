"""Invoices and money that come at the same moment: one number, one paper, one payment."""

from datetime import timedelta
from functools import partial

import pytest

from blikk.journeys import invoices
from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import IllegalMove, Overtaken
from blikk.settlement import bank, invoicing, payments, services
from blikk.settlement.bank_files import read
from blikk.settlement.errors import BeingPaid, FileTaken, NotDue, NotPayable
from blikk.settlement.models import Bill, Invoice, Payment, Reminder
from tests.builders import NOW
from tests.races.racing import only_winner, race
from tests.settlement.bank_giro import an_ocr_file, item
from tests.settlement.invoicing import a_talk, days, invoiced, issues_invoices
from tests.settlement.paying import a_bill, a_till, begun

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def test_a_bill_becomes_one_invoice_whoever_makes_it():
    for _ in range(ROUNDS):
        hour = a_talk()
        issues_invoices(hour.clinic)
        bill = a_bill(hour)
        act = partial(invoices.issue, bill, actor=SYSTEM, now=NOW)
        only_winner(race(act, act, act), NotPayable)
        assert Invoice.objects.filter(clinic=hour.clinic).count() == 1


def test_invoices_made_at_once_have_numbers_without_holes():
    for _ in range(ROUNDS):
        hour = a_talk()
        issues_invoices(hour.clinic)
        bills = [a_bill(hour), a_bill(hour, kind="private"), a_bill(hour, kind="missed")]
        race(*(partial(invoicing.issue, bill, actor=SYSTEM, now=NOW) for bill in bills))
        numbers = Invoice.objects.filter(clinic=hour.clinic).order_by("number")
        assert list(numbers.values_list("number", flat=True)) == [1, 2, 3]


def test_an_approval_and_the_invoice_at_once_leave_a_bill_that_is_paid_once():
    for _ in range(ROUNDS):
        hour = a_talk()
        issues_invoices(hour.clinic)
        till = a_till(hour.clinic)
        bill = a_bill(hour)
        payment = begun(till, bill)
        till.work()
        till.vipps.approve(payment.reference)
        till.clock.later(minutes=1)
        made, _ = race(
            partial(invoices.issue, bill, actor=SYSTEM, now=NOW + timedelta(days=3)),
            partial(till.work, "one"),
        )
        assert made.has_won or isinstance(made.refusal, BeingPaid | NotPayable)
        till.work_until_idle()
        bill.refresh_from_db()
        payment.refresh_from_db()
        assert (bill.status, payment.status) == ("paid", "captured")
        assert Invoice.objects.filter(bill=bill).count() == int(made.has_won)


def test_a_transfer_and_a_capture_at_once_never_pay_an_invoice_twice():
    for _ in range(ROUNDS):
        one = invoiced()
        till = a_till(one.hour.clinic)
        payment = begun(till, one.bill)
        till.work()
        till.vipps.approve(payment.reference)
        till.clock.later(minutes=1)
        file = read(an_ocr_file(item(one.invoice.kid, 17_900)))
        race(
            partial(bank.take_file, one.hour.clinic, file, membership=None, actor=SYSTEM, now=days(8)),
            partial(till.work, "one"),
        )
        till.work_until_idle()
        invoices.work(now=days(8))
        held = [each.captured_ore - each.refunded_ore for each in Payment.objects.filter(bill=one.bill)]
        assert (sum(held), one.again().status) == (17_900, "paid")


def test_a_file_is_taken_in_once():
    for _ in range(ROUNDS):
        one = invoiced()
        file = read(an_ocr_file(item(one.invoice.kid, 17_900)))
        act = partial(bank.take_file, one.hour.clinic, file, membership=None, actor=SYSTEM, now=days(8))
        only_winner(race(act, act), FileTaken)
        assert Payment.objects.filter(bill=one.bill).count() == 1


def test_a_credit_and_a_payment_at_once_leave_a_credited_or_a_paid_invoice():
    for _ in range(ROUNDS):
        one = invoiced()
        pay = partial(
            payments.pay_by_hand,
            one.bill,
            how="cash",
            provider="desk",
            membership=None,
            actor=SYSTEM,
            now=days(1),
        )
        credit = partial(services.credit, one.bill, why="desk", actor=SYSTEM, now=days(1))
        paid, credited = race(pay, credit)
        assert paid.has_won != credited.has_won
        assert isinstance(paid.refusal or credited.refusal, NotPayable | IllegalMove | Overtaken)
        notes = Invoice.objects.filter(bill=one.bill, kind="credit_note").count()
        status = Bill.objects.get(pk=one.bill.pk).status
        assert (status, notes) == (("paid", 0) if paid.has_won else ("credited", 1))


def test_an_invoice_is_reminded_of_once():
    for _ in range(ROUNDS):
        one = invoiced()
        act = partial(invoices.remind, one.invoice, actor=SYSTEM, now=days(28))
        only_winner(race(act, act), NotDue, Overtaken)
        assert Reminder.objects.filter(invoice=one.invoice).count() == 1
