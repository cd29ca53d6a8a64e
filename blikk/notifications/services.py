"""Queueing a message with what caused it, and taking it back."""

from datetime import datetime
from typing import Literal

from django.db import transaction

from blikk.kernel.errors import NotFound
from blikk.notifications.models import Message
from blikk.notifications.states import MESSAGE, MessageStatus

Channel = Literal["sms", "email"]


def queue(
    *,
    clinic_id: int | None,
    kind: str,
    key: str,
    channel: Channel,
    to: str,
    language: str,
    subject: str,
    body: str,
    about: str,
    now: datetime,
    topic: str = "",
    sender: str = "",
    calendar: str = "",
    not_before: datetime | None = None,
) -> Message:
    """Put a message in the outbox, in the transaction of what it tells about.

    A second one with the same `key` is the first one over again. `topic` is told how it goes with the
    message, `sender` is the neutral name that it comes from, `calendar` a calendar file to go with an e-mail.
    """
    message, _was_queued = Message.objects.get_or_create(
        key=key,
        defaults={
            "clinic_id": clinic_id,
            "kind": kind,
            "channel": channel,
            "to": to,
            "to_hint": hint(to),
            "language": language,
            "subject": subject,
            "body": body,
            "calendar": calendar,
            "about": about,
            "topic": topic,
            "sender": sender,
            "queued_at": now,
            "next_at": max(now, not_before) if not_before else now,
        },
    )
    return message


@transaction.atomic
def withdraw(*, about: str, now: datetime, kind: str | None = None, channel: str | None = None) -> int:
    """Take back what has not been given to a transport yet; says how many."""
    rows = Message.objects.filter(about=about, status=MessageStatus.QUEUED)
    if kind is not None:
        rows = rows.filter(kind=kind)
    if channel is not None:
        rows = rows.filter(channel=channel)
    taken = 0
    for message in rows:
        changed = Message.objects.filter(
            pk=message.pk, status=MessageStatus.QUEUED, version=message.version
        ).update(
            status=MessageStatus.WITHDRAWN,
            version=message.version + 1,
            settled_at=now,
            lease_until=None,
            to="",
            subject="",
            body="",
            calendar="",
        )
        taken += changed
    return taken


@transaction.atomic
def report_delivery(
    channel: Channel,
    provider_id: str,
    *,
    is_delivered: bool,
    now: datetime,
    reason: str = "",
) -> Message:
    """Note what a transport says later about a message that it took, be it late, early or doubled."""
    message = Message.objects.filter(channel=channel, provider_id=provider_id).exclude(provider_id="").first()
    if message is None:
        raise NotFound
    target = MessageStatus.DELIVERED if is_delivered else MessageStatus.FAILED
    if MESSAGE.allows(MessageStatus(message.status), target):
        MESSAGE.make(
            message,
            target,
            settled_at=now,
            sent_at=message.sent_at or now,
            reason="" if is_delivered else reason,
        )
    return message


def hint(to: str) -> str:
    """Say which address it was without giving it away: the last two digits, or first letter and host."""
    if "@" in to:
        name, _, host = to.partition("@")
        return f"{name[:1]}…@{host}"[:40]
    return f"…{to[-2:]}"
