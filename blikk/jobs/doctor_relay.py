"""What the doctor looks at of the relay: it really asks for a place there, as a browser does, and gives it back."""

import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from blikk.jobs.finding import PATIENCE, Finding
from blikk.jobs.turn import NotATurnServer, Refused, Turn
from blikk.kernel.ids import new_id
from blikk.media.services import check_credentials

_URL = re.compile(
    r"(turns?):([^:?\[\]]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?", re.IGNORECASE
)
MALFORMED = "Write turn:host:3478 or turns:host:5349?transport=tcp."
REFUSALS = {
    401: "BLIKK_TURN_SECRET is not coturn's static-auth-secret, or its clock is wrong.",
    486: "user-quota or total-quota of coturn is used up: raise it.",
    508: "coturn has no ports left: widen min-port to max-port.",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a relay listens, and how one speaks with it."""

    host: str
    port: int
    over: str
    is_sealed: bool


def read(url: str) -> Place | None:
    """An address of a relay; None where it is none."""
    found = _URL.fullmatch(url.strip())
    if found is None:
        return None
    kind, host, port, over = found.groups()
    is_sealed = kind.lower() == "turns"
    standard = 5349 if is_sealed else 3478
    return Place(host.strip("[]"), int(port or standard), over or ("tcp" if is_sealed else "udp"), is_sealed)


def relay() -> Iterator[Finding]:
    urls = settings.BLIKK_TURN_URLS
    if not urls:
        fix = "Set up coturn as in docs/how-to, then BLIKK_TURN_URLS and BLIKK_TURN_SECRET."
        yield Finding("relay", settings.BLIKK_DEMO, "none: calls fail across many networks", fix)
        return
    if not settings.BLIKK_TURN_SECRET:
        fix = "Set BLIKK_TURN_SECRET to coturn's static-auth-secret."
        yield Finding("relay", False, "it has no secret", fix)
        return
    for url in urls:
        place = read(url)
        if place is None:
            yield Finding("relay", False, f"not an address: {url}", MALFORMED)
        elif place.is_sealed and place.over == "udp":
            # Browsers speak DTLS with a relay, and Python does not.
            yield Finding("relay", True, f"{url}: not asked, DTLS is for browsers")
        else:
            yield _asked(url, place)


def _asked(url: str, place: Place) -> Finding:
    (server,) = check_credentials(f"doctor:{new_id()}", now=timezone.now()).servers
    try:
        with _line(place) as line:
            Turn(line, server["username"], server["credential"]).allocate_and_free()
    except Refused as refusal:
        fix = REFUSALS.get(refusal.code, "Look in coturn's log.")
        return Finding("relay", False, f"{url}: refused with {refusal.code}", fix)
    except NotATurnServer:
        fix = "Something else listens there: check the port in BLIKK_TURN_URLS."
        return Finding("relay", False, f"{url}: what answers is no relay", fix)
    except ssl.SSLError as fault:
        fix = "Give coturn the full chain (cert, pkey) for this name, and let it read them."
        return Finding("relay", False, f"{url}: {fault.reason}", fix)
    except OSError as fault:
        fix = f"Is coturn running, and is {place.over.upper()} {place.port} open? Check BLIKK_TURN_URLS."
        return Finding("relay", False, f"{url}: {fault or type(fault).__name__}", fix)
    return Finding("relay", True, f"{url} gave a place")


def _line(place: Place) -> socket.socket:
    if place.over == "udp":
        family, kind, _proto, _name, at = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_DGRAM)[
            0
        ]
        line = socket.socket(family, kind)
        line.settimeout(PATIENCE)
        line.connect(at)
        return line
    plain = socket.create_connection((place.host, place.port), timeout=PATIENCE)
    if not place.is_sealed:
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=place.host)
    except OSError:
        plain.close()
        raise
