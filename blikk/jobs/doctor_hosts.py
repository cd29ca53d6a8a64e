"""What the doctor looks at of hosts: our own certificate, calendar servers, and other video solutions."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error
from django.utils import timezone

from blikk.calendars.queries import in_trouble
from blikk.documentation.queries import journals_in_trouble
from blikk.jobs.finding import PATIENCE, Finding, reaches

LONG = timedelta(hours=1)
# certbot renews a month before the end; at three weeks it has failed for long.
SOON = timedelta(days=21)


def certificate() -> Iterator[Finding]:
    """The certificate that browsers see at the public address, and how long it lasts."""
    at = urlsplit(settings.BLIKK_BASE_URL)
    if at.scheme != "https" or not at.hostname:
        return
    port = at.port or 443
    yield certificate_of("certificate", at.hostname, port, timezone.now())


def certificate_of(what: str, host: str, port: int, now: datetime) -> Finding:
    """Whether the chain at a host is whole and lasts."""
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((host, port), timeout=PATIENCE) as line,
            context.wrap_socket(line, server_hostname=host) as sealed,
        ):
            ends = ssl.cert_time_to_seconds(str((sealed.getpeercert() or {})["notAfter"]))
    except ssl.SSLCertVerificationError as fault:
        fix = "Give nginx the full chain (fullchain.pem) for this name, and renew it: certbot renew"
        return Finding(what, False, f"{host}:{port}: {fault.verify_message}", fix)
    except OSError as fault:
        fix = "Is nginx running, does the name lead here, and is port 443 open?"
        return Finding(what, False, f"{host}:{port}: {fault}", fix)
    left = datetime.fromtimestamp(ends, UTC) - now
    fix = "Run: certbot renew, and see why its timer did not: systemctl status certbot.timer"
    return Finding(what, left > SOON, f"{left.days} days left", fix)


def calendars() -> Iterator[Finding]:
    hosts = settings.BLIKK_CALDAV_HOSTS
    if not hosts:
        yield Finding("calendar servers", True, "not used: BLIKK_CALDAV_HOSTS names none")
        return
    for each in hosts:
        host, _, port = each.partition(":")
        yield reaches("calendar server", host, int(port or 443), "BLIKK_CALDAV_HOSTS")
    try:
        late = in_trouble(since=timezone.now() - LONG)
    except Error:
        return
    how = f"{late} calendars have failed for an hour" if late else "none has failed for long"
    yield Finding("calendars", not late, how, "The clinic's page Kalender says what is wrong with each.")


def journals() -> Iterator[Finding]:
    """Journal systems that clinics may deliver to, and whether any has been out of reach for long."""
    for each in settings.BLIKK_EHR_HOSTS:
        host, _, port = each.partition(":")
        yield reaches("journal system", host, int(port or 443), "BLIKK_EHR_HOSTS")
    try:
        late = journals_in_trouble(since=timezone.now() - LONG)
    except Error:
        return
    if settings.BLIKK_EHR_HOSTS or late:
        how = f"{late} clinics have delivered nothing for an hour" if late else "none has failed for long"
        yield Finding("journals", not late, how, "The clinic's page Journalsystem says what is wrong.")


def external_video() -> Iterator[Finding]:
    """Hosts that patients may be led to, named one by one; a whole domain has no address to ask at."""
    for each in settings.BLIKK_EXTERNAL_VIDEO_HOSTS:
        if not each.startswith("*."):
            host, _, port = each.partition(":")
            yield reaches("other video solution", host, int(port or 443), "BLIKK_EXTERNAL_VIDEO_HOSTS")
    if settings.BLIKK_WHEREBY_KEY:
        at = urlsplit(settings.BLIKK_WHEREBY_URL)
        yield reaches("Whereby", at.hostname or "", at.port or 443, "BLIKK_WHEREBY_URL")
