"""What the doctor looks at of the clock: codes, links and certificates go wrong when it does."""

import socket
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from blikk.jobs.finding import PATIENCE, Finding

# Codes from an authenticator live for half a minute.
APART = timedelta(seconds=5)
# NTP counts from 1900.
_EPOCH = 2_208_988_800
FIX = "Let this machine's clock follow a time server, such as ntp.nhn.no: timedatectl set-ntp true"


def clock() -> Iterator[Finding]:
    theirs = _of_database()
    if theirs is not None:
        yield judge(
            "clock and database", theirs, timezone.now(), FIX.replace("this machine's", "each machine's")
        )
    server = settings.BLIKK_TIME_SERVER
    if not server:
        yield Finding("clock", True, "not compared: BLIKK_TIME_SERVER names none")
        return
    try:
        told = ask(server)
    except (OSError, ValueError) as fault:
        fix = "Check BLIKK_TIME_SERVER, and that the firewall lets UDP 123 out."
        yield Finding("clock", False, f"{server}: {fault}", fix)
        return
    yield judge("clock", told, timezone.now(), FIX)


def judge(what: str, theirs: datetime, ours: datetime, fix: str) -> Finding:
    """Whether two clocks are near enough to each other."""
    apart = abs(ours - theirs)
    return Finding(what, apart < APART, f"{apart.total_seconds():.1f} s apart", fix)


def ask(server: str) -> datetime:
    """The time as a time server tells it (SNTP, RFC 4330). Raises OSError or ValueError."""
    host, _, port = server.partition(":")
    kind = socket.SOCK_DGRAM
    family, _kind, _proto, _name, place = socket.getaddrinfo(host, int(port or 123), type=kind)[0]
    with socket.socket(family, kind) as line:
        line.settimeout(PATIENCE)
        line.connect(place)
        line.send(b"\x23" + 47 * b"\0")
        answer = line.recv(512)
    if len(answer) < 48 or answer[0] & 7 != 4 or not answer[1]:
        raise ValueError("its answer is not the time")
    seconds, fraction = struct.unpack("!II", answer[40:48])
    return datetime.fromtimestamp(seconds - _EPOCH + fraction / 2**32, UTC)


def _of_database() -> datetime | None:
    """None where it is on this machine's clock, or away."""
    if connection.vendor != "postgresql":
        return None
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            told: datetime = cursor.fetchone()[0]
    except Error:
        return None
    return told
