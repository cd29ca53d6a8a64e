"""Payments by Vipps MobilePay: begin, look, take, give up, give back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from blikk.settlement.addresses import for_a_patient
from blikk.settlement.models import Flow, Payment
from blikk.settlement.providers import Begun, Fault, Reason, Seen, State
from blikk.settlement.vipps.line import Line

AT = "/epayment/v1/payments"
_STATES = {
    "CREATED": State.CREATED,
    "AUTHORIZED": State.AUTHORISED,
    "ABORTED": State.ABORTED,
    "EXPIRED": State.EXPIRED,
    "TERMINATED": State.TERMINATED,
}
# What happens there that we want to be told of.
EVENTS = tuple(
    f"epayments.payment.{name}.v1"
    for name in ("authorized", "aborted", "expired", "terminated", "captured", "cancelled", "refunded")
)


class Vipps:
    """One clinic's Vipps. Each question bears a key made of the payment's reference: asked twice, it is done once."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def begin(self, payment: Payment, *, back_to: str, words: str, now: datetime) -> Begun:
        body: dict[str, Any] = {
            "amount": _amount(payment.amount_ore),
            "paymentMethod": {"type": "WALLET"},
            "reference": payment.reference,
            "userFlow": "WEB_REDIRECT",
            "returnUrl": back_to,
            "paymentDescription": words,
        }
        if payment.flow == Flow.PUSH:
            body |= {"userFlow": "PUSH_MESSAGE", "customer": {"phoneNumber": payment.phone.lstrip("+")}}
        said = self._line.ask("POST", AT, body=body, key=payment.reference, now=now)
        address = for_a_patient(said.get("redirectUrl"))
        if payment.flow != Flow.PUSH and not address:
            raise Fault(Reason.NOT_UNDERSTOOD)
        return Begun(address=address)

    def look(self, payment: Payment, *, now: datetime) -> Seen:
        return _seen(self._line.ask("GET", f"{AT}/{payment.reference}", now=now), payment)

    def capture(self, payment: Payment, *, now: datetime) -> Seen:
        return self._adjust(payment, "capture", payment.amount_ore, now)

    def cancel(self, payment: Payment, *, now: datetime) -> Seen:
        return self._adjust(payment, "cancel", None, now)

    def refund(self, payment: Payment, *, now: datetime) -> Seen:
        return self._adjust(payment, "refund", payment.captured_ore - payment.refunded_ore, now)

    def _adjust(self, payment: Payment, what: str, ore: int | None, now: datetime) -> Seen:
        body = {"modificationAmount": _amount(ore)} if ore is not None else None
        # Some may have been given back elsewhere in the meantime: then it is another question.
        key = f"{payment.reference}-{what}" + (f"-{payment.refunded_ore}" if payment.refunded_ore else "")
        path = f"{AT}/{payment.reference}/{what}"
        return _seen(self._line.ask("POST", path, body=body, key=key, now=now), payment)


def _amount(ore: int) -> dict[str, Any]:
    return {"currency": "NOK", "value": ore}


def _seen(said: Mapping[str, Any], payment: Payment) -> Seen:
    """What Vipps says of a payment. Raises Fault for what is not about it, or not in whole øre of Norway."""
    state = _STATES.get(str(said.get("state")))
    whole = said.get("aggregate")
    if state is None or not isinstance(whole, dict) or said.get("reference") != payment.reference:
        raise Fault(Reason.NOT_UNDERSTOOD)
    return Seen(
        state=state,
        captured_ore=_ore(whole.get("capturedAmount")),
        refunded_ore=_ore(whole.get("refundedAmount")),
        cancelled_ore=_ore(whole.get("cancelledAmount")),
        there=str(said.get("pspReference") or "")[:100],
        address=for_a_patient(said.get("redirectUrl")),
    )


def _ore(amount: object) -> int:
    if not isinstance(amount, dict) or amount.get("currency") != "NOK":
        raise Fault(Reason.NOT_UNDERSTOOD)
    value = amount.get("value")
    if type(value) is not int or value < 0:
        raise Fault(Reason.NOT_UNDERSTOOD)
    return value
