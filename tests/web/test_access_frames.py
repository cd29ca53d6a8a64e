"""Every frame on every socket, sent by everybody: who may is answered, and for all others there is no such thing."""

import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest
import time_machine
from asgiref.sync import async_to_sync
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from blikk.config.asgi import application
from blikk.sockets import frames
from blikk.waiting_room.models import Arrival
from tests.builders import NOW, a_member
from tests.people import signed_in
from tests.web.access_table import FRAMES
from tests.web.walk import NOBODYS, ORIGIN, ROLES, House, a_house, with_device

TAB, EPOCH = "tab-tab-tab", "epoch-epoch"
BODY = {"candidate": None}
STATE = {"camera": True, "microphone": True, "sharing": False, "picture": True, "paused": False}
SAMPLES: dict[str, dict[str, Any]] = {
    "Beat": {"type": "beat"},
    "Hello": {"type": "hello", "tab": TAB, "epoch": EPOCH},
    "Admit": {"type": "admit", "arrival": NOBODYS, "version": 1},
    "Devices": {"type": "devices", "camera": "ok", "microphone": "ok", "sound": "ok", "network": "ok"},
    "Next": {"type": "next", "opening": NOBODYS},
    "Take": {"type": "take", "arrival": NOBODYS, "version": 1, "reason": "urgent"},
    "Leave": {"type": "leave"},
    "StepAway": {"type": "step_away"},
    "ComeBack": {"type": "come_back"},
    "LateAnswer": {"type": "late_answer", "answer": "wait"},
    "CompanionAnswer": {"type": "companion_answer", "companion": NOBODYS, "answer": "yes"},
    "FrameAnswer": {"type": "frame_answer", "question": "place", "answer": "a"},
    "FrameWish": {"type": "frame_wish", "wish": "sound"},
    "Join": {"type": "join", "consultation": NOBODYS, "tab": TAB, "epoch": EPOCH},
    "Signal": {"type": "signal", "to": NOBODYS, "to_epoch": EPOCH, "epoch": EPOCH, "body": BODY},
    "Text": {"type": "text", "words": "Hei"},
    "State": {"type": "state", "quality": "good", **STATE},
    "ChangeChannel": {"type": "channel", "channel": "sound"},
    "Unanswered": {"type": "unanswered"},
    "UseOwn": {"type": "use_own"},
    "AskPhone": {"type": "ask_phone"},
    "AskRoom": {"type": "room"},
    "Caption": {"type": "caption", "line": 1, "words": "Hei", "final": True},
    "Guide": {"type": "guide", "participant": NOBODYS, "on": True},
    "AskIce": {"type": "ice"},
    "StepOut": {"type": "step_out"},
    "End": {"type": "end", "version": 1},
}
# Passed on to the others or dropped, and never answered.
UNANSWERED = {"Beat", "Signal", "State", "Caption"}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(settings) -> Iterator[House]:
    settings.BLIKK_SECOND_FACTOR = True
    with time_machine.travel(NOW, tick=False):
        yield a_house("Fjordgløtt legesenter", "Ola")


@pytest.fixture
def elsewhere(house: House) -> House:
    return a_house("Strandgata legevakt", "Per")


def sent(name: str, **more: Any) -> dict[str, Any]:
    return {"id": 7, **SAMPLES[name], **more} if name not in UNANSWERED else {**SAMPLES[name], **more}


def answers(client: Client, path: str, *asked: dict[str, Any]) -> list[dict[str, Any]]:
    """What the socket says to each frame; after a frame that is not answered, what it says to a greeting."""
    return async_to_sync(_answers)(client, path, asked)


async def _answers(client: Client, path: str, asked: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    headers = [(b"origin", ORIGIN.encode()), (b"cookie", cookies.encode())]
    socket = WebsocketCommunicator(application, path, headers=headers)
    said: list[dict[str, Any]] = []
    connected, _ = await socket.connect(timeout=20)
    assert connected
    for frame in asked or ({},):
        if frame:
            await socket.send_json_to(frame)
        answer = await _next(socket)
        said.append(answer)
        if "closed" in answer:
            return said
    await socket.disconnect(timeout=20)
    return said


async def _next(socket: WebsocketCommunicator) -> dict[str, Any]:
    while True:
        output = await socket.receive_output(timeout=20)
        if output["type"] == "websocket.close":
            return {"closed": output["code"]}
        frame: dict[str, Any] = json.loads(output["text"])
        if "re" in frame:
            return frame


def refused(*codes: str) -> list[dict[str, Any]]:
    return [{"type": "refused", "re": 7, "code": code} for code in codes]


def test_the_table_lists_every_frame_and_no_other():
    known = {kind.__name__ for kind in get_args(frames.Frame)}
    assert known == set(FRAMES)
    assert known == set(SAMPLES)
    for name in SAMPLES:
        assert type(frames.parse(sent(name))).__name__ == name


def test_nobody_without_a_whole_session_has_a_desk(house):
    made_up = Client()
    made_up.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
    half = signed_in(a_member(house.clinic, "clinician"), strong=False)
    for client in (Client(), made_up, half, house.clients["patient"]):
        assert answers(client, "/ws/desk") == [{"closed": 4401}]
    assert answers(house.clients["clinician"], "/ws/desk", sent("Hello"))[0]["type"] == "done"


def test_who_works_nowhere_has_no_desk(house):
    member = a_member(house.clinic, "clinician")
    client = signed_in(member)
    member.ended_at = NOW
    member.save()
    assert answers(client, "/ws/desk") == [{"closed": 4404}]


def test_no_other_role_and_no_other_clinic_can_do_anything_with_our_things(house, elsewhere):
    arrival, consultation = house.things["arrival"], house.things["consultation"]
    version = Arrival.objects.get(public_id=arrival).version
    queued = Arrival.objects.get(public_id=house.things["queued"]).version
    walkers = {f"{role} elsewhere": elsewhere.clients[role] for role in ROLES}
    walkers |= {role: house.clients[role] for role in ("secretary", "administrator")}
    for who, client in walkers.items():
        for ours, none in (
            (sent("Admit", arrival=arrival, version=version), sent("Admit")),
            (sent("Join", consultation=consultation), sent("Join")),
            (sent("Next", opening=house.things["opening"]), sent("Next")),
            (sent("Take", arrival=house.things["queued"], version=queued), sent("Take")),
        ):
            told = answers(client, "/ws/desk", ours)
            assert told == answers(client, "/ws/desk", none), (who, ours)
            assert told == refused("not_found"), (who, ours)
    assert Arrival.objects.get(public_id=arrival).status == "waiting"


def test_a_colleague_who_was_not_let_in_has_no_place_in_the_conversation(house):
    colleague = signed_in(a_member(house.clinic, "clinician"))
    told = answers(colleague, "/ws/desk", sent("Join", consultation=house.things["consultation"]))
    assert told == refused("not_found")


def test_without_a_seat_there_is_no_conversation_to_speak_in(house, elsewhere):
    for client, path in (
        (house.clients["clinician"], "/ws/desk"),
        (house.clients["secretary"], "/ws/desk"),
        (elsewhere.clients["clinician"], "/ws/desk"),
        (with_device(house.running), f"/ws/door/{house.running.invitation.public_id}"),
    ):
        for name in ("ChangeChannel", "Guide", "AskIce", "StepOut", "End", "Text"):
            told = answers(client, path, sent(name))[0]
            assert told["type"] == "refused", (path, name)
            assert told["code"] in {"not_found", "over"}, (path, name)


@pytest.mark.parametrize(
    "name", ["Devices", "Leave", "StepAway", "ComeBack", "LateAnswer", "FrameAnswer", "FrameWish"]
)
def test_frames_of_the_door_mean_nothing_at_a_desk(house, name):
    assert answers(house.clients["clinician"], "/ws/desk", sent(name)) == refused("not_found")


def test_the_clinician_can_let_somebody_in(house):
    arrival = house.things["arrival"]
    version = Arrival.objects.get(public_id=arrival).version
    told = answers(house.clients["clinician"], "/ws/desk", sent("Admit", arrival=arrival, version=version))
    assert told[0]["type"] == "done"


@pytest.mark.parametrize("name", ["Next", "Take"])
def test_the_clinician_can_take_somebody_out_of_a_queue(house, name):
    queued = Arrival.objects.get(public_id=house.things["queued"]).version
    asked = {"Next": {"opening": house.things["opening"]}, "Take": {"arrival": house.things["queued"]}}[name]
    asked |= {"version": queued} if name == "Take" else {}
    assert answers(house.clients["clinician"], "/ws/desk", sent(name, **asked))[0]["type"] == "done"


def test_the_clinician_can_step_out(house):
    join = sent("Join", consultation=house.things["consultation"])
    told = answers(house.clients["clinician"], "/ws/desk", join, sent("StepOut"))
    assert told[1] == {"type": "done", "re": 7}


def test_the_clinician_can_speak_and_end(house):
    client, things = house.clients["clinician"], house.things
    joined, *told = answers(
        client,
        "/ws/desk",
        sent("Join", consultation=things["consultation"]),
        sent("Text"),
        sent("AskIce"),
        sent("ChangeChannel"),
        sent("Guide"),
    )
    assert joined["type"] == "joined"
    assert [one["type"] for one in told] == ["done", "ice", "done", "done"]
    again, ended = answers(
        client,
        "/ws/desk",
        sent("Join", consultation=things["consultation"], move=True),
        sent("End", version=joined["version"] + 1),
    )
    assert again["type"] == "joined"
    assert ended["type"] == "done"


def test_a_door_is_there_only_for_the_browser_that_has_the_link(house, elsewhere):
    mine = f"/ws/door/{house.running.invitation.public_id}"
    strangers = [Client(), elsewhere.clients["patient"], house.clients["patient"]]
    strangers += [house.clients[role] for role in ROLES]
    for client in strangers:
        assert answers(client, mine) == answers(client, f"/ws/door/{NOBODYS}") == [{"closed": 4404}]
    assert answers(with_device(house.running), mine, sent("Hello"))[0]["type"] == "done"


def test_a_patient_in_the_conversation_cannot_do_what_the_clinician_does(house):
    client, path = with_device(house.running), f"/ws/door/{house.running.invitation.public_id}"
    version = Arrival.objects.get(public_id=house.things["arrival"]).version
    _, joined, *told = answers(
        client,
        path,
        sent("Hello"),
        sent("Join", consultation=house.things["consultation"]),
        sent("Admit", arrival=house.things["arrival"], version=version),
        sent("ChangeChannel"),
        sent("Guide"),
        sent("End", version=1),
    )
    assert joined["type"] == "joined"
    assert told == refused(*["not_found"] * 4)
    assert Arrival.objects.get(public_id=house.things["arrival"]).status == "waiting"


def test_before_admission_there_is_no_seat_and_no_relay(house):
    for hour in (house.hour, house.waiting):
        path = f"/ws/door/{hour.invitation.public_id}"
        for consultation in (house.things["consultation"], house.things["ended"], NOBODYS):
            join = sent("Join", consultation=consultation)
            _, joined, ice = answers(with_device(hour), path, sent("Hello"), join, sent("AskIce"))
            assert joined["type"] == "refused"
            assert [ice] == refused("not_found")


def test_a_patient_has_no_place_in_anothers_conversation(house, elsewhere):
    client, path = with_device(house.running), f"/ws/door/{house.running.invitation.public_id}"
    told = answers(client, path, sent("Hello"), sent("Join", consultation=elsewhere.things["consultation"]))
    assert told[1:] == answers(client, path, sent("Hello"), sent("Join"))[1:] == refused("not_found")


@pytest.mark.parametrize("name", sorted(name for name, asks in FRAMES.items() if not asks.public))
def test_on_the_socket_for_everybody_nothing_can_be_asked_by_anybody(house, name):
    for part in ("now", "slots"):
        path = f"/ws/k/{house.clinic.slug}/{part}"
        for client in (Client(), house.clients["clinician"], house.clients["patient"]):
            assert answers(client, path, sent(name)) == [{"closed": 4400}]


@pytest.mark.parametrize("raw", ["x", "[]", '{"type":"beat","type":"beat"}', '{"type":"beat"}' + " " * 64])
def test_on_the_socket_for_everybody_a_page_says_that_it_is_alive_and_nothing_else(house, raw):
    async def scene() -> None:
        path, headers = f"/ws/k/{house.clinic.slug}/now", [(b"origin", ORIGIN.encode())]
        socket = WebsocketCommunicator(application, path, headers=headers)
        assert (await socket.connect(timeout=20))[0]
        await socket.send_json_to(SAMPLES["Beat"])
        shown = {json.loads((await socket.receive_output(timeout=20))["text"])["type"] for _ in range(2)}
        assert shown == {"beat", "now"}
        await socket.send_to(text_data=raw)
        assert (await socket.receive_output(timeout=20)) == {"type": "websocket.close", "code": 4400}

    async_to_sync(scene)()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_a_page_of_another_site_gets_no_socket(house, origin):
    async def is_let_in() -> bool:
        cookie = f"{settings.SESSION_COOKIE_NAME}={house.clients['clinician'].cookies['blikk_session'].value}"
        headers = [(b"cookie", cookie.encode())] + ([(b"origin", origin.encode())] if origin else [])
        socket = WebsocketCommunicator(application, "/ws/desk", headers=headers)
        connected, _ = await socket.connect(timeout=20)
        return connected

    assert async_to_sync(is_let_in)() is False
