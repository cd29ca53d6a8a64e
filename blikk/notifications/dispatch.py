"""Sending what is due: claim by lease, mark before the transport is called, settle by what it says.

A worker may die anywhere. Before the mark the message was surely not sent and is claimed again when the
lease runs out. After it, a transport that honours the key gets it again under the same key; for any other the
message is uncertain, and a person decides.
"""

import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from blikk.notifications.models import Message
from blikk.notifications.states import MessageStatus
from blikk.notifications.transports import (
    NotSent,
    Outgoing,
    Receipt,
    Transport,
    Transports,
    Unknown,
)

LEASE = timedelta(seconds=120)
MOST_ATTEMPTS = 9
FIRST_PAUSE = 4.0
LONGEST_PAUSE = 600.0
BATCH = 20

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class News:
    """What became of a message, for whoever listens to its topic."""

    topic: str
    about: str
    kind: str
    status: str


Tell = Callable[[News], None]


def dispatch_once(
    worker_id: str,
    *,
    transports: Transports,
    clock: Callable[[], datetime],
    tell: Tell,
    batch: int = BATCH,
) -> int:
    """Send what is due now, at most `batch` messages; says how many were handled.

    It takes a clock instead of a time: sending can be slow, and each mark has its own moment.
    """
    recover(transports, now=clock(), tell=tell)
    if not _due(clock()).exists():
        # Asked first without a lock: an idle worker must not hold up who writes.
        return 0
    claimed = claim(worker_id, now=clock(), batch=batch)
    for message in claimed:
        _send(message, transports[message.channel], clock, tell)
    return len(claimed)


@transaction.atomic
def claim(worker_id: str, *, now: datetime, batch: int = BATCH) -> Sequence[Message]:
    """Take the messages that are due and in nobody's hands, so that no other worker takes them."""
    due = _due(now).order_by("next_at", "id")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    keys = list(due.values_list("pk", flat=True)[:batch])
    if not keys:
        return []
    Message.objects.filter(pk__in=keys).update(
        leased_by=worker_id, lease_until=now + LEASE, version=F("version") + 1
    )
    return list(Message.objects.filter(pk__in=keys).order_by("next_at", "id"))


def _due(now: datetime) -> QuerySet[Message]:
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    return Message.objects.filter(free, status=MessageStatus.QUEUED, next_at__lte=now)


def recover(transports: Transports, *, now: datetime, tell: Tell) -> None:
    """Take care of what a worker was sending when it died."""
    stuck = Message.objects.filter(status=MessageStatus.SENDING, lease_until__lt=now)
    for message in stuck.order_by("id"):
        if transports[message.channel].honours_key:
            _change(
                message,
                status=MessageStatus.QUEUED,
                next_at=now,
                lease_until=None,
                reason="worker_died",
            )
        elif _settle(message, MessageStatus.UNCERTAIN, now, reason="worker_died"):
            tell(_news(message))


def _send(message: Message, transport: Transport, clock: Callable[[], datetime], tell: Tell) -> None:
    now = clock()
    if message.lease_until is None or message.lease_until <= now:
        return
    attempts = message.attempts + 1
    if not _change(
        message,
        status=MessageStatus.SENDING,
        attempts=attempts,
        lease_until=now + LEASE,
    ):
        return
    try:
        receipt = transport.send(_outgoing(message, now))
    except NotSent as refusal:
        is_settled = _not_sent(message, refusal, clock())
    except Unknown as doubt:
        is_settled = _unknown(message, transport, doubt.reason, clock())
    except Exception:
        log.exception("notifications.transport_failed", extra={"message_id": message.public_id})
        is_settled = _unknown(message, transport, "transport_failed", clock())
    else:
        is_settled = _sent(message, receipt, clock())
    if is_settled:
        tell(_news(message))


def _sent(message: Message, receipt: Receipt, now: datetime) -> bool:
    target = MessageStatus.DELIVERED if receipt.is_delivered else MessageStatus.SENT
    changes: dict[str, Any] = {
        "sent_at": now,
        "provider_id": receipt.provider_id[:200],
        "reason": "",
    }
    if _settle(message, target, now, **changes):
        return True
    # The answer came after the lease had run out: what was put down as uncertain is certain now.
    late = Message.objects.filter(
        pk=message.pk,
        status=MessageStatus.UNCERTAIN,
        leased_by=message.leased_by,
        reason="worker_died",
    )
    changes |= {"status": target, "settled_at": now, "version": F("version") + 1}
    message.status = target
    return late.update(**changes) == 1


def _not_sent(message: Message, refusal: NotSent, now: datetime) -> bool:
    if refusal.retry and message.attempts < MOST_ATTEMPTS:
        return not _again(message, refusal.reason, now)
    return _settle(message, MessageStatus.FAILED, now, reason=refusal.reason[:80])


def _unknown(message: Message, transport: Transport, reason: str, now: datetime) -> bool:
    if transport.honours_key and message.attempts < MOST_ATTEMPTS:
        return not _again(message, reason, now)
    return _settle(message, MessageStatus.UNCERTAIN, now, reason=reason[:80])


def _again(message: Message, reason: str, now: datetime) -> bool:
    """Try another time, later and later, not all at the same moment."""
    wait = min(FIRST_PAUSE * 2 ** (message.attempts - 1), LONGEST_PAUSE) * secrets.SystemRandom().uniform(
        0.8, 1.2
    )
    _change(
        message,
        status=MessageStatus.QUEUED,
        next_at=now + timedelta(seconds=wait),
        lease_until=None,
        reason=reason[:80],
    )
    return True


def _settle(message: Message, target: MessageStatus, now: datetime, **changes: Any) -> bool:
    """The message is out of our hands: its words and its address are not needed any more."""
    return _change(
        message,
        status=target,
        settled_at=now,
        lease_until=None,
        to="",
        subject="",
        body="",
        calendar="",
        **changes,
    )


def _change(message: Message, **changes: Any) -> bool:
    """Change the message if it is as we know it; a worker that was too slow changes nothing."""
    rows = Message.objects.filter(pk=message.pk, status=message.status, version=message.version)
    changes["version"] = message.version + 1
    if rows.update(**changes) != 1:
        log.warning("notifications.overtaken", extra={"message_id": message.public_id})
        return False
    for name, value in changes.items():
        setattr(message, name, value)
    return True


def _outgoing(message: Message, now: datetime) -> Outgoing:
    return Outgoing(
        key=message.key,
        channel=message.channel,
        kind=message.kind,
        sender=message.sender,
        to=message.to,
        subject=message.subject,
        body=message.body,
        calendar=message.calendar,
        language=message.language,
        now=now,
    )


def _news(message: Message) -> News:
    return News(message.topic, message.about, message.kind, message.status)
