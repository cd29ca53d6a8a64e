"""What an eID said of people who wait."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from blikk.waiting_room.models import Arrival, EidResult, ProvenByEid
from blikk.waiting_room.policies import is_someone_else
from blikk.waiting_room.queries.arrivals import is_proving


@dataclass(frozen=True, slots=True)
class EidFacts:
    """What there is to know of somebody who is here: what an eID said ("same", "other", "unclear" or nothing)."""

    said: str = ""
    is_proving: bool = False
    is_someone_else: bool = False


def eid_facts_of(arrivals: Collection[Arrival], *, now: datetime) -> dict[int, EidFacts]:
    """The same for everybody who is here, by their keys, in one query."""
    proofs = eid_proofs_of(arrival.pk for arrival in arrivals)
    return {
        arrival.pk: EidFacts(
            said=proofs[arrival.pk].result if arrival.pk in proofs else "",
            is_proving=is_proving(arrival, now=now),
            is_someone_else=is_someone_else(arrival),
        )
        for arrival in arrivals
    }


def eid_proof_of(arrival: Arrival) -> ProvenByEid | None:
    """What the last eID said that said anything; an attempt that failed takes nothing away."""
    rows = ProvenByEid.objects.filter(arrival=arrival).exclude(result=EidResult.FAILED)
    return rows.order_by("-at", "-pk").first()


def eid_proofs_of(arrivals: Iterable[int]) -> dict[int, ProvenByEid]:
    """The same for many, in one query."""
    rows = ProvenByEid.objects.filter(arrival__in=list(arrivals)).exclude(result=EidResult.FAILED)
    return {row.arrival_id: row for row in rows.order_by("at", "pk")}
