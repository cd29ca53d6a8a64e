"""What an eID said of people who wait."""

from collections.abc import Iterable

from blikk.waiting_room.models import Arrival, EidResult, ProvenByEid


def eid_proof_of(arrival: Arrival) -> ProvenByEid | None:
    """What the last eID said that said anything; an attempt that failed takes nothing away."""
    rows = ProvenByEid.objects.filter(arrival=arrival).exclude(result=EidResult.FAILED)
    return rows.order_by("-at", "-pk").first()


def eid_proofs_of(arrivals: Iterable[int]) -> dict[int, ProvenByEid]:
    """The same for many, in one query."""
    rows = ProvenByEid.objects.filter(arrival__in=list(arrivals)).exclude(result=EidResult.FAILED)
    return {row.arrival_id: row for row in rows.order_by("at", "pk")}
