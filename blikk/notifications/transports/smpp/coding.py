"""SMS text as it goes on the wire: GSM 7-bit where every sign has a place there, else UCS-2; cut into parts.

Our own table, for smpplib's writes a section sign for a backtick and may cut an escaped sign in two.
"""

import secrets
from dataclasses import dataclass

GSM = 0
UCS2 = 8
LATIN1 = 3
# One part, and each of several after a header of six octets.
ALONE = {GSM: 160, UCS2: 140}
TOGETHER = {GSM: 153, UCS2: 134}
MOST_PARTS = 10

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = {
    "\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D, "]": 0x3E, "|": 0x40, "€": 0x65,
}  # fmt: skip
_ESCAPE = 0x1B
_TO_GSM = {sign: bytes([place]) for place, sign in enumerate(_BASIC) if place != _ESCAPE} | {
    sign: bytes([_ESCAPE, place]) for sign, place in _ESCAPED.items()
}
_FROM_ESCAPED = {place: sign for sign, place in _ESCAPED.items()}
# Word processors put these where a 7-bit sign says the same; one of them would halve what fits in a part.
_PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " "}
)


class TooLong(Exception):
    """The text does not fit in as many parts as we send."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text in its coding, whole and in parts."""

    data_coding: int
    whole: bytes
    parts: tuple[bytes, ...]


def encode(text: str) -> Encoded:
    """Put a text into as few parts as its signs allow. Raises TooLong."""
    plain = text.translate(_PLAIN)
    if all(sign in _TO_GSM for sign in plain):
        signs, coding = [_TO_GSM[sign] for sign in plain], GSM
    else:
        signs, coding = [sign.encode("utf-16-be") for sign in text], UCS2
    whole = b"".join(signs)
    if len(whole) <= ALONE[coding]:
        return Encoded(coding, whole, (whole,))
    parts = _cut(signs, TOGETHER[coding])
    if len(parts) > MOST_PARTS:
        raise TooLong
    return Encoded(coding, whole, tuple(parts))


def with_header(parts: tuple[bytes, ...]) -> list[bytes]:
    """Put before each of several parts which of how many it is (3GPP 23.040, 8-bit reference)."""
    mark = secrets.randbelow(256)
    head = bytes([5, 0, 3, mark, len(parts)])
    return [head + bytes([number]) + part for number, part in enumerate(parts, start=1)]


def decode(octets: bytes, data_coding: int) -> str:
    """Read a text that came in; what cannot be read becomes a question mark."""
    if data_coding == UCS2:
        return octets.decode("utf-16-be", "replace")
    if data_coding == LATIN1:
        return octets.decode("latin-1")
    return _from_gsm(octets)


def without_header(octets: bytes) -> bytes:
    """The text behind a user data header."""
    return octets[octets[0] + 1 :] if octets else octets


def _cut(signs: list[bytes], room: int) -> list[bytes]:
    """Fill parts sign by sign, so that neither an escaped sign nor a pair of UTF-16 is cut in two."""
    parts, current = [], b""
    for sign in signs:
        if len(current) + len(sign) > room:
            parts.append(current)
            current = b""
        current += sign
    return [*parts, current]


def _from_gsm(octets: bytes) -> str:
    signs, is_escaped = [], False
    for octet in octets:
        if is_escaped:
            signs.append(_FROM_ESCAPED.get(octet, "?"))
            is_escaped = False
        elif octet == _ESCAPE:
            is_escaped = True
        else:
            signs.append(_BASIC[octet] if octet < len(_BASIC) else "?")
    return "".join(signs)
