"""The socket of a person at the door: their own arrival, and the conversation once they were let in."""

import time
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from blikk.consultations.errors import Elsewhere, Over
from blikk.invitations.queries import find_presented
from blikk.invitations.services import actor_of
from blikk.journeys import along, door, talk
from blikk.journeys.door import DoorView
from blikk.journeys.errors import NotAtThisStep
from blikk.kernel.errors import NotFound
from blikk.sockets.board import Places, board
from blikk.sockets.call import CallWire, Place, Sat, sit
from blikk.sockets.frames import (
    Closed,
    ComeBack,
    CompanionAnswer,
    Devices,
    Frame,
    Hello,
    Join,
    LateAnswer,
    Leave,
    Request,
    StepAway,
)
from blikk.sockets.kept import seat_book
from blikk.sockets.pulse import LOOK_AGAIN
from blikk.sockets.wire import encoded, in_database
from blikk.waiting_room import services as waiting_room

if TYPE_CHECKING:
    from blikk.waiting_room.models import Arrival

# Of so many looks at a place in a queue, one is at everything, changed or not.
LOOKS_AT_ALL = 20


@dataclass(frozen=True, slots=True)
class Caller:
    """A browser that presented a link: what its socket was opened with."""

    invitation: str
    device: str
    where: str


@dataclass(frozen=True, slots=True)
class Greeting:
    """Where somebody stands, and whether another page of theirs holds the place."""

    arrival: "Arrival | None"
    is_elsewhere: bool = False


def greet(caller: Caller, frame: Hello, *, now: datetime) -> Greeting:
    """Take the place in the waiting room for this page, if the person has one. Raises NotFound."""
    try:
        arrival = door.who_is_at_the_door(caller.invitation, caller.device, now=now)[2]
    except NotAtThisStep:
        arrival = None
    if arrival is None:
        return Greeting(None)
    has_seat = waiting_room.take_seat(arrival, tab=frame.tab, move=frame.move, now=now)
    return Greeting(arrival, is_elsewhere=not has_seat)


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
        case _:
            raise NotFound


class Door(CallWire):
    """A patient's or companion's page."""

    async def arrive(self) -> None:
        self.caller = Caller(
            invitation=self.scope["url_route"]["kwargs"]["invitation"],
            device=self.scope["cookies"].get(settings.BLIKK_DEVICE_COOKIE, ""),
            where=self.where,
        )
        self.arrival: Arrival | None = None
        self.tab = self.epoch = self.queue = self.mark = ""
        self.looks = 0
        self.version: int | None = None
        self.shown: dict[str, Any] = {}
        # The facts whose unmoving part `rest` is.
        self.encoded: dict[str, Any] | None = None
        self.rest = ""
        # What it may see is told when it says hello; here, only whether it ever presented the link.
        await in_database(find_presented)(self.caller.invitation, self.caller.device)

    def _view(self) -> DoorView:
        return door.door_of(self.caller.invitation, self.caller.device, now=timezone.now())

    def find_place(self, consultation: str, now: datetime) -> Place:
        caller = self.caller
        participant = talk.place_at_the_door(caller.invitation, caller.device, now=now)
        if participant.consultation.public_id != consultation or participant.invitation is None:
            raise NotFound
        return Place(participant, actor_of(participant.invitation, where=caller.where))

    async def join(self, frame: Join) -> None:
        """Who holds the place at the door has been asked already whether to move the conversation here."""
        holds_place = self.arrival is not None and self.tab == frame.tab
        await super().join(replace(frame, move=frame.move or holds_place))

    async def take(self, frame: Frame) -> None:
        match frame:
            case Hello():
                await self._greet(frame)
            case Devices() | Leave() | StepAway() | ComeBack() | LateAnswer() | CompanionAnswer():
                view = await in_database(answer)(self.caller, frame, now=timezone.now())
                # Not noted as shown: a page may ignore the answer to a report that crossed the admission.
                await self.tell({"type": "done", "re": frame.id, "door": view.facts()})
            case _:
                await self.take_call(frame)

    async def _greet(self, frame: Hello) -> None:
        async with self.turn:
            greeting = await in_database(greet)(self.caller, frame, now=timezone.now())
            if greeting.is_elsewhere:
                await self.tell({"type": "refused", "re": frame.id, "code": "elsewhere"})
                return
            if self.arrival is not None and self.arrival != greeting.arrival:
                self.deafen(f"arrival:{self.arrival.public_id}")
            self.arrival, self.tab, self.epoch = greeting.arrival, frame.tab, frame.epoch
            if greeting.arrival is not None:
                self.listen(f"arrival:{greeting.arrival.public_id}")
            # Read again after listening: who was let in between the two is told so.
            self.shown = (await in_database(self._view)()).facts()
            self._listen_to_queue()
            await self.tell({"type": "done", "re": frame.id, "door": self.shown})

    def wants(self, topic: str, news: dict[str, Any]) -> bool:
        mark = news.get("mark")
        if topic != self.queue or not mark or news.get("event") != "queue":
            return super().wants(topic, news)
        self.mark = mark
        if self._is_busy():
            return True
        board().tell(topic.removeprefix("queue:"), mark, self)
        return False

    def _is_busy(self) -> bool:
        """Whether something is being told to this page that must come first."""
        return self.turn.locked() or self.reader is not None or bool(self.news)

    async def take_place(self, mark: str, places: Places) -> None:
        """Tell the page its place, unless there is newer news; the newest look counts."""
        if self.is_over or mark != self.mark or not self.queue:
            return
        mine = places.get(self.shown["arrival"])
        if mine is None or self._is_busy():
            self._put(self.queue, {"event": "queue", "mark": mark})
            return
        async with self.turn:
            await self._show_moved(mine)

    async def _show_moved(self, mine: dict[str, Any]) -> None:
        """As `_show_facts`, for who is told a place again and again: the rest is encoded once."""
        before = self.shown
        if mine.items() <= before.items():
            return
        if self.encoded is not before:
            self.rest = encoded({name: fact for name, fact in before.items() if name not in mine})[1:-1]
        self.shown = self.encoded = {**before, **mine}
        self._listen_to_queue()
        await self.tell_text(f'{{"type":"door","door":{{{self.rest},{encoded(mine)[1:-1]}}}}}')

    async def hear(self, topic: str, news: dict[str, Any]) -> None:
        if topic.startswith("call:"):
            await self.hear_call(news)
        elif news.get("event") == "moved_away":
            if news.get("tab") == self.tab:
                # The other page may never join; until it does, nobody sits there.
                await self.stand_up()
                await self.moved_away()
        elif news.get("event") == "queue" and news.get("mark"):
            await self._show_place(str(news["mark"]))
        else:
            await self._show()

    async def _show(self) -> None:
        """Tell the page where the person stands now, if that is news; who was let in sits down with the same frame."""
        sat: Sat | None = None
        try:
            facts, sat = await in_database(self._view_and_sit)(timezone.now())
        finally:
            if sat is None and self.seat is None:
                self.deafen_calls()
        if self.arrival is not None and facts["arrival"] not in {"", self.arrival.public_id}:
            await self._follow()
        if sat is None:
            await self._show_facts(facts)
            return
        self.shown = facts
        self._listen_to_queue()
        await self.sit_down(sat)
        await self.tell({"type": "door", "door": facts, "joined": sat.joined})
        await self.say_seated(sat.seat)

    def _view_and_sit(self, now: datetime) -> tuple[dict[str, Any], Sat | None]:
        facts = door.door_of(self.caller.invitation, self.caller.device, now=now).facts()
        consultation = str(facts["consultation"])
        is_news = facts != self.shown and facts["step"] == "admitted"
        if not is_news or self.seat is not None or self.arrival is None or not self.epoch:
            return facts, None
        self.listen_from_database(consultation)
        place = self.find_place(consultation, now)
        frame = Join(0, consultation, self.tab, self.epoch, move=False)
        try:
            return facts, sit(place, frame, socket=self.socket, now=now)
        except (Elsewhere, Over):
            return facts, None

    async def _show_facts(self, facts: dict[str, Any]) -> None:
        if facts == self.shown:
            return
        self.shown = facts
        self._listen_to_queue()
        await self.tell({"type": "door", "door": facts})

    async def _show_place(self, mark: str) -> None:
        """Tell the page its place in the queue, from what was read once for everybody; the newest news counts."""
        if not self.queue or any(topic == self.queue for topic, _ in self.news):
            return
        opening = self.queue.removeprefix("queue:")
        mine = (await board().places(opening, mark, self.context)).get(self.shown["arrival"])
        if mine is None:
            await self._show()
        else:
            await self._show_moved(mine)

    def _listen_to_queue(self) -> None:
        """Hear of the queue that the person is in, and of no other."""
        topic = f"queue:{self.shown['opening_id']}" if self.shown["place"] else ""
        if topic == self.queue:
            return
        if self.queue:
            self.deafen(self.queue)
        if topic:
            self.listen(topic)
        self.queue = topic

    async def _follow(self) -> None:
        """Sit in the person's new place: they were moved to another queue."""
        hello = Hello(id=0, tab=self.tab, epoch="", move=False)
        greeting = await in_database(greet)(self.caller, hello, now=timezone.now())
        if greeting.is_elsewhere or greeting.arrival is None:
            return
        if self.arrival is not None:
            self.deafen(f"arrival:{self.arrival.public_id}")
        self.arrival = greeting.arrival
        self.listen(f"arrival:{greeting.arrival.public_id}")

    async def look_again(self) -> None:
        self.looks += 1
        has_changed = await self._keep_seat()
        try:
            async with self.turn:
                if self.queue and self.looks % LOOKS_AT_ALL and not has_changed:
                    # All who wait look at the same moment's places; what concerns one alone has not changed.
                    await self._show_place(f"look:{int(time.monotonic() / LOOK_AGAIN)}")
                else:
                    await self._show()
        except NotFound:
            await self.finish(Closed.NOT_FOUND)
            return
        await self.keep_place()

    async def _keep_seat(self) -> bool:
        """Say that this page is still here; whether something happened to the person since it was last said."""
        if self.arrival is None:
            return False
        version = await seat_book().keep(self.arrival.pk, self.tab, self.context)
        if version is None:
            if self.shown.get("arrival_status") in {"waiting", "admitted"}:
                await in_database(self._sit_again)()
            return True
        before, self.version = self.version, version
        return before is not None and before != version

    def _sit_again(self) -> None:
        if self.arrival is not None:
            waiting_room.take_seat(self.arrival, tab=self.tab, move=False, now=timezone.now())

    async def moved_away(self) -> None:
        # The seat is somebody else's now: it must not be given up when this socket goes.
        self.arrival = None
        await super().moved_away()

    async def go(self) -> None:
        await self.stand_up()
        arrival, self.arrival = getattr(self, "arrival", None), None
        if arrival is not None:
            await in_database(waiting_room.give_up_seat)(arrival, tab=self.tab)
