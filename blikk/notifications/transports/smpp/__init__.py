"""SMS over SMPP 3.4, which nearly every gateway and operator speaks.

The protocol has no idempotency key: an answer that is lost leaves us not knowing. Reports and people's answers come
back on the same line.
"""

import threading
from typing import Any

from blikk.notifications.transports import Ears, NotSent, Outgoing, Receipt, Unknown
from blikk.notifications.transports.sender import sms_sender
from blikk.notifications.transports.smpp.coding import Encoded, TooLong, encode, with_header
from blikk.notifications.transports.smpp.incoming import ReceiptIn, TextIn, read
from blikk.notifications.transports.smpp.line import STALLED, Address, Line

LONG = {"parts", "payload"}
_TYPE_OF = {"name": (5, 0), "number": (1, 1), "short": (3, 0)}
_UDHI = 0x40
# Answers by which the SMSC surely did not take the message, and may another time.
_LATER = {0x08: "smsc_fault", 0x14: "queue_full", 0x58: "throttled", 0x64: "smsc_fault"}
_NEVER = {0x0A: "sender_refused", 0x0B: "number_refused", 0x01: "too_long"}
_PAUSES = (0.5, 1.0, 2.0, 4.0)


class SmppTransport:
    """One binding as transceiver per process; it is made at the first need and mends itself."""

    honours_key = False

    def __init__(
        self,
        *,
        host: str,
        port: int,
        system_id: str,
        password: str,
        system_type: str = "",
        tls: bool = False,
        long: str = "parts",
        unknown_errors: frozenset[str] = frozenset({"1"}),
        number: str = "",
        answer_within: float = STALLED,
    ) -> None:
        if long not in LONG:
            raise ValueError(f"BLIKK_SMPP_LONG must be one of {', '.join(sorted(LONG))}")
        self._address = Address(host, port, system_id, password, system_type, tls)
        self._long = long
        self._unknown_errors = unknown_errors
        self._number = number
        self._answer_within = answer_within
        self._ears: Ears | None = None
        self._line: Line | None = None
        self._making = threading.Lock()
        self._heard: dict[tuple[str, int, int], dict[int, str]] = {}

    def listen(self, ears: Ears) -> None:
        """Bind now, for reports and answers come whether or not anything is sent."""
        self._ears = ears
        self.line()

    def close(self) -> None:
        if self._line is not None:
            self._line.close()

    def line(self) -> Line:
        with self._making:
            if self._line is None:
                hear = self._hear if self._ears else None
                self._line = Line(self._address, hear, answer_within=self._answer_within)
            return self._line

    def send(self, message: Outgoing) -> Receipt:
        try:
            text = encode(message.body)
        except TooLong as fault:
            raise NotSent("too_long", retry=False) from fault
        names: list[str] = []
        for fields in self._packets(text):
            names.append(self._submit(fields | self._addresses(message), is_first=not names))
        return Receipt(names[0], tuple(names[1:]))

    def _packets(self, text: Encoded) -> list[dict[str, Any]]:
        if len(text.parts) == 1:
            return [{"short_message": text.whole, "data_coding": text.data_coding}]
        if self._long == "payload":
            return [{"message_payload": text.whole, "short_message": b"", "data_coding": text.data_coding}]
        return [
            {"short_message": part, "data_coding": text.data_coding, "esm_class": _UDHI}
            for part in with_header(text.parts)
        ]

    def _addresses(self, message: Outgoing) -> dict[str, Any]:
        sender = sms_sender(message.sender, self._number)
        ton, npi = _TYPE_OF[sender.kind]
        return {
            "source_addr_ton": ton,
            "source_addr_npi": npi,
            "source_addr": sender.value,
            "dest_addr_ton": 1,
            "dest_addr_npi": 1,
            "destination_addr": message.to.lstrip("+"),
            "registered_delivery": 1,
        }

    def _submit(self, fields: dict[str, Any], *, is_first: bool) -> str:
        """Hand one packet over. Once the first has been taken, only an answer for the last tells what it came to."""
        if is_first:
            return self._taken(*self.line().submit(**fields))
        for pause in (*_PAUSES, None):
            try:
                return self._taken(*self.line().submit(**fields))
            except NotSent as refusal:
                if pause is None or not refusal.retry:
                    raise Unknown("partly_sent") from refusal
                threading.Event().wait(pause)
        raise Unknown("partly_sent")

    def _taken(self, status: int, name: str) -> str:
        if status == 0:
            return name
        if status in _LATER:
            raise NotSent(_LATER[status], retry=True)
        raise NotSent(_NEVER.get(status, f"smsc_{status:#x}"), retry=False)

    def _hear(self, packet: Any) -> None:
        ears = self._ears
        heard = read(packet, self._unknown_errors)
        if ears is None or heard is None:
            return
        if isinstance(heard, ReceiptIn):
            ears.report("sms", provider_id=heard.provider_id, outcome=heard.outcome, reason=heard.reason)
        elif (words := self._whole(heard)) is not None:
            ears.text(source="smpp", phone=heard.phone, words=words)

    def _whole(self, text: TextIn) -> str | None:
        """The text, once all its parts are here; half a one lives in memory only, and not for ever."""
        if text.count <= 1:
            return text.words
        if len(self._heard) > 200:
            self._heard.clear()
        parts = self._heard.setdefault((text.phone, text.mark, text.count), {})
        parts[text.number] = text.words
        if len(parts) < text.count:
            return None
        del self._heard[text.phone, text.mark, text.count]
        return "".join(words for _number, words in sorted(parts.items()))
