"""The doctor: looks at an installation, and says for each fault how to mend it."""

import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TextIO

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connection
from django.utils import timezone

from blikk.calendars.queries import in_trouble
from blikk.jobs.doctor_eid import providers
from blikk.jobs.finding import Finding as Finding
from blikk.jobs.serve import pending_migrations
from blikk.notifications.queries import oldest_unsent_at
from blikk.notifications.transports.chosen import chosen_transports
from blikk.notifications.transports.http import HttpTransport
from blikk.notifications.transports.smpp import SmppTransport

PATIENCE = 3.0
LATE = timedelta(minutes=5)
LONG = timedelta(hours=1)


def examine(out: TextIO) -> int:
    """Look at everything, print it, and say by the exit code whether all is well."""
    findings = [finding for look in LOOKS for finding in look()]
    for finding in findings:
        print(f"{'ok   ' if finding.is_well else 'FAULT'}  {finding.what}: {finding.how}", file=out)
        if finding.fix and not finding.is_well:
            print(f"       → {finding.fix}", file=out)
    return 0 if all(finding.is_well for finding in findings) else 1


def database() -> Iterator[Finding]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as fault:
        first = (str(fault).splitlines() or [type(fault).__name__])[0]
        yield Finding("database", False, first, "Start it, and check BLIKK_DATABASE_URL.")
        return
    yield Finding("database", True, f"{connection.vendor} answers")
    pending = pending_migrations()
    yield Finding(
        "migrations", not pending, f"{pending} to apply" if pending else "all applied", "Run: blikk migrate"
    )
    if pending:
        return
    oldest = oldest_unsent_at()
    is_late = oldest is not None and timezone.now() - oldest > LATE
    how = (
        f"the oldest message has waited since {oldest:%Y-%m-%d %H:%M} UTC"
        if is_late
        else "nothing waits too long"
    )
    yield Finding("outbox", not is_late, how, "Is a worker running? Start one: blikk worker")


def redis() -> Iterator[Finding]:
    url = settings.BLIKK_REDIS_URL
    if not url:
        yield Finding("redis", True, "not used: one process only")
        return
    try:
        from redis import Redis, RedisError
    except ImportError:
        yield Finding("redis", False, "the client is not installed", "Install blikk[redis].")
        return
    try:
        Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE).ping()
    except RedisError as fault:
        yield Finding("redis", False, type(fault).__name__, "Start it, and check BLIKK_REDIS_URL.")
        return
    yield Finding("redis", True, "answers")


def transports() -> Iterator[Finding]:
    try:
        chosen = chosen_transports()
    except ImproperlyConfigured as fault:
        yield Finding("messages", False, str(fault), "Set BLIKK_SMS_TRANSPORT and BLIKK_EMAIL_TRANSPORT.")
        return
    names = {"SMS": settings.BLIKK_SMS_TRANSPORT, "e-mail": settings.BLIKK_EMAIL_TRANSPORT}
    if set(names.values()) == {"none"}:
        fix = "Set BLIKK_EMAIL_TRANSPORT=smtp and BLIKK_SMTP_HOST."
        yield Finding("messages", False, "no invitation can be sent", fix)
        return
    yield Finding("messages", True, ", ".join(f"{channel} by {name}" for channel, name in names.items()))
    if settings.BLIKK_EMAIL_TRANSPORT == "smtp":
        yield _reaches(
            "SMTP server", settings.BLIKK_SMTP["host"], settings.BLIKK_SMTP["port"], "BLIKK_SMTP_HOST"
        )
        address = settings.BLIKK_BOUNCES_TO
        how = f"come back to {address}" if address else "letters that come back are seen by nobody"
        yield Finding("bounces", bool(address), how, "Set BLIKK_BOUNCES_TO, and pipe it to: blikk bounce")
    if settings.BLIKK_SMS_TRANSPORT == "smpp":
        yield _binds(chosen["sms"])
    if settings.BLIKK_SMS_TRANSPORT == "http":
        yield _gateway(chosen["sms"])


def _binds(transport: object) -> Finding:
    """Bind as the worker does, and let go at once."""
    where = f"{settings.BLIKK_SMPP['host']}:{settings.BLIKK_SMPP['port']}"
    if not isinstance(transport, SmppTransport):
        raise TypeError(transport)
    line = transport.line()
    is_bound = line.is_bound(within=PATIENCE)
    refusal = line.refusal
    transport.close()
    if is_bound:
        return Finding("SMPP", True, f"{where} lets us in")
    fix = (
        "Check BLIKK_SMPP_SYSTEM_ID and BLIKK_SMPP_PASSWORD."
        if refusal
        else "Check BLIKK_SMPP_HOST, and the firewall."
    )
    return Finding("SMPP", False, f"{where}: {refusal or 'no answer'}", fix)


def _gateway(transport: object) -> Finding:
    if not isinstance(transport, HttpTransport):
        raise TypeError(transport)
    template = transport.template
    if template.report and not settings.BLIKK_SMS_HOOK_SECRET:
        fix = "Set BLIKK_SMS_HOOK_SECRET, and give the gateway the address for reports."
        return Finding("SMS gateway", False, f"{template.name}, whose reports have no way in", fix)
    keys = "honours keys" if transport.honours_key else "honours no keys: a lost answer is shown as uncertain"
    return Finding("SMS gateway", True, f"{template.name}, {keys}")


def calendars() -> Iterator[Finding]:
    hosts = settings.BLIKK_CALDAV_HOSTS
    if not hosts:
        yield Finding("calendar servers", True, "not used: BLIKK_CALDAV_HOSTS names none")
        return
    for each in hosts:
        host, _, port = each.partition(":")
        yield _reaches("calendar server", host, int(port or 443), "BLIKK_CALDAV_HOSTS")
    try:
        late = in_trouble(since=timezone.now() - LONG)
    except Error:
        return
    how = f"{late} calendars have failed for an hour" if late else "none has failed for long"
    yield Finding("calendars", not late, how, "The clinic's page Kalender says what is wrong with each.")


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
    malformed = [url for url in urls if not url.startswith(("turn:", "turns:"))]
    how = f"not an address: {malformed[0]}" if malformed else f"{len(urls)} addresses"
    yield Finding("relay", not malformed, how, "Write turn:host:3478 or turns:host:5349?transport=tcp.")


def secrets() -> Iterator[Finding]:
    for name, value in (
        ("BLIKK_SECRET_KEY", settings.SECRET_KEY),
        ("BLIKK_FIELD_KEYS", settings.BLIKK_FIELD_KEYS[0]),
        ("BLIKK_AUDIT_KEY", settings.BLIKK_AUDIT_KEY),
    ):
        is_long = len(value) >= 32
        yield Finding(
            name, is_long, "long enough" if is_long else "too short", "Use 32 random characters or more."
        )
    is_secure = settings.BLIKK_SECURE or settings.BLIKK_DEMO
    how = settings.BLIKK_BASE_URL if is_secure else "not https: browsers give no camera"
    yield Finding("address", is_secure, how, "Set BLIKK_BASE_URL to the https address of the site.")


def _reaches(what: str, host: str, port: int, setting: str) -> Finding:
    try:
        socket.create_connection((host, port), timeout=PATIENCE).close()
    except OSError as fault:
        return Finding(what, False, f"{host}:{port}: {fault}", f"Check {setting}, and the firewall.")
    return Finding(what, True, f"{host}:{port} answers")


LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    secrets,
    database,
    redis,
    transports,
    calendars,
    relay,
    providers,
)
