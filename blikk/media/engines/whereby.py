"""Rooms made by Whereby, one for each consultation, by what their API documents (POST and DELETE /v1/meetings).

The operator names the address of the API and its key. No redirects, no proxies of the machine, five seconds, and a
limit to what is read: our server can be led nowhere else.
"""

import json
import ssl
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import quote

import httpx

from blikk.media.errors import RoomNotMade

PATIENCE, LONGEST, LARGEST = 5.0, 8.0, 64 * 1024


@dataclass(frozen=True, slots=True)
class Meeting:
    """A room that was made: its name there, where guests go, and where the host goes."""

    meeting: str
    address: str
    host_address: str


@dataclass(frozen=True, slots=True)
class Whereby:
    """The API, under the installation's key."""

    origin: str
    key: str
    ca: str = ""

    def make(self, *, ends_at: datetime) -> Meeting:
        """Make a room that lasts until then. Raises RoomNotMade."""
        asked = {"endDate": ends_at.isoformat(), "isLocked": False, "fields": ["hostRoomUrl"]}
        said = self._ask("POST", "/v1/meetings", asked)
        address, meeting = said.get("roomUrl"), said.get("meetingId")
        if not isinstance(address, str) or not isinstance(meeting, str):
            raise RoomNotMade("not_understood")
        host_address = said.get("hostRoomUrl")
        return Meeting(meeting, address, host_address if isinstance(host_address, str) else "")

    def remove(self, meeting: str) -> None:
        """Take a room away that nobody needs. Raises RoomNotMade."""
        self._ask("DELETE", f"/v1/meetings/{quote(meeting, safe='')}", None)

    def _ask(self, method: str, path: str, content: dict[str, Any] | None) -> dict[str, Any]:
        trusted = ssl.create_default_context()
        if self.ca and Path(self.ca).is_file():
            trusted.load_verify_locations(self.ca)
        headers = {
            "Authorization": f"Bearer {self.key}",
            "User-Agent": "Blikk",
            "Accept-Encoding": "identity",
        }
        deadline, body = monotonic() + LONGEST, b""
        try:
            with (
                httpx.Client(
                    verify=trusted, timeout=PATIENCE, follow_redirects=False, trust_env=False
                ) as client,
                client.stream(method, self.origin + path, json=content, headers=headers) as answer,
            ):
                for part in answer.iter_raw():
                    body += part
                    if len(body) > LARGEST or monotonic() > deadline:
                        raise RoomNotMade("no_answer")
        except httpx.HTTPError as fault:
            raise RoomNotMade("no_answer") from fault
        if answer.status_code in {401, 403}:
            raise RoomNotMade("not_let_in")
        if not 200 <= answer.status_code < 300:
            raise RoomNotMade("refused")
        return _read(body)


def _read(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise RoomNotMade("not_understood") from fault
    return said if isinstance(said, dict) else {}
