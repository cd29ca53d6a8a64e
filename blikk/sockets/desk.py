"""The socket of the staff side: news of the day, letting people in, and the conversation."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from blikk.accounts.services import topic_of
from blikk.invitations.words import grouped
from blikk.journeys import external, queue, talk
from blikk.kernel.errors import DomainError, NotFound
from blikk.patients.queries import contact
from blikk.sockets.call import CallWire, Place, Sat, sat_down
from blikk.sockets.database import lane_of
from blikk.sockets.frames import (
    Admit,
    ChangeChannel,
    Closed,
    End,
    Frame,
    Guide,
    Hello,
    Next,
    Request,
    Take,
    Unanswered,
    UseOwn,
)
from blikk.sockets.identity import SignedOut, Staff, staff_behind
from blikk.sockets.line import Packed
from blikk.sockets.wire import Message, encoded
from blikk.waiting_room import queries as waiting_room

if TYPE_CHECKING:
    from blikk.consultations.models import Consultation

DAY_EVENTS = frozenset({"day", "message", "missed", "timetable"})
DAY = Packed(encoded({"type": "day"}))
# A page that was told is told again at once only after so long: it has the first hint's rows to fetch.
BETWEEN_HINTS = 0.25


def answer(staff: Staff, frame: Request, *, now: datetime) -> dict[str, Any]:
    """Do what a member of staff asks for, and say that it is done. Raises what the rooms refuse."""
    who: dict[str, Any] = {"membership": staff.membership, "actor": staff.actor, "now": now}
    match frame:
        case Hello():
            return {}
        case Admit():
            opened = talk.admit(staff.clinic, frame.arrival, version=frame.version, **who)
        case Next():
            opened = queue.take_next(staff.clinic, frame.opening, **who)
        case Take():
            opened = queue.take(
                staff.clinic, frame.arrival, version=frame.version, reason=frame.reason, **who
            )
        case _:
            raise NotFound
    return _opened(opened)


def let_in_and_sit(
    staff: Staff, frame: Admit | Next | Take, *, page: talk.Page, socket: str, now: datetime
) -> tuple[dict[str, Any], Sat | None]:
    """Let somebody in, and sit down with the page that asked. Raises what the rooms refuse."""
    who: dict[str, Any] = {"page": page, "membership": staff.membership, "actor": staff.actor, "now": now}
    match frame:
        case Admit():
            opened, participant = talk.admit_and_sit(
                staff.clinic, frame.arrival, version=frame.version, **who
            )
        case Next():
            opened, participant = queue.take_next_and_sit(staff.clinic, frame.opening, **who)
        case Take():
            opened, participant = queue.take_and_sit(
                staff.clinic, frame.arrival, version=frame.version, reason=frame.reason, **who
            )
    if participant is None:
        return _opened(opened), None
    sat = sat_down(participant, staff.actor, tab=page.tab, epoch=page.epoch, socket=socket, now=now)
    return {**_opened(opened), "joined": sat.joined}, sat


def _opened(consultation: "Consultation") -> dict[str, Any]:
    """What a page needs of the conversation that it is to become: who came is not always known before."""
    number = contact(consultation.appointment.patient, "phone")
    return {"consultation": consultation.public_id, "phone": grouped(number)}


LedBy = ChangeChannel | End | Unanswered | UseOwn


def answer_in(staff: Staff, consultation: str, frame: LedBy, *, now: datetime) -> dict[str, Any]:
    """Do what the clinician asks for in the conversation they sit in."""
    clinic = staff.clinic
    who: dict[str, Any] = {"membership": staff.membership, "actor": staff.actor, "now": now}
    match frame:
        case ChangeChannel():
            how = {"channel": frame.channel, "measured": frame.measured, **who}
            talk.change_channel(clinic, consultation, **how)
        case Unanswered():
            return {"times": talk.note_unanswered(clinic, consultation, **who)}
        case UseOwn():
            external.use_own(clinic, consultation, **who)
        case End():
            talk.end(clinic, consultation, version=frame.version, **who)
    return {}


class Desk(CallWire):
    """A page of the staff side. It lives on after a conversation, because the day does."""

    __slots__ = ("clinic", "day", "is_hint_due", "pause", "slots", "user_topic")

    outlives_call = True

    def __init__(self, scope: Message, send: Callable[[Message], Awaitable[None]]) -> None:
        super().__init__(scope, send)
        self.lane = lane_of(self.cookies.get(settings.SESSION_COOKIE_NAME, ""))
        self.clinic = self.day = self.slots = self.user_topic = ""
        self.pause: asyncio.TimerHandle | None = None
        self.is_hint_due = False

    async def arrive(self) -> None:
        try:
            staff = await self.lane(self._staff)()
        except SignedOut:
            await self.finish(Closed.SIGNED_OUT)
            return
        self.clinic = staff.clinic.public_id
        self.day = f"day:{self.clinic}"
        self.slots = f"slots:{self.clinic}"
        self.user_topic = topic_of(staff.membership.user)
        self.listen(self.day)
        self.listen(self.slots)
        self.listen(self.user_topic)

    def _staff(self, now: datetime | None = None) -> Staff:
        return staff_behind(self.cookies, where=self.where, now=now or timezone.now())

    def find_place(self, consultation: str, now: datetime) -> Place:
        staff = self._here(now)
        participant = talk.place_of_member(staff.clinic, consultation, membership=staff.membership)
        return Place(participant, staff.actor)

    def _here(self, now: datetime) -> Staff:
        """The person at this page; a session that went to another clinic meanwhile is another page's."""
        staff = self._staff(now)
        if staff.clinic.public_id != self.clinic:
            raise NotFound
        return staff

    async def take(self, frame: Frame) -> None:
        try:
            match frame:
                case Admit() | Next() | Take() if frame.tab and self.seat is None:
                    await self._let_in_and_sit(frame)
                case Hello() | Admit() | Next() | Take():
                    facts = await self.lane(self._answer)(frame)
                    await self.tell({"type": "done", "re": frame.id, **facts})
                case ChangeChannel() | End() | Unanswered() | UseOwn():
                    consultation = self._sitting().participant.consultation.public_id
                    facts = await self.lane(self._answer_in)(consultation, frame)
                    await self.tell({"type": "done", "re": frame.id, **facts})
                case Guide():
                    if not self._say(frame):
                        raise NotFound
                    await self.tell({"type": "done", "re": frame.id})
                case _:
                    await self.take_call(frame)
        except SignedOut:
            await self.finish(Closed.SIGNED_OUT)

    async def _let_in_and_sit(self, frame: Admit | Next | Take) -> None:
        page = talk.Page(frame.tab, frame.epoch, self.listen_from_database)

        def act() -> tuple[dict[str, Any], Sat | None]:
            now = timezone.now()
            return let_in_and_sit(self._here(now), frame, page=page, socket=self.socket, now=now)

        sat: Sat | None = None
        async with self.turn:
            try:
                facts, sat = await self.lane(act)()
            finally:
                if sat is None:
                    self.deafen_calls()
            await self.sit_down(sat)
            await self.tell({"type": "done", "re": frame.id, **facts})
        if self.seat is not None:
            await self.say_seated(self.seat)

    def _answer(self, frame: Request) -> dict[str, Any]:
        now = timezone.now()
        return answer(self._here(now), frame, now=now)

    def _answer_in(self, consultation: str, frame: LedBy) -> dict[str, Any]:
        now = timezone.now()
        return answer_in(self._here(now), consultation, frame, now=now)

    async def hear(self, topic: str, news: dict[str, Any]) -> None:
        if topic == self.user_topic:
            await self.look_again()
        elif topic == self.slots:
            await self.tell({"type": "slots"})
        elif topic != self.day:
            await self.hear_call(news)
        elif news.get("event") == "arrived":
            await self._tell_of_arrival(str(news.get("arrival", "")))
        elif news.get("event") == "alert":
            await self._tell_of_alert(str(news.get("arrival", "")), str(news.get("clinician", "")))

    async def _tell_of_alert(self, arrival: str, clinician: str) -> None:
        """Say that somebody must be looked at; only to the clinician whom it concerns, in a queue to all of them."""

        def concerns() -> bool:
            member = self._here(timezone.now()).membership
            return member.role == "clinician" and clinician in {"", member.public_id}

        if await self.lane(concerns)():
            await self.tell({"type": "alert", "arrival": arrival})

    async def _tell_of_arrival(self, arrival: str) -> None:
        def name_of() -> str:
            return waiting_room.get(self._here(timezone.now()).clinic, arrival).invitation.name

        name = await self.lane(name_of)()
        await self.tell({"type": "arrived", "arrival": arrival, "name": name})
        self._hint()

    def wants(self, topic: str, news: dict[str, Any]) -> bool:
        if topic == self.day and news.get("event") in DAY_EVENTS:
            self._hint()
            return False
        return super().wants(topic, news)

    def _hint(self) -> None:
        """Say that the day is another one: at once, and however much happens, not much more often than one can look."""
        if self.pause is not None:
            self.is_hint_due = True
            return
        self.say(DAY)
        self.pause = self.loop.call_later(BETWEEN_HINTS, self._pause_is_over)

    def _pause_is_over(self) -> None:
        is_due, self.is_hint_due, self.pause = self.is_hint_due, False, None
        if is_due and not self.is_over:
            self._hint()

    async def look_again(self) -> None:
        try:
            await self.lane(self._here)(timezone.now())
        except SignedOut:
            await self.finish(Closed.SIGNED_OUT)
            return
        except DomainError:
            await self.finish(Closed.NOT_FOUND)
            return
        await self.keep_place()

    async def go(self) -> None:
        if self.pause is not None:
            self.pause.cancel()
        await self.stand_up()
