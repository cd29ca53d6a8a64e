"""Many payments through every fault that a provider has, and what came of them: ours beside theirs."""

import random
from dataclasses import dataclass, field

from blikk.kernel.errors import Refused
from blikk.settlement import payments
from blikk.settlement.models import Bill, Payment
from tests.builders import NOW, a_clinic, a_patient
from tests.card.server import MockStripe, a_stripe
from tests.settlement.paying import Till, a_till, begun, with_card
from tests.vipps.server import MockVipps


@dataclass
class Run:
    """What was done to how many payments."""

    till: Till
    rng: random.Random
    heard: list[dict] = field(default_factory=list)
    calls: int = 0
    forged: int = 0

    def tell(self, most: int = 4) -> None:
        """The providers call: early or late, in any order, some twice, some never; others call too."""
        for event in self.rng.sample(self.heard, min(most, len(self.heard))):
            self.calls += (self.till.call_by_stripe if "object" in event else self.till.call)(event)
            if self.rng.random() < 0.7:
                self.heard.remove(event)
        if self.rng.random() < 0.2:
            lie = {"reference": self.rng.choice(list(self.till.vipps.payments) or ["x"]), "name": "CAPTURED"}
            self.forged += self.till.call(lie, secret="guessed")
            self.forged += self.till.call_by_stripe({"type": "charge.refunded"}, secret="whsec_guessed")
            self.forged += self.till.call_by_stripe({"type": "charge.refunded"}, ago=3600)
            self.till.call({"reference": f"unknown-{self.rng.random()}", "name": "REFUNDED"})

    def asked(self, way: str) -> MockVipps | MockStripe:
        return self.till.vipps if way == "vipps" else self.till.card


def pay_through(count: int, *, chance: float = 0.2, seed: int = 11) -> Run:
    """Let this many bills be paid, refused, left alone, paid at the desk meanwhile, or refunded."""
    rng = random.Random(seed)
    clinic = a_clinic()
    patient = a_patient(clinic)
    with a_stripe(chance=chance, seed=seed) as card:
        till = with_card(a_till(clinic, chance=chance, seed=seed), card)
        run = Run(till, rng)
        till.vipps.tell = card.tell = run.heard.append
        bills = Bill.objects.bulk_create(
            Bill(
                clinic=clinic,
                patient=patient,
                kind="co_payment",
                amount_ore=rng.randint(300, 99_999),
                opened_at=NOW,
            )
            for _ in range(count)
        )
        for bill in bills:
            _begin(run, bill)
            _live(run, bill)
        _end(run)
    return run


def _begin(run: Run, bill: Bill) -> None:
    way, flow = run.rng.choice((("vipps", "redirect"), ("vipps", "push"), ("card", "redirect")))
    begun(run.till, bill, flow, way, phone="+4790123456" if flow == "push" else "")


def _end(run: Run) -> None:
    """Time passes, the faults stop, and what nobody answered runs out."""
    till = run.till
    for _ in range(20):
        till.work_until_idle(2)
    till.vipps.weather.chance = till.card.weather.chance = 0.0
    till.work_until_idle()
    for each in till.vipps.payments.values():
        till.vipps.abort(each.reference, "EXPIRED")
    for reference in till.card.payments:
        till.card.abort(reference, "EXPIRED")
    till.work_until_idle()


def _live(run: Run, bill: Bill) -> None:
    till, rng = run.till, run.rng
    _work(till)
    payment = Payment.objects.filter(bill=bill).latest("pk")
    chance = rng.random()
    _answer(run, payment, chance)
    run.tell()
    till.clock.later(seconds=rng.randint(1, 20))
    _work(till)
    try:
        if chance > 0.65 and chance < 0.8:
            payments.pay_by_hand(
                bill, how="cash", provider="desk", membership=None, actor=payments.SYSTEM, now=till.clock()
            )
        elif chance < 0.2:
            payments.refund(bill, actor=payments.SYSTEM, now=till.clock())
        elif chance > 0.9:
            _begin(run, bill)
    except (Refused, payments.NotFound):
        pass
    run.tell()
    _work(till)


def _answer(run: Run, payment: Payment, chance: float) -> None:
    """The patient says yes, no or nothing, where we sent them."""
    there = run.asked(payment.provider)
    if payment.reference not in there.payments:
        return
    if chance < 0.75 and payment.provider == "card":
        if payment.there:
            run.till.card.approve(payment.reference, payment.there)
    elif chance < 0.75:
        run.till.vipps.approve(payment.reference)
    elif chance < 0.85:
        there.abort(payment.reference)


def _work(till: Till, most: int = 6) -> None:
    for _ in range(most):
        if not till.work():
            return


def difference_ore(run: Run) -> int:
    """How many øre we and the providers disagree about, payment by payment."""
    apart = 0
    for way, held in (
        ("vipps", list(run.till.vipps.payments.values())),
        ("card", list(run.till.card.sessions.values())),
    ):
        ours = {one.reference: one for one in Payment.objects.filter(provider=way)}
        for reference in {*ours, *(each.reference for each in held)}:
            mine = ours.get(reference)
            theirs = sum(each.captured - each.refunded for each in held if each.reference == reference)
            apart += abs((mine.captured_ore - mine.refunded_ore if mine else 0) - theirs)
    return apart


def doubled(run: Run) -> int:
    """Bills for which money is held more than once, and payments that were taken twice."""
    taken: dict[str, int] = {}
    for each in (*run.till.vipps.payments.values(), *run.till.card.sessions.values()):
        taken[each.reference] = taken.get(each.reference, 0) + each.captures
    twice = sum(times > 1 for times in taken.values())
    for bill in Bill.objects.filter(clinic=run.till.clinic).prefetch_related("payments"):
        held = sum(one.captured_ore - one.refunded_ore for one in bill.payments.all())
        owed = bill.amount_ore if bill.status == "paid" else 0
        twice += held > owed
    return twice


def unpaid_but_held(run: Run) -> int:
    """Bills that say something else than the money does."""
    wrong = 0
    for bill in Bill.objects.filter(clinic=run.till.clinic).prefetch_related("payments"):
        held = sum(one.captured_ore - one.refunded_ore for one in bill.payments.all())
        wrong += held != (bill.amount_ore if bill.status == "paid" else 0)
    return wrong
