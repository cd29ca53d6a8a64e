"""The one interface to every engine: open a room, give a participant what they need, close the room."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from blikk.kernel.ids import keyed
from blikk.kernel.limits import may_try
from blikk.media.engines import mesh
from blikk.media.errors import TooManyCredentials

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
