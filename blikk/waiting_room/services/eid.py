"""Proving oneself with an eID while one waits: the place is kept, and what the eID said is kept with it."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from blikk.kernel.actors import Actor
from blikk.kernel.moves import change
from blikk.waiting_room.models import Arrival, EidResult, ProvenByEid
from blikk.waiting_room.services.news import tell

# Long enough for who looks for their glasses; after it, a call in the queue counts as for anybody else.
PROVING_LASTS = timedelta(minutes=5)


@transaction.atomic
def go_and_prove(arrival: Arrival, *, actor: Actor, now: datetime) -> Arrival:
    """Note that a person has gone to prove who they are, and comes back."""
    change(arrival, proving_until=now + PROVING_LASTS)
    tell("arrival.eid_begun", arrival, actor=actor, now=now)
    return arrival


@transaction.atomic
def proven(
    arrival: Arrival,
    *,
    result: EidResult,
    reason: str = "",
    provider: str,
    level: str = "",
    actor: Actor,
    now: datetime,
) -> ProvenByEid:
    """Keep what an eID said. Somebody else than the patient is told apart from an attempt that failed."""
    proof = ProvenByEid.objects.create(
        arrival=arrival, result=result, reason=reason[:20], provider=provider[:40], level=level[:60], at=now
    )
    said: dict[str, Any] = {"proving_until": None}
    if result == EidResult.OTHER:
        said["someone_else_at"] = now
    elif result == EidResult.SAME:
        said["someone_else_at"] = None
    change(arrival, **said)
    tell(
        f"arrival.eid_{result}", arrival, actor=actor, now=now, provider=provider, level=level, reason=reason
    )
    return proof
