"""What an SMSC sends to us: delivery reports about our messages, and messages from people."""

import re
from dataclasses import dataclass
from typing import Any

from blikk.notifications.states import NUMBER_NOT_IN_USE, Outcome
from blikk.notifications.transports.smpp.coding import decode, without_header

_IS_RECEIPT = 0x04
_HAS_HEADER = 0x40
# `message_state` and the words of a receipt's text (SMPP 3.4, 5.2.28 and appendix B).
_STATES = {2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD", 8: "REJECTD"}
_OUTCOMES = {
    "DELIVRD": Outcome.DELIVERED,
    "ACCEPTD": Outcome.ACCEPTED,
    "EXPIRED": Outcome.FAILED,
    "DELETED": Outcome.FAILED,
    "UNDELIV": Outcome.FAILED,
    "REJECTD": Outcome.FAILED,
}
_REASONS = {"EXPIRED": "expired", "DELETED": "deleted", "UNDELIV": "undeliverable", "REJECTD": "rejected"}
_ID, _STAT, _ERR = (re.compile(rf"(?i)\b{word}:\s*([^\s]+)") for word in ("id", "stat", "err"))


@dataclass(frozen=True, slots=True)
class ReceiptIn:
    """An SMSC says what became of a message."""

    provider_id: str
    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class TextIn:
    """Somebody sent us an SMS, or a part of one."""

    phone: str
    words: str
    # Which message of this sender, which part, and of how many; 1 of 1 for a short one.
    mark: int = 0
    number: int = 1
    count: int = 1


def read(pdu: Any, unknown_errors: frozenset[str]) -> ReceiptIn | TextIn | None:
    """Read a deliver_sm; None for a receipt that says nothing of use, such as "on its way"."""
    octets = _octets(pdu.message_payload) or _octets(pdu.short_message)
    esm_class = pdu.esm_class or 0
    if esm_class & _IS_RECEIPT:
        return _receipt(pdu, octets.decode("latin-1"), unknown_errors)
    header, body = (
        (octets[: octets[0] + 1], without_header(octets))
        if esm_class & _HAS_HEADER and octets
        else (b"", octets)
    )
    mark, count, number = _place(header)
    words = decode(body, pdu.data_coding or 0)
    return TextIn(_phone(_words(pdu.source_addr), pdu.source_addr_ton), words, mark, number, count)


def _receipt(pdu: Any, text: str, unknown_errors: frozenset[str]) -> ReceiptIn | None:
    name = _words(pdu.receipted_message_id) or _found(_ID, text)
    state = _STATES.get(pdu.message_state or 0) or _found(_STAT, text).upper()[:7]
    if not name or state not in _OUTCOMES:
        return None
    reason = _REASONS.get(state, "")
    if reason and _error(pdu, text) in unknown_errors:
        reason = NUMBER_NOT_IN_USE
    return ReceiptIn(name, _OUTCOMES[state], reason)


def _error(pdu: Any, text: str) -> str:
    """The network's own error number: of the GSM network (type 3) where it is given, else of the text."""
    octets = _octets(pdu.network_error_code)
    if len(octets) == 3 and octets[0] == 3:
        return str(int.from_bytes(octets[1:], "big"))
    return _found(_ERR, text).lstrip("0")


def _place(header: bytes) -> tuple[int, int, int]:
    """Reference, count and number in a user data header, which may hold other things too."""
    at = 1
    while at + 1 < len(header):
        kind, length = header[at], header[at + 1]
        content = header[at + 2 : at + 2 + length]
        if (kind, len(content)) == (0, 3):
            return content[0], content[1], content[2]
        if (kind, len(content)) == (8, 4):
            return int.from_bytes(content[:2], "big"), content[2], content[3]
        at += 2 + length
    return 0, 1, 1


def _phone(address: str, ton: int | None) -> str:
    digits = address.lstrip("+")
    return f"+{digits}" if digits.isdigit() and (ton == 1 or address.startswith("+")) else address


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match.group(1) if match else ""


def _octets(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value or "").encode("latin-1", "replace")


def _words(value: Any) -> str:
    return _octets(value).rstrip(b"\0").decode("latin-1")
