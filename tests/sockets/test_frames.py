import json
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blikk.sockets import frames
from blikk.sockets.frames import BadFrame, Closed, decode, parse
from tests.sockets.pages import OFFER, door_page, opened, play

MARK = "a-mark-of-a-page"
CANDIDATE = {
    "candidate": "candidate:1 1 udp 1 192.0.2.1 9 typ host",
    "sdpMid": "0",
    "sdpMLineIndex": 0,
    "usernameFragment": None,
}
STATE = {"camera": True, "microphone": True, "sharing": False, "picture": True, "paused": False}
SIGNAL = {"type": "signal", "to": "someone", "to_epoch": MARK, "epoch": MARK}
GOOD: list[dict] = [
    {"type": "beat"},
    {"type": "hello", "id": 1, "tab": MARK},
    {"type": "hello", "id": 1, "tab": MARK, "epoch": MARK, "move": True},
    {"type": "admit", "id": 1, "arrival": "someone", "version": 0},
    {"type": "devices", "id": 1, "camera": "ok", "microphone": "denied", "sound": "", "network": "ok"},
    {"type": "next", "id": 1, "opening": "some"},
    {"type": "next", "id": 1, "opening": "some", "tab": "tab-tab-tab", "epoch": "epoch-epoch"},
    {"type": "take", "id": 1, "arrival": "some", "version": 1, "reason": "urgent"},
    {
        "type": "take",
        "id": 1,
        "arrival": "some",
        "version": 1,
        "reason": "",
        "tab": "t" * 8,
        "epoch": "e" * 8,
    },
    {"type": "leave", "id": 1},
    {"type": "step_away", "id": 1},
    {"type": "come_back", "id": 1},
    {"type": "late_answer", "id": 1, "answer": "phone"},
    {"type": "frame_answer", "id": 1, "question": "place", "answer": "a"},
    {"type": "frame_answer", "id": 1, "question": "x" * 22, "answer": "yes", "helped": True},
    {"type": "frame_wish", "id": 1, "wish": "five_minutes"},
    {"type": "companion_answer", "id": 1, "companion": "c", "answer": "no"},
    {"type": "join", "id": 1, "consultation": "some", "tab": MARK, "epoch": MARK, "move": False},
    {**SIGNAL, "body": OFFER},
    {**SIGNAL, "body": {"candidate": CANDIDATE}},
    {**SIGNAL, "body": {"candidate": None}},
    {**SIGNAL, "body": {"bye": True}},
    {"type": "text", "id": 1, "words": "Hei 👩🏽‍⚕️"},
    {"type": "state", "quality": "good", **STATE},
    {"type": "state", "quality": "poor", **STATE, "captions": True, "speech": False},
    {"type": "channel", "id": 1, "channel": "phone"},
    {"type": "channel", "id": 1, "channel": "sound", "measured": True},
    {"type": "ask_phone", "id": 1},
    {"type": "unanswered", "id": 1},
    {"type": "room", "id": 1},
    {"type": "use_own", "id": 1},
    {"type": "caption", "line": 3, "words": "Hei på deg", "final": False},
    {"type": "guide", "id": 1, "participant": "somebody", "on": True},
    {"type": "ice", "id": 1},
    {"type": "step_out", "id": 1},
    {"type": "end", "id": 1, "version": 3},
]
BAD: list[str] = [
    "",
    "nothing",
    "[]",
    "null",
    '"beat"',
    "{}",
    '{"type": 1}',
    '{"type": "unheard_of", "id": 1}',
    '{"type": "hello", "id": 1}',
    '{"type": "hello", "id": true, "tab": "a-mark-of-a-page"}',
    '{"type": "hello", "id": -1, "tab": "a-mark-of-a-page"}',
    '{"type": "hello", "id": 1.5, "tab": "a-mark-of-a-page"}',
    '{"type": "hello", "id": 1, "tab": "short"}',
    '{"type": "frame_answer", "id": 1, "question": "place", "answer": ""}',
    '{"type": "frame_answer", "id": 1, "question": "place", "answer": "a", "helped": "yes"}',
    '{"type": "frame_wish", "id": 1, "wish": "coffee"}',
    '{"type": "hello", "id": 1, "tab": "with space in it"}',
    '{"type": "hello", "id": 1, "tab": "a-mark-of-a-page", "move": "yes"}',
    '{"type": "leave", "id": 1, "id": 2}',
    '{"type": "leave", "id": NaN}',
    '{"type": "leave", "id": 99999999999999999999}',
    '{"type": "leave", "id": ' + "9" * 5000 + "}",
    '{"type": "text", "id": 1, "words": ""}',
    '{"type": "text", "id": 1, "words": "\\ud800"}',
    '{"type": "text", "id": 1, "words": "\\u0000"}',
    json.dumps({"type": "text", "id": 1, "words": "x" * 2001}),
    json.dumps({"type": "channel", "id": 1, "channel": "smoke signals"}),
    json.dumps({"type": "guide", "id": 1, "participant": "somebody", "on": "yes"}),
    json.dumps({"type": "guide", "id": 1, "on": True}),
    json.dumps({"type": "late_answer", "id": 1, "answer": "never"}),
    json.dumps({"type": "companion_answer", "id": 1, "companion": "c", "answer": "perhaps"}),
    json.dumps({"type": "next", "id": 1, "opening": ""}),
    json.dumps({"type": "next", "id": 1}),
    json.dumps({"type": "next", "id": 1, "opening": "some", "tab": "tab-tab-tab"}),
    json.dumps({"type": "take", "id": 1, "arrival": "some", "version": 1}),
    json.dumps({"type": "take", "id": 1, "arrival": "some", "version": 1, "reason": "Vondt i magen"}),
    json.dumps({**SIGNAL, "body": {}}),
    json.dumps({**SIGNAL, "body": {"bye": False}}),
    json.dumps(
        {**SIGNAL, "body": {"description": {"type": "rollback", "sdp": "x"}, "round": 1, "line": MARK}}
    ),
    json.dumps(
        {**SIGNAL, "body": {"description": {"type": "offer", "sdp": "x" * 32769}, "round": 1, "line": MARK}}
    ),
    json.dumps({**SIGNAL, "body": {"candidate": {**CANDIDATE, "candidate": "x" * 1025}}}),
    json.dumps({"type": "state", "quality": "splendid", **STATE}),
    json.dumps({"type": "state", "quality": "good", **STATE, "camera": 1}),
    "[" * 10_000,
    '{"type":' * 10_000,
    "x" * 65_537,
]


@pytest.mark.parametrize("frame", GOOD, ids=lambda frame: frame["type"])
def test_a_good_frame_is_read(frame):
    assert isinstance(parse(decode(json.dumps(frame))), get_args(frames.Frame))


def test_every_kind_of_frame_has_a_good_example():
    read = {type(parse(frame)) for frame in GOOD}
    assert read == set(get_args(frames.Frame))


@pytest.mark.parametrize("text", BAD, ids=lambda text: text[:50])
def test_what_is_no_frame_is_refused(text):
    with pytest.raises(BadFrame):
        parse(decode(text))


def test_fields_that_nobody_asked_for_are_not_passed_on():
    description = {"type": "offer", "sdp": "v=0", "role": "clinician"}
    body = {"description": description, "round": 1, "line": MARK, "from": "me"}
    frame = parse({**SIGNAL, "from": "somebody else", "role": "clinician", "body": body})
    assert frame.body == {"description": {"type": "offer", "sdp": "v=0"}, "round": 1, "line": MARK}


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)
near_misses = st.sampled_from(GOOD).flatmap(
    lambda good: st.fixed_dictionaries({name: st.just(value) | anything for name, value in good.items()})
)


def read(text: str) -> None:
    try:
        parse(decode(text))
    except BadFrame:
        return


@settings(max_examples=500, deadline=None)
@given(near_misses)
def test_a_frame_that_is_nearly_right_never_breaks_the_reader(frame):
    read(json.dumps(frame))


@settings(max_examples=1500, deadline=None)
@given(st.text(max_size=300) | anything.map(json.dumps))
def test_no_text_breaks_the_reader(text):
    read(text)


def closing_code(hour, *texts: str, as_bytes: bool = False) -> int:
    codes: list[int] = []

    async def scene():
        async with opened(door_page(hour)) as (page,):
            for text in texts:
                data = {"bytes_data": text.encode()} if as_bytes else {"text_data": text}
                await page.socket.send_to(**data)
            codes.append(await page.end())

    play(scene)
    return codes[0]


def test_a_frame_that_does_not_parse_closes_the_socket_and_the_state_survives(hour, talking):
    assert closing_code(hour, "nonsense") == Closed.NOT_UNDERSTOOD
    assert closing_code(hour, '{"type":"beat"}', as_bytes=True) == Closed.NOT_UNDERSTOOD
    assert closing_code(hour, "x" * 70_000) == Closed.TOO_LARGE

    async def scene():
        async with opened(door_page(hour)) as (page,):
            assert (await page.ask("hello", tab=page.tab))["door"]["step"] == "admitted"

    play(scene)


def test_who_says_too_much_is_closed_and_a_lively_page_is_not(hour, talking):
    beat = '{"type":"beat"}'
    assert closing_code(hour, *[beat] * 300) == Closed.TOO_MANY

    async def scene():
        async with opened(door_page(hour)) as (page,):
            for _ in range(150):
                await page.socket.send_to(text_data=beat)
            assert (await page.ask("hello", tab=page.tab))["type"] == "done"

    play(scene)
