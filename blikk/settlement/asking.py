"""Asking providers, one payment at a time by lease: what we want done is written down first, then asked, then noted.

A worker may die anywhere, and a provider may fall silent after it took the money. The next round asks the same again
under the same key, or looks; so nothing is charged twice and nothing is lost.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Q

from blikk.clinics.models import Clinic
from blikk.kernel.errors import Overtaken
from blikk.settlement import payments
from blikk.settlement.chosen import Transports, providers_of
from blikk.settlement.models import Payment
from blikk.settlement.payments import FIRST_LOOK, LAST_LOOK
from blikk.settlement.providers import Fault, PaymentProvider, Providers, Reason, Seen
from blikk.settlement.states import OUTSTANDING, PENDING, UNDER_WAY, PaymentStatus

LEASE = timedelta(seconds=180)
# So long a payment may be unknown to a provider that did not answer, before we say that it never got there.
NEVER_REACHED = timedelta(minutes=15)
# A payment moves some steps in one round: approved, wanted, taken.
_STEPS = 4
_P = PaymentStatus

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
# Where the patient comes back to, and the words that a payment has at the provider: both come from the doors.
Words = Callable[[Payment], tuple[str, str]]


def ask_once(worker_id: str, *, words: Words, clock: Clock, transports: Transports | None = None) -> int:
    """Take one payment that is due as far as it goes; says how many were taken (0 or 1)."""
    now = clock()
    due = Payment.objects.filter(_free(now), next_at__lte=now).order_by("next_at", "pk")
    for pk in due.values_list("pk", flat=True)[:10]:
        if ask_about(pk, worker_id, words=words, clock=clock, transports=transports):
            return 1
    return 0


def ask_about(
    pk: int, worker_id: str, *, words: Words, clock: Clock, transports: Transports | None = None
) -> bool:
    """Take this payment as far as it goes; False where somebody else is at it."""
    now = clock()
    mine = Payment.objects.filter(_free(now), pk=pk, next_at__isnull=False)
    if not mine.update(leased_by=worker_id, lease_until=now + LEASE):
        return False
    clinic = Clinic.objects.get(payments__pk=pk)
    try:
        with providers_of(clinic, transports) as providers:
            _go(pk, providers=providers, words=words, clock=clock)
    except Overtaken:
        log.info("payments.overtaken")
    finally:
        Payment.objects.filter(pk=pk, leased_by=worker_id).update(lease_until=None)
    return True


def _go(pk: int, *, providers: Providers, words: Words, clock: Clock) -> None:
    for _ in range(_STEPS):
        payment = Payment.objects.select_related("bill", "clinic").get(pk=pk)
        if payment.next_at is None or not _step(payment, providers=providers, words=words, clock=clock):
            break


def _free(now: datetime) -> Q:
    return Q(lease_until__isnull=True) | Q(lease_until__lt=now)


def _step(payment: Payment, *, providers: Providers, words: Words, clock: Clock) -> bool:
    """One step; True where another can follow at once."""
    provider = providers.get(payment.provider)
    if provider is None:
        return _later(payment, Reason.NOT_SET_UP, clock())
    if payment.status == _P.AUTHORISED:
        is_owed = payment.bill.status in OUTSTANDING
        payments.wanted(payment, _P.CAPTURING if is_owed else _P.CANCELLING, now=clock())
        return True
    try:
        if payment.status == _P.CREATED:
            return _begin(payment, provider, words=words, now=clock())
        seen = _asked(payment, provider, now=clock())
    except Fault as fault:
        return _stuck(payment, provider, fault, clock=clock)
    return payments.found(payment, seen, now=clock()) or _later(payment, None, clock())


def _begin(payment: Payment, provider: PaymentProvider, *, words: Words, now: datetime) -> bool:
    back_to, said = words(payment)
    there = provider.begin(payment, back_to=back_to, words=said, now=now)
    payments.begun(payment, there, now=now)
    return False


def _asked(payment: Payment, provider: PaymentProvider, *, now: datetime) -> Seen:
    act = {
        _P.CAPTURING: provider.capture,
        _P.CANCELLING: provider.cancel,
        _P.REFUNDING: provider.refund,
    }.get(PaymentStatus(payment.status), provider.look)
    return act(payment, now=now)


def _stuck(payment: Payment, provider: PaymentProvider, fault: Fault, *, clock: Clock) -> bool:
    """It was not done, or nobody knows: look at how it is, before anything is asked again."""
    now = clock()
    if fault.reason == Reason.NOT_THERE:
        return _never_there(payment, fault, now)
    if payment.status == _P.CREATED and fault.is_known and not payment.attempts:
        payments.failed(payment, str(fault.reason), now=now)
        return False
    if payment.status in PENDING and payment.status != _P.CREATED:
        return _later(payment, fault.reason, now)
    try:
        seen = provider.look(payment, now=now)
    except Fault as second:
        if second.reason == Reason.NOT_THERE:
            return _never_there(payment, fault, now)
        return _later(payment, second.reason, now)
    if payment.status == _P.CREATED and seen.truth is None and seen.address:
        payments.begun(payment, seen.begun, now=now)
        return False
    return payments.found(payment, seen, now=now) or _later(payment, fault.reason, now)


def _never_there(payment: Payment, fault: Fault, now: datetime) -> bool:
    """The provider has never heard of it. An earlier question can still be on its way there."""
    is_old = now - payment.begun_at > NEVER_REACHED
    is_over = is_old or (payment.status == _P.CREATED and fault.is_known)
    if is_over and payment.status in (*PENDING, _P.CANCELLING):
        payments.failed(payment, str(Reason.NOT_THERE), now=now)
        return False
    return _later(payment, fault.reason, now)


def _later(payment: Payment, reason: Reason | None, now: datetime) -> bool:
    """Ask again after a pause, longer each time. What a provider told us in the meantime makes it sooner."""
    as_read = Payment.objects.filter(pk=payment.pk, version=payment.version, next_at=payment.next_at)
    if payment.status in UNDER_WAY:
        pause = min(FIRST_LOOK * 2 ** min(payment.attempts, 10), LAST_LOOK)
        as_read.update(next_at=now + pause, attempts=payment.attempts + 1, fault=str(reason or ""))
    else:
        as_read.update(next_at=None)
    return False
