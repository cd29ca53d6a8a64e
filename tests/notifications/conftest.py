"""A transport that does what the test says, and a clock that the test moves."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from blikk.notifications.dispatch import News, dispatch_once
from blikk.notifications.models import Message
from blikk.notifications.services import queue
from blikk.notifications.transports import Outgoing, Receipt

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Carrier:
    """Notes what it is given; `behave` may raise, or answer otherwise."""

    def __init__(self, *, honours_key: bool) -> None:
        self.honours_key = honours_key
        self.given: list[Outgoing] = []
        self.behave: Callable[[Outgoing], Receipt] = lambda message: Receipt(f"id-{message.key}")

    def send(self, message: Outgoing) -> Receipt:
        self.given.append(message)
        return self.behave(message)


class Post:
    """The outbox as a test sees it."""

    def __init__(self) -> None:
        self.now = NOW
        self.sms = Carrier(honours_key=True)
        self.email = Carrier(honours_key=False)
        self.news: list[News] = []

    def queue(self, key: str = "k", channel: str = "sms", **more) -> Message:
        given: dict[str, Any] = {
            "clinic_id": 7,
            "kind": "invited",
            "to": "+4799999912",
            "language": "nb",
            "subject": "s",
        }
        given |= {
            "body": "words",
            "about": f"invitations.Invitation:{key}",
            "now": self.now,
            "topic": "day:c",
        }
        return queue(**(given | {"key": key, "channel": channel} | more))

    def run(self, worker: str = "w", **more) -> int:
        return dispatch_once(
            worker,
            transports={"sms": self.sms, "email": self.email},
            clock=lambda: self.now,
            tell=self.news.append,
            **more,
        )

    def later(self, **how: float) -> None:
        self.now += timedelta(**how)

    def told(self) -> list[str]:
        return [news.status for news in self.news]


@pytest.fixture
def post(db) -> Post:
    return Post()
