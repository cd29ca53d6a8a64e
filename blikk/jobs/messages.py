"""Messages from the command line: try a transport, and take in a letter that came back."""

import os
import sys
from typing import BinaryIO

from django.conf import settings
from django.db import Error
from django.utils import timezone

from blikk.journeys.delivery import take_report
from blikk.kernel.ids import new_id
from blikk.notifications.bounces import LARGEST, read_bounce
from blikk.notifications.services import Channel
from blikk.notifications.transports import Listening, NotSent, Outgoing, Unknown
from blikk.notifications.transports.border import checked
from blikk.notifications.transports.chosen import chosen_transports

WORDS = "Dette er en prøve fra Blikk."


def try_out(channel: Channel, to: str) -> int:
    """Send one message past the outbox, and say what the transport answered."""
    transport = chosen_transports()[channel]
    message = Outgoing(
        key=f"try:{new_id()}",
        channel=channel,
        kind="try",
        sender="Blikk",
        to=to,
        subject="Blikk",
        body=f"{WORDS}\n{settings.BLIKK_BASE_URL}",
        language="nb",
        now=timezone.now(),
    )
    try:
        receipt = transport.send(checked(message))
    except NotSent as refusal:
        print(f"not sent: {refusal.reason}{'; it may go another time' if refusal.retry else ''}")
        return 1
    except Unknown as doubt:
        print(f"nobody knows: {doubt.reason}")
        return 1
    finally:
        if isinstance(transport, Listening):
            transport.close()
    print(f"taken{f', as {receipt.provider_id}' if receipt.provider_id else ''}")
    return 0


def bounce(letter: BinaryIO, recipient: str) -> int:
    """Take in a letter that came back, as a mail server pipes it to us.

    What says nothing of ours is swallowed: a mail server must not bounce a bounce. Where the database is away, it is
    asked to try again (EX_TEMPFAIL).
    """
    found = read_bounce(letter.read(LARGEST), recipient=recipient)
    if found is None:
        return 0
    try:
        take_report(
            "email", reference=found.reference, outcome=found.outcome, reason=found.reason, now=timezone.now()
        )
    except Error as fault:
        print(f"blikk: {type(fault).__name__}", file=sys.stderr)
        return os.EX_TEMPFAIL
    return 0
