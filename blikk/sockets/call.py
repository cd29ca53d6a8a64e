"""A conversation as one socket takes part in it: sit down, hear who is there, speak, step out, hear of the end."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from blikk.bus import hub
from blikk.consultations import queries as consultations
from blikk.consultations import services as consulting
from blikk.consultations.errors import Elsewhere, Over
from blikk.journeys import external, talk
from blikk.journeys.errors import NotAtThisStep
from blikk.kernel.actors import Actor
from blikk.kernel.errors import NotFound
from blikk.kernel.ids import new_id
from blikk.media.errors import TooManyCredentials
from blikk.media.services import credentials_for
from blikk.sockets import seats
from blikk.sockets.database import Lane, for_outside
from blikk.sockets.frames import (
    AskIce,
    AskRoom,
    Caption,
    Closed,
    Frame,
    Guide,
    Join,
    Signal,
    State,
    StepOut,
    Text,
)
from blikk.sockets.seats import Seat
from blikk.sockets.wire import Message, Wire

if TYPE_CHECKING:
    from blikk.consultations.models import Participant


@dataclass(frozen=True, slots=True)
class Place:
    """A person who was let into a consultation, and in whose name they act."""

    participant: "Participant"
    actor: Actor


@dataclass(frozen=True, slots=True)
class Sat:
    """A place that was taken, and what its page is told."""

    place: Place
    seat: Seat
    joined: dict[str, Any]


def sit(place: Place, frame: Join, *, socket: str, now: datetime) -> Sat:
    """Take a person's place with this page. Raises Elsewhere, Over."""
    participant = talk.sit_down(
        place.participant, tab=frame.tab, epoch=frame.epoch, move=frame.move, actor=place.actor, now=now
    )
    return sat_down(participant, place.actor, tab=frame.tab, epoch=frame.epoch, socket=socket, now=now)


def sat_down(
    participant: "Participant", actor: Actor, *, tab: str, epoch: str, socket: str, now: datetime
) -> Sat:
    """What a page is told whose person has just sat down with it."""
    consultation = participant.consultation
    seat = Seat(
        consultation=consultation.public_id,
        generation=consultation.generation,
        participant=participant.public_id,
        role=participant.role,
        name=participant.name,
        alias=participant.alias,
        tab=tab,
        epoch=epoch,
        socket=socket,
        rank=seats.rank_of(participant),
    )
    everybody = consultations.roster(consultation)
    joined = {
        "type": "joined",
        "you": seat.participant,
        "role": seat.role,
        "version": consultation.version,
        "channel": consultation.channel,
        "roster": rows_for(everybody, seat, now=now),
        "ice": ice_for(participant, now=now),
        "clinic": {"phone": consultation.clinic.phone},
        "engine": external.engine_facts(consultation),
        "uses_text": consultation.appointment.patient.uses_text,
        "phone_asked": any(one.asked_phone_at for one in everybody),
    }
    return Sat(Place(participant, actor), seat, joined)


def roster_for(participant: "Participant", seat: Seat, *, now: datetime) -> list[dict[str, Any]]:
    """Everybody who was let in, as seen from a seat."""
    return rows_for(consultations.roster(participant.consultation), seat, now=now)


def rows_for(everybody: "list[Participant]", seat: Seat, *, now: datetime) -> list[dict[str, Any]]:
    """Those who were let in, as seen from a seat."""
    rows = []
    for other in everybody:
        is_present = consultations.is_present(other, now=now)
        news = {
            "participant": other.public_id,
            "role": other.role,
            "name": other.name,
            "alias": other.alias,
            "epoch": other.epoch if is_present else None,
            "rank": seats.rank_of(other),
        }
        rows.append({**seats.present(seat, news), "present": is_present})
        del rows[-1]["type"]
    return rows


def ice_for(participant: "Participant", *, now: datetime) -> dict[str, Any]:
    """The relay for an admitted participant; without servers, to be asked for again, when they asked too often."""
    relay_only = participant.consultation.clinic.relay_only
    if external.is_external(participant.consultation):
        # Nothing of theirs goes through us.
        return {"servers": [], "relay_only": relay_only, "expires_at": None}
    try:
        return credentials_for(participant.public_id, now=now, relay_only=relay_only).as_json()
    except TooManyCredentials:
        return {"servers": [], "relay_only": relay_only, "expires_at": now.isoformat()}


class CallWire(Wire):
    """A socket that can take part in a conversation."""

    __slots__ = ("lane", "place", "seat", "socket")

    # Whether the socket serves its page after the conversation too.
    outlives_call = False
    # Where this page asks the database.
    lane: Lane

    def __init__(self, scope: dict[str, Any], send: Callable[[Message], Awaitable[None]]) -> None:
        super().__init__(scope, send)
        self.seat: Seat | None = None
        self.place: Place | None = None
        self.socket = new_id()

    @property
    def lively(self) -> bool:  # type: ignore[override]
        return self.seat is not None

    def find_place(self, consultation: str, now: datetime) -> Place:
        """This person's place in a consultation. Raises NotFound until they were let in (law 7)."""
        raise NotImplementedError

    async def take_call(self, frame: Frame) -> None:
        """Do what a frame of a conversation asks; who may not is told that there is no such thing."""
        match frame:
            case Join():
                await self.join(frame)
            case Signal() | State() | Caption():
                self._say(frame)
            case AskRoom():
                place = self._sitting()
                facts = await for_outside(external.room_for)(place.participant, now=timezone.now())
                await self.lane(external.note_gone)(place.participant, actor=place.actor, now=timezone.now())
                await self.tell({"type": "done", "re": frame.id, **facts})
            case Text():
                if not self._say(frame):
                    raise Over
                await self.tell({"type": "done", "re": frame.id})
            case AskIce():
                ice = await self.lane(ice_for)(self._sitting().participant, now=timezone.now())
                await self.tell({"type": "ice", "re": frame.id, "ice": ice})
            case StepOut():
                await self.step_out(frame)
            case _:
                raise NotFound

    async def join(self, frame: Join) -> None:
        if self.seat is not None and self.seat.consultation != frame.consultation:
            await self.stand_up()
        topic = f"call:{frame.consultation}"
        async with self.turn:
            before = self.seat
            # Heard from before the roster is read: who comes in between is told of, not missed.
            self.listen(topic)
            try:
                sat = await self.lane(self._sit)(frame, timezone.now())
            except BaseException:
                if before is None:
                    self.deafen(topic)
                raise
            await self.sit_down(sat)
            await self.tell({**sat.joined, "re": frame.id})
        if self.seat is not None and before != self.seat:
            await self.say_seated(self.seat)

    async def sit_down(self, sat: Sat | None) -> None:
        """Let this socket speak for a person who was seated; a socket that went meanwhile gives the seat back."""
        if sat is None:
            return
        if self.is_over:
            self.deafen_calls()
            await self.lane(self._free)(sat.place, sat.seat)
        else:
            self.place, self.seat = sat.place, sat.seat

    async def say_seated(self, seat: Seat) -> None:
        """Let the others know that this page sits in its person's place now."""
        hub.publish(seat.topic, seats.seated(seat))
        if (step := self.beat()) is not None:
            await step

    def deafen_calls(self) -> None:
        """Stop hearing of conversations in which this page did not sit down after all."""
        for topic in [ear.topic for ear in self.ears if ear.topic.startswith("call:")]:
            self.deafen(topic)

    def listen_from_database(self, consultation: str) -> None:
        """Hear of a conversation before whatever is said of it next."""
        self.listen(f"call:{consultation}")

    def _sit(self, frame: Join, now: datetime) -> Sat:
        return sit(self.find_place(frame.consultation, now), frame, socket=self.socket, now=now)

    async def step_out(self, frame: StepOut) -> None:
        place = self._sitting()
        self._forget()
        await self.lane(talk.step_out)(place.participant, actor=place.actor, now=timezone.now())
        await self.tell({"type": "done", "re": frame.id})

    def wants(self, topic: str, news: dict[str, Any]) -> bool:
        return not topic.startswith("call:") or seats.concerns(self.seat, news)

    async def hear_call(self, news: dict[str, Any]) -> None:
        """Tell the page what was said in the conversation, as far as it is for this page."""
        event = news.get("event")
        if event == "ended":
            await self.over(str(news.get("by_role", "")), str(news.get("at", "")))
        elif self.seat is None:
            return
        elif event == "sent_out" and news.get("participant") == self.seat.participant:
            await self.over("clinician", timezone.now().isoformat(), sent_out=True)
        elif seats.is_taken_over(self.seat, news):
            await self.moved_away()
        elif event == "missed" or (event == "gone" and news.get("participant") == self.seat.participant):
            await self.keep_place(tell=True)
        elif (frame := seats.heard(self.seat, news)) is not None:
            await self.tell(frame)

    async def over(self, by_role: str, at: str, *, sent_out: bool = False) -> None:
        """Tell the page that it is over for this person; the others go on without who was sent out."""
        self._forget()
        await self.tell({"type": "ended", "by_role": by_role, "at": at, "sent_out": sent_out})
        if not self.outlives_call:
            await self.finish(Closed.ENDED)

    async def moved_away(self) -> None:
        self._forget()
        await self.tell({"type": "moved_away"})
        if not self.outlives_call:
            await self.finish(Closed.MOVED_AWAY)

    async def keep_place(self, *, tell: bool = False) -> None:
        """Note that the page is still there; sit down again if the seat was freed by mistake, or hear of the end."""
        seat, place = self.seat, self.place
        if seat is None or place is None:
            return
        try:
            lost, rows = await self.lane(self._keep)(place, seat, timezone.now())
        except (Over, NotAtThisStep):
            # Scar: the look that came just after the end found a seat that was freed and a way in that was dead.
            await self.over("", timezone.now().isoformat())
            return
        except (Elsewhere, NotFound):
            await self.moved_away()
            return
        if lost:
            hub.publish(seat.topic, seats.seated(seat))
        for row in rows if tell else []:
            await self._tell_of(row)

    async def _tell_of(self, row: dict[str, Any]) -> None:
        if self.seat is None or row["participant"] == self.seat.participant:
            return
        if row.pop("present"):
            await self.tell({"type": "present", **row})
        else:
            await self.tell({"type": "absent", "participant": row["participant"], "left": False})

    def _keep(self, place: Place, seat: Seat, now: datetime) -> tuple[bool, list[dict[str, Any]]]:
        lost = not consulting.keep_seat(place.participant, tab=seat.tab, now=now)
        if lost:
            again = self.find_place(seat.consultation, now)
            talk.sit_down(
                again.participant, tab=seat.tab, epoch=seat.epoch, move=False, actor=again.actor, now=now
            )
        place.participant.consultation.refresh_from_db(fields=["status"])
        if not consultations.is_running(place.participant.consultation):
            raise Over
        return lost, roster_for(place.participant, seat, now=now)

    async def stand_up(self) -> None:
        """Give the seat back because the socket goes; picture and sound between the others' devices may go on."""
        seat, place = self.seat, self.place
        if seat is None or place is None:
            return
        self._forget()
        if await self.lane(self._free)(place, seat):
            hub.publish(seat.topic, seats.gone(seat))

    @staticmethod
    def _free(place: Place, seat: Seat) -> bool:
        return consulting.give_up_seat(place.participant, tab=seat.tab, epoch=seat.epoch)

    def _sitting(self) -> Place:
        if self.place is None:
            raise NotFound
        return self.place

    def _say(self, frame: Signal | Text | State | Caption | Guide) -> bool:
        news = seats.spoken(self.seat, frame, at=timezone.now().isoformat())
        if self.seat is None or news is None:
            return False
        hub.publish(self.seat.topic, news)
        return True

    def _forget(self) -> None:
        if self.seat is not None:
            self.deafen(self.seat.topic)
        self.seat = self.place = None
