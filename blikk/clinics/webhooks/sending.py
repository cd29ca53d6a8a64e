"""Making the calls that are due: one at a time by lease, in order about each appointment, more seldom where it fails.

A worker may die anywhere. After the call and before the note that it was taken, the same call is made again under the
same name: who receives it knows a repeat by that.
"""

import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

from django.db.models import Exists, OuterRef, Q, QuerySet

from blikk.clinics.webhook_tables import EventStatus, WebhookEvent, WebhookTry
from blikk.clinics.webhooks.faults import Fault, Reason
from blikk.clinics.webhooks.line import call
from blikk.clinics.webhooks.signing import body_of, headers_of, secrets_of

LEASE = timedelta(seconds=60)
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 3600.0
# With these pauses the other side may be away for two days before a call is given up.
MOST_ATTEMPTS = 58
# Of the tries of one call, so many are kept.
TRIES_KEPT = 10
# What is wrong with the other side as a whole, and not with this call: others to it would fare alike.
_OF_ALL = frozenset(Reason) - {Reason.REFUSED, Reason.GONE, Reason.BROKEN}

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


def call_once(worker_id: str, *, clock: Clock) -> int:
    """Make one call that is due; says how many were made (0 or 1)."""
    event = claim(worker_id, now=clock())
    if event is None:
        return 0
    began = monotonic()
    code, reason = _try(event, clock())
    took = int((monotonic() - began) * 1000)
    _settle(event, code, reason, took, now=clock())
    return 1


def claim(worker_id: str, *, now: datetime) -> WebhookEvent | None:
    """Take a call that is due and in nobody's hands, so that no other worker makes it."""
    for pk in _due(now).order_by("next_at", "pk").values_list("pk", flat=True)[:10]:
        # Of this table alone: over a join PostgreSQL does not ask again after waiting for the other worker, and both
        # had it.
        mine = WebhookEvent.objects.filter(_free(now), pk=pk, status=EventStatus.WAITING, next_at__lte=now)
        if mine.update(leased_by=worker_id, lease_until=now + LEASE):
            return WebhookEvent.objects.select_related("webhook").get(pk=pk)
    return None


def _free(now: datetime) -> Q:
    return Q(lease_until__isnull=True) | Q(lease_until__lt=now)


def _due(now: datetime) -> QuerySet[WebhookEvent]:
    before = WebhookEvent.objects.filter(
        webhook=OuterRef("webhook"),
        about=OuterRef("about"),
        number__lt=OuterRef("number"),
        status=EventStatus.WAITING,
    )
    return WebhookEvent.objects.filter(
        _free(now),
        ~Exists(before),
        status=EventStatus.WAITING,
        next_at__lte=now,
        webhook__ended_at__isnull=True,
    )


def _try(event: WebhookEvent, now: datetime) -> tuple[int | None, str]:
    """What the other side answered, and why that does not count; nothing where it does."""
    try:
        body = body_of(event)
        headers = headers_of(event, body, secrets_of(event.webhook, now=now), now=now)
        code = call(event.webhook.address, body, headers)
    except Fault as fault:
        return None, str(fault.reason)
    except Exception:
        log.exception("webhooks.call_failed", extra={"event": event.public_id})
        return None, str(Reason.BROKEN)
    return code, _judged(code)


def _judged(code: int) -> str:
    if 200 <= code < 300:
        return ""
    if 300 <= code < 400:
        return Reason.LEADS_ELSEWHERE
    if code == 410:
        return Reason.GONE
    if code in {408, 425, 429}:
        return Reason.BUSY
    return Reason.REFUSED if code < 500 else Reason.TROUBLED


def _settle(event: WebhookEvent, code: int | None, reason: str, took: int, *, now: datetime) -> None:
    WebhookTry.objects.create(event=event, at=now, code=code, reason=reason, took_ms=took)
    attempts = event.attempts + 1
    is_over = not reason or reason == Reason.GONE or attempts >= MOST_ATTEMPTS
    mine = WebhookEvent.objects.filter(
        pk=event.pk, status=EventStatus.WAITING, leased_by=event.leased_by, lease_until=event.lease_until
    )
    if is_over:
        status = EventStatus.DEAD if reason else EventStatus.TAKEN
        mine.update(status=status, settled_at=now, attempts=attempts, lease_until=None)
    else:
        next_at = now + _pause(attempts)
        mine.update(next_at=next_at, attempts=attempts, lease_until=None)
        if reason in _OF_ALL:
            # A system that is down holds up neither the others nor the worker.
            others = WebhookEvent.objects.filter(webhook=event.webhook_id, status=EventStatus.WAITING)
            others.filter(next_at__lt=next_at, lease_until__isnull=True).update(next_at=next_at)
    _forget_tries(event)


def _forget_tries(event: WebhookEvent) -> None:
    kept = event.tries.order_by("-at", "-pk").values_list("pk", flat=True)[:TRIES_KEPT]
    if event.attempts >= TRIES_KEPT:
        event.tries.exclude(pk__in=list(kept)).delete()


def _pause(attempts: int) -> timedelta:
    """Longer and longer, and not all at the same moment."""
    seconds = min(FIRST_PAUSE * 2.0 ** min(attempts - 1, 20), LONGEST_PAUSE)
    return timedelta(seconds=seconds * secrets.SystemRandom().uniform(0.8, 1.2))
