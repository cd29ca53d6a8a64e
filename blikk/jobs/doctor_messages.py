"""What the doctor looks at of messages: whether mail and SMS let us in, and on request one that is really sent."""

import io
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import Literal
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from blikk.jobs.finding import PATIENCE, Finding, reaches
from blikk.jobs.messages import try_out
from blikk.notifications.transports import NotSent
from blikk.notifications.transports.chosen import chosen_transports
from blikk.notifications.transports.http import HttpTransport
from blikk.notifications.transports.smpp import SmppTransport
from blikk.notifications.transports.smtp import SmtpTransport


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
        yield _signs_in(chosen["email"])
        address = settings.BLIKK_BOUNCES_TO
        how = f"come back to {address}" if address else "letters that come back are seen by nobody"
        yield Finding("bounces", bool(address), how, "Set BLIKK_BOUNCES_TO, and pipe it to: blikk bounce")
    if settings.BLIKK_SMS_TRANSPORT == "smpp":
        yield _binds(chosen["sms"])
    if settings.BLIKK_SMS_TRANSPORT == "http":
        yield from _gateway(chosen["sms"])


def sent_to(address: str) -> Finding:
    """Really send a test, past the outbox."""
    channel: Literal["sms", "email"] = "email" if "@" in address else "sms"
    said = io.StringIO()
    with redirect_stdout(said):
        failed = try_out(channel, address)
    fix = "See docs/how-to/send-messages.md for what the words mean."
    return Finding(f"test by {channel}", not failed, f"{address}: {said.getvalue().strip()}", fix)


def _signs_in(transport: object) -> Finding:
    """Reach the mail server and sign in as the worker does, and let go at once."""
    if not isinstance(transport, SmtpTransport):
        raise TypeError(transport)
    where = f"{transport.host}:{transport.port}"
    transport.timeout = PATIENCE
    try:
        transport.knock()
    except NotSent as fault:
        if fault.reason == "no_connection":
            fix = "Check BLIKK_SMTP_HOST, BLIKK_SMTP_PORT and BLIKK_SMTP_TLS, and the firewall."
            return Finding("SMTP server", False, f"{where} does not answer", fix)
        fix = "Check BLIKK_SMTP_USER, BLIKK_SMTP_PASSWORD and BLIKK_SMTP_TLS, and the server's certificate."
        return Finding("SMTP server", False, f"{where} does not let us in", fix)
    return Finding("SMTP server", True, f"{where} lets us in")


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


def _gateway(transport: object) -> Iterator[Finding]:
    if not isinstance(transport, HttpTransport):
        raise TypeError(transport)
    template = transport.template
    if template.report and not settings.BLIKK_SMS_HOOK_SECRET:
        fix = "Set BLIKK_SMS_HOOK_SECRET, and give the gateway the address for reports."
        yield Finding("SMS gateway", False, f"{template.name}, whose reports have no way in", fix)
        return
    keys = "honours keys" if transport.honours_key else "honours no keys: a lost answer is shown as uncertain"
    yield Finding("SMS gateway", True, f"{template.name}, {keys}")
    # A gateway has no way to sign in without sending: --send-to does that.
    at = urlsplit(template.sending.url)
    if at.hostname and "{" not in at.netloc:
        port = at.port or (443 if at.scheme == "https" else 80)
        yield reaches("SMS gateway's address", at.hostname, port, "BLIKK_SMS_GATEWAY")
