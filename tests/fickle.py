"""A transport that fails at random, and what became of five thousand invitations that were given to it."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from blikk.notifications import queries
from blikk.notifications.dispatch import dispatch_once
from blikk.notifications.models import Message
from blikk.notifications.reports import take_report
from blikk.notifications.services import queue
from blikk.notifications.states import Outcome
from blikk.notifications.transports import NotSent, Outgoing, Receipt, Unknown

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
INVITATIONS = 5_000
CLINIC = 7


@dataclass
class Fickle:
    """Of ten messages about seven go well; of the others some arrive and some do not, and it does not always say."""

    honours_key: bool
    random: random.Random
    clock: list[datetime]
    arrived: Counter[str] = field(default_factory=Counter)
    asked: int = 0

    def send(self, message: Outgoing) -> Receipt:
        self.asked += 1
        fate = self.random.choices(
            ["well", "silent", "lost", "later", "broken", "early"], [66, 9, 8, 9, 4, 4]
        )[0]
        if fate == "later":
            raise NotSent("throttled", retry=True)
        if fate == "lost":
            raise Unknown("no_answer")
        self._deliver(message.key)
        if fate == "silent":
            raise Unknown("no_answer")
        if fate == "broken":
            raise RuntimeError("a bug behind the gateway")
        if fate == "early":
            self._say(message.key)
        return Receipt(message.key)

    def _deliver(self, key: str) -> None:
        if not (self.honours_key and key in self.arrived):
            self.arrived[key] += 1

    def _say(self, key: str) -> None:
        """Report it twice, before we know what it is called."""
        for _ in range(2):
            take_report("sms", provider_id=key, outcome=Outcome.DELIVERED, now=self.clock[0])


@dataclass(frozen=True)
class Fate:
    """What became of the invitations, seen from the phones and from the clinic."""

    arrived: Counter[str]
    statuses: dict[str, str]
    shown: frozenset[str]
    asked: int

    @property
    def lost(self) -> list[str]:
        """Neither arrived nor shown to anybody."""
        return [key for key in self.statuses if not self.arrived[key] and key not in self.shown]

    @property
    def doubled(self) -> list[str]:
        return [key for key, times in self.arrived.items() if times > 1]

    @property
    def unsure(self) -> list[str]:
        return [key for key, status in self.statuses.items() if status == "uncertain"]


def send_all(*, honours_key: bool, count: int = INVITATIONS, seed: int = 20261123) -> Fate:
    """Give invitations to a transport that fails at random until each is settled; the clock runs as fast as it can."""
    clock = [NOW]
    transport = Fickle(honours_key, random.Random(seed), clock)
    for number in range(count):
        queue(
            clinic_id=CLINIC,
            kind="invited",
            key=f"{seed}:{honours_key}:{number}",
            channel="sms",
            to="+4799999912",
            language="nb",
            subject="",
            body=f"Time på video {number}",
            about=f"invitations.Invitation:{number}",
            now=NOW,
        )
    mine = Message.objects.filter(key__startswith=f"{seed}:{honours_key}:")
    while mine.filter(status__in=("queued", "sending")).exists():
        transports = {"sms": transport, "email": transport}
        while dispatch_once(
            "w", transports=transports, clock=lambda: clock[0], tell=lambda _news: None, batch=200
        ):
            pass
        clock[0] += timedelta(seconds=5)
    shown = {each.id for each in queries.in_trouble(CLINIC, since=NOW)}
    return Fate(
        arrived=transport.arrived,
        statuses=dict(mine.values_list("key", "status")),
        shown=frozenset(mine.filter(public_id__in=shown).values_list("key", flat=True)),
        asked=transport.asked,
    )
