"""Anything else: whatever `apprise` can reach. It says yes or no only, without a name for the message.

So there are no delivery reports, and a "no" can be a refusal or an answer that was lost: a person is shown it.
"""

import logging
import re
from urllib.parse import quote

from blikk.notifications.transports import NotSent, Outgoing, Receipt, Unknown
from blikk.notifications.transports.sender import sms_sender

_FIELD = re.compile(r"\{(to|to_digits|sender)\}")
# It names the receiver in whatever it logs, down to its errors.
logging.getLogger("apprise").setLevel(logging.CRITICAL)


class AppriseTransport:
    """The address is one of apprise's own, with {to}, {to_digits} and {sender} where they belong."""

    honours_key = False

    def __init__(self, url: str, *, number: str = "") -> None:
        try:
            import apprise
        except ImportError as fault:
            raise ValueError("BLIKK_APPRISE_SMS_URL needs blikk[gateways] to be installed") from fault
        self._apprise = apprise
        self._url = url
        self._number = number
        if "{to" not in url:
            raise ValueError("BLIKK_APPRISE_SMS_URL must have {to} or {to_digits} in it")
        if not self._notifier({"to": "+4799999999", "to_digits": "4799999999", "sender": "Blikk"}):
            raise ValueError("BLIKK_APPRISE_SMS_URL is no address that apprise knows")

    def send(self, message: Outgoing) -> Receipt:
        sender = sms_sender(message.sender, self._number).value
        notifier = self._notifier({"to": message.to, "to_digits": message.to.lstrip("+"), "sender": sender})
        if not notifier:
            raise NotSent("address_unusable", retry=False)
        if not notifier.notify(body=message.body, body_format="text", interpret_escapes=False):
            raise Unknown("apprise_says_no")
        return Receipt()

    def _notifier(self, values: dict[str, str]):  # type: ignore[no-untyped-def]
        filled = _FIELD.sub(lambda found: quote(values[found.group(1)], safe=""), self._url)
        notifier = self._apprise.Apprise()
        return notifier if notifier.add(filled) else None
