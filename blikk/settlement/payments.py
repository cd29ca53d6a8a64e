"""Acts on payments: begin one, take money at the desk, give it back, and note where the provider says that it is."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from blikk.audit.services import hold, record
from blikk.clinics.models import Membership
from blikk.kernel.actors import SYSTEM, Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.moves import change
from blikk.settlement.errors import BeingPaid, NotPayable
from blikk.settlement.models import Bill, Flow, Payment, Provider
from blikk.settlement.providers import Begun, Seen
from blikk.settlement.states import (
    BILL,
    HOLDING,
    OUTSTANDING,
    PAYMENT,
    PENDING,
    UNDER_WAY,
    BillStatus,
    PaymentStatus,
)

HOWS = ("cash", "terminal", "transfer")
# A payment that the patient leaves alone is looked at more and more seldom.
FIRST_LOOK, LAST_LOOK = timedelta(seconds=5), timedelta(minutes=10)
_P = PaymentStatus


@transaction.atomic
def begin(bill: Bill, *, provider: str, flow: str, phone: str = "", actor: Actor, now: datetime) -> Payment:
    """Let a patient pay a bill. One that is under way in the same manner goes on; another one is given up.

    Raises NotPayable, or BeingPaid where the patient has said yes already.
    """
    hold(bill.clinic_id)
    bill = Bill.objects.get(pk=bill.pk)
    if bill.status not in OUTSTANDING:
        raise NotPayable
    running = holding_of(bill)
    if running is not None:
        if running.status in PENDING and (running.provider, running.flow) == (provider, flow) and not phone:
            return running
        _give_up(running, actor=actor, now=now)
    payment = Payment.objects.create(
        clinic_id=bill.clinic_id,
        bill=bill,
        provider=provider,
        flow=flow,
        amount_ore=bill.owed_ore,
        phone=phone if flow == Flow.PUSH else "",
        begun_at=now,
        next_at=now,
    )
    _record("payment.begun", payment, actor, now, provider=provider, amount_ore=payment.amount_ore)
    return payment


@transaction.atomic
def pay_by_hand(
    bill: Bill, *, how: str, provider: str, membership: Membership | None, actor: Actor, now: datetime
) -> Payment:
    """Note that a bill was paid at the desk, or to the account. Raises NotPayable, BeingPaid or Invalid."""
    if how not in HOWS or provider not in (Provider.DESK, Provider.BANK):
        raise Invalid(how="unknown")
    hold(bill.clinic_id)
    bill = Bill.objects.get(pk=bill.pk)
    if bill.status not in OUTSTANDING:
        raise NotPayable
    running = holding_of(bill)
    if running is not None:
        _give_up(running, actor=actor, now=now)
    payment = Payment.objects.create(
        clinic_id=bill.clinic_id,
        bill=bill,
        status=_P.CAPTURED,
        provider=provider,
        how=how,
        taken_by=membership,
        amount_ore=bill.owed_ore,
        captured_ore=bill.owed_ore,
        begun_at=now,
        captured_at=now,
    )
    BILL.make(bill, BillStatus.PAID, settled_at=now)
    _record("payment.captured", payment, actor, now, provider=provider, how=how, ore=payment.captured_ore)
    return payment


@transaction.atomic
def refund(bill: Bill, *, actor: Actor, now: datetime) -> Payment:
    """Give back what was paid: at once what was taken by hand, otherwise by the provider. Raises NotFound."""
    hold(bill.clinic_id)
    payment = Payment.objects.filter(bill=bill, status=_P.CAPTURED).first()
    if payment is None:
        raise NotFound
    if payment.provider in (Provider.DESK, Provider.BANK):
        _refunded(payment, payment.captured_ore, actor=actor, now=now)
    else:
        PAYMENT.make(payment, _P.REFUNDING, next_at=now, attempts=0, fault="")
        _record("payment.refund_asked", payment, actor, now, ore=payment.captured_ore)
    return payment


@transaction.atomic
def free(bill: Bill, *, actor: Actor, now: datetime) -> None:
    """Give up an attempt to pay a bill that is to be taken back. Raises BeingPaid."""
    hold(bill.clinic_id)
    running = holding_of(bill)
    if running is not None:
        _give_up(running, actor=actor, now=now)


def hurry(bill: Bill, *, now: datetime) -> Payment | None:
    """Have what is under way looked at now."""
    running = Payment.objects.filter(bill=bill, status__in=UNDER_WAY).first()
    if running is not None:
        Payment.objects.filter(pk=running.pk, next_at__gt=now).update(next_at=now)
    return running


def holding_of(bill: Bill) -> Payment | None:
    """The one attempt that stands in the way of others."""
    return Payment.objects.filter(bill=bill, status__in=HOLDING).first()


def _give_up(payment: Payment, *, actor: Actor, now: datetime) -> None:
    if payment.status not in PENDING:
        raise BeingPaid
    PAYMENT.make(payment, _P.CANCELLING, next_at=now, attempts=0, fault="", phone="", address="")
    _record("payment.given_up", payment, actor, now)


# What follows is done by who asks the provider (`settlement/asking.py`).


@transaction.atomic
def begun(payment: Payment, there: Begun, *, now: datetime) -> None:
    """The provider has it, and the patient can approve it."""
    target = _P.PUSHED if payment.flow == Flow.PUSH else _P.REDIRECTED
    PAYMENT.make(
        payment,
        target,
        there=there.there[:100],
        address=there.address,
        phone="",
        next_at=now + FIRST_LOOK,
        attempts=0,
        fault="",
    )


@transaction.atomic
def wanted(payment: Payment, target: PaymentStatus, *, now: datetime) -> None:
    """Write down what we are about to ask for, before it is asked."""
    hold(payment.clinic_id)
    PAYMENT.make(payment, target, next_at=now, attempts=0, fault="")
    if target in (_P.REFUNDING, _P.CANCELLING):
        _record("payment.undone", payment, SYSTEM, now, to=str(target))


@transaction.atomic
def failed(payment: Payment, fault: str, *, now: datetime) -> None:
    """The provider never took it."""
    hold(payment.clinic_id)
    PAYMENT.make(payment, _P.FAILED, next_at=None, fault=fault, phone="", address="")
    _record("payment.failed", payment, SYSTEM, now, fault=fault)


@transaction.atomic
def found(payment: Payment, seen: Seen, *, now: datetime) -> bool:
    """Note where the provider says that the money is; says whether that moved anything."""
    hold(payment.clinic_id)
    truth = seen.truth
    if truth is None or truth == payment.status:
        return _partly(payment, seen, now=now)
    if truth == _P.CAPTURED:
        return _captured(payment, seen, now=now)
    if truth == _P.REFUNDED:
        if not payment.captured_ore:
            _captured(payment, seen, now=now)
        _refunded(payment, seen.refunded_ore, actor=SYSTEM, now=now)
        return True
    if truth == _P.AUTHORISED:
        return _authorised(payment, now=now)
    if not PAYMENT.allows(PaymentStatus(payment.status), truth):
        return False
    PAYMENT.make(payment, truth, next_at=None, attempts=0, fault="", phone="", address="")
    _record(f"payment.{truth}", payment, SYSTEM, now)
    return True


def _authorised(payment: Payment, *, now: datetime) -> bool:
    if payment.status in (_P.CAPTURING, _P.CANCELLING):
        return False
    if payment.status in PENDING:
        PAYMENT.make(payment, _P.AUTHORISED, next_at=now, attempts=0, fault="", phone="", address="")
        _record("payment.authorised", payment, SYSTEM, now)
        return True
    if PAYMENT.allows(PaymentStatus(payment.status), _P.CANCELLING):
        wanted(payment, _P.CANCELLING, now=now)
        return True
    return False


def _captured(payment: Payment, seen: Seen, *, now: datetime) -> bool:
    """Money has come in. Where nothing is owed any more, or we had given up, it goes back."""
    took: dict[str, Any] = {"captured_ore": seen.captured_ore, "captured_at": payment.captured_at or now}
    if payment.status == _P.REFUNDING or payment.captured_ore:
        return _partly(payment, seen, now=now)
    bill = Bill.objects.get(pk=payment.bill_id)
    is_owed = bill.status in OUTSTANDING and PAYMENT.allows(PaymentStatus(payment.status), _P.CAPTURED)
    if is_owed:
        fault = "" if seen.captured_ore == payment.amount_ore else "amount_differs"
        PAYMENT.make(
            payment, _P.CAPTURED, next_at=None, attempts=0, fault=fault, address="", phone="", **took
        )
        if seen.captured_ore >= payment.amount_ore:
            BILL.make(bill, BillStatus.PAID, settled_at=now)
    else:
        if PAYMENT.allows(PaymentStatus(payment.status), _P.CAPTURED):
            PAYMENT.make(payment, _P.CAPTURED, **took)
        PAYMENT.make(payment, _P.REFUNDING, next_at=now, attempts=0, fault="not_owed", **took)
    _record("payment.captured", payment, SYSTEM, now, ore=seen.captured_ore, is_owed=is_owed)
    return True


def _partly(payment: Payment, seen: Seen, *, now: datetime) -> bool:
    """Some of it was given back elsewhere, such as in the provider's own portal."""
    if seen.refunded_ore <= payment.refunded_ore or not payment.captured_ore:
        return False
    ore = min(seen.refunded_ore, payment.captured_ore)
    change(payment, refunded_ore=ore, refunded_at=now)
    _record("payment.partly_refunded", payment, SYSTEM, now, ore=ore)
    return True


def _refunded(payment: Payment, ore: int, *, actor: Actor, now: datetime) -> None:
    PAYMENT.make(
        payment,
        _P.REFUNDED,
        refunded_ore=min(ore, payment.captured_ore),
        refunded_at=now,
        next_at=None,
        attempts=0,
        fault="",
    )
    bill = Bill.objects.get(pk=payment.bill_id)
    others = Payment.objects.filter(bill=bill, status=_P.CAPTURED).exclude(pk=payment.pk)
    if bill.status == BillStatus.PAID and not others.exists():
        BILL.make(bill, BillStatus.REFUNDED, settled_at=now)
    _record("payment.refunded", payment, actor, now, ore=payment.refunded_ore)


def _record(act: str, payment: Payment, actor: Actor, now: datetime, **details: str | int | bool) -> None:
    record(
        act,
        actor=actor,
        about=payment,
        clinic_id=payment.clinic_id,
        now=now,
        bill=Bill.objects.values_list("public_id", flat=True).get(pk=payment.bill_id),
        **details,
    )
