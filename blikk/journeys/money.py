"""The journal of a clinic's money: billed, paid, owed, given back and claimed, at any moment and day by day.

Nothing is kept for it. Every sum is read from the bills, the payments and the claims themselves, in a number of
queries that does not depend on how many there are (decision 57 says what counts when).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, cast
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    Count,
    DateField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, TruncDate

from blikk.kernel.errors import Invalid
from blikk.kernel.times import day_bounds
from blikk.payments.models import Claim, ClaimAnswer, ClaimFile
from blikk.settlement.models import BankEntry, BankOutcome, Bill, Payment, Reminder
from blikk.settlement.states import GONE, BillStatus

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from blikk.clinics.models import Clinic

Step = Literal["day", "week", "month"]
STEPS: tuple[Step, ...] = ("day", "week", "month")
LONGEST = timedelta(days=3 * 366)
# Most bars of a plot that can be told apart on a phone; a longer period is shown in longer steps.
MOST_STEPS: Mapping[Step, int] = {"day": 31, "week": 53, "month": 37}
# Days since a bill was made: up to these, and more.
AGES = (14, 30, 60)

_REFUNDED = BillStatus.REFUNDED


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the money stands at a moment, of all that was before it."""

    billed_ore: int
    credited_ore: int
    paid_ore: int
    refunded_ore: int
    outstanding_ore: int
    # Money that came in and settles no bill, or bills settled with more money than is still here. Nothing, when all
    # is as it should be.
    unsettled_ore: int


@dataclass
class Flow:
    """What happened in a stretch of time, and what was owed at its end."""

    first: date
    last: date
    billed_ore: int = 0
    billed_count: int = 0
    # Of what was billed: what reminders have added.
    fees_ore: int = 0
    credited_ore: int = 0
    refunded_ore: int = 0
    paid: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    claimed_ore: int = 0
    claimed_count: int = 0
    claims_credited_ore: int = 0
    # What the state has paid, on the day that it says; known of files that go to it by themselves.
    state_paid_ore: int = 0
    outstanding_ore: int = 0

    @property
    def paid_ore(self) -> int:
        return sum(self.paid.values())


@dataclass(frozen=True, slots=True)
class Age:
    """What is owed of bills that are so old; `upto` is None for the oldest."""

    upto: int | None
    count: int
    ore: int


@dataclass(frozen=True, slots=True)
class Journal:
    """A period of a clinic's money."""

    first: date
    last: date
    step: Step
    whole: Flow
    parts: Sequence[Flow]
    ages: Sequence[Age]
    start: Standing
    end: Standing
    # Of the claims of the period: how many of them say that the patient has paid, and what those ask of the state.
    claims_paid_count: int
    claims_paid_ore: int
    # Of the same claims: what the state has said no to.
    claims_rejected_count: int
    claims_rejected_ore: int
    # What came to the account by then and belongs to no bill yet, and how many times.
    unplaced_ore: int = 0
    unplaced_count: int = 0

    @property
    def is_empty(self) -> bool:
        whole = self.whole
        moved = whole.billed_ore or whole.paid_ore or whole.refunded_ore or whole.credited_ore
        return not (moved or whole.claimed_ore or whole.claims_credited_ore or whole.state_paid_ore)


def bounds_of(clinic: Clinic, first: date, last: date) -> tuple[datetime, datetime]:
    """The moments between which the days lie on the clinic's own clock."""
    return day_bounds(first, clinic.zone)[0], day_bounds(last, clinic.zone)[1]


def standing_at(clinic: Clinic, moment: datetime) -> Standing:
    """Where the money stood just before a moment, also one long ago."""
    bills = Bill.objects.filter(clinic=clinic, opened_at__lt=moment)
    gone = bills.filter(status__in=GONE, settled_at__lt=moment).annotate(then=taken_back())
    credited = _sum(gone, "then") + _sum(waived(clinic).filter(captured_at__lt=moment), "waived")
    owed = _sum(bills.filter(_owed_at(moment)).annotate(then=_whole_at(moment)), "then")
    fees = _sum(Reminder.objects.filter(invoice__clinic=clinic, made_at__lt=moment), "fee_ore")
    billed = _sum(bills, "amount_ore") + fees
    payments = Payment.objects.filter(clinic=clinic)
    paid = _sum(payments.filter(captured_at__lt=moment), "captured_ore")
    refunded = _sum(payments.filter(refunded_at__lt=moment), "refunded_ore")
    settled = billed - credited - owed
    return Standing(billed, credited, paid, refunded, owed, paid - refunded - settled)


def journal_of(clinic: Clinic, first: date, last: date, *, step: Step) -> Journal:
    """The money of some days, both counted, in steps. Raises Invalid for a period that cannot be."""
    if last < first:
        raise Invalid(til="ends_before_it_begins")
    if last - first > LONGEST:
        raise Invalid(til="too_long_a_period")
    start, end = bounds_of(clinic, first, last)
    step = longer(step, first, last)
    before = standing_at(clinic, start)
    days = _days(clinic, start, end)
    for row in _state_paid(clinic, first, last):
        days.setdefault(row["paid_on"], Flow(row["paid_on"], row["paid_on"])).state_paid_ore += row["ore"]
    parts = _parts(days, first, last, step, before.outstanding_ore)
    claims = Claim.objects.filter(clinic=clinic, file__made_at__gte=start, file__made_at__lt=end)
    told = claims.aggregate(
        claims_paid_count=Count("pk", filter=Q(is_paid=True)),
        claims_paid_ore=Coalesce(Sum("amount_ore", filter=Q(is_paid=True)), 0),
        claims_rejected_count=Count("pk", filter=Q(answer=ClaimAnswer.REJECTED)),
        claims_rejected_ore=Coalesce(Sum("amount_ore", filter=Q(answer=ClaimAnswer.REJECTED)), 0),
    )
    return Journal(
        first=first,
        last=last,
        step=step,
        whole=_whole(parts, first, last, before.outstanding_ore),
        parts=parts,
        ages=_ages(clinic, end),
        start=before,
        end=standing_at(clinic, end),
        **told,
        **_unplaced(clinic, end),
    )


def _unplaced(clinic: Clinic, end: datetime) -> dict[str, int]:
    """Money that came to the account before a moment and that nobody had placed by then."""
    entries = BankEntry.objects.filter(clinic=clinic, taken_at__lt=end).exclude(outcome=BankOutcome.PAID)
    waiting = entries.filter(Q(cleared_at__isnull=True) | Q(cleared_at__gte=end))
    found = waiting.aggregate(ore=Sum("amount_ore"), count=Count("pk"))
    return {"unplaced_ore": found["ore"] or 0, "unplaced_count": found["count"]}


def longer(step: Step, first: date, last: date) -> Step:
    """The step, or a longer one where there would be more of them than one can look at."""
    days = (last - first).days + 1
    lengths: Mapping[Step, int] = {"day": 1, "week": 7, "month": 28}
    fitting = [one for one in STEPS[STEPS.index(step) :] if days / lengths[one] <= MOST_STEPS[one]]
    return fitting[0] if fitting else "month"


def step_of(day: date, step: Step) -> date:
    """The first day of the step that a day lies in; weeks begin on Monday."""
    if step == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if step == "month" else day


def _owed_at(moment: datetime) -> Q:
    """Whether a bill that was made before was still to be paid. One that was given back was paid until then."""
    was_paid_for = Payment.objects.filter(
        bill=OuterRef("pk"), refunded_at=OuterRef("settled_at"), captured_at__lt=moment
    )
    return Q(settled_at__isnull=True) | (
        Q(settled_at__gte=moment) & Q(~Q(status=_REFUNDED) | Q(~Exists(was_paid_for)))
    )


def _fees(bill: str, **more: Any) -> Any:
    """What reminders have added to a bill, also where it was waived in the end."""
    found = Reminder.objects.filter(invoice__bill=OuterRef(bill), **more).order_by()
    sums = found.values("invoice__bill").annotate(ore=Sum("fee_ore")).values("ore")
    return Coalesce(Subquery(sums, output_field=IntegerField()), 0)


def _whole_at(moment: datetime) -> Any:
    """What a bill was with the fees that reminders had added by then."""
    return F("amount_ore") + _fees("pk", made_at__lt=moment)


def taken_back() -> Any:
    """What is no longer asked for of a bill that is gone: one that was given back had its waived fee gone before."""
    return F("amount_ore") + Case(When(status=_REFUNDED, then=F("fee_ore")), default=_fees("pk"))


def waived(clinic: Clinic) -> QuerySet[Payment]:
    """Payments that were the bill without the fees of its reminders, which nobody asks for any more."""
    paid_it = Q(bill__status=BillStatus.PAID, captured_at=F("bill__settled_at")) | Q(
        bill__status=_REFUNDED, refunded_at=F("bill__settled_at")
    )
    rows = Payment.objects.filter(paid_it, clinic=clinic)
    return rows.annotate(waived=_fees("bill_id") - F("bill__fee_ore")).filter(waived__gt=0)


def _ages(clinic: Clinic, end: datetime) -> list[Age]:
    """What is owed at a moment, by how long ago it was billed, youngest first."""
    limits = [When(opened_at__gte=end - timedelta(days=days), then=Value(days)) for days in AGES]
    rows = (
        Bill.objects.filter(clinic=clinic, opened_at__lt=end)
        .filter(_owed_at(end))
        .annotate(age=Case(*limits, default=Value(0), output_field=IntegerField()), then=_whole_at(end))
        .values("age")
        .annotate(count=Count("pk"), ore=Sum("then"))
        .order_by()
    )
    found = {row["age"]: (row["count"], row["ore"]) for row in rows}
    return [Age(days or None, *found.get(days, (0, 0))) for days in (*AGES, 0)]


def _days(clinic: Clinic, start: datetime, end: datetime) -> dict[date, Flow]:
    """What happened, day by day on the clinic's clock; `outstanding_ore` is by how much it changed."""
    days: dict[date, Flow] = {}

    def on(day: date) -> Flow:
        return days.setdefault(day, Flow(day, day))

    bills, payments = Bill.objects.filter(clinic=clinic), Payment.objects.filter(clinic=clinic)
    claims = Claim.objects.filter(clinic=clinic)

    def by(rows: QuerySet[Any], moment: str, ore: str, *more: str) -> Iterator[dict[str, Any]]:
        return _by_day(rows, moment, ore, *more, start=start, end=end, zone=clinic.zone)

    for row in by(bills, "opened_at", "amount_ore"):
        on(row["day"]).billed_ore += row["ore"]
        on(row["day"]).billed_count += row["count"]
        on(row["day"]).outstanding_ore += row["ore"]
    for row in by(Reminder.objects.filter(invoice__clinic=clinic, fee_ore__gt=0), "made_at", "fee_ore"):
        on(row["day"]).billed_ore += row["ore"]
        on(row["day"]).fees_ore += row["ore"]
        on(row["day"]).outstanding_ore += row["ore"]
    for row in by(bills.annotate(then=taken_back()), "settled_at", "then", "status"):
        if row["status"] in GONE:
            on(row["day"]).credited_ore += row["ore"]
        if row["status"] != _REFUNDED:
            on(row["day"]).outstanding_ore -= row["ore"]
    # A bill that was given back stopped being owed when it was paid.
    given_back = payments.filter(bill__status=_REFUNDED, refunded_at=F("bill__settled_at"))
    for row in by(given_back.annotate(then=F("bill__amount_ore") + _fees("bill_id")), "captured_at", "then"):
        on(row["day"]).outstanding_ore -= row["ore"]
    for row in by(waived(clinic), "captured_at", "waived"):
        on(row["day"]).credited_ore += row["ore"]
    for row in by(payments, "captured_at", "captured_ore", "provider", "how"):
        on(row["day"]).paid[method_of(row["provider"], row["how"])] += row["ore"]
    for row in by(payments, "refunded_at", "refunded_ore"):
        on(row["day"]).refunded_ore += row["ore"]
    for row in by(claims, "file__made_at", "amount_ore"):
        on(row["day"]).claimed_ore += row["ore"]
        on(row["day"]).claimed_count += row["count"]
    for row in by(claims, "credited_in__made_at", "amount_ore"):
        on(row["day"]).claims_credited_ore += row["ore"]
    return days


def _state_paid(clinic: Clinic, first: date, last: date) -> Any:
    files = ClaimFile.objects.filter(clinic=clinic, paid_on__gte=first, paid_on__lte=last)
    return files.exclude(paid_ore=None).values("paid_on").annotate(ore=Sum("paid_ore")).order_by()


def method_of(provider: str, how: str) -> str:
    """By which way money came: at the desk by cash or terminal; to the account, whoever noted it; or by a provider."""
    return how or provider if provider == "desk" else provider


def _by_day(
    rows: QuerySet[Any],
    moment: str,
    ore: str,
    *more: str,
    start: datetime,
    end: datetime,
    zone: str,
) -> Iterator[dict[str, Any]]:
    found = rows.filter(**{f"{moment}__gte": start, f"{moment}__lt": end})
    day = TruncDate(moment, tzinfo=ZoneInfo(zone), output_field=DateField())
    groups = found.annotate(day=day).values("day", *more).annotate(ore=Sum(ore), count=Count("pk")).order_by()
    return cast("Iterator[dict[str, Any]]", groups.iterator())


def _parts(
    days: Mapping[date, Flow], first: date, last: date, step: Step, outstanding_ore: int
) -> list[Flow]:
    """The days put together in steps, from the first of the period to its last."""
    parts: list[Flow] = []
    at = first
    while at <= last:
        begins = step_of(at, step)
        after = step_of(begins + timedelta(days={"day": 1, "week": 7, "month": 31}[step]), step)
        parts.append(Flow(at, min(after - timedelta(days=1), last)))
        at = after
    places = {step_of(part.first, step): part for part in parts}
    for day, flow in days.items():
        _add(places[step_of(day, step)], flow)
    for part in parts:
        outstanding_ore += part.outstanding_ore
        part.outstanding_ore = outstanding_ore
    return parts


def _whole(parts: Sequence[Flow], first: date, last: date, outstanding_ore: int) -> Flow:
    whole = Flow(first, last)
    for part in parts:
        _add(whole, part)
    whole.outstanding_ore = parts[-1].outstanding_ore if parts else outstanding_ore
    return whole


_ADDED = (
    "billed_ore",
    "billed_count",
    "fees_ore",
    "credited_ore",
    "refunded_ore",
    "claimed_ore",
    "claimed_count",
    "claims_credited_ore",
    "state_paid_ore",
    "outstanding_ore",
)


def _add(to: Flow, other: Flow) -> None:
    for name in _ADDED:
        setattr(to, name, getattr(to, name) + getattr(other, name))
    for method, ore in other.paid.items():
        to.paid[method] += ore


def _sum(rows: QuerySet[Any], ore: str) -> int:
    return cast("int", rows.aggregate(ore=Sum(ore))["ore"] or 0)
