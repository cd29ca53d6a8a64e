"""Law 7 as a machine: whatever is said in whatever order, it reaches only who was let in, from who really said it."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from blikk.sockets import seats
from blikk.sockets.frames import Guide, Signal, State, Text
from blikk.sockets.seats import Seat

ROOMS = ("eldfjell", "fonn")
PEOPLE = ("kari", "ola", "randi", "tolk")
BODY = {"candidate": None}
EQUIPMENT = {"camera": True, "quality": "good"}


class Conversations(RuleBasedStateMachine):
    """Two consultations on one bus. The model knows who was let in; the functions know only seats."""

    sockets = Bundle("sockets")

    def __init__(self) -> None:
        super().__init__()
        self.admitted: set[tuple[str, str]] = set()
        self.generation = dict.fromkeys(ROOMS, 1)
        self.ended: set[str] = set()
        self.seat: dict[int, Seat | None] = {}
        self.who: dict[int, tuple[str, str]] = {}
        self.told: dict[int, list[dict[str, Any]]] = {}
        self.epochs = 0

    @rule(target=sockets, room=st.sampled_from(ROOMS), person=st.sampled_from(PEOPLE))
    def open(self, room, person):
        socket = len(self.who)
        self.who[socket], self.seat[socket], self.told[socket] = (room, person), None, []
        return socket

    @rule(room=st.sampled_from(ROOMS), person=st.sampled_from(PEOPLE))
    def admit(self, room, person):
        if room not in self.ended:
            self.admitted.add((room, person))

    @rule(socket=sockets)
    def join(self, socket):
        room, person = self.who[socket]
        if (room, person) not in self.admitted or room in self.ended:
            return
        self.epochs += 1
        seat = Seat(
            consultation=room,
            generation=self.generation[room],
            participant=person,
            role="clinician" if person == "kari" else "patient",
            name=person.title(),
            alias="",
            tab=f"tab {socket}",
            epoch=f"epoch {self.epochs}",
            socket=str(socket),
            rank=f"{person != 'kari':d} {person}",
        )
        self.seat[socket] = seat
        self.publish(seat.topic, seats.seated(seat))

    @rule(room=st.sampled_from(ROOMS))
    def end(self, room):
        self.ended.add(room)
        self.publish(f"call:{room}", {"event": "ended", "by_role": "clinician", "at": ""})
        self.admitted = {(there, person) for there, person in self.admitted if there != room}

    @rule(socket=sockets, to=st.sampled_from(PEOPLE), other=sockets, own_epoch=st.booleans())
    def signal(self, socket, to, other, own_epoch):
        """Say something to whomever, with the epoch of whomever, as oneself or not."""
        seat, target = self.seat[socket], self.seat[other]
        epoch = seat.epoch if seat and own_epoch else "epoch 1"
        self.say(socket, Signal(to, target.epoch if target else "none", epoch, BODY))

    @rule(socket=sockets)
    def text(self, socket):
        self.say(socket, Text(1, "Hei"))

    @rule(socket=sockets)
    def state(self, socket):
        self.say(socket, State(EQUIPMENT))

    @rule(socket=sockets, whom=st.sampled_from(PEOPLE), on=st.booleans())
    def guide(self, socket, whom, on):
        self.say(socket, Guide(1, whom, on))

    @rule(room=st.sampled_from(ROOMS), old=st.integers(0, 1))
    def repeat_an_old_signal(self, room, old):
        """Something from an earlier round of the consultation turns up late on the bus."""
        for seat in [seat for seat in self.seat.values() if seat and seat.consultation == room]:
            news = {"event": "signal", "from": "nobody", "to": seat.participant, "to_epoch": seat.epoch}
            late = {**news, "epoch": "epoch 0", "body": BODY, "generation": seat.generation - 1 - old}
            self.publish(seat.topic, late)

    def say(self, socket: int, frame: Signal | Text | State | Guide) -> None:
        seat = self.seat[socket]
        news = seats.spoken(seat, frame, at="")
        if seat is None:
            assert news is None
        elif news is not None:
            assert news["from"] == seat.participant
            self.publish(seat.topic, news)

    def publish(self, topic: str, news: dict[str, Any]) -> None:
        for socket, seat in list(self.seat.items()):
            if seat is None or seat.topic != topic:
                continue
            if news["event"] == "ended" or seats.is_taken_over(seat, news):
                self.seat[socket] = None
            elif (frame := seats.heard(seat, news)) is not None:
                assert seats.concerns(seat, news)
                self.check(seat, news, frame)
                self.told[socket].append(frame)

    def check(self, seat: Seat, news: dict[str, Any], frame: dict[str, Any]) -> None:
        assert (seat.consultation, seat.participant) in self.admitted
        assert seat.consultation not in self.ended
        if frame["type"] == "guide":
            assert (news["from"], news["to"]) == ("kari", seat.participant)
            return
        speaker = frame.get("from") or frame.get("participant")
        assert speaker != seat.participant
        assert (seat.consultation, speaker) in self.admitted
        if frame["type"] == "signal":
            assert (news["to"], news["to_epoch"]) == (seat.participant, seat.epoch)
        if frame["type"] == "present":
            assert frame["offers"] != frame["yields"]

    @invariant()
    def nobody_sits_in_two_places_or_where_it_is_over(self):
        sitting = [(seat.consultation, seat.participant) for seat in self.seat.values() if seat]
        assert len(sitting) == len(set(sitting))
        assert not {room for room, _ in sitting} & self.ended

    @invariant()
    def who_was_not_let_in_heard_nothing(self):
        for socket, told in self.told.items():
            assert not told or self.who[socket] in self.admitted or self.who[socket][0] in self.ended


Conversations.TestCase.settings = settings(max_examples=150, stateful_step_count=50, deadline=None)
TestConversations = Conversations.TestCase


def a_seat(person: str, **more: Any) -> Seat:
    values = {
        "consultation": "r",
        "generation": 1,
        "role": "patient",
        "name": person,
        "alias": "",
        "tab": "t",
    }
    return Seat(
        **{**values, "participant": person, "epoch": f"e-{person}", "socket": person, "rank": person, **more}
    )


def test_of_two_people_exactly_one_offers():
    kari, ola = a_seat("kari", rank="0 9"), a_seat("ola", rank="1 1")
    assert seats.present(kari, seats.seated(ola))["offers"] is True
    assert seats.present(ola, seats.seated(kari))["offers"] is False


def test_a_signal_is_heard_by_the_one_it_is_for():
    kari, ola, randi = a_seat("kari"), a_seat("ola"), a_seat("randi")
    news = seats.spoken(kari, Signal("ola", "e-ola", "e-kari", BODY), at="")
    assert news is not None
    assert seats.heard(ola, news) == {"type": "signal", "from": "kari", "epoch": "e-kari", "body": BODY}
    assert seats.heard(randi, news) is None
    assert seats.heard(None, news) is None
