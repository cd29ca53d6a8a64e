"""Many payments through every fault that a provider has, and what came of them: ours beside theirs."""

import random
from dataclasses import dataclass, field

from blikk.kernel.errors import Refused
from blikk.settlement import payments
from blikk.settlement.models import Bill, Payment
from tests.builders import NOW, a_clinic, a_patient
from tests.settlement.paying import Till, a_till, begun


@dataclass
class Run:
    """What was done to how many payments."""

    till: Till
    rng: random.Random
    heard: list[dict] = field(default_factory=list)
    calls: int = 0
    forged: int = 0

    def tell(self, most: int = 4) -> None:
        """Vipps calls: early or late, in any order, some twice, some never; others call too."""
        for event in self.rng.sample(self.heard, min(most, len(self.heard))):
            self.calls += self.till.call(event)
            if self.rng.random() < 0.7:
                self.heard.remove(event)
        if self.rng.random() < 0.2:
            lie = {"reference": self.rng.choice(list(self.till.vipps.payments) or ["x"]), "name": "CAPTURED"}
            self.forged += self.till.call(lie, secret="guessed")
            self.till.call({"reference": f"unknown-{self.rng.random()}", "name": "REFUNDED"})


def pay_through(count: int, *, chance: float = 0.2, seed: int = 11) -> Run:
    """Let this many bills be paid, refused, left alone, paid at the desk meanwhile, or refunded."""
    rng = random.Random(seed)
    clinic = a_clinic()
    patient = a_patient(clinic)
    till = a_till(clinic, chance=chance, seed=seed)
    run = Run(till, rng)
    till.vipps.tell = run.heard.append
    bills = Bill.objects.bulk_create(
        Bill(
            clinic=clinic,
            patient=patient,
            kind="co_payment",
            amount_ore=rng.randint(1, 99_999),
            opened_at=NOW,
        )
        for _ in range(count)
    )
    for bill in bills:
        flow = rng.choice(("redirect", "push"))
        begun(till, bill, flow, phone="+4790123456" if flow == "push" else "")
        _live(run, bill)
    # Time passes, the faults stop, and what nobody answered runs out.
    for _ in range(20):
        till.work_until_idle(2)
    till.vipps.weather.chance = 0.0
    till.work_until_idle()
    for reference, there in till.vipps.payments.items():
        if there.state == "CREATED":
            till.vipps.abort(reference, "EXPIRED")
    till.work_until_idle()
    return run


def _live(run: Run, bill: Bill) -> None:
    till, rng = run.till, run.rng
    _work(till)
    payment = Payment.objects.filter(bill=bill).latest("pk")
    chance = rng.random()
    if payment.reference in till.vipps.payments:
        if chance < 0.75:
            till.vipps.approve(payment.reference)
        elif chance < 0.85:
            till.vipps.abort(payment.reference)
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
            begun(till, bill)
    except (Refused, payments.NotFound):
        pass
    run.tell()
    _work(till)


def _work(till: Till, most: int = 6) -> None:
    for _ in range(most):
        if not till.work():
            return


def difference_ore(run: Run) -> int:
    """How many øre we and the provider disagree about, payment by payment."""
    ours = {one.reference: one for one in Payment.objects.filter(provider="vipps")}
    apart = 0
    for reference in {*ours, *run.till.vipps.payments}:
        mine, theirs = ours.get(reference), run.till.vipps.payments.get(reference)
        held = mine.captured_ore - mine.refunded_ore if mine else 0
        apart += abs(held - (theirs.captured - theirs.refunded if theirs else 0))
    return apart


def doubled(run: Run) -> int:
    """Bills for which money is held more than once, and payments that were taken twice."""
    twice = sum(one.captures > 1 for one in run.till.vipps.payments.values())
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
