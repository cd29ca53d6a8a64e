"""What we ask of a provider of payments, and what it can answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from blikk.settlement.payment_tables import Payment
from blikk.settlement.states import PaymentStatus


class Reason(StrEnum):
    """Why a provider did not do what we asked."""

    NO_ANSWER = "no_answer"
    TROUBLED = "troubled"
    BUSY = "busy"
    NOT_ALLOWED = "not_allowed"
    NOT_THERE = "not_there"
    REFUSED = "refused"
    NOT_SET_UP = "not_set_up"
    NOT_UNDERSTOOD = "not_understood"


class Fault(Exception):
    """Something was not done as asked, or it is not known whether it was."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(str(reason))
        self.reason = reason

    @property
    def is_known(self) -> bool:
        """Whether the provider has said that it did not do it."""
        return self.reason in {Reason.NOT_ALLOWED, Reason.NOT_THERE, Reason.REFUSED, Reason.NOT_SET_UP}


class State(StrEnum):
    """What became of the patient's own answer."""

    CREATED = "created"
    AUTHORISED = "authorised"
    ABORTED = "aborted"
    EXPIRED = "expired"
    TERMINATED = "terminated"


@dataclass(frozen=True, slots=True)
class Begun:
    """That the provider has a new payment, and where the patient approves it."""

    there: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A payment as the provider has it, in øre."""

    state: State
    captured_ore: int = 0
    refunded_ore: int = 0
    cancelled_ore: int = 0
    there: str = ""
    address: str = ""

    @property
    def truth(self) -> PaymentStatus | None:
        """Where the money is; None while the patient has not answered."""
        if self.captured_ore > 0:
            is_back = self.refunded_ore >= self.captured_ore
            return PaymentStatus.REFUNDED if is_back else PaymentStatus.CAPTURED
        if self.state == State.TERMINATED or self.cancelled_ore > 0:
            return PaymentStatus.CANCELLED
        return {
            State.ABORTED: PaymentStatus.FAILED,
            State.EXPIRED: PaymentStatus.EXPIRED,
            State.AUTHORISED: PaymentStatus.AUTHORISED,
        }.get(self.state)

    @property
    def begun(self) -> Begun:
        """What the beginning would have answered."""
        return Begun(self.there, self.address)


class PaymentProvider(Protocol):
    """Each is safe to ask again: the payment's reference makes the second time the first. All raise Fault."""

    def begin(self, payment: Payment, *, back_to: str, words: str, now: datetime) -> Begun: ...

    def look(self, payment: Payment, *, now: datetime) -> Seen: ...

    def capture(self, payment: Payment, *, now: datetime) -> Seen: ...

    def cancel(self, payment: Payment, *, now: datetime) -> Seen: ...

    def refund(self, payment: Payment, *, now: datetime) -> Seen: ...


Providers = Mapping[str, PaymentProvider]
