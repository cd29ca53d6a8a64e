"""Writing down and announcing what happened to somebody who waits."""

from datetime import datetime

from blikk.audit.services import Detail, record
from blikk.bus.services import announce
from blikk.kernel.actors import Actor
from blikk.scheduling.models import Opening
from blikk.waiting_room.models import Arrival
from blikk.waiting_room.states import ArrivalStatus

_MOVES_THE_QUEUE = {ArrivalStatus.ADMITTED, ArrivalStatus.SETTLED}
_GONE = {ArrivalStatus.LEFT, ArrivalStatus.DECLINED}


def tell(
    act: str, arrival: Arrival, event: str = "day", *, actor: Actor, now: datetime, **details: Detail
) -> None:
    """Record an act on an arrival, and tell the person's page, the day pages and everybody in the same queue."""
    record(act, actor=actor, about=arrival, clinic_id=arrival.clinic_id, now=now, **details)
    announce(f"arrival:{arrival.public_id}", "door", version=arrival.version)
    announce(f"day:{arrival.clinic.public_id}", event, arrival=arrival.public_id)
    if arrival.opening is not None:
        if arrival.status in _GONE:
            announce(f"queue:{arrival.opening.public_id}", "gone", arrival=arrival.public_id)
        else:
            queue_changed(arrival.opening, is_pace_the_same=arrival.status not in _MOVES_THE_QUEUE)


def queue_changed(opening: Opening, *, is_pace_the_same: bool = False) -> None:
    """Tell everybody in a queue that the places may be other ones; each process reads them once for all.

    Who came changes the places alone; who is let in, or done, also how fast it is thought to move. Who went is named
    in the news (`tell`): everybody behind moves up, and nothing need be read first.
    """
    announce(f"queue:{opening.public_id}", "places" if is_pace_the_same else "queue")


def tell_queue(act: str, opening: Opening, *, actor: Actor, now: datetime, **details: Detail) -> None:
    """Record an act on a queue, and tell the day pages and everybody in it."""
    record(act, actor=actor, about=opening, clinic_id=opening.clinic_id, now=now, **details)
    announce(f"day:{opening.clinic.public_id}", "day")
    queue_changed(opening)
