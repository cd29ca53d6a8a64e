"""The parts of a frame, each read strictly: what is not as it should be is no frame of ours."""

import re
from typing import Any

LONGEST_SDP = 32 * 1024
LONGEST_CANDIDATE = 1024

MARK = re.compile(r"[A-Za-z0-9_-]{8,64}")
PUBLIC_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
FOUND = re.compile(r"[a-z_]{0,20}")
LARGEST_NUMBER = 2**31 - 1
QUALITIES = frozenset({"unknown", "good", "fair", "poor", "none"})


class BadFrame(Exception):
    """What arrived is no frame of ours."""


def signal_body(body: dict[str, Any]) -> dict[str, Any]:
    """What one connection says to another."""
    match body:
        case {
            "description": {"type": "offer" | "answer" as kind, "sdp": str(sdp)},
            "round": round_,
            "line": str(line),
        }:
            if not 0 < len(sdp) <= LONGEST_SDP or "\0" in sdp:
                raise BadFrame
            return {
                "description": {"type": kind, "sdp": sdp},
                "round": number(round_),
                "line": mark(line),
            }
        case {"candidate": None}:
            return {"candidate": None}
        case {"candidate": dict(raw)}:
            return {"candidate": candidate(raw)}
        case {"bye": True}:
            return {"bye": True}
        case _:
            raise BadFrame


def candidate(raw: dict[str, Any]) -> dict[str, Any]:
    """A way to reach a device."""
    line = raw.get("sdpMLineIndex")
    return {
        "candidate": short(raw.get("candidate"), LONGEST_CANDIDATE),
        "sdpMid": None if raw.get("sdpMid") is None else short(raw["sdpMid"], 64),
        "sdpMLineIndex": None if line is None else number(line),
        "usernameFragment": None
        if raw.get("usernameFragment") is None
        else short(raw["usernameFragment"], 256),
    }


def equipment(raw: dict[str, Any]) -> dict[str, bool | str]:
    """What somebody lets the others know about their own side."""
    names = ("camera", "microphone", "sharing", "picture", "paused")
    quality = raw.get("quality")
    if not isinstance(quality, str) or quality not in QUALITIES:
        raise BadFrame
    told = {name: flag(raw.get(name)) for name in names}
    # Of captions older pages know nothing.
    told |= {name: flag(raw.get(name, False)) for name in ("captions", "speech")}
    return {**told, "quality": quality}


def matching(pattern: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise BadFrame
    return value


def mark(value: object) -> str:
    return matching(MARK, value)


def page(raw: dict[str, Any]) -> tuple[str, str]:
    """The tab and epoch of a page, both or neither."""
    if "tab" not in raw and "epoch" not in raw:
        return "", ""
    return mark(raw.get("tab")), mark(raw.get("epoch"))


def public_id(value: object) -> str:
    return matching(PUBLIC_ID, value)


def flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise BadFrame
    return value


def number(value: object) -> int:
    if type(value) is not int or not 0 <= value <= LARGEST_NUMBER:
        raise BadFrame
    return value


def short(value: object, longest: int) -> str:
    if not isinstance(value, str) or len(value) > longest or "\0" in value:
        raise BadFrame
    return value


def one_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise BadFrame
    return made


def refuse(constant: str) -> object:
    raise BadFrame
