"""Which transport each channel uses, by the settings."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from blikk.notifications.transports import (
    NotSent,
    Outgoing,
    Receipt,
    Transport,
    Transports,
)
from blikk.notifications.transports.inbox import InboxTransport
from blikk.notifications.transports.smtp import SmtpTransport


class NoTransport:
    """The clinic has none for this channel: say so at once instead of waiting."""

    honours_key = True

    def send(self, message: Outgoing) -> Receipt:
        raise NotSent("no_transport", retry=False)


def chosen_transports() -> Transports:
    """Build the transport of each channel. A wrong name refuses to start."""
    return {
        "sms": _transport("BLIKK_SMS_TRANSPORT", settings.BLIKK_SMS_TRANSPORT),
        "email": _transport("BLIKK_EMAIL_TRANSPORT", settings.BLIKK_EMAIL_TRANSPORT),
    }


def _transport(setting: str, name: str) -> Transport:
    if name == "none":
        return NoTransport()
    if name == "inbox" and settings.BLIKK_DEMO:
        return InboxTransport()
    if name == "smtp" and setting == "BLIKK_EMAIL_TRANSPORT":
        return SmtpTransport(**settings.BLIKK_SMTP, mail_from=settings.BLIKK_MAIL_FROM)
    raise ImproperlyConfigured(f"{setting} cannot be {name!r} here")
