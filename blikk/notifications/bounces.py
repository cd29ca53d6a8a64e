"""Letters that come back: a delivery status notification (RFC 3464), read for which message it is and what it says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser

from blikk.notifications.states import NO_SUCH_MAILBOX, Outcome

LARGEST = 2_000_000
_REFERENCE = r"[0-9a-f]{40}"
_IN_ADDRESS = re.compile(rf"\+({_REFERENCE})@")
_IN_MESSAGE_ID = re.compile(rf"<({_REFERENCE})@[^<>\s]+>")
# RFC 3463: no such mailbox or host, moved away, closed.
_NOBODY_THERE = re.compile(r"5\.(?:1\.(?:1|2|3|6|10)|2\.1)\b")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_OUTCOMES = {"failed": Outcome.FAILED, "delivered": Outcome.DELIVERED}


@dataclass(frozen=True, slots=True)
class Bounce:
    """What became of one of our letters, by somebody else's mail server."""

    reference: str
    outcome: Outcome
    reason: str = ""


def read_bounce(raw: bytes, *, recipient: str = "") -> Bounce | None:
    """Read a letter that came to the address for bounces; None for one that tells nothing of ours.

    Out-of-office answers and "delayed, we go on trying" change nothing.
    """
    letter = BytesParser(policy=policy.compat32).parsebytes(raw[:LARGEST])
    fields = list(_recipients(letter))
    outcome, status = _verdict(fields)
    if outcome is None:
        return None
    reference = _reference(letter, recipient)
    if not reference:
        return None
    if outcome != Outcome.FAILED:
        return Bounce(reference, outcome)
    return Bounce(reference, outcome, NO_SUCH_MAILBOX if _NOBODY_THERE.match(status) else "bounced")


def _recipients(letter: Message) -> Iterator[Message]:
    """The blocks of a notification that are about a recipient: the first is about the message as such."""
    for part in letter.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in part.get_payload() if part.is_multipart() else ():
            if isinstance(block, Message) and block["Action"]:
                yield block


def _verdict(fields: list[Message]) -> tuple[Outcome | None, str]:
    """What the notification says. Our letters have one recipient, so the first block that is final counts."""
    for block in fields:
        outcome = _OUTCOMES.get(_text(block, "Action").split(";")[0].strip().lower())
        if outcome is None:
            continue
        # Servers that write a general 5.0.0 often say more in what the other server answered.
        said = [*_STATUS.findall(_text(block, "Status")), *_STATUS.findall(_text(block, "Diagnostic-Code"))]
        telling = [status for status in said if _NOBODY_THERE.match(status)]
        return outcome, (telling or said or [""])[0]
    return None, ""


def _reference(letter: Message, recipient: str) -> str:
    """Which message it was: by the address that it came back to, else by the letter that is enclosed."""
    to = [
        recipient,
        *(_text(letter, name) for name in ("To", "Delivered-To", "X-Original-To", "Envelope-To")),
    ]
    if found := _IN_ADDRESS.search(" ".join(to).lower()):
        return found.group(1)
    enclosed = " ".join(_enclosed_ids(letter))
    for place in (enclosed, _text(letter, "In-Reply-To"), _text(letter, "References")):
        if found := _IN_MESSAGE_ID.search(place.lower()):
            return found.group(1)
    return ""


def _enclosed_ids(letter: Message) -> Iterator[str]:
    for part in letter.walk():
        if part is letter:
            continue
        if part["Message-ID"]:
            yield _text(part, "Message-ID")
        elif part.get_content_type() in {"text/rfc822-headers", "message/global-headers"}:
            headers = part.get_payload(decode=True)
            if isinstance(headers, bytes):
                yield _text(
                    BytesParser(policy=policy.compat32).parsebytes(headers, headersonly=True), "Message-ID"
                )


def _text(message: Message, name: str) -> str:
    return " ".join(str(message[name] or "").split())
