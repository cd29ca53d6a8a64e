"""From a bill that nobody paid to an invoice, its reminders and its credit note."""

from datetime import timedelta

import pytest
import time_machine

from blikk.audit.models import Entry
from blikk.journeys import invoices, settling
from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import Invalid, NotFound
from blikk.notifications.models import Message
from blikk.settlement import fees, invoicing, payments, services
from blikk.settlement.errors import BeingPaid, NoInvoices, NotDue, NotPayable, SeriesFull
from blikk.settlement.invoice_paper import InvoicePaper, paper_from
from blikk.settlement.invoice_queries import to_invoice, to_remind
from blikk.settlement.invoice_setup import Organisation, add_payer, end_payer, payers_of
from blikk.settlement.models import Bill, Invoice, InvoiceSetup, Payment, Reminder
from blikk.settlement.services import credit
from blikk.settlement.states import BILL, BillStatus
from tests.builders import NOW, a_clinic, staff
from tests.settlement.invoicing import a_payer, a_talk, days, invoiced, issues_invoices
from tests.settlement.paying import a_bill, a_till, begun

pytestmark = pytest.mark.django_db


def paper(invoice: Invoice) -> InvoicePaper:
    return paper_from(Invoice.objects.get(pk=invoice.pk).paper)


def test_an_invoice_says_who_pays_whom_for_what_and_when():
    one = invoiced()
    made = paper(one.invoice)
    assert (made.kind, made.number, made.total_ore) == ("invoice", 1, 17_900)
    assert (made.issued_on, made.due_on) == (NOW.date(), NOW.date() + timedelta(days=14))
    assert (made.seller.org_number, made.seller.account) == ("974760673", "86011117947")
    assert (made.buyer.name, made.buyer.peppol_id) == (one.hour.patient.name, "")
    assert [(line.code, line.text, line.amount_ore, line.vat) for line in made.lines] == [
        ("2ad", "Konsultasjon", 17_900, "health")
    ]
    assert (one.bill.status, one.invoice.kid) == ("invoiced", made.kid)
    # What was done can tell of an illness: neither the log nor the table can be read for it.
    assert "Konsultasjon" not in Entry.objects.get(act="invoice.issued").details


def test_a_bill_becomes_an_invoice_when_the_free_time_is_over_and_not_before():
    hour = a_talk()
    issues_invoices(hour.clinic, free_hours=24)
    bill = a_bill(hour)
    assert invoices.work(now=NOW + timedelta(hours=23)) == 0
    assert invoices.work(now=NOW + timedelta(hours=24)) == 1
    bill.refresh_from_db()
    assert bill.status == BillStatus.INVOICED
    assert invoices.work(now=NOW + timedelta(hours=25)) == 0
    assert Invoice.objects.count() == 1


def test_the_free_time_runs_from_the_first_link_where_one_went_out():
    hour = a_talk()
    a_till(hour.clinic)
    issues_invoices(hour.clinic, free_hours=48)
    bill = a_bill(hour)
    settling.send_link(bill, actor=SYSTEM, now=NOW + timedelta(hours=5))
    assert not to_invoice(now=NOW + timedelta(hours=52))
    assert list(to_invoice(now=NOW + timedelta(hours=53))) == [bill]


def test_without_an_account_nothing_is_ever_invoiced():
    bill = a_bill(a_talk())
    assert invoices.work(now=days(30)) == 0
    with pytest.raises(NoInvoices):
        invoicing.issue(bill, actor=SYSTEM, now=NOW)
    issues_invoices(bill.clinic)
    assert invoicing.issue(bill, actor=SYSTEM, now=NOW).number == 1


def test_what_was_billed_before_invoices_were_turned_on_is_not_sent_out_by_itself():
    bill = a_bill(a_talk())
    with time_machine.travel(days(1)):
        Bill.objects.update(opened_at=NOW - timedelta(days=100))
        issues_invoices(bill.clinic)
    assert not to_invoice(now=days(10))
    assert invoices.issue(bill, actor=SYSTEM, now=days(10)).number == 1


def test_a_payment_that_the_patient_approved_holds_the_invoice_back():
    hour = a_talk()
    issues_invoices(hour.clinic)
    till = a_till(hour.clinic)
    bill = a_bill(hour)
    payment = begun(till, bill)
    till.work()
    Payment.objects.filter(pk=payment.pk).update(status="authorised")
    assert not to_invoice(now=days(3))
    with pytest.raises(BeingPaid):
        invoicing.issue(bill, actor=SYSTEM, now=days(3))
    Payment.objects.filter(pk=payment.pk).update(status="redirected")
    assert invoices.work(now=days(3)) == 1


def test_a_payment_that_lands_after_the_invoice_pays_the_invoice():
    hour = a_talk()
    issues_invoices(hour.clinic)
    till = a_till(hour.clinic)
    bill = a_bill(hour)
    payment = begun(till, bill)
    till.work()
    invoices.issue(bill, actor=SYSTEM, now=NOW)
    till.vipps.approve(payment.reference)
    till.work_until_idle()
    bill.refresh_from_db()
    payment.refresh_from_db()
    assert (bill.status, payment.status, payment.fault) == ("paid", "captured", "")


def test_the_numbers_have_no_holes_whatever_is_refused_between_them():
    hour = a_talk()
    issues_invoices(hour.clinic)
    first, second = a_bill(hour), a_bill(hour, 30_000, kind="private")
    invoicing.issue(first, actor=SYSTEM, now=NOW)
    with pytest.raises(NotPayable):
        invoicing.issue(first, actor=SYSTEM, now=NOW)
    InvoiceSetup.objects.update(kid_prefix="12345678")
    InvoiceSetup.objects.update(kid_length=9)
    with pytest.raises(SeriesFull):
        invoicing.issue(second, actor=SYSTEM, now=NOW)
    InvoiceSetup.objects.update(kid_prefix="", kid_length=10)
    credit(Bill.objects.get(pk=first.pk), why="desk", actor=SYSTEM, now=NOW)
    invoicing.issue(second, actor=SYSTEM, now=NOW)
    assert list(Invoice.objects.order_by("number").values_list("number", "kind")) == [
        (1, "invoice"),
        (2, "credit_note"),
        (3, "invoice"),
    ]


def test_each_clinic_has_a_series_of_its_own():
    one, two = invoiced(), invoiced()
    assert (one.invoice.number, two.invoice.number) == (1, 1)
    assert one.invoice.clinic_id != two.invoice.clinic_id


def test_taking_an_invoiced_bill_back_makes_a_credit_note_that_points_at_it():
    one = invoiced()
    credit(one.again(), why="desk", actor=SYSTEM, now=days(1))
    note = Invoice.objects.get(kind="credit_note")
    made = paper(note)
    assert (note.credits, note.number, note.amount_ore) == (one.invoice, 2, 17_900)
    assert (made.credits_number, made.lines, made.due_on, made.kid) == (1, paper(one.invoice).lines, None, "")
    assert one.again().status == "credited"


def test_giving_the_money_back_credits_the_invoice_too():
    one = invoiced()
    payments.pay_by_hand(
        one.bill, how="transfer", provider="bank", membership=None, actor=SYSTEM, now=days(2)
    )
    services.give_back(one.again(), actor=SYSTEM, now=days(3))
    assert one.again().status == "refunded"
    assert Invoice.objects.get(kind="credit_note").credits == one.invoice
    assert invoices.work(now=days(3)) == 0


def test_what_the_provider_gave_back_by_itself_is_credited_by_the_worker():
    one = invoiced()
    bill = one.again()
    BILL.make(bill, BillStatus.PAID, settled_at=NOW)
    BILL.make(bill, BillStatus.REFUNDED, settled_at=NOW)
    assert invoices.work(now=days(1)) == 1
    assert Invoice.objects.get(kind="credit_note").credits == one.invoice
    assert invoices.work(now=days(1)) == 0


def test_a_reminder_waits_fourteen_days_after_the_day_to_pay_by():
    one = invoiced(reminders_most=2)
    assert not to_remind(today=days(27).date())
    with pytest.raises(NotDue):
        invoicing.remind(one.invoice, actor=SYSTEM, now=days(27))
    assert invoices.work(now=days(28)) == 1
    reminder = Reminder.objects.get()
    assert (reminder.number, reminder.due_on, reminder.fee_ore) == (1, days(42).date(), 0)
    # The second one waits for the new day in the same way, and there is no third.
    assert invoices.work(now=days(55)) == 0
    assert invoices.work(now=days(56)) == 1
    assert invoices.work(now=days(200)) == 0
    with pytest.raises(NotDue):
        invoicing.remind(one.invoice, actor=SYSTEM, now=days(200))
    assert one.again().owed_ore == 17_900


def test_a_paid_invoice_and_a_clinic_that_reminds_of_nothing_are_left_alone():
    one = invoiced(reminders_most=0)
    assert invoices.work(now=days(60)) == 0
    InvoiceSetup.objects.update(reminders_most=1)
    payments.pay_by_hand(
        one.bill, how="transfer", provider="bank", membership=None, actor=SYSTEM, now=days(20)
    )
    assert invoices.work(now=days(60)) == 0
    with pytest.raises(NotPayable):
        invoicing.remind(one.invoice, actor=SYSTEM, now=days(60))


def test_a_reminder_costs_what_the_rules_allow_on_its_day_only_where_the_clinic_chose_so():
    one = invoiced(takes_reminder_fee=True)
    invoices.work(now=days(28))
    assert Reminder.objects.get().fee_ore == 3_800
    assert (one.again().amount_ore, one.again().owed_ore) == (17_900, 21_700)
    paid = payments.pay_by_hand(
        one.bill, how="cash", provider="desk", membership=None, actor=SYSTEM, now=days(29)
    )
    assert paid.captured_ore == 21_700


def test_a_day_that_no_rate_is_written_down_for_costs_nothing():
    today = NOW.date()
    assert fees.reminder_fee_on(today).amount_ore == 3_800
    assert fees.reminder_fee_on(today.replace(year=2024)).amount_ore == 3_500
    assert fees.reminder_fee_on(today.replace(year=2027)) is None
    assert fees.reminder_fee_on(today.replace(year=2019)) is None
    assert all(fee.source.startswith("https://") for fee in fees.known_fees())
    one = invoiced(takes_reminder_fee=True)
    invoices.work(now=days(60))
    assert (Reminder.objects.get().fee_ore, one.again().owed_ore) == (0, 17_900)


def test_messages_of_an_invoice_say_nothing_of_what_it_is_for():
    one = invoiced()
    patient, said = one.hour.patient, []
    said.append(Message.objects.get(kind="invoice_link"))
    invoices.work(now=days(28))
    said.append(Message.objects.get(kind="invoice_reminder"))
    for message in said:
        assert "/b#" in message.body
        for told in ("Konsultasjon", "2ad", "179", patient.family_name, patient.given_name):
            assert told not in message.body + message.subject
    # Only the newest link works, so the message before it does not go out any more.
    assert Message.objects.get(kind="invoice_link").status == "withdrawn"
    assert (Invoice.objects.get().sent_by, Reminder.objects.get().sent_by) == ("sms", "sms")


def test_who_has_no_phone_gets_it_on_paper_with_the_address_that_was_typed():
    hour = a_talk()
    hour.patient.contact_points.update(retired_at=NOW)
    issues_invoices(hour.clinic)
    first = invoices.issue(a_bill(hour), address="Fjellveien 3, 5003 Bergen", actor=SYSTEM, now=NOW)
    second = invoices.issue(a_bill(hour, kind="private"), actor=SYSTEM, now=NOW)
    assert (first.sent_by, second.sent_by) == ("", "")
    assert paper(second).buyer.address == paper(first).buyer.address == "Fjellveien 3, 5003 Bergen"


def test_an_organisation_that_pays_is_the_buyer_and_the_patient_is_asked_for_nothing():
    hour = a_talk()
    issues_invoices(hour.clinic)
    a_till(hour.clinic)
    bill, payer = a_bill(hour), a_payer(hour.clinic)
    settling.send_link(bill, actor=SYSTEM, now=NOW)
    who = staff(hour.clinician)
    invoices.let_pay(
        hour.clinic, bill.public_id, payer_id=payer.public_id, reference="Sak 12", actor=who, now=NOW
    )
    assert not bill.links.filter(ended_at__isnull=True).exists()
    assert invoices.work(now=NOW + timedelta(minutes=5)) == 1
    invoice = Invoice.objects.get()
    buyer = paper(invoice).buyer
    assert (buyer.name, buyer.peppol_id, buyer.reference) == (
        "Fjordgløtt kommune",
        "0192:958935420",
        "Sak 12",
    )
    assert not Message.objects.filter(kind="invoice_link").exists()
    with pytest.raises(NotPayable):
        invoicing.let_pay(bill, None, actor=who, now=NOW)


def test_an_organisation_of_another_clinic_or_one_that_ended_cannot_pay():
    bill = a_bill(a_talk())
    other, ours = a_payer(a_clinic()), a_payer(bill.clinic)
    with pytest.raises(NotFound):
        invoicing.let_pay(bill, other, actor=SYSTEM, now=NOW)
    end_payer(bill.clinic, ours.public_id, actor=SYSTEM, now=NOW)
    assert payers_of(bill.clinic) == []
    ours.refresh_from_db()
    with pytest.raises(NotFound):
        invoicing.let_pay(bill, ours, actor=SYSTEM, now=NOW)
    assert invoicing.let_pay(bill, a_payer(bill.clinic), actor=SYSTEM, now=NOW).payer is not None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"account": "86011117948"}, "account"),
        ({"org_number": "123456789"}, "org_number"),
        ({"name": " "}, "name"),
        ({"due_days": 13}, "due_days"),
        ({"free_hours": 12}, "free_hours"),
        ({"kid_length": 4}, "kid_length"),
        ({"kid_length": 8, "kid_prefix": "1234"}, "kid_length"),
        ({"kid_prefix": "12x"}, "kid_prefix"),
        ({"kid_check": "mod97"}, "kid_check"),
        ({"reminders_most": 3}, "reminders_most"),
    ],
)
def test_terms_that_no_invoice_can_have_are_refused_by_field(wrong, field):
    clinic = a_clinic()
    with pytest.raises(Invalid) as fault:
        issues_invoices(clinic, **wrong)
    assert list(fault.value.fields) == [field]
    assert not InvoiceSetup.objects.exists()
    assert issues_invoices(clinic, account="8601 11 17947").account == "86011117947"


def test_an_organisation_needs_a_number_that_can_be_one():
    with pytest.raises(Invalid) as fault:
        add_payer(a_clinic(), Organisation("X", "958935421", " "), actor=SYSTEM, now=NOW)
    assert set(fault.value.fields) == {"org_number", "address"}
