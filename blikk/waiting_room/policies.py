"""Rules about who may be let in."""

from blikk.waiting_room.errors import SomeoneElse
from blikk.waiting_room.models import Arrival


def is_someone_else(arrival: Arrival) -> bool:
    """Whether an eID said that who waits is not the patient, and none has said otherwise since."""
    return arrival.someone_else_at is not None


def require_not_someone_else(arrival: Arrival, *, reason: str = "") -> None:
    """Nobody whom an eID named as somebody else is let in as the patient, but for a reason that is written down."""
    if is_someone_else(arrival) and not reason.strip():
        raise SomeoneElse
