"""What carries messages away. Each transport is a folder with a `Transport` class in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from blikk.notifications.services import Channel, reference_of
from blikk.notifications.states import Outcome


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

    @property
    def reference(self) -> str:
        """What those outside may know the message by."""
        return reference_of(self.key)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The transport has taken the message; perhaps it even knows that it arrived.

    A message that went in several parts has more names than one.
    """

    provider_id: str = ""
    more_ids: tuple[str, ...] = ()
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


class Ears(Protocol):
    """Who listens to what a transport brings by itself. What it raises means that it was not put down."""

    def report(
        self,
        channel: Channel,
        *,
        provider_id: str = "",
        reference: str = "",
        outcome: Outcome,
        reason: str = "",
    ) -> None:
        """A provider says what became of a message."""
        ...

    def text(self, *, source: str, phone: str, words: str) -> None:
        """Somebody sent an SMS to us, which the provider has no name for."""
        ...


@runtime_checkable
class Listening(Protocol):
    """A transport that also hears, on a line that must stand while a worker runs."""

    def listen(self, ears: Ears) -> None: ...

    def close(self) -> None: ...
