"""Payments by card, on Stripe's page: begin, look, take, give up, give back.

The patient's yes is held first and taken afterwards, as with Vipps: so a bill that was settled meanwhile costs nothing.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from blikk.settlement.addresses import for_a_patient
from blikk.settlement.card.line import CardLine
from blikk.settlement.models import Payment
from blikk.settlement.providers import Begun, Fault, Reason, Seen, State

# Stripe takes no card payment under three kroner.
LEAST_ORE = 300
# Stripe's page may be open for a day at most, counted from when it is made: that can be a little after we asked first.
OPEN_FOR = timedelta(hours=23)
WHOLE = ["payment_intent.latest_charge"]
# What happens there that we want to be told of.
EVENTS = (
    "checkout.session.completed",
    "checkout.session.expired",
    "payment_intent.amount_capturable_updated",
    "payment_intent.canceled",
    "payment_intent.succeeded",
    "charge.refunded",
)
_BY_TIME = {"automatic", "expired"}


class Card:
    """One clinic's Stripe. Each question bears a key made of the payment's reference: asked twice, it is done once."""

    def __init__(self, line: CardLine) -> None:
        self._line = line

    def begin(self, payment: Payment, *, back_to: str, words: str, now: datetime) -> Begun:
        about = {"reference": payment.reference}
        product = {"currency": "nok", "unit_amount": payment.amount_ore, "product_data": {"name": words}}
        params: Any = {
            "mode": "payment",
            "allowed_payment_method_types": ["card"],
            "client_reference_id": payment.reference,
            "line_items": [{"quantity": 1, "price_data": product}],
            "payment_intent_data": {"capture_method": "manual", "description": words, "metadata": about},
            "metadata": about,
            "success_url": back_to,
            "cancel_url": back_to,
            "expires_at": int((payment.begun_at + OPEN_FOR).timestamp()),
            "locale": "auto",
        }
        with self._line.asking() as ask:
            said = ask.v1.checkout.sessions.create(params, _under(payment, "begin")).to_dict()
        address = for_a_patient(said.get("url"))
        if not address:
            raise Fault(Reason.NOT_UNDERSTOOD)
        return Begun(there=_name(said), address=address)

    def look(self, payment: Payment, *, now: datetime) -> Seen:
        return _seen(self._session(payment), payment)

    def capture(self, payment: Payment, *, now: datetime) -> Seen:
        session = self._session(payment)
        intent = _intent(session)
        if intent.get("status") == "requires_capture":
            with self._line.asking() as ask:
                ask.v1.payment_intents.capture(_name(intent), {}, _under(payment, "capture"))
            session = self._session(payment)
        return _seen(session, payment)

    def cancel(self, payment: Payment, *, now: datetime) -> Seen:
        session = self._session(payment)
        intent = _intent(session)
        if session.get("status") == "open":
            with self._line.asking() as ask:
                ask.v1.checkout.sessions.expire(_name(session), {}, _under(payment, "expire"))
            session = self._session(payment)
        elif intent.get("status") == "requires_capture":
            with self._line.asking() as ask:
                ask.v1.payment_intents.cancel(_name(intent), {}, _under(payment, "cancel"))
            session = self._session(payment)
        return _seen(session, payment)

    def refund(self, payment: Payment, *, now: datetime) -> Seen:
        session = self._session(payment)
        seen = _seen(session, payment)
        left = seen.captured_ore - seen.refunded_ore
        if left > 0:
            # Always all that is left, so that Stripe refuses a second one.
            params: Any = {"payment_intent": _name(_intent(session)), "amount": left}
            with self._line.asking() as ask:
                ask.v1.refunds.create(params, _under(payment, f"refund-{seen.refunded_ore}"))
            seen = self.look(payment, now=now)
        return seen

    def _session(self, payment: Payment) -> Mapping[str, Any]:
        """The page as Stripe has it. One whose name we never got was shown to nobody, so nobody can pay there."""
        if not payment.there:
            raise Fault(Reason.NOT_THERE)
        with self._line.asking() as ask:
            return ask.v1.checkout.sessions.retrieve(payment.there, {"expand": WHOLE}).to_dict()


def _under(payment: Payment, what: str) -> Any:
    """The key of a question. Stripe repeats a fault of its own to the same key for a day: then it is a new question."""
    again = f"-{payment.attempts}" if payment.fault == Reason.TROUBLED else ""
    return {"idempotency_key": f"{payment.reference}-{what}{again}"}


def _seen(session: Mapping[str, Any], payment: Payment) -> Seen:
    """What Stripe says of a payment. Raises Fault for what is not about it, or not in whole øre of Norway."""
    if session.get("client_reference_id") != payment.reference or session.get("currency") != "nok":
        raise Fault(Reason.NOT_UNDERSTOOD)
    intent = _intent(session)
    charge = intent.get("latest_charge")
    has_come = intent.get("status") == "succeeded"
    return Seen(
        state=_state(session, intent, payment),
        captured_ore=_ore(intent.get("amount_received")) if has_come else 0,
        refunded_ore=_ore(charge.get("amount_refunded")) if has_come and isinstance(charge, dict) else 0,
        there=_name(session),
        address=for_a_patient(session.get("url")),
    )


def _state(session: Mapping[str, Any], intent: Mapping[str, Any], payment: Payment) -> State:
    status = intent.get("status")
    if status in {"requires_capture", "succeeded"}:
        return State.AUTHORISED
    if status == "canceled":
        is_late = intent.get("cancellation_reason") in _BY_TIME
        return State.EXPIRED if is_late else State.TERMINATED
    if session.get("status") == "expired":
        return State.TERMINATED if payment.status == "cancelling" else State.EXPIRED
    if session.get("status") not in {"open", "complete"}:
        raise Fault(Reason.NOT_UNDERSTOOD)
    return State.CREATED


def _intent(session: Mapping[str, Any]) -> Mapping[str, Any]:
    """The money behind a page; empty before anybody typed a card there."""
    found = session.get("payment_intent")
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Fault(Reason.NOT_UNDERSTOOD)
    return found


def _name(said: Mapping[str, Any]) -> str:
    name = said.get("id")
    if not isinstance(name, str) or not 0 < len(name) <= 100:
        raise Fault(Reason.NOT_UNDERSTOOD)
    return name


def _ore(value: object) -> int:
    if type(value) is not int or value < 0:
        raise Fault(Reason.NOT_UNDERSTOOD)
    return value
