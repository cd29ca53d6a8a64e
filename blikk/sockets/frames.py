"""The frames of docs/protocol.md: read strictly at the edge, so that nothing behind it sees what is not a frame."""

import json
import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from blikk.sockets.fields import FOUND as _FOUND
from blikk.sockets.fields import LARGEST_NUMBER as _LARGEST_NUMBER
from blikk.sockets.fields import LONGEST_SDP as LONGEST_SDP
from blikk.sockets.fields import BadFrame as BadFrame
from blikk.sockets.fields import equipment as _equipment
from blikk.sockets.fields import flag as _flag
from blikk.sockets.fields import mark as _mark
from blikk.sockets.fields import matching as _matching
from blikk.sockets.fields import number as _number
from blikk.sockets.fields import one_of_each as _object
from blikk.sockets.fields import page as _page
from blikk.sockets.fields import public_id as _id
from blikk.sockets.fields import refuse as _refuse
from blikk.sockets.fields import short as _short
from blikk.sockets.fields import signal_body as _body
from blikk.sockets.waiting_frames import ComeBack as ComeBack
from blikk.sockets.waiting_frames import CompanionAnswer as CompanionAnswer
from blikk.sockets.waiting_frames import Devices as Devices
from blikk.sockets.waiting_frames import FrameAnswer as FrameAnswer
from blikk.sockets.waiting_frames import FrameWish as FrameWish
from blikk.sockets.waiting_frames import LateAnswer as LateAnswer
from blikk.sockets.waiting_frames import Leave as Leave
from blikk.sockets.waiting_frames import StepAway as StepAway
from blikk.sockets.waiting_frames import Waiting as Waiting

LARGEST = 64 * 1024
LONGEST_TEXT = 2000
LONGEST_CAPTION = 500

_ANSWER = re.compile(r"[a-z]{1,10}")

CHANNELS = frozenset({"video", "sound", "phone", "text"})
COMPANION_ANSWERS = frozenset({"yes", "no"})
LATE_ANSWERS = frozenset({"wait", "phone", "new_time"})
FRAME_WISHES = frozenset({"five_minutes", "sound", "phone", "ready"})


class Closed(IntEnum):
    """Why a socket was closed. Those below 4429 are final: the same page must not come back by itself."""

    NOT_UNDERSTOOD = 4400
    SIGNED_OUT = 4401
    NOT_FOUND = 4404
    MOVED_AWAY = 4409
    ENDED = 4410
    TOO_MANY = 4429
    TOO_LARGE = 1009
    RESTART = 1012


@dataclass(frozen=True, slots=True)
class Beat:
    """The page is alive."""


@dataclass(frozen=True, slots=True)
class Hello:
    """A page says which tab it is, and asks for the state."""

    id: int
    tab: str
    epoch: str
    move: bool


@dataclass(frozen=True, slots=True)
class Admit:
    """Let somebody in; a page that names its tab and epoch sits down in the conversation with the same act."""

    id: int
    arrival: str
    version: int
    tab: str = ""
    epoch: str = ""


@dataclass(frozen=True, slots=True)
class Next:
    """Let in whoever stands first in a queue; tab and epoch as for `Admit`."""

    id: int
    opening: str
    tab: str = ""
    epoch: str = ""


@dataclass(frozen=True, slots=True)
class Take:
    """Let in somebody who was chosen, out of turn only for a reason; tab and epoch as for `Admit`."""

    id: int
    arrival: str
    version: int
    reason: str
    tab: str = ""
    epoch: str = ""


@dataclass(frozen=True, slots=True)
class Join:
    """Take one's place in the conversation."""

    id: int
    consultation: str
    tab: str
    epoch: str
    move: bool


@dataclass(frozen=True, slots=True)
class Signal:
    """What one connection says to another."""

    to: str
    to_epoch: str
    epoch: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Text:
    """A line in the text lane. It is passed on and kept nowhere."""

    id: int
    words: str


@dataclass(frozen=True, slots=True)
class State:
    """What a person lets the others know about their own equipment."""

    equipment: dict[str, bool | str]


@dataclass(frozen=True, slots=True)
class ChangeChannel:
    """The people went over to another channel: by a person's choice, or because the network carries no more."""

    id: int
    channel: str
    measured: bool = False


@dataclass(frozen=True, slots=True)
class AskPhone:
    """The patient would rather talk on the phone."""

    id: int


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The clinician rang, and nobody answered."""

    id: int


@dataclass(frozen=True, slots=True)
class AskRoom:
    """Where the room of the other video solution is."""

    id: int


@dataclass(frozen=True, slots=True)
class UseOwn:
    """Leave the other video solution, and see each other here."""

    id: int


@dataclass(frozen=True, slots=True)
class Caption:
    """What the speaker's own device made of what they say. It is passed on and kept nowhere."""

    line: int
    words: str
    final: bool


@dataclass(frozen=True, slots=True)
class Guide:
    """Show somebody, over their own picture, where to hold a card; or take that away again."""

    id: int
    participant: str
    on: bool


@dataclass(frozen=True, slots=True)
class AskIce:
    """Fresh credentials for the relay."""

    id: int


@dataclass(frozen=True, slots=True)
class StepOut:
    """Leave the conversation without ending it."""

    id: int


@dataclass(frozen=True, slots=True)
class End:
    """End the conversation for everybody."""

    id: int
    version: int


# What says everything by its name.
_BARE: dict[str, type[AskPhone | Unanswered | AskRoom | UseOwn | AskIce | StepOut]] = {
    "ask_phone": AskPhone,
    "ice": AskIce,
    "room": AskRoom,
    "step_out": StepOut,
    "unanswered": Unanswered,
    "use_own": UseOwn,
}
Ladder = ChangeChannel | AskPhone | Unanswered | AskRoom | UseOwn
Request = Hello | Admit | Next | Take | Waiting | Join | Text | Ladder | Guide | AskIce | StepOut | End
Frame = Beat | Request | Signal | State | Caption


def decode(text: str) -> object:
    """JSON without what JSON should not have: doubled keys, NaN, lone surrogates, NUL."""
    if len(text) > LARGEST:
        raise BadFrame
    try:
        content = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse)
        # Half a character cannot be written again; it would fail later, in somebody else's socket.
        json.dumps(content, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise BadFrame from error
    return content


def parse(raw: Any) -> Frame:
    """The frame, or BadFrame. Unknown fields are left out, never passed on."""
    match raw:
        case {"type": "beat"}:
            return Beat()
        case {
            "type": "signal",
            "to": str(to),
            "to_epoch": str(to_epoch),
            "epoch": str(epoch),
            "body": dict(body),
        }:
            return Signal(_id(to), _mark(to_epoch), _mark(epoch), _body(body))
        case {"type": "state"}:
            return State(_equipment(raw))
        case {"type": "caption", "line": line, "words": str(words), "final": bool(final)}:
            return Caption(_number(line), _short(words, LONGEST_CAPTION), final)
        case {"type": str(type_), "id": int(id_)} if type(id_) is int and 0 <= id_ <= _LARGEST_NUMBER:
            return _request(type_, id_, raw)
        case _:
            raise BadFrame


def _request(type_: str, id_: int, raw: dict[str, Any]) -> Request:
    match {**raw, "type": type_}:
        case {"type": "hello", "tab": str(tab)}:
            epoch = raw.get("epoch", "")
            return Hello(id_, _mark(tab), _mark(epoch) if epoch else "", _flag(raw.get("move", False)))
        case {"type": "join", "consultation": str(consultation), "tab": str(tab), "epoch": str(epoch)}:
            move = _flag(raw.get("move", False))
            return Join(id_, _id(consultation), _mark(tab), _mark(epoch), move)
        case {"type": "text", "words": str(words)} if 0 < len(words) <= LONGEST_TEXT and "\0" not in words:
            return Text(id_, words)
        case {"type": "channel", "channel": str(channel)} if channel in CHANNELS:
            return ChangeChannel(id_, channel, _flag(raw.get("measured", False)))
        case {"type": "guide", "participant": str(participant), "on": on}:
            return Guide(id_, _id(participant), _flag(on))
        case {"type": str(name)} if name in _BARE:
            return _BARE[name](id_)
        case {"type": "admit", "arrival": str(arrival), "version": version}:
            return Admit(id_, _id(arrival), _number(version), *_page(raw))
        case {"type": "end", "version": version}:
            return End(id_, _number(version))
        case {"type": "next", "opening": str(opening)}:
            return Next(id_, _id(opening), *_page(raw))
        case {"type": "take", "arrival": str(arrival), "version": version, "reason": str(reason)}:
            return Take(id_, _id(arrival), _number(version), _matching(_FOUND, reason), *_page(raw))
        case _:
            return _waiting(type_, id_, raw)


def _waiting(type_: str, id_: int, raw: dict[str, Any]) -> Waiting:
    """What somebody at the door asks for before they are let in."""
    match {**raw, "type": type_}:
        case {"type": "devices"}:
            found = (raw.get(name) for name in ("camera", "microphone", "sound", "network"))
            return Devices(id_, *(_matching(_FOUND, value) for value in found))
        case {"type": "leave"}:
            return Leave(id_)
        case {"type": "step_away"}:
            return StepAway(id_)
        case {"type": "come_back"}:
            return ComeBack(id_)
        case {"type": "late_answer", "answer": str(answer)} if answer in LATE_ANSWERS:
            return LateAnswer(id_, answer)
        case {"type": "companion_answer", "companion": str(companion), "answer": str(answer)} if (
            answer in COMPANION_ANSWERS
        ):
            return CompanionAnswer(id_, _id(companion), answer)
        case {"type": "frame_answer", "question": str(question), "answer": str(answer)}:
            helped = _flag(raw.get("helped", False))
            return FrameAnswer(id_, _id(question), _matching(_ANSWER, answer), helped)
        case {"type": "frame_wish", "wish": str(wish)} if wish in FRAME_WISHES:
            return FrameWish(id_, wish)
        case _:
            raise BadFrame
