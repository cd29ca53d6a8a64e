"""Which transport each channel uses, by the settings."""

import re

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from blikk.notifications.transports import (
    NotSent,
    Outgoing,
    Receipt,
    Transport,
    Transports,
)
from blikk.notifications.transports.apprise import AppriseTransport
from blikk.notifications.transports.http import HttpTransport
from blikk.notifications.transports.http.template import Template, load
from blikk.notifications.transports.inbox import InboxTransport
from blikk.notifications.transports.smpp import SmppTransport
from blikk.notifications.transports.smtp import SmtpTransport

SHORTEST_SECRET = 32
_ADDRESS = re.compile(r"[a-z0-9._-]+@[a-z0-9.-]+\.[a-z0-9-]+", re.IGNORECASE)


class NoTransport:
    """The clinic has none for this channel: say so at once instead of waiting."""

    honours_key = True

    def send(self, message: Outgoing) -> Receipt:
        raise NotSent("no_transport", retry=False)


def chosen_transports() -> Transports:
    """Build the transport of each channel. A wrong value refuses to start, and says which."""
    try:
        return {"sms": _sms(settings.BLIKK_SMS_TRANSPORT), "email": _email(settings.BLIKK_EMAIL_TRANSPORT)}
    except ValueError as fault:
        raise ImproperlyConfigured(str(fault)) from fault


def gateway_template() -> Template | None:
    """How the chosen HTTP gateway calls us; None where there is none, or where calls cannot prove themselves."""
    is_called = settings.BLIKK_SMS_TRANSPORT == "http" and settings.BLIKK_SMS_HOOK_SECRET
    return load(settings.BLIKK_SMS_GATEWAY) if is_called else None


def report_url() -> str:
    """Where a gateway is to call with its reports."""
    secret = settings.BLIKK_SMS_HOOK_SECRET
    return f"{settings.BLIKK_BASE_URL}/api/sms/{secret}/report" if secret else ""


def _sms(name: str) -> Transport:
    number = settings.BLIKK_SMS_NUMBER
    _require(not number or re.fullmatch(r"\+?[0-9]{3,15}", number), "BLIKK_SMS_NUMBER", "must be a number")
    for setting in ("BLIKK_SMS_HOOK_SECRET", "BLIKK_SMS_HOOK_KEY"):
        secret = getattr(settings, setting)
        _require(
            not secret or re.fullmatch(rf"[A-Za-z0-9_-]{{{SHORTEST_SECRET},}}", secret),
            setting,
            f"must be {SHORTEST_SECRET} or more letters, digits, - and _",
        )
    match name:
        case "none":
            return NoTransport()
        case "inbox" if settings.BLIKK_DEMO:
            return InboxTransport()
        case "smpp":
            _require(settings.BLIKK_SMPP["system_id"], "BLIKK_SMPP_SYSTEM_ID", "is missing")
            return SmppTransport(**settings.BLIKK_SMPP, number=number)
        case "http":
            return _http(number)
        case "apprise":
            return AppriseTransport(settings.BLIKK_APPRISE_SMS_URL, number=number)
    raise ImproperlyConfigured(f"BLIKK_SMS_TRANSPORT cannot be {name!r} here")


def _http(number: str) -> HttpTransport:
    _require(settings.BLIKK_SMS_GATEWAY, "BLIKK_SMS_GATEWAY", "is missing")
    try:
        template = load(settings.BLIKK_SMS_GATEWAY)
    except ValueError as fault:
        raise ImproperlyConfigured(f"BLIKK_SMS_GATEWAY: {fault}") from fault
    lacking = set(template.asks) - set(settings.BLIKK_SMS_GATEWAY_LOGIN["extra"])
    _require(not lacking, "BLIKK_SMS_GATEWAY_EXTRA", f"lacks {', '.join(sorted(lacking))}")
    is_signed = template.signature is not None
    _require(
        is_signed == bool(settings.BLIKK_SMS_HOOK_KEY),
        "BLIKK_SMS_HOOK_KEY",
        "is missing: the gateway signs its calls" if is_signed else "is set, but the gateway signs nothing",
    )
    return HttpTransport(template, **settings.BLIKK_SMS_GATEWAY_LOGIN, report_url=report_url(), number=number)


def _email(name: str) -> Transport:
    bounces_to = settings.BLIKK_BOUNCES_TO
    _require(
        not bounces_to or _ADDRESS.fullmatch(bounces_to), "BLIKK_BOUNCES_TO", "must be an e-mail address"
    )
    match name:
        case "none":
            return NoTransport()
        case "inbox" if settings.BLIKK_DEMO:
            return InboxTransport()
        case "smtp":
            return SmtpTransport(
                **settings.BLIKK_SMTP, mail_from=settings.BLIKK_MAIL_FROM, bounces_to=bounces_to
            )
    raise ImproperlyConfigured(f"BLIKK_EMAIL_TRANSPORT cannot be {name!r} here")


def _require(is_right: object, setting: str, what: str) -> None:
    if not is_right:
        raise ImproperlyConfigured(f"{setting} {what}")
