"""Let somebody in whom an eID named as somebody else than the patient: by hand, and for a reason."""

from datetime import datetime

from blikk.clinics.models import Clinic, Membership
from blikk.consultations.models import Consultation
from blikk.journeys import queue, talk
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.waiting_room import queries as waiting_room
from blikk.waiting_room.models import Arrival
from blikk.waiting_room.policies import is_someone_else


def who(clinic: Clinic, arrival_id: str) -> Arrival:
    """The person it is about; raises NotFound for everybody who was not named as somebody else, or is gone."""
    arrival = waiting_room.get(clinic, arrival_id)
    if not is_someone_else(arrival) or arrival.status not in {"waiting", "away", "on_hold"}:
        raise NotFound
    return arrival


def let_in(
    clinic: Clinic, arrival_id: str, *, reason: str, membership: Membership, actor: Actor, now: datetime
) -> Consultation:
    """Let them in, and write the reason in the record. Raises Invalid (`reason: missing`) and what `admit` raises."""
    talk.require_clinician(clinic, membership)
    arrival = who(clinic, arrival_id)
    if not reason.strip():
        raise Invalid(reason="missing")
    if arrival.is_in_queue:
        return queue.take(
            clinic, arrival_id, reason=reason, despite=reason, membership=membership, actor=actor, now=now
        )
    return talk.admit(clinic, arrival_id, despite=reason, membership=membership, actor=actor, now=now)
