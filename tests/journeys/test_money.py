"""The journal of money: every sum is the sum of its parts, at every moment, whatever happened."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from blikk.audit.models import Entry
from blikk.journeys import money, money_lines
from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import Invalid
from blikk.kernel.moves import change
from blikk.payments.models import Charge, Claim, ClaimFile
from blikk.settlement import invoicing, payments, services
from blikk.settlement.models import BankEntry, Bill, Invoice, Payment, Reminder
from blikk.settlement.providers import Seen
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, admitted, staff
from tests.settlement.invoicing import issues_invoices
from tests.settlement.paying import a_bill

pytestmark = pytest.mark.django_db

# What may become of a bill, one act after another; what does not fit where it stands changes nothing.
LIVES = (
    (),
    ("cash",),
    ("fee", "transfer"),
    ("vipps", "part_back"),
    ("vipps", "refund"),
    ("terminal", "refund"),
    ("fee", "fee", "cash", "refund"),
    ("vipps_late", "credit"),
    ("credit", "cash"),
    ("fee", "credit"),
    ("fee", "fee", "without_fee"),
    ("fee", "without_fee", "refund"),
    ("fee",),
)
KINDS = ("co_payment", "private", "missed")


@pytest.fixture
def hour():
    hour = a_booked_hour()
    admitted(hour)
    return hour


class Ledger:
    """What should have happened, kept by hand beside the program: moment, what, øre."""

    def __init__(self, hour):
        self.hour, self.clinic = hour, hour.clinic
        self.lines: list[tuple[datetime, str, int]] = []
        self.state: dict[int, str] = {}

    def bill(self, ore: int, kind: str, now: datetime) -> Bill:
        Bill.objects.update(appointment=None)
        bill = a_bill(self.hour, ore, kind=kind)
        Bill.objects.filter(pk=bill.pk).update(opened_at=now)
        bill.refresh_from_db()
        self.lines.append((now, "billed", ore))
        self.state[bill.pk] = "open"
        return bill

    def act(self, bill: Bill, what: str, now: datetime) -> None:
        bill.refresh_from_db()
        actor, state, ore = staff(self.hour.clinician), self.state[bill.pk], bill.owed_ore
        who = {"actor": actor, "now": now}
        if what == "fee" and state == "open":
            self.remind(bill, now)
        elif what == "without_fee" and state == "open":
            self.let_fee_go(bill, now)
        elif what in ("cash", "terminal", "transfer") and state == "open":
            way = "bank" if what == "transfer" else "desk"
            payments.pay_by_hand(bill, how=what, provider=way, membership=None, **who)
            self.lines += [(now, "paid", ore), (now, "settled", ore)]
            self.state[bill.pk] = "paid"
        elif what == "vipps" and state == "open":
            begun = payments.begin(bill, provider="vipps", flow="redirect", **who)
            payments.found(begun, Seen("AUTHORIZED", captured_ore=ore), now=now)
            self.lines += [(now, "paid", ore), (now, "settled", ore)]
            self.state[bill.pk] = "paid"
        elif what == "vipps_late" and state == "open":
            # Begun, paid at the desk, and then the money comes after all: it goes back.
            begun = payments.begin(bill, provider="vipps", flow="redirect", **who)
            payments.pay_by_hand(bill, how="cash", provider="desk", membership=None, **who)
            begun.refresh_from_db()
            payments.found(begun, Seen("AUTHORIZED", captured_ore=ore), now=now)
            self.lines += [(now, "paid", 2 * ore), (now, "settled", ore)]
            then = now + timedelta(hours=1)
            payments.found(begun, Seen("AUTHORIZED", captured_ore=ore, refunded_ore=ore), now=then)
            self.lines.append((then, "refunded", ore))
            self.state[bill.pk] = "paid"
        elif what == "credit" and state == "open":
            services.credit(bill, why="desk", **who)
            self.lines += [(now, "credited", ore), (now, "settled", ore)]
            self.state[bill.pk] = "over"
        elif what == "refund" and state == "paid":
            self.give_back(bill, actor, now)
        elif what == "part_back" and state == "paid" and ore > 1:
            payment = Payment.objects.filter(bill=bill, status="captured").first()
            if payment is not None and payment.provider == "vipps" and not payment.refunded_ore:
                payments.found(payment, Seen("AUTHORIZED", captured_ore=ore, refunded_ore=1), now=now)
                self.lines.append((now, "refunded", 1))
                self.state[bill.pk] = "over"

    def let_fee_go(self, bill: Bill, now: datetime) -> None:
        """Paid to the account as the invoice says; the fee of its reminders is let go (`settlement/bank.py`)."""
        self.lines += [(now, "credited", bill.fee_ore), (now, "settled", bill.fee_ore)]
        change(bill, fee_ore=0)
        self.act(bill, "transfer", now)

    def remind(self, bill: Bill, now: datetime) -> None:
        """A reminder with a fee, as whoever makes one writes it down."""
        day = now.date()
        found = Invoice.objects.filter(bill=bill).first() or invoicing.issue(bill, actor=SYSTEM, now=now)
        Reminder.objects.create(
            invoice=found,
            number=found.reminders.count() + 1,
            made_on=day,
            due_on=day,
            fee_ore=3500,
            made_at=now,
        )
        Bill.objects.filter(pk=bill.pk).update(fee_ore=bill.fee_ore + 3500)
        self.lines.append((now, "billed", 3500))

    def give_back(self, bill: Bill, actor, now: datetime) -> None:
        ore = bill.owed_ore
        payment = payments.refund(bill, actor=actor, now=now)
        if payment.status == "refunding":
            payments.found(payment, Seen("AUTHORIZED", captured_ore=ore, refunded_ore=ore), now=now)
        self.lines += [(now, "refunded", ore), (now, "credited", ore)]
        self.state[bill.pk] = "over"

    def sum(self, what: str, before: datetime, since: datetime | None = None) -> int:
        return sum(
            ore
            for at, name, ore in self.lines
            if name == what and at < before and (since is None or at >= since)
        )

    def holds(self, moment: datetime) -> None:
        said = money.standing_at(self.clinic, moment)
        for what, ore in (
            ("billed", said.billed_ore),
            ("credited", said.credited_ore),
            ("paid", said.paid_ore),
            ("refunded", said.refunded_ore),
        ):
            assert ore == self.sum(what, moment), what
        assert said.outstanding_ore == self.sum("billed", moment) - self.sum("settled", moment)
        kept = said.paid_ore - said.refunded_ore
        assert said.billed_ore - said.credited_ore == kept - said.unsettled_ore + said.outstanding_ore


gaps = st.lists(st.integers(0, 20 * 24), min_size=4, max_size=4)
histories = st.lists(
    st.tuples(
        st.integers(1, 300_000),
        st.sampled_from(KINDS),
        st.tuples(st.sampled_from(LIVES), gaps),
        st.integers(0, 60 * 24),
    ),
    min_size=2,
    max_size=6,
)


@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    history=histories, step=st.sampled_from(money.STEPS), away=st.integers(0, 90), length=st.integers(1, 60)
)
def test_the_parts_are_the_whole_at_every_moment(hour, history, step, away, length):
    issues_invoices(hour.clinic)
    Invoice.objects.filter(kind="credit_note").delete()
    for table in (Payment, Reminder, Invoice, Bill):
        table.objects.all().delete()
    ledger = Ledger(hour)
    for ore, kind, acts, hours in history:
        at = NOW - timedelta(days=60) + timedelta(hours=hours)
        bill = ledger.bill(ore, kind, at)
        life, pauses = acts
        for what, later in zip(life, pauses, strict=False):
            at += timedelta(hours=later, minutes=1)
            ledger.act(bill, what, at)
    moments = {at for at, _what, _ore in ledger.lines}
    for moment in [*moments, *(at + timedelta(microseconds=1) for at in moments), NOW]:
        ledger.holds(moment)
    first = NOW.date() - timedelta(days=away)
    last = first + timedelta(days=length - 1)
    seen = money.journal_of(hour.clinic, first, last, step=step)
    start, end = money.bounds_of(hour.clinic, first, last)
    whole = seen.whole
    assert whole.billed_ore == ledger.sum("billed", end, start) == sum(one.billed_ore for one in seen.parts)
    assert whole.credited_ore == ledger.sum("credited", end, start)
    assert whole.paid_ore == ledger.sum("paid", end, start) == sum(one.paid_ore for one in seen.parts)
    assert whole.refunded_ore == ledger.sum("refunded", end, start)
    assert whole.outstanding_ore == seen.end.outstanding_ore == sum(one.ore for one in seen.ages)
    for part in seen.parts:
        then = money.bounds_of(hour.clinic, part.first, part.last)[1]
        assert part.outstanding_ore == money.standing_at(hour.clinic, then).outstanding_ore
    days = [(part.last - part.first).days + 1 for part in seen.parts]
    assert sum(days) == length
    lines = list(
        money_lines.take_lines(
            hour.clinic, first, last, with_names=False, actor=staff(hour.clinician), now=NOW
        )
    )
    for what in ("billed", "credited", "paid", "refunded"):
        names = (what, "fee") if what == "billed" else (what,)
        assert sum(one.ore for one in lines if one.what in names) == ledger.sum(what, end, start), what


def test_money_that_is_not_owed_is_said_until_it_has_gone_back(hour):
    ledger = Ledger(hour)
    ledger.act(ledger.bill(17_900, "private", NOW), "vipps_late", NOW)
    during, after = NOW + timedelta(minutes=5), NOW + timedelta(hours=2)
    assert money.standing_at(hour.clinic, during).unsettled_ore == 17_900
    assert money.standing_at(hour.clinic, after).unsettled_ore == 0


def test_what_was_given_back_was_paid_until_then(hour):
    ledger = Ledger(hour)
    bill = ledger.bill(17_900, "private", NOW)
    ledger.act(bill, "terminal", NOW + timedelta(days=1))
    ledger.act(bill, "refund", NOW + timedelta(days=5))
    for days, owed, credited in ((0.5, 17_900, 0), (2, 0, 0), (6, 0, 17_900)):
        said = money.standing_at(hour.clinic, NOW + timedelta(days=days))
        assert (said.outstanding_ore, said.credited_ore) == (owed, credited), days


def test_a_day_is_the_clinics_own(hour):
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    Ledger(hour).bill(10_000, "private", late)
    tuesday, wednesday = (
        money.journal_of(hour.clinic, day, day, step="day")
        for day in (date(2026, 11, 24), date(2026, 11, 25))
    )
    # Half past midnight in Oslo.
    assert (tuesday.whole.billed_ore, wednesday.whole.billed_ore) == (0, 10_000)
    assert tuesday.is_empty
    assert not wednesday.is_empty


def test_it_is_told_by_which_way_it_was_paid_and_how_old_is_what_is_owed(hour):
    ledger = Ledger(hour)
    for days, what in enumerate(("cash", "terminal", "transfer", "vipps")):
        ledger.act(ledger.bill(10_000 + days, "private", NOW), what, NOW)
    for days in (1, 20, 45, 90):
        ledger.bill(days * 100, "private", NOW - timedelta(days=days))
    seen = money.journal_of(hour.clinic, date(2026, 8, 1), NOW.date(), step="month")
    assert seen.whole.paid == {"cash": 10_000, "terminal": 10_001, "bank": 10_002, "vipps": 10_003}
    assert [(one.upto, one.count, one.ore) for one in seen.ages] == [
        (14, 1, 100),
        (30, 1, 2_000),
        (60, 1, 4_500),
        (None, 1, 9_000),
    ]


def test_what_the_state_is_asked_for_counts_when_the_file_was_made(hour):
    then = {"clinic": hour.clinic, "count": 1, "sum_ore": 1500, "body": "", "made_by": hour.clinician}
    file = ClaimFile.objects.create(made_at=NOW, **then)
    later = ClaimFile.objects.create(made_at=NOW + timedelta(days=1), **then)
    for number, more in enumerate(({}, {"is_paid": True}, {"credit_asked_at": NOW, "credited_in": later})):
        charge = Charge.objects.create(
            clinic=hour.clinic,
            kind="co_payment",
            patient_ore=0,
            state_ore=1500,
            accepted_at=NOW,
            accepted_by=hour.clinician,
        )
        Claim.objects.create(
            clinic=hour.clinic,
            charge=charge,
            number=number,
            guid=str(number),
            body="{}",
            amount_ore=1500,
            began_at=NOW - timedelta(days=40),
            file=file,
            **more,
        )
    Claim.objects.filter(number=0).update(answer="rejected")
    ClaimFile.objects.filter(pk=file.pk).update(paid_ore=3000, paid_on=NOW.date() + timedelta(days=1))
    today = money.journal_of(hour.clinic, NOW.date(), NOW.date(), step="day")
    assert (today.claims_rejected_ore, today.claims_rejected_count) == (1500, 1)
    assert today.whole.state_paid_ore == 0
    assert (today.whole.claimed_ore, today.whole.claimed_count) == (4500, 3)
    assert (today.claims_paid_ore, today.claims_paid_count) == (1500, 1)
    assert today.whole.claims_credited_ore == 0
    tomorrow = NOW.date() + timedelta(days=1)
    after = money.journal_of(hour.clinic, tomorrow, tomorrow, step="day")
    assert (after.whole.claimed_ore, after.whole.claims_credited_ore) == (0, 1500)
    assert (after.whole.state_paid_ore, after.is_empty) == (3000, False)


def test_what_came_to_the_account_for_no_bill_is_told_until_somebody_placed_it(hour):
    later = NOW + timedelta(days=2)
    entry = {"clinic": hour.clinic, "paid_on": NOW.date(), "outcome": "unknown_kid", "taken_at": NOW}
    BankEntry.objects.create(key="a", amount_ore=5_000, **entry)
    BankEntry.objects.create(key="b", amount_ore=700, cleared_at=later, **entry)
    for days, told in ((0, (5_700, 2)), (3, (5_000, 1))):
        day = NOW.date() + timedelta(days=days)
        seen = money.journal_of(hour.clinic, day, day, step="day")
        assert (seen.unplaced_ore, seen.unplaced_count) == told
        assert seen.whole.paid_ore == 0


def test_another_clinics_money_is_never_in_it(hour):
    ledger = Ledger(hour)
    ledger.act(ledger.bill(10_000, "private", NOW), "cash", NOW)
    other = a_clinic("Nordre legesenter")
    later = NOW + timedelta(days=1)
    assert money.standing_at(other, later) == money.Standing(0, 0, 0, 0, 0, 0)
    assert money.journal_of(other, NOW.date(), NOW.date(), step="day").is_empty
    assert money.standing_at(hour.clinic, later).billed_ore == 10_000
    who = staff(a_member(other, "administrator"))
    lines = money_lines.take_lines(other, NOW.date(), NOW.date(), with_names=True, actor=who, now=NOW)
    assert list(lines) == []


def test_it_asks_the_same_of_ten_bills_as_of_a_thousand(hour, django_assert_num_queries):
    def many(count: int) -> None:
        Bill.objects.bulk_create(
            Bill(
                clinic=hour.clinic,
                kind="private",
                amount_ore=100 + place,
                opened_at=NOW - timedelta(minutes=place),
            )
            for place in range(count)
        )
        paid = Bill.objects.filter(status="open")[: count // 2]
        Payment.objects.bulk_create(
            Payment(
                clinic=hour.clinic,
                bill=bill,
                status="captured",
                provider="desk",
                how="cash",
                amount_ore=bill.amount_ore,
                captured_ore=bill.amount_ore,
                begun_at=NOW,
                captured_at=NOW,
            )
            for bill in paid
        )
        Bill.objects.filter(payments__isnull=False).update(status="paid", settled_at=NOW)

    for count in (10, 990):
        many(count)
        with django_assert_num_queries(27):
            seen = money.journal_of(hour.clinic, date(2026, 11, 1), NOW.date(), step="day")
        assert seen.whole.billed_count == Bill.objects.count()
        assert seen.end.unsettled_ore == 0


def test_a_long_period_is_shown_in_longer_steps_and_an_impossible_one_not_at_all(hour):
    a_year = (date(2026, 1, 1), date(2026, 12, 31))
    assert money.longer("day", *a_year) == "week"
    assert money.longer("week", date(2024, 1, 1), date(2026, 12, 31)) == "month"
    assert money.longer("day", date(2026, 11, 1), date(2026, 11, 30)) == "day"
    with pytest.raises(Invalid):
        money.journal_of(hour.clinic, date(2026, 2, 1), date(2026, 1, 1), step="day")
    with pytest.raises(Invalid):
        money.journal_of(hour.clinic, date(2000, 1, 1), date(2026, 1, 1), step="day")


def test_that_the_file_was_taken_is_recorded_before_its_first_line(hour):
    lines = money_lines.take_lines(
        hour.clinic, NOW.date(), NOW.date(), with_names=True, actor=staff(hour.clinician), now=NOW
    )
    taken = Entry.objects.get(act="money.journal_taken")
    assert "with_names" in taken.details
    Ledger(hour).bill(500, "private", NOW)
    assert [(one.what, one.ore, one.name) for one in lines] == [("billed", 500, hour.patient.name)]
