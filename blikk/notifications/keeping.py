"""What of the messages goes when what they were about is forgotten."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from blikk.kernel.forgetting import Forgotten
from blikk.notifications.models import InboxMessage, Message, Part, Report
from blikk.notifications.states import MessageStatus

_AT_ONCE = 400


def under_way_about(names: Collection[str], *, now: datetime) -> bool:
    """Whether a worker has something about these things in its hands; what only waits is never sent any more."""
    held = Q(status=MessageStatus.SENDING, lease_until__gte=now)
    return any(rows.filter(held).exists() for rows in _about(names))


def forget_messages(names: Collection[str], gone: Forgotten) -> None:
    """Delete every message about these things, and what providers said of it."""
    for rows in _about(names):
        _forget(rows, gone)


def forget_settled(clinic_id: int, labels: Collection[str], gone: Forgotten, *, before: datetime) -> None:
    """Delete what was settled before a moment and is about things of these kinds, which may be gone long since."""
    kinds = Q()
    for label in labels:
        kinds |= Q(about__startswith=f"{label}:")
    _forget(Message.objects.filter(kinds, clinic_id=clinic_id, settled_at__lt=before), gone)


def _forget(rows: "QuerySet[Message]", gone: Forgotten) -> None:
    known = list(rows.values_list("pk", "key", "reference", "provider_id"))
    keys = [pk for pk, *_ in known]
    parts = Part.objects.filter(message__in=keys)
    called = {*parts.values_list("provider_id", flat=True), *(one[3] for one in known)} - {""}
    gone.take(Report.objects.filter(provider_id__in=called))
    gone.take(Report.objects.filter(reference__in=[one[2] for one in known if one[2]]))
    gone.take(InboxMessage.objects.filter(key__in=[one[1] for one in known]))
    gone.take(parts)
    gone.take(Message.objects.filter(pk__in=keys))


def _about(names: Collection[str]) -> "list[QuerySet[Message]]":
    every = sorted(names)
    return [
        Message.objects.filter(about__in=every[start : start + _AT_ONCE])
        for start in range(0, len(every), _AT_ONCE)
    ]
