"""Questions about calls to other systems: where to, what waits, what was given up, and the last tries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q

from blikk.clinics.models import Clinic
from blikk.clinics.webhook_tables import EventStatus, Webhook, WebhookTry
from blikk.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Standing:
    """How it goes with one webhook."""

    waiting: int = 0
    dead: int = 0
    waiting_since: datetime | None = None
    taken_at: datetime | None = None


def webhooks_of(clinic: Clinic) -> Sequence[Webhook]:
    """Where the clinic calls, in the order in which it was set up."""
    return list(Webhook.objects.filter(clinic=clinic, ended_at__isnull=True).order_by("pk"))


def get_webhook(clinic: Clinic, hook_id: str) -> Webhook:
    """The webhook of that name that this clinic uses; raises NotFound."""
    found = Webhook.objects.filter(clinic=clinic, public_id=hook_id, ended_at__isnull=True).first()
    if found is None:
        raise NotFound
    return found


def standings_of(clinic: Clinic) -> Mapping[int, Standing]:
    """How it goes with each, by its key, in one query."""
    waits, dead = Q(events__status=EventStatus.WAITING), Q(events__status=EventStatus.DEAD)
    found = Webhook.objects.filter(clinic=clinic, ended_at__isnull=True).annotate(
        waiting=Count("events", filter=waits),
        dead=Count("events", filter=dead),
        waiting_since=Min("events__happened_at", filter=waits),
        taken_at=Max("events__settled_at", filter=Q(events__status=EventStatus.TAKEN)),
    )
    rows = found.values_list("pk", "waiting", "dead", "waiting_since", "taken_at")
    return {pk: Standing(*rest) for pk, *rest in rows}


def last_tries(hook: Webhook, *, most: int = 20) -> Sequence[WebhookTry]:
    """The last tries, newest first, each with its call."""
    rows = WebhookTry.objects.filter(event__webhook=hook).select_related("event")
    return list(rows.order_by("-at", "-pk")[:most])
