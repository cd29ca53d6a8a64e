"""A clinic that takes Vipps, a bill, and time that passes."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from stripe import WebhookSignature

from blikk.clinics.models import Clinic
from blikk.settlement import payments, told
from blikk.settlement.asking import ask_once
from blikk.settlement.card.setup import join_card, use_card
from blikk.settlement.lines import BillLine
from blikk.settlement.models import Bill, MoneySetup, Payment
from blikk.settlement.services import open_bill
from blikk.settlement.setup import VippsKeys, join_vipps, use_vipps
from blikk.settlement.vipps.signing import signature
from tests.builders import NOW, Hour, staff
from tests.card.server import MockStripe
from tests.identities import consultation_of
from tests.vipps.server import MockVipps

KEYS = VippsKeys("123456", "a-client", "a-client-secret", "a-subscription-key")
BACK = "https://blikk.example.no/betal/tilbake"


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def later(self, **how: float) -> None:
        self.now += timedelta(**how)


@dataclass
class Till:
    """Everything between a clinic and its Vipps."""

    clinic: Clinic
    vipps: MockVipps
    setup: MoneySetup
    clock: Clock = field(default_factory=Clock)
    card: MockStripe | None = None

    def work(self, worker: str = "w") -> int:
        return ask_once(worker, words=words, clock=self.clock, transports={"vipps": self.vipps.transport()})

    def work_until_idle(self, most: int = 60) -> None:
        """Let time pass until nothing is due any more."""
        for _ in range(most):
            while self.work():
                pass
            if not Payment.objects.filter(next_at__isnull=False).exists():
                return
            self.clock.later(minutes=11)

    def call(self, event: dict, *, secret: str | None = None, host: str = "blikk.example.no") -> bool:
        """Vipps calls us."""
        body = json.dumps(event).encode()
        path, date = f"/gateways/vipps/{self.setup.public_id}", "Tue, 24 Nov 2026 09:00:00 GMT"
        right = MoneySetup._meta.get_field("vipps_webhook_secret").text_in(self.setup)
        said = signature(secret or right, path=path, date=date, host=host, body=body)
        return told.told_by_vipps(
            self.setup.public_id, body=body, said=said, path=path, date=date, host=host, now=self.clock()
        )

    def call_by_stripe(self, event: dict, *, secret: str | None = None, ago: float = 0) -> bool:
        """Stripe calls us."""
        body = json.dumps(event)
        right = MoneySetup._meta.get_field("stripe_webhook_secret").text_in(self.setup)
        at = int(self.clock().timestamp() - ago)
        said = WebhookSignature.generate_signature_header(body, secret or right, at)
        return told.told_by_stripe(self.setup.public_id, body=body.encode(), said=said, now=self.clock())


def words(payment: Payment) -> tuple[str, str]:
    return BACK, "Egenandel Legekontoret"


def a_till(clinic: Clinic, *, chance: float = 0.0, seed: int = 1) -> Till:
    vipps = MockVipps(0.0, seed)
    setup = use_vipps(clinic, KEYS, actor=payments.SYSTEM, now=NOW)
    join_vipps(setup, address="https://blikk.example.no/x", now=NOW, transport=vipps.transport())
    vipps.weather.chance = chance
    return Till(clinic, vipps, setup)


def with_card(till: Till, card: MockStripe) -> Till:
    """The same clinic takes cards too."""
    setup = use_card(till.clinic, "sk_test_aSecretKeyOfTheClinic", actor=payments.SYSTEM, now=NOW)
    chance, card.weather.chance = card.weather.chance, 0.0
    join_card(setup, address="https://blikk.example.no/y", now=NOW)
    card.weather.chance = chance
    till.setup, till.card, card.clock = setup, card, till.clock
    return till


def a_bill(hour: Hour, ore: int = 17_900, kind: str = "co_payment") -> Bill:
    bill = open_bill(
        hour.clinic,
        patient=hour.patient,
        consultation=consultation_of(hour),
        kind=kind,
        lines=[BillLine("2ad", "Konsultasjon", 1, ore)],
        actor=staff(hour.clinician),
        now=NOW,
    )
    assert bill is not None
    return bill


def begun(till: Till, bill: Bill, flow: str = "redirect", way: str = "vipps", **more) -> Payment:
    return payments.begin(bill, provider=way, flow=flow, actor=payments.SYSTEM, now=till.clock(), **more)
