"""What carries messages away. Each transport is a folder with a `Transport` class in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as a transport gets it."""

    key: str
    channel: str
    kind: str
    sender: str
    to: str = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)
    language: str
    now: datetime
    calendar: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The transport has taken the message; perhaps it even knows that it arrived."""

    provider_id: str = ""
    is_delivered: bool = False


class NotSent(Exception):
    """Surely not sent. `retry` says whether it may go better another time."""

    def __init__(self, reason: str, *, retry: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry = retry


class Unknown(Exception):
    """Nobody can tell whether it was sent."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Transport(Protocol):
    """`honours_key`: who gives it the same key twice still sends one message."""

    honours_key: bool

    def send(self, message: Outgoing) -> Receipt:
        """Hand the message over. Raises NotSent or Unknown."""
        ...


Transports = Mapping[str, Transport]
"""The transport of each channel."""
