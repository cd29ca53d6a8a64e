"""The one interface to every engine: open a room, give a participant what they need, close the room."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from blikk.kernel.errors import Invalid
from blikk.kernel.ids import keyed
from blikk.kernel.limits import may_try
from blikk.media.engines import external, mesh
from blikk.media.engines.whereby import Meeting, Whereby
from blikk.media.errors import RoomNotMade, TooManyCredentials

CALL_FOR = timedelta(minutes=10)
CHECK_FOR = timedelta(minutes=2)
CALL_ISSUES = 30
CHECK_ISSUES = 10
WINDOW = 600


@dataclass(frozen=True, slots=True)
class IceConfig:
    """What a browser needs to reach the others, and until when it may use it."""

    servers: list[dict[str, Any]] = field(repr=False)
    relay_only: bool
    expires_at: datetime

    def as_json(self) -> dict[str, Any]:
        return {
            "servers": self.servers,
            "relay_only": self.relay_only,
            "expires_at": self.expires_at.isoformat(),
        }


def open_room(consultation_id: str) -> mesh.Room:
    """Make room for a consultation."""
    return mesh.open_room(consultation_id)


def close_room(consultation_id: str) -> None:
    """Let nobody in any more."""
    mesh.close_room(consultation_id)


def credentials_for(participant_id: str, *, now: datetime, relay_only: bool = False) -> IceConfig:
    """Give an admitted participant ten minutes of the relay; to be asked for again while the call lasts.

    The caller has made sure that the participant is in a consultation that is going on. The name at the relay
    is the same each time, so that the relay's own quota counts the person and not the credential.
    """
    _require_issue("call", participant_id, CALL_ISSUES, now)
    return _ice("call", participant_id, now + CALL_FOR, relay_only)


def check_credentials(device_id: str, *, now: datetime) -> IceConfig:
    """Give a device that is being tested before admission two minutes of the relay, in a class of its own."""
    _require_issue("check", device_id, CHECK_ISSUES, now)
    return _ice("check", device_id, now + CHECK_FOR, relay_only=False)


def external_hosts() -> list[str]:
    """The hosts of other video solutions that the operator has opened for."""
    return list(settings.BLIKK_EXTERNAL_VIDEO_HOSTS)


def can_make_rooms() -> bool:
    """Whether this installation may make rooms at Whereby."""
    return bool(settings.BLIKK_WHEREBY_KEY)


def require_allowed(address: str) -> str:
    """An address as the operator allows it today; raises RoomNotMade."""
    try:
        return external.read_address(address, external_hosts())
    except Invalid as fault:
        raise RoomNotMade("host_not_allowed") from fault


def make_external_room(*, ends_at: datetime, key: str = "") -> Meeting:
    """Have a room made for one consultation, by the clinic's key or ours; asks another server. Raises RoomNotMade."""
    if not key and not can_make_rooms():
        raise RoomNotMade("no_key")
    meeting = _whereby(key).make(ends_at=ends_at)
    require_allowed(meeting.address)
    if meeting.host_address:
        # Longer than what people type: the key of the host stands in it.
        external.require_same_host(meeting.host_address, meeting.address)
    return meeting


def remove_external_room(meeting: str, *, key: str = "") -> None:
    """Take away a room that nobody needs. Raises RoomNotMade."""
    _whereby(key).remove(meeting)


def _whereby(key: str) -> Whereby:
    return Whereby(
        settings.BLIKK_WHEREBY_URL, key or settings.BLIKK_WHEREBY_KEY, settings.BLIKK_EXTERNAL_VIDEO_CA
    )


def has_relay() -> bool:
    """Whether this installation has a relay at all."""
    return bool(settings.BLIKK_TURN_URLS)


def _require_issue(purpose: str, who: str, times: int, now: datetime) -> None:
    if not may_try(
        f"turn-{purpose}",
        keyed("turn-limit", who),
        times=times,
        seconds=WINDOW,
        now=now,
    ):
        raise TooManyCredentials


def _ice(purpose: str, who: str, expires_at: datetime, relay_only: bool) -> IceConfig:
    if not has_relay():
        # A clinic that hides people's addresses keeps them hidden when the relay is gone: no call rather than that.
        return IceConfig(servers=[], relay_only=relay_only, expires_at=expires_at)
    username = f"{int(expires_at.timestamp())}:{purpose}-{keyed('turn', who)[:24]}"
    mac = hmac.new(settings.BLIKK_TURN_SECRET.encode(), username.encode(), hashlib.sha1)
    server = {
        "urls": list(settings.BLIKK_TURN_URLS),
        "username": username,
        "credential": base64.b64encode(mac.digest()).decode(),
    }
    return IceConfig(servers=[server], relay_only=relay_only, expires_at=expires_at)
