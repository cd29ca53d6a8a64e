"""How it went with the messages."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from blikk.notifications.models import InboxMessage, Message
from blikk.notifications.states import MessageStatus

IN_TROUBLE = (MessageStatus.FAILED, MessageStatus.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class MessageState:
    """One message as a person may see it: never its words, nor the whole address."""

    id: str
    about: str
    kind: str
    channel: str
    status: str
    to_hint: str
    queued_at: datetime
    settled_at: datetime | None
    attempts: int
    reason: str

    @property
    def is_in_trouble(self) -> bool:
        return self.status in IN_TROUBLE


def states_of(abouts: Iterable[str]) -> Mapping[str, Sequence[MessageState]]:
    """All messages about each of these things, newest first, in one query."""
    found: dict[str, list[MessageState]] = defaultdict(list)
    rows = Message.objects.filter(about__in=list(abouts)).order_by("-queued_at", "-id")
    for message in _without_words(rows):
        found[message.about].append(_state(message))
    return found


def state_of(about: str) -> Sequence[MessageState]:
    """All messages about one thing, newest first."""
    return states_of([about]).get(about, [])


def in_trouble(clinic_id: int, *, since: datetime) -> Sequence[MessageState]:
    """What finally failed, or nobody knows about, oldest first: a person has to look."""
    rows = Message.objects.filter(clinic_id=clinic_id, status__in=IN_TROUBLE, queued_at__gte=since)
    return [_state(message) for message in _without_words(rows.order_by("queued_at", "id"))]


def oldest_unsent_at() -> datetime | None:
    """Since when the longest waiting message should have gone out."""
    due = Message.objects.filter(status__in=(MessageStatus.QUEUED, MessageStatus.SENDING))
    return due.order_by("next_at").values_list("next_at", flat=True).first()


def inbox(limit: int = 200) -> Sequence[InboxMessage]:
    """What would have been sent in the demo, newest first."""
    return list(InboxMessage.objects.order_by("-at", "-id")[:limit])


def inbox_message(public_id: str) -> InboxMessage | None:
    """One message of the demo's inbox."""
    return InboxMessage.objects.filter(public_id=public_id).first()


def _without_words(rows: QuerySet[Message]) -> QuerySet[Message]:
    return rows.defer("to", "subject", "body", "calendar")


def _state(message: Message) -> MessageState:
    return MessageState(
        id=message.public_id,
        about=message.about,
        kind=message.kind,
        channel=message.channel,
        status=message.status,
        to_hint=message.to_hint,
        queued_at=message.queued_at,
        settled_at=message.settled_at,
        attempts=message.attempts,
        reason=message.reason,
    )
