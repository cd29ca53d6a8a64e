"""Reading what a system signs to show that it is itself (RFC 7523): by one of its keys, for us, once, and just now."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError

from blikk.clinics.machine_tables import MachineClient
from blikk.clinics.machines.keys import algorithms_for, imported
from blikk.kernel.errors import Refused

LONGEST_LIFE = timedelta(minutes=5)
# Clocks are not quite the same; an assertion that has run out is not forgiven.
LEEWAY = timedelta(seconds=30)
LONGEST = 8_000


class NotProven(Refused):
    """The system did not show that it is itself. `why` is for those who hold a key of it; `unknown` for all others."""

    code = "client_not_proven"

    def __init__(self, why: str = "unknown") -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Proven:
    """A client that showed who it is, and the name of the assertion that did it."""

    client: MachineClient
    jti: str
    expires_at: datetime


def read_assertion(text: str, *, audiences: Sequence[str], now: datetime) -> Proven:
    """Read what a client signed. Raises NotProven.

    Unknown, turned off, an unknown key and a wrong signature are told apart by nobody.
    """
    if len(text) > LONGEST:
        raise NotProven
    header, unverified = _parts(text)
    name = unverified.get("sub")
    client = _find(name)
    if client is None:
        raise NotProven
    claims = _verified(text, header, client)
    _require_for_us(claims, client, audiences)
    expires_at = _require_now(claims, now)
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= 200:
        raise NotProven("no_jti")
    return Proven(client, jti, expires_at)


def _find(name: object) -> MachineClient | None:
    if not isinstance(name, str) or len(name) > 22:
        return None
    rows = MachineClient.objects.filter(public_id=name, ended_at__isnull=True)
    return rows.select_related("clinic").first()


def _verified(text: str, header: Mapping[str, Any], client: MachineClient) -> Mapping[str, Any]:
    algorithm, kid = header.get("alg"), header.get("kid")
    fitting = [key for key in client.keys if key["kid"] == kid and algorithm in algorithms_for(key)]
    if len(fitting) != 1 or "crit" in header:
        raise NotProven
    try:
        return jwt.decode(text, imported(fitting[0]), algorithms=[str(algorithm)]).claims
    except (JoseError, ValueError, KeyError, TypeError) as fault:
        raise NotProven from fault


def _require_for_us(claims: Mapping[str, Any], client: MachineClient, audiences: Sequence[str]) -> None:
    if claims.get("iss") != client.public_id or claims.get("sub") != client.public_id:
        raise NotProven("iss_and_sub")
    audience = claims.get("aud")
    several = audience if isinstance(audience, list) else [audience]
    # One that is good for somebody else too could be used by them.
    if not several or any(one not in audiences for one in several):
        raise NotProven("aud")


def _require_now(claims: Mapping[str, Any], now: datetime) -> datetime:
    moments = {name: claims[name] for name in ("exp", "iat", "nbf") if name in claims}
    if "exp" not in moments or not all(
        isinstance(at, int | float) and not isinstance(at, bool) and 0 < at < 2**40 for at in moments.values()
    ):
        raise NotProven("exp")
    exp = datetime.fromtimestamp(moments["exp"], UTC)
    if exp <= now:
        raise NotProven("expired")
    if exp > now + LONGEST_LIFE + LEEWAY:
        raise NotProven("too_long")
    latest = max(moments.get("iat", 0), moments.get("nbf", 0))
    if latest > (now + LEEWAY).timestamp():
        raise NotProven("not_yet")
    return exp


def _parts(text: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The header and the claims before anything is verified: only to know whose keys to look at."""
    found = []
    parts = text.split(".")
    if len(parts) != 3:
        raise NotProven
    for part in parts[:2]:
        try:
            said = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        except (ValueError, RecursionError) as fault:
            raise NotProven from fault
        if not isinstance(said, dict):
            raise NotProven
        found.append(said)
    return found[0], found[1]
