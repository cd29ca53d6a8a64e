"""The line to an SMSC: bound as transceiver, kept alive, bound again when it breaks.

One thread reads; whoever sends waits for the answer with its own sequence number. smpplib frames and parses; its own
loop is not used, for a timeout in the middle of a packet would make it read the rest as the next one.
"""

import logging
import secrets
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from smpplib import consts, exceptions, smpp
from smpplib.client import Client

from blikk.notifications.transports import NotSent, Unknown

STALLED = 10.0
QUIET = 30.0
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
# What the SMSC is told when we could not put down what it brought: bring it again later.
TRY_LATER = 0x64

log = logging.getLogger(__name__)
# smpplib writes every packet into its log at DEBUG, with number and words.
WIRE_LOG = "blikk.smpp.wire"
logging.getLogger(WIRE_LOG).setLevel(logging.WARNING)

Hear = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Address:
    """Where the SMSC is, and who we are there."""

    host: str
    port: int
    system_id: str
    password: str = field(repr=False)
    system_type: str = ""
    tls: bool = False


@dataclass(slots=True)
class _Waiting:
    """Somebody who sent something and waits for the answer."""

    came: threading.Event = field(default_factory=threading.Event)
    answer: Any = None


class _Peer(Client):  # type: ignore[misc]
    """smpplib's client, over TLS with the name of the host checked."""

    def _create_socket(self) -> Any:
        raw = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        raw.settimeout(self.timeout)
        if self._ssl_context is None:
            return raw
        return self._ssl_context.wrap_socket(raw, server_hostname=self.host)

    def has_more(self) -> bool:
        """Whether a packet waits in the encryption's buffer, where select does not see it."""
        return bool(getattr(self._socket, "pending", lambda: 0)())

    def wait_readable(self, seconds: float) -> bool:
        return self.has_more() or bool(select.select([self._socket], [], [], seconds)[0])


class Line:
    """A binding that mends itself. `hear` is given each deliver_sm, and whatever it raises means: not yet."""

    def __init__(self, address: Address, hear: Hear | None, *, answer_within: float = STALLED) -> None:
        self._address = address
        self._hear = hear
        self._answer_within = answer_within
        self._peer: _Peer | None = None
        self._bound = threading.Event()
        self._ending = threading.Event()
        self._writing = threading.Lock()
        self._waiting: dict[int, _Waiting] = {}
        self._refused = ""
        self._thread = threading.Thread(target=self._run, name="smpp", daemon=True)
        self._thread.start()

    def submit(self, **fields: Any) -> tuple[int, str]:
        """Send one submit_sm; gives the answer's status and the message's name.

        Raises NotSent where nothing was written, Unknown where no answer came.
        """
        if not self._bound.wait(self._answer_within):
            raise NotSent(self._refused or "no_connection", retry=True)
        waiting = _Waiting()
        sequence = self._write(waiting, **fields)
        try:
            if not waiting.came.wait(self._answer_within) or waiting.answer is None:
                raise Unknown("no_answer")
        finally:
            self._waiting.pop(sequence, None)
        name = waiting.answer.message_id
        return waiting.answer.status, name.decode("latin-1") if isinstance(name, bytes) else str(name or "")

    def is_bound(self, *, within: float) -> bool:
        return self._bound.wait(within)

    @property
    def refusal(self) -> str:
        """Why the line is not bound, if the SMSC has said so."""
        return self._refused

    def close(self) -> None:
        """Unbind, and end the thread."""
        self._ending.set()
        self._thread.join(STALLED)

    def _write(self, waiting: _Waiting, **fields: Any) -> int:
        with self._writing:
            peer = self._peer
            if peer is None or not self._bound.is_set():
                raise NotSent("no_connection", retry=True)
            packet = smpp.make_pdu("submit_sm", client=peer, **fields)
            sequence: int = packet.sequence
            self._waiting[sequence] = waiting
            try:
                peer.send_pdu(packet)
            except (exceptions.ConnectionError, OSError) as fault:
                self._waiting.pop(sequence, None)
                # Some of it may have gone out.
                raise Unknown("connection_lost") from fault
        return sequence

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self._ending.is_set():
            try:
                self._bind()
                pause = FIRST_PAUSE
                self._read_on()
            except exceptions.PDUError as fault:
                self._refused = "no_sign_in"
                log.warning("smpp.refused: %s", fault.args[:1])
            except (exceptions.ConnectionError, exceptions.UnknownCommandError, OSError) as fault:
                log.warning("smpp.line_lost: %s", type(fault).__name__)
            except Exception:
                log.exception("smpp.fault")
            finally:
                self._drop()
            self._ending.wait(pause * secrets.SystemRandom().uniform(0.8, 1.2))
            pause = min(pause * 2, LONGEST_PAUSE)

    def _bind(self) -> None:
        at = self._address
        context = ssl.create_default_context() if at.tls else None
        peer = _Peer(
            at.host,
            at.port,
            timeout=STALLED,
            ssl_context=context,
            allow_unknown_opt_params=True,
            logger_name=WIRE_LOG,
        )
        self._peer = peer
        peer.connect()
        peer.bind_transceiver(
            system_id=at.system_id, password=at.password, system_type=at.system_type, interface_version=0x34
        )
        self._refused = ""
        self._bound.set()

    def _read_on(self) -> None:
        """Take what comes, until the line is to end. A line that is quiet is asked whether it lives."""
        peer, heard, asked = self._peer, time.monotonic(), False
        while peer is not None and not self._ending.is_set():
            if peer.wait_readable(0.2):
                self._take(peer, peer.read_pdu())
                heard, asked = time.monotonic(), False
            elif asked and time.monotonic() - heard > QUIET + STALLED:
                raise exceptions.ConnectionError("no answer to enquire_link")
            elif not asked and time.monotonic() - heard > QUIET:
                self._send(peer, smpp.make_pdu("enquire_link", client=peer))
                asked = True

    def _take(self, peer: _Peer, packet: Any) -> None:
        match packet.command:
            case "submit_sm_resp" | "generic_nack":
                if waiting := self._waiting.get(packet.sequence):
                    waiting.answer = packet
                    waiting.came.set()
            case "deliver_sm":
                answer = smpp.make_pdu("deliver_sm_resp", client=peer, status=self._put_down(packet))
                self._answer(peer, packet, answer)
            case "enquire_link":
                self._answer(peer, packet, smpp.make_pdu("enquire_link_resp", client=peer))
            case "unbind":
                self._answer(peer, packet, smpp.make_pdu("unbind_resp", client=peer))
                raise exceptions.ConnectionError("the SMSC ended the line")

    def _put_down(self, packet: Any) -> int:
        """Have what came put down before it is acknowledged: what is not, the SMSC brings again."""
        if self._hear is None:
            return TRY_LATER
        try:
            self._hear(packet)
        except Exception:
            log.exception("smpp.not_put_down")
            return TRY_LATER
        return int(consts.SMPP_ESME_ROK)

    def _answer(self, peer: _Peer, question: Any, answer: Any) -> None:
        answer.sequence = question.sequence
        self._send(peer, answer)

    def _send(self, peer: _Peer, packet: Any) -> None:
        with self._writing:
            peer.send_pdu(packet)

    def _drop(self) -> None:
        """Hang up, and let everybody who waits know that no answer will come."""
        with self._writing:
            self._bound.clear()
            peer, self._peer = self._peer, None
        if peer is not None and peer._socket is not None:
            if self._ending.is_set():
                self._unbind(peer)
            peer.state = consts.SMPP_CLIENT_STATE_OPEN
            peer.disconnect()
        for waiting in list(self._waiting.values()):
            waiting.came.set()

    def _unbind(self, peer: _Peer) -> None:
        try:
            peer.send_pdu(smpp.make_pdu("unbind", client=peer))
        except (exceptions.ConnectionError, exceptions.PDUError, OSError):
            log.info("smpp.gone_before_unbind")
