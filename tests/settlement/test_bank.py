"""What came to the account: read from files, shown before it is taken, taken once, and always explained."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blikk.journeys import invoices
from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import Invalid, NotFound
from blikk.settlement import bank, invoicing, services
from blikk.settlement.bank_files import Unreadable, read
from blikk.settlement.errors import FileTaken
from blikk.settlement.invoice_queries import to_remind, unclear_entries
from blikk.settlement.models import BankEntry, Payment
from tests.builders import NOW, a_clinic, a_member, staff
from tests.settlement.bank_giro import an_ocr_file, item
from tests.settlement.invoicing import days, invoiced
from tests.settlement.paying import a_bill, a_till, begun

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 1)


def took(clinic, body: bytes):
    return bank.take_file(clinic, read(body), membership=None, actor=SYSTEM, now=days(8))


def a_table(*rows: str, head: str = "Dato;KID;Beløp") -> bytes:
    return "\r\n".join([head, *rows]).encode()


def test_an_ocr_file_pays_the_invoices_that_it_names():
    one = invoiced()
    [entry] = took(one.hour.clinic, an_ocr_file(item(one.invoice.kid, 17_900)))
    assert (entry.outcome, entry.paid_on, entry.amount_ore) == ("paid", DAY, 17_900)
    assert one.again().status == "paid"
    payment = Payment.objects.get()
    assert (payment.provider, payment.how, payment.captured_ore) == ("bank", "transfer", 17_900)


def test_a_table_with_kid_amount_and_day_pays_them_too():
    one = invoiced()
    body = a_table("01.12.2026;;400,00", f"01.12.2026;{one.invoice.kid};179,00", head="Dato;KID;Beløp")
    [entry] = took(one.hour.clinic, body)
    assert (entry.outcome, one.again().status) == ("paid", "paid")


def test_the_same_file_twice_and_the_same_payment_in_two_files_pay_once():
    one = invoiced()
    body = an_ocr_file(item(one.invoice.kid, 17_900))
    took(one.hour.clinic, body)
    with pytest.raises(FileTaken):
        took(one.hour.clinic, body)
    longer = an_ocr_file(item(one.invoice.kid, 17_900), item("5552", 100, number=2))
    [new] = took(one.hour.clinic, longer)
    assert (new.kid, new.outcome) == ("5552", "unknown_kid")
    assert Payment.objects.count() == 1


def test_two_payments_alike_in_one_table_are_two_and_the_second_is_not_owed():
    one = invoiced()
    row = f"01.12.2026;{one.invoice.kid};179,00"
    entries = took(one.hour.clinic, a_table(row, row))
    assert [entry.outcome for entry in entries] == ["paid", "not_owed"]
    assert not took(one.hour.clinic, a_table(row, row, ""))
    assert Payment.objects.count() == 1


def test_what_is_shown_before_is_what_happens():
    one = invoiced()
    other = invoices.issue(a_bill(one.hour, 30_000, kind="private"), actor=SYSTEM, now=NOW)
    clinic = one.hour.clinic
    body = an_ocr_file(
        item(one.invoice.kid, 17_900),
        item(one.invoice.kid, 17_900, number=2),
        item(other.kid, 29_900, number=3),
        item("123455", 100, number=4),
        item(other.kid, -500, number=5),
    )
    shown = [match.outcome for match in bank.preview(clinic, read(body))]
    assert not BankEntry.objects.exists()
    assert shown == [entry.outcome for entry in took(clinic, body)]
    assert shown == ["paid", "not_owed", "other_amount", "unknown_kid", "reversed"]
    assert {match.outcome for match in bank.preview(clinic, read(body))} == {None}
    assert len(unclear_entries(clinic)) == 4


def test_another_clinics_kid_is_not_known():
    one, other = invoiced(), a_clinic()
    assert [entry.outcome for entry in took(other, an_ocr_file(item(one.invoice.kid, 17_900)))] == [
        "unknown_kid"
    ]
    assert one.again().status == "invoiced"
    assert [entry.outcome for entry in took(one.hour.clinic, an_ocr_file(item(one.invoice.kid, 17_900)))] == [
        "paid"
    ]


def test_a_credited_invoice_that_is_paid_all_the_same_stays_to_be_explained():
    one = invoiced()
    services.credit(one.again(), why="desk", actor=SYSTEM, now=days(1))
    [entry] = took(one.hour.clinic, an_ocr_file(item(one.invoice.kid, 17_900)))
    assert (entry.outcome, entry.payment) == ("not_owed", None)
    member = a_member(one.hour.clinic, "secretary")
    act = {"membership": member, "actor": staff(member), "now": days(9)}
    with pytest.raises(Invalid):
        bank.clear(one.hour.clinic, entry.public_id, how="forgotten", **act)
    bank.clear(one.hour.clinic, entry.public_id, how="sent_back", **act)
    assert bank.clear(one.hour.clinic, entry.public_id, how="not_ours", **act).cleared_how == "sent_back"
    assert unclear_entries(one.hour.clinic) == []
    with pytest.raises(NotFound):
        bank.clear(a_clinic(), entry.public_id, how="sent_back", **act)


def test_money_that_nobody_has_explained_holds_the_reminder_back():
    one = invoiced()
    [entry] = took(one.hour.clinic, an_ocr_file(item(one.invoice.kid, 10_000)))
    assert entry.outcome == "other_amount"
    assert not to_remind(today=days(28).date())
    member = a_member(one.hour.clinic, "secretary")
    bank.clear(
        one.hour.clinic,
        entry.public_id,
        how="sent_back",
        membership=member,
        actor=staff(member),
        now=days(9),
    )
    assert [invoice.pk for invoice in to_remind(today=days(28).date())] == [one.invoice.pk]


def test_who_pays_without_the_fee_of_a_reminder_has_paid():
    one = invoiced(takes_reminder_fee=True)
    invoicing.remind(one.invoice, actor=SYSTEM, now=days(28))
    assert one.again().owed_ore == 21_700
    [entry] = took(one.hour.clinic, an_ocr_file(item(one.invoice.kid, 17_900)))
    assert (entry.outcome, entry.payment.captured_ore, one.again().owed_ore) == ("paid", 17_900, 17_900)


def approved(one):
    till = a_till(one.hour.clinic)
    payment = begun(till, one.again())
    till.work()
    Payment.objects.filter(pk=payment.pk).update(status="authorised")
    return till, payment


def test_a_transfer_that_meets_an_approved_payment_waits_and_is_then_not_owed():
    one = invoiced()
    till, payment = approved(one)
    [entry] = took(one.hour.clinic, an_ocr_file(item(one.invoice.kid, 17_900)))
    assert entry.outcome == "being_paid"
    invoices.work(now=days(8))
    entry.refresh_from_db()
    assert entry.outcome == "being_paid"
    till.vipps.approve(payment.reference)
    till.work_until_idle()
    assert one.again().status == "paid"
    invoices.work(now=days(8))
    entry.refresh_from_db()
    assert entry.outcome == "not_owed"


def test_a_transfer_without_the_fee_that_has_to_wait_lets_nobody_off():
    one = invoiced(takes_reminder_fee=True)
    invoicing.remind(one.invoice, actor=SYSTEM, now=days(28))
    approved(one)
    [entry] = took(one.hour.clinic, an_ocr_file(item(one.invoice.kid, 17_900)))
    assert (entry.outcome, one.again().owed_ore) == ("being_paid", 21_700)


def test_a_transfer_that_met_a_payment_which_came_to_nothing_pays():
    one = invoiced()
    _, payment = approved(one)
    [entry] = took(one.hour.clinic, an_ocr_file(item(one.invoice.kid, 17_900)))
    Payment.objects.filter(pk=payment.pk).update(status="expired", next_at=None)
    invoices.work(now=days(8))
    entry.refresh_from_db()
    assert (entry.outcome, one.again().status) == ("paid", "paid")


def test_a_payment_by_hand_needs_a_kid_that_there_is_and_pressed_twice_is_one():
    one = invoiced()
    member = a_member(one.hour.clinic, "secretary")
    act = {"paid_on": DAY, "membership": member, "actor": staff(member), "now": days(8)}
    with pytest.raises(Invalid):
        bank.take_one(one.hour.clinic, kid="12344", amount_ore=17_900, nonce="a", **act)
    with pytest.raises(Invalid):
        bank.take_one(one.hour.clinic, kid=one.invoice.kid, amount_ore=0, nonce="a", **act)
    first = bank.take_one(one.hour.clinic, kid=one.invoice.kid, amount_ore=17_900, nonce="a", **act)
    again = bank.take_one(one.hour.clinic, kid=one.invoice.kid, amount_ore=17_900, nonce="a", **act)
    assert (first.outcome, again) == ("paid", first)
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "no_columns"),
        (b"Dato;Tekst\n1.1.2026;Hei", "no_columns"),
        (a_table(), "empty"),
        (a_table("i gar;12344;100,00"), "not_a_day"),
        (a_table("01.12.2026;12344;mye"), "not_an_amount"),
        (an_ocr_file(item("12344", 100))[:-82], "cut_off"),
        (an_ocr_file(item("12344", 100)).replace(b"0000100011226", b"0000101011226"), "sum_differs"),
        (an_ocr_file(item("12344", 100)).replace(b"011226", b"411226"), "not_a_day"),
        (b"NY000010" + b"x" * 90, "not_ocr"),
    ],
)
def test_a_file_that_is_not_understood_whole_is_refused_with_the_reason(body, code):
    with pytest.raises(Unreadable) as fault:
        read(body)
    assert fault.value.code == code


@given(st.lists(st.tuples(st.integers(1, 10_000_000), st.integers(0, 10**9)), min_size=1, max_size=20))
def test_an_ocr_file_is_read_to_the_ore(payments):
    body = an_ocr_file(*(item(str(kid), ore, number=at) for at, (ore, kid) in enumerate(payments, 1)))
    found = read(body)
    assert [(row.amount_ore, row.kid) for row in found.rows] == [(ore, str(kid)) for ore, kid in payments]
    assert found.sum_ore == sum(ore for ore, _ in payments)
    assert len({row.key for row in found.rows}) == len(payments)


@pytest.mark.parametrize(
    ("typed", "ore"),
    [
        ("179", 17_900),
        ("179,5", 17_950),
        ("1 179,00", 117_900),
        ("1.179,00", 117_900),
        ("1,179.00", 117_900),
        ("kr 179,00", 17_900),
        ("−179,00", -17_900),
    ],
)
def test_amounts_are_read_as_banks_write_them(typed, ore):
    assert read(f"Dato;KID;Beløp\n2026-12-01;12344;{typed}".encode()).rows[0].amount_ore == ore


def test_what_a_machine_may_send_instead_of_a_file_breaks_nothing():
    for body in (b"\xff\xfe\x00", b"NY000010\nNY090030", "Dato,KID,Beløp\n,12344,".encode()):
        with pytest.raises(Unreadable):
            read(body)
