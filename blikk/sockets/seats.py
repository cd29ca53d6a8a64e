"""Who says what to whom in a conversation. Pure: the sender is the seat, never what a frame claims."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from blikk.sockets.frames import Caption, Guide, Signal, State, Text

if TYPE_CHECKING:
    from blikk.consultations.models import Participant

News = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seat:
    """A page in a person's place in a running consultation: the capability to speak there (security D5, D7)."""

    consultation: str
    generation: int
    participant: str
    role: str
    name: str
    # What the others in a group see instead of the name; empty where there is none.
    alias: str
    tab: str
    epoch: str
    socket: str
    rank: str

    @property
    def topic(self) -> str:
        return f"call:{self.consultation}"


def rank_of(participant: "Participant") -> str:
    """Who offers to whom: the smaller offers. A clinician offers to everybody else, then who came first."""
    first = "0" if participant.role == "clinician" else "1"
    return f"{first} {participant.admitted_at.isoformat()} {participant.pk:020d}"


def seated(seat: Seat) -> News:
    """That somebody sits in their place, as it is said on the bus."""
    return {
        "event": "present",
        "participant": seat.participant,
        "role": seat.role,
        "name": seat.name,
        "alias": seat.alias,
        "epoch": seat.epoch,
        "rank": seat.rank,
        "socket": seat.socket,
        "generation": seat.generation,
    }


def gone(seat: Seat) -> News:
    """That the socket of somebody is gone; they have not left."""
    return {"event": "gone", "participant": seat.participant, "socket": seat.socket}


def spoken(seat: Seat | None, frame: Signal | Text | State | Caption | Guide, *, at: str) -> News | None:
    """What a frame becomes on the bus; nothing from who has no seat, or from an earlier load of their page."""
    if seat is None:
        return None
    said = {"from": seat.participant, "generation": seat.generation}
    match frame:
        case Signal():
            if frame.epoch != seat.epoch or frame.to == seat.participant:
                return None
            to = {"to": frame.to, "to_epoch": frame.to_epoch, "epoch": seat.epoch}
            return {"event": "signal", **said, **to, "body": frame.body}
        case Text():
            return {"event": "text", **said, "words": frame.words, "at": at}
        case State():
            return {"event": "state", **said, "equipment": frame.equipment}
        case Caption():
            return {
                "event": "caption",
                **said,
                "line": frame.line,
                "words": frame.words,
                "final": frame.final,
            }
        case Guide() if seat.role == "clinician":
            return {"event": "guide", **said, "to": frame.participant, "on": frame.on}
        case Guide():
            return None


def concerns(seat: Seat | None, news: News) -> bool:
    """Whether it is worth a turn: a page that is about to sit down hears everything, the others what is theirs."""
    if seat is None:
        return True
    if news["event"] in {"signal", "guide"}:
        return bool(news.get("to") == seat.participant)
    return bool(news.get("from") != seat.participant)


def heard(seat: Seat | None, news: News) -> dict[str, Any] | None:
    """The frame in which a page is told of what was said on the bus; None where it is not for this page."""
    if seat is None:
        return None
    event, about = news.get("event"), news.get("participant")
    if (
        event in {"signal", "text", "caption", "state", "present", "guide"}
        and news.get("generation") != seat.generation
    ):
        return None
    if about == seat.participant or news.get("from") == seat.participant:
        return None
    match event:
        case "present":
            return present(seat, news)
        case "gone":
            return {"type": "absent", "participant": about, "left": False}
        case "absent" | "sent_out":
            return {"type": "absent", "participant": about, "left": True}
        case "signal" if news["to"] == seat.participant and news["to_epoch"] == seat.epoch:
            return {"type": "signal", "from": news["from"], "epoch": news["epoch"], "body": news["body"]}
        case "guide" if news["to"] == seat.participant:
            return {"type": "guide", "on": news["on"]}
        case "text":
            return {"type": "text", "from": news["from"], "words": news["words"], "at": news["at"]}
        case "state":
            return {"type": "state", "from": news["from"], **news["equipment"]}
        case "caption":
            said = {name: news[name] for name in ("from", "line", "words", "final")}
            return {"type": "caption", **said}
        case "channel":
            return {"type": "channel", "channel": news["channel"]}
        case "phone_asked" if seat.role == "clinician":
            return {"type": "phone_asked"}
        case "engine":
            return {"type": "engine", "engine": news["engine"]}
        case _:
            return None


def present(seat: Seat, news: News) -> dict[str, Any]:
    """Somebody else in the conversation, as seen from a seat."""
    offers = seat.rank < news["rank"]
    return {
        "type": "present",
        "participant": news["participant"],
        "role": news["role"],
        "name": name_for(seat, news),
        "epoch": news["epoch"],
        "offers": offers,
        "yields": not offers,
    }


def name_for(seat: Seat, news: News) -> str:
    """The whole name, but in a group for the clinician alone."""
    is_whole = seat.role == "clinician" or not news["alias"]
    return str(news["name"] if is_whole else news["alias"])


def is_taken_over(seat: Seat, news: News) -> bool:
    """Whether another page now sits in this person's place."""
    if news.get("participant") != seat.participant:
        return False
    if news["event"] == "present":
        return bool(news["socket"] != seat.socket)
    return bool(news["event"] == "moved_away" and news.get("tab") == seat.tab)
