"""The socket of a person at the door: their own arrival, and the conversation once they were let in."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from blikk.consultations.errors import Elsewhere, Over
from blikk.invitations.queries import require_presented
from blikk.invitations.services import actor_of
from blikk.journeys import door, talk
from blikk.kernel.errors import NotFound
from blikk.sockets.board import MOVING, Table, board, place_frame
from blikk.sockets.call import CallWire, Place, Sat, sit
from blikk.sockets.database import lane_of
from blikk.sockets.door_acts import Caller, answer, greet, look
from blikk.sockets.frames import (
    AskPhone,
    Closed,
    ComeBack,
    CompanionAnswer,
    Devices,
    Frame,
    FrameAnswer,
    FrameWish,
    Hello,
    Join,
    LateAnswer,
    Leave,
    StepAway,
)
from blikk.sockets.kept import seat_book
from blikk.sockets.line import Packed
from blikk.sockets.pulse import pulse
from blikk.sockets.wire import Message, encoded
from blikk.waiting_room import services as waiting_room

if TYPE_CHECKING:
    from blikk.waiting_room.models import Arrival

# Of so many looks at a place in a queue, one is at everything, changed or not: once an hour. News and the version of
# the place tell what happens. Scar: every five minutes it was most of a core for ten thousand who wait.
LOOKS_AT_ALL = 240


def _mark(facts: dict[str, Any]) -> int:
    """A number for everything that a page is told but its place, to know it by; the facts themselves weigh more."""
    return hash(encoded({name: fact for name, fact in facts.items() if name not in MOVING}))


class Door(CallWire):
    """A patient's or companion's page."""

    __slots__ = (
        "arrival",
        "arrival_key",
        "caller",
        "clinic",
        "epoch",
        "looks",
        "placed",
        "queue",
        "read_at",
        "shown",
        "status",
        "tab",
        "told",
        "version",
    )

    def __init__(
        self, scope: Message, send: Callable[[Message], Awaitable[None]], *, invitation: str
    ) -> None:
        super().__init__(scope, send)
        self.caller = Caller(invitation, self.cookies.get(settings.BLIKK_DEVICE_COOKIE, ""), self.where)
        self.lane = lane_of(invitation)
        # The arrival whose seat this page holds, by its public name and its key; "" and 0 while it holds none.
        self.arrival, self.arrival_key, self.clinic, self.status = "", 0, "", ""
        self.tab = self.epoch = self.queue = ""
        # Whose place in the queue is shown; also by a page that another one has taken the seat from.
        self.placed = ""
        self.looks = self.read_at = 0
        self.version: int | None = None
        # What the page was told last, of everything and of its place. Only whether it is the same is ever asked.
        self.shown = self.told = 0

    async def arrive(self) -> None:
        # What it may see is told when it says hello; here, only whether it ever presented the link.
        await self.lane(require_presented)(self.caller.invitation, self.caller.device)

    def find_place(self, consultation: str, now: datetime) -> Place:
        caller = self.caller
        participant = talk.place_at_the_door(caller.invitation, caller.device, now=now)
        if participant.consultation.public_id != consultation or participant.invitation is None:
            raise NotFound
        return Place(participant, actor_of(participant.invitation, where=caller.where))

    async def join(self, frame: Join) -> None:
        """Who holds the place at the door has been asked already whether to move the conversation here."""
        holds_place = self.arrival != "" and self.tab == frame.tab
        await super().join(replace(frame, move=frame.move or holds_place))

    async def take(self, frame: Frame) -> None:
        match frame:
            case Hello():
                await self._greet(frame)
            case (
                Devices()
                | Leave()
                | StepAway()
                | ComeBack()
                | LateAnswer()
                | CompanionAnswer()
                | FrameAnswer()
                | FrameWish()
            ):
                async with self.turn:
                    view = await self.lane(answer)(self.caller, frame, now=timezone.now())
                    # Not noted as shown: a page may ignore the answer to a report that crossed the admission.
                    await self.tell({"type": "done", "re": frame.id, "door": view.facts()})
            case AskPhone():
                place = self._sitting()
                await self.lane(talk.ask_phone)(place.participant, actor=place.actor, now=timezone.now())
                await self.tell({"type": "done", "re": frame.id})
            case _:
                await self.take_call(frame)

    async def _greet(self, frame: Hello) -> None:
        async with self.turn:
            greeting = await self.lane(greet)(self.caller, frame, now=timezone.now())
            if greeting.is_elsewhere:
                await self.tell({"type": "refused", "re": frame.id, "code": "elsewhere"})
                return
            self.tab, self.epoch = frame.tab, frame.epoch
            self._sit_at(greeting.arrival)
            # Read again after listening: what happened between the two is told.
            table = await self._table()
            facts = await self.lane(look)(self.caller, greeting, table, now=timezone.now())
            self._note(facts, table)
            await self.tell({"type": "done", "re": frame.id, "door": facts})

    def _sit_at(self, arrival: "Arrival | None") -> None:
        """Hear of the place that this page holds, and of the queue that it is in; before it is read."""
        name = arrival.public_id if arrival else ""
        if self.arrival and self.arrival != name:
            self.deafen(f"arrival:{self.arrival}")
        self.arrival, self.arrival_key = name, arrival.pk if arrival else 0
        if arrival is not None:
            self.clinic = arrival.clinic.public_id
            self.listen(f"arrival:{name}")
        in_queue = arrival is not None and arrival.is_in_queue and arrival.opening is not None
        self._wait_in(arrival.opening.public_id if in_queue else "")  # type: ignore[union-attr]

    def _wait_in(self, opening: str) -> None:
        """Hear of the queue that the person is in, and of no other."""
        if opening == self.queue:
            return
        if self.queue:
            board().leave(self.queue, self)
        if opening and not self.is_over:
            board().join(opening, self)
        self.queue = "" if self.is_over else opening

    async def _table(self) -> Table | None:
        """The places of the queue that this page waits in, read once for all who ask."""
        return await board().newest(self.queue) if self.queue else None

    def _note(self, facts: dict[str, Any], table: Table | None) -> bool:
        """Note what this page is going to be told, and whether it is news."""
        before = self.shown, self.told
        self.shown, self.told = _mark(facts), hash(place_frame(facts))
        self.status, self.placed = facts["arrival_status"], facts["arrival"]
        self._wait_in(facts["opening_id"] if facts["place"] else "")
        if table is not None and table.has(self.placed):
            self.read_at = table.began
        elif self.queue:
            # Read for this page alone: whether it is older or newer than a look that goes on, nobody knows.
            self.read_at = board().moment()
            self.put(f"queue:{self.queue}", {"event": "queue"})
        return before != (self.shown, self.told)

    def take_place(self, table: Table) -> None:
        """Be told the place, unless what was told is newer, or something else comes first."""
        if self.is_busy():
            self.put(f"queue:{self.queue}", {"event": "queue"})
            return
        if table.began < self.read_at:
            return
        frame = table.frame(self.placed)
        if frame is None:
            self.put(f"queue:{self.queue}", {"event": "queue"})
            return
        mark = hash(frame)
        if mark == self.told:
            self.read_at = table.began
        elif self.write_now(Packed(frame)):
            self.told, self.read_at = mark, table.began
        else:
            self.put(f"queue:{self.queue}", {"event": "queue"})

    def take_words(self, words: Packed) -> None:
        """Be told what is said to everybody in the queue."""
        self.say(words)

    def start_anew(self) -> None:
        """Be told everything: some news did not come."""
        self.put(f"queue:{self.queue}", {"event": "missed"})

    def hears(self, topic: str) -> bool:
        return topic == f"queue:{self.queue}" or super().hears(topic)

    async def hear(self, topic: str, news: dict[str, Any]) -> None:
        if topic.startswith("call:"):
            await self.hear_call(news)
        elif news.get("event") == "moved_away":
            if news.get("tab") == self.tab:
                # The other page may never join; until it does, nobody sits there.
                await self.stand_up()
                await self.moved_away()
        elif news.get("event") == "queue":
            await self._show_place()
        else:
            await self._show()

    async def _show(self) -> None:
        """Tell the page where the person stands now, if that is news; who was let in sits down with the same frame."""
        sat: Sat | None = None
        try:
            table = await self._table()
            facts, sat = await self.lane(self._view_and_sit)(table, timezone.now())
        finally:
            if sat is None and self.seat is None:
                self.deafen_calls()
        if self.arrival and facts["arrival"] not in {"", self.arrival}:
            await self._follow()
        is_news = self._note(facts, table)
        if sat is not None:
            await self.sit_down(sat)
            await self.tell({"type": "door", "door": facts, "joined": sat.joined})
            await self.say_seated(sat.seat)
        elif is_news:
            await self.tell({"type": "door", "door": facts})

    def _view_and_sit(self, table: Table | None, now: datetime) -> tuple[dict[str, Any], Sat | None]:
        caller, everybody = self.caller, table.everybody if table else None
        facts = door.door_of(caller.invitation, caller.device, everybody=everybody, now=now).facts()
        consultation = str(facts["consultation"])
        is_news = facts["step"] == "admitted" and self.shown != _mark(facts)
        if not is_news or self.seat is not None or not self.arrival or not self.epoch:
            return facts, None
        self.listen_from_database(consultation)
        place = self.find_place(consultation, now)
        frame = Join(0, consultation, self.tab, self.epoch, move=False)
        try:
            return facts, sit(place, frame, socket=self.socket, now=now)
        except (Elsewhere, Over):
            return facts, None

    async def _show_place(self) -> None:
        """Tell the page its place in the queue, from what was read once for everybody."""
        if not self.queue:
            return
        table = await board().newest(self.queue, since=self.read_at)
        frame = table.frame(self.placed)
        if frame is None:
            await self._show()
            return
        self.read_at, is_news = table.began, hash(frame) != self.told
        if is_news:
            self.told = hash(frame)
            await self.tell_text(frame)

    async def _follow(self) -> None:
        """Sit in the person's new place: they were moved to another queue."""
        hello = Hello(id=0, tab=self.tab, epoch="", move=False)
        greeting = await self.lane(greet)(self.caller, hello, now=timezone.now())
        if not greeting.is_elsewhere and greeting.arrival is not None:
            self._sit_at(greeting.arrival)

    def look_again(self) -> Awaitable[None] | None:
        self.looks += 1
        if self.arrival:
            seat_book().keep(self.arrival_key, self.tab, self)
            return None
        return self._look_at_all()

    def seat_kept(self, version: int | None) -> None:
        """Hear that the seat is still this page's, or somebody else's; most of the time there is nothing to do."""
        before, self.version = self.version, version
        has_changed = before is not None and before != version
        if has_changed or version is None or not self.queue or self.looks % LOOKS_AT_ALL == 0:
            pulse().start(self._look_at_all())

    async def _look_at_all(self) -> None:
        if self.is_over:
            return
        try:
            if self.version is None and self.arrival and self.status in {"waiting", "admitted"}:
                await self.lane(self._sit_again)()
            async with self.turn:
                await self._show()
        except NotFound:
            await self.finish(Closed.NOT_FOUND)
            return
        await self.keep_place()

    def _sit_again(self) -> None:
        greet(self.caller, Hello(id=0, tab=self.tab, epoch="", move=False), now=timezone.now())

    async def moved_away(self) -> None:
        # The seat is somebody else's now: it must not be given up when this socket goes.
        self.arrival = ""
        await super().moved_away()

    async def go(self) -> None:
        self._wait_in("")
        await self.stand_up()
        arrival, self.arrival = self.arrival, ""
        if arrival:
            await self.lane(waiting_room.give_up_seat)(self.arrival_key, tab=self.tab, clinic_id=self.clinic)
