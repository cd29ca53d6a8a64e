"""Opening a bill."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blikk.audit.models import Entry
from blikk.consultations.models import Consultation
from blikk.kernel.errors import Invalid, NotFound
from blikk.settlement.errors import AlreadyBilled
from blikk.settlement.lines import BillLine, check, patients_part
from blikk.settlement.models import Bill
from blikk.settlement.queries import is_paid, lines_of
from blikk.settlement.services import open_bill
from blikk.settlement.states import BILL, BillStatus
from tests.builders import NOW, Hour, a_booked_hour, a_clinic, a_patient, admitted, staff
from tests.identities import consultation_of

pytestmark = pytest.mark.django_db

LINES = (BillLine("2ad", "Konsultasjon", 1, 17_900), BillLine("2ad", "Konsultasjon", 1, 1_500, "state"))


@pytest.fixture
def hour() -> Hour:
    hour = a_booked_hour()
    admitted(hour)
    return hour


def opened(hour: Hour, lines=LINES, **more) -> Bill | None:
    talk: Consultation = consultation_of(hour)
    values = {"patient": hour.patient, "consultation": talk, "kind": "co_payment", **more}
    return open_bill(hour.clinic, lines=lines, actor=staff(hour.clinician), now=NOW, **values)


def test_a_bill_is_what_the_patient_pays_and_keeps_every_line(hour):
    bill = opened(hour)
    assert (bill.amount_ore, bill.status) == (17_900, BillStatus.OPEN)
    assert lines_of(Bill.objects.get()) == LINES
    assert Entry.objects.filter(act="bill.opened").count() == 1


def test_the_same_bill_twice_is_one(hour):
    assert opened(hour) == opened(hour)
    assert Bill.objects.count() == 1


def test_other_lines_take_the_first_bill_back(hour):
    first = opened(hour)
    second = opened(hour, (BillLine("2ad", "Konsultasjon", 1, 20_000),))
    first.refresh_from_db()
    assert (first.status, second.status, second.amount_ore) == ("credited", "open", 20_000)


def test_nothing_to_pay_is_no_bill_and_takes_an_earlier_one_back(hour):
    first = opened(hour)
    assert opened(hour, (BillLine("2ad", "Konsultasjon", 1, 17_900, "state"),)) is None
    first.refresh_from_db()
    assert first.status == BillStatus.CREDITED


def test_a_paid_bill_is_not_replaced(hour):
    bill = opened(hour)
    BILL.make(bill, BillStatus.PAID, settled_at=NOW)
    assert opened(hour) == bill
    with pytest.raises(AlreadyBilled):
        opened(hour, (BillLine("2ad", "Konsultasjon", 1, 20_000),))


def test_an_hour_that_was_missed_is_billed_without_a_conversation(hour):
    line = (BillLine("", "Ikke møtt", 1, 30_000),)
    bill = opened(hour, line, consultation=None, kind="missed", appointment=hour.appointment)
    assert (bill.appointment, bill.consultation) == (hour.appointment, None)
    with pytest.raises(NotFound):
        opened(hour, line, consultation=None, kind="missed")


def test_another_clinics_patient_is_not_there(hour):
    with pytest.raises(NotFound):
        opened(hour, patient=a_patient(a_clinic()))
    assert opened(hour) is not None


def test_is_paid_follows_the_bill_for_the_co_payment(hour):
    talk = consultation_of(hour)
    bill = opened(hour)
    private = opened(hour, kind="private")
    BILL.make(private, BillStatus.PAID, settled_at=NOW)
    assert not is_paid(talk)
    BILL.make(bill, BillStatus.PAID, settled_at=NOW)
    assert is_paid(talk)
    BILL.make(bill, BillStatus.REFUNDED, settled_at=NOW)
    assert not is_paid(talk)


@pytest.mark.parametrize(
    "line",
    [
        BillLine("2ad", "Konsultasjon", 1, 179.0),
        BillLine("2ad", "Konsultasjon", True, 100),
        BillLine("2ad", "Konsultasjon", 1, -1),
        BillLine("2ad", "Konsultasjon", 1, 10_000_001),
        BillLine("2ad", "Konsultasjon", 0, 100),
        BillLine("2ad", "Konsultasjon", 1, 100, "insurer"),
        BillLine("2ad", " ", 1, 100),
        BillLine("2" * 21, "Konsultasjon", 1, 100),
    ],
)
def test_a_line_that_no_bill_can_have_is_refused(hour, line):
    with pytest.raises(Invalid):
        opened(hour, (line,))
    assert not Bill.objects.exists()


def test_a_bill_of_an_unknown_kind_or_without_lines_is_refused(hour):
    for more in ({"kind": "gift"}, {"lines": ()}):
        with pytest.raises(Invalid):
            opened(hour, **more)
    assert opened(hour) is not None


amounts = st.integers(0, 100_000)
lines = st.lists(
    st.builds(
        BillLine,
        st.just("1a"),
        st.just("x"),
        st.integers(1, 9),
        amounts,
        st.sampled_from(["patient", "state", "other"]),
    ),
    min_size=1,
    max_size=50,
)


@given(lines)
def test_the_parts_of_a_bill_are_its_whole_to_the_ore(some):
    check(some)
    others = sum(line.amount_ore for line in some if line.payer != "patient")
    assert patients_part(some) + others == sum(line.amount_ore for line in some)
