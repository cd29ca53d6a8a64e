"""What a page at the door asks for, done in the rooms' own acts: each as one call on a thread of its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from blikk.journeys import along, door
from blikk.journeys import frame as framing
from blikk.journeys.door import DoorView
from blikk.journeys.errors import NotAtThisStep
from blikk.kernel.errors import NotFound
from blikk.sockets.board import Table
from blikk.sockets.frames import (
    ComeBack,
    CompanionAnswer,
    Devices,
    FrameAnswer,
    FrameWish,
    Hello,
    LateAnswer,
    Leave,
    Request,
    StepAway,
)
from blikk.waiting_room import services as waiting_room

if TYPE_CHECKING:
    from blikk.invitations.models import Device, Invitation
    from blikk.waiting_room.models import Arrival


@dataclass(frozen=True, slots=True)
class Caller:
    """A browser that presented a link: what its socket was opened with."""

    invitation: str
    device: str
    where: str


@dataclass(frozen=True, slots=True)
class Greeting:
    """Where somebody stands, and whether another page of theirs holds the place."""

    invitation: "Invitation | None" = None
    device: "Device | None" = None
    arrival: "Arrival | None" = None
    is_elsewhere: bool = False


def greet(caller: Caller, frame: Hello, *, now: datetime) -> Greeting:
    """Take the place in the waiting room for this page, if the person has one. Raises NotFound."""
    try:
        invitation, device, arrival = door.who_is_at_the_door(caller.invitation, caller.device, now=now)
    except NotAtThisStep:
        return Greeting()
    if arrival is None:
        return Greeting()
    has_seat = waiting_room.take_seat(arrival, tab=frame.tab, move=frame.move, now=now)
    return Greeting(invitation, device, arrival, is_elsewhere=not has_seat)


def look(caller: Caller, greeting: Greeting, table: Table | None, *, now: datetime) -> dict[str, Any]:
    """What a page is shown that was greeted a moment ago."""
    everybody = table.everybody if table else None
    invitation, device, arrival = greeting.invitation, greeting.device, greeting.arrival
    if invitation is None or device is None or arrival is None:
        return door.door_of(caller.invitation, caller.device, everybody=everybody, now=now).facts()
    return door.door_again(
        invitation, device, arrival, everybody=everybody, device_secret=caller.device, now=now
    ).facts()


def answer(caller: Caller, frame: Request, *, now: datetime) -> DoorView:
    """Do what the person asks for in the waiting room. Raises what the rooms refuse."""
    match frame:
        case Devices():
            return door.report_devices(
                caller.invitation, caller.device, found=frame.found(), where=caller.where, now=now
            )
        case Leave():
            return door.leave(caller.invitation, caller.device, where=caller.where, now=now)
        case StepAway():
            return door.step_away(caller.invitation, caller.device, where=caller.where, now=now)
        case ComeBack():
            return door.come_back(caller.invitation, caller.device, where=caller.where, now=now)
        case LateAnswer():
            return door.answer_late(
                caller.invitation, caller.device, answer=frame.answer, where=caller.where, now=now
            )
        case CompanionAnswer():
            return along.answer(
                caller.invitation,
                caller.device,
                about=frame.companion,
                answer=frame.answer,
                where=caller.where,
                now=now,
            )
        case FrameAnswer() | FrameWish():
            return _answer_frame(caller, frame, now=now)
        case _:
            raise NotFound


def _answer_frame(caller: Caller, frame: FrameAnswer | FrameWish, *, now: datetime) -> DoorView:
    if isinstance(frame, FrameWish):
        return framing.wish(caller.invitation, caller.device, wish=frame.wish, where=caller.where, now=now)
    return framing.answer(
        caller.invitation,
        caller.device,
        question=frame.question,
        answer=frame.answer,
        helped=frame.helped,
        where=caller.where,
        now=now,
    )
