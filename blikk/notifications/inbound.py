"""SMS that people send to us: each is taken once, used, and forgotten."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from blikk.notifications.models import Inbound

KEPT_FOR = timedelta(days=30)
LONGEST = 2000

Use = Literal["answer", "stopped", "unknown"]


def keep(*, source: str, provider_id: str, phone: str, words: str, now: datetime) -> Inbound:
    """Keep an SMS until it has been used. A second one of the same name is the first one over again."""
    kept, _is_new = Inbound.objects.get_or_create(
        source=source[:16],
        provider_id=provider_id[:200],
        defaults={"phone": phone[:32], "words": words[:LONGEST], "received_at": now},
    )
    return kept


def use(kept: Inbound, how: Callable[[Inbound], Use], *, now: datetime) -> Use | None:
    """Let `how` do what follows from an SMS, and forget number and words; None if it was used before.

    `how` may be asked twice about one SMS, by two processes or after a crash, and knows it by its name: what it does
    commits for itself. Of who is not known to us nothing stays but that somebody wrote.
    """
    rows = Inbound.objects.filter(pk=kept.pk, used_at__isnull=True)
    mine = rows.first()
    if mine is None:
        return None
    outcome = how(mine)
    is_first = rows.update(phone="", words="", used_at=now, outcome=outcome) == 1
    return outcome if is_first else None


def unused(*, before: datetime, limit: int = 50) -> Sequence[Inbound]:
    """What was kept and not used, because whoever took it died or failed."""
    rows = Inbound.objects.filter(used_at__isnull=True, received_at__lt=before)
    return list(rows.order_by("received_at")[:limit])


def forget_inbound(*, now: datetime) -> int:
    """Throw away what is old: the rows that remember what came, and words that nobody could use."""
    return Inbound.objects.filter(received_at__lt=now - KEPT_FOR).delete()[0]
