"""What providers say later about messages: kept first, then used, be it early, late, doubled or for nobody.

It is kept in a transaction of its own before the message is looked for, and a worker looks for what was kept after
it has put down what the message is called. So whichever comes first, one of the two sees the other.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from blikk.notifications.models import Message, Part, Report
from blikk.notifications.services import Channel
from blikk.notifications.states import MESSAGE, MOVE_OF, MessageStatus, Outcome

KEPT_FOR = timedelta(days=7)
BATCH = 500
NAME_LENGTH = 200


def take_report(
    channel: Channel,
    *,
    provider_id: str = "",
    reference: str = "",
    outcome: Outcome,
    reason: str = "",
    now: datetime,
) -> Message | None:
    """Keep what a provider says, and use it; gives the message if it changed by it.

    The same report twice is one, and one that fits no message looks like any other to whoever brings it.
    """
    if not (provider_id or reference):
        return None
    report, _is_new = Report.objects.get_or_create(
        channel=channel,
        provider_id=provider_id[:NAME_LENGTH],
        reference=reference[:40],
        outcome=outcome,
        defaults={"reason": reason[:80], "received_at": now},
    )
    return _use(report, now=now)


def use_kept(*, now: datetime) -> Sequence[Message]:
    """Use the reports that came before their message was known; gives the messages that changed."""
    waiting = Report.objects.filter(used_at__isnull=True, received_at__gt=now - KEPT_FOR)
    return _use_all(waiting.order_by("-received_at")[:BATCH], now=now)


def use_kept_for(message: Message, *, now: datetime) -> bool:
    """Use what was said about a message before we knew what it is called; True if it changed by it."""
    is_mine = Q(provider_id__in=message.parts.values("provider_id")) | Q(reference=message.reference)
    early = Report.objects.filter(is_mine, channel=message.channel, used_at__isnull=True)
    changed = _use_all(early.order_by("received_at"), now=now)
    if not changed:
        return False
    message.refresh_from_db(fields=["status", "version", "reason"])
    return True


def forget_reports(*, now: datetime) -> int:
    """Throw away reports that are old; one that comes again changes nothing, for the message is settled."""
    return Report.objects.filter(received_at__lt=now - KEPT_FOR).delete()[0]


def _use_all(reports: Iterable[Report], *, now: datetime) -> list[Message]:
    return [message for report in reports if (message := _use(report, now=now)) is not None]


@transaction.atomic
def _use(report: Report, *, now: datetime) -> Message | None:
    if report.used_at is not None:
        return None
    found = _about(report).select_for_update().order_by("-pk").first()
    if found is None or found.status in {MessageStatus.QUEUED, MessageStatus.SENDING}:
        # A worker has it in hand, and looks here when it has put it down.
        return None
    outcome = Outcome(report.outcome)
    if report.provider_id:
        outcome = _of_the_whole(found, report)
    Report.objects.filter(pk=report.pk, used_at__isnull=True).update(used_at=now)
    target = MOVE_OF[outcome]
    if not MESSAGE.allows(MessageStatus(found.status), target):
        return None
    reason = report.reason if outcome == Outcome.FAILED else ""
    MESSAGE.make(found, target, settled_at=now, sent_at=found.sent_at or now, reason=reason)
    return found


def _about(report: Report) -> QuerySet[Message]:
    rows = Message.objects.filter(channel=report.channel)
    if report.reference:
        return rows.filter(reference=report.reference)
    # In two steps: rows that are locked must not come with others, and in one statement, newest first, PostgreSQL
    # may read every message there is (seen: five minutes instead of thirty seconds for five thousand).
    parts = Part.objects.filter(provider_id=report.provider_id, message__channel=report.channel)
    _newest, message = max(parts.values_list("pk", "message_id"), default=(0, 0))
    return rows.filter(pk=message)


def _of_the_whole(message: Message, report: Report) -> Outcome:
    """What this report makes of the message: one part lost is all lost, and all must arrive."""
    if not message.parts.filter(provider_id=report.provider_id).update(outcome=report.outcome):
        return Outcome(report.outcome)
    outcomes = set(message.parts.values_list("outcome", flat=True))
    if Outcome.FAILED in outcomes:
        return Outcome.FAILED
    return Outcome.DELIVERED if outcomes == {Outcome.DELIVERED} else Outcome.ACCEPTED
