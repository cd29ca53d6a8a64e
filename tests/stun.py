"""A small TURN client (RFC 8656), to see what a relay grants and what it refuses."""

import hashlib
import hmac
import ipaddress
import os
import socket
import struct
from dataclasses import dataclass, field

MAGIC = 0x2112A442
ALLOCATE, REFRESH, SEND, CREATE_PERMISSION, CHANNEL_BIND, CONNECT = 0x003, 0x004, 0x016, 0x008, 0x009, 0x00A
SUCCESS, ERROR, INDICATION = 0x100, 0x110, 0x010
USERNAME, INTEGRITY, ERROR_CODE, CHANNEL, LIFETIME, PEER, DATA = 0x06, 0x08, 0x09, 0x0C, 0x0D, 0x12, 0x13
REALM, NONCE, RELAYED, FAMILY, EVEN, TRANSPORT = 0x14, 0x15, 0x16, 0x17, 0x18, 0x19
UDP, TCP = 17, 6
IPV4, IPV6 = 1, 2


@dataclass(frozen=True)
class Answer:
    code: int
    attributes: dict[int, bytes] = field(repr=False)

    @property
    def is_granted(self) -> bool:
        return self.code == 0


def address(host: str, port: int, transaction: bytes) -> bytes:
    ip = ipaddress.ip_address(host)
    mask = struct.pack("!I", MAGIC) + transaction
    packed = bytes(a ^ b for a, b in zip(ip.packed, mask, strict=False))
    return struct.pack("!BBH", 0, IPV4 if ip.version == 4 else IPV6, port ^ (MAGIC >> 16)) + packed


def read_address(value: bytes) -> tuple[str, int]:
    port = struct.unpack("!H", value[2:4])[0] ^ (MAGIC >> 16)
    packed = bytes(a ^ b for a, b in zip(value[4:8], struct.pack("!I", MAGIC), strict=True))
    return str(ipaddress.ip_address(packed)), port


class TurnClient:
    """One client on one local port, with one credential."""

    def __init__(
        self, server: tuple[str, int], username: str, password: str, *, over_tcp: bool = False
    ) -> None:
        kind = socket.SOCK_STREAM if over_tcp else socket.SOCK_DGRAM
        self.socket = socket.socket(socket.AF_INET, kind)
        self.socket.settimeout(3)
        self.socket.connect(server)
        self.over_tcp = over_tcp
        self.username, self.password = username, password
        self.realm = self.nonce = b""

    def __enter__(self) -> "TurnClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def allocate(self, *, family: int | None = None, transport: int = UDP) -> Answer:
        wanted = [(TRANSPORT, bytes([transport, 0, 0, 0]))]
        if family:
            wanted.append((FAMILY, bytes([family, 0, 0, 0])))
        first = self.ask(ALLOCATE, wanted, signed=False)
        self.realm, self.nonce = first.attributes[REALM], first.attributes[NONCE]
        return self.ask(ALLOCATE, wanted)

    def refresh(self, seconds: int) -> Answer:
        return self.ask(REFRESH, [(LIFETIME, struct.pack("!I", seconds))])

    def permit(self, host: str, port: int = 5555) -> Answer:
        return self.ask(CREATE_PERMISSION, peer=(host, port))

    def bind(self, host: str, port: int = 5555, number: int = 0x4001) -> Answer:
        return self.ask(CHANNEL_BIND, [(CHANNEL, struct.pack("!HH", number, 0))], peer=(host, port))

    def connect(self, host: str, port: int) -> Answer:
        return self.ask(CONNECT, peer=(host, port))

    def send(self, host: str, port: int, data: bytes) -> None:
        transaction = os.urandom(12)
        self.socket.send(
            _message(SEND | INDICATION, transaction, [(PEER, address(host, port, transaction)), (DATA, data)])
        )

    def receive(self) -> bytes:
        """The next data that a peer sent through the relay."""
        while True:
            kind, attributes = _parse(self.socket.recv(65536))
            if kind == 0x017:
                return attributes[DATA]

    def ask(
        self,
        method: int,
        attributes: list[tuple[int, bytes]] | None = None,
        *,
        peer: tuple[str, int] | None = None,
        signed: bool = True,
    ) -> Answer:
        transaction = os.urandom(12)
        content = list(attributes or [])
        if peer:
            content.append((PEER, address(*peer, transaction)))
        if signed:
            content += [(USERNAME, self.username.encode()), (REALM, self.realm), (NONCE, self.nonce)]
        self.socket.send(_message(method, transaction, content, self._key() if signed else None))
        while True:
            kind, found = _parse(self.socket.recv(65536))
            if kind == method | SUCCESS:
                return Answer(0, found)
            if kind == method | ERROR:
                error = found[ERROR_CODE]
                return Answer(error[2] * 100 + error[3], found)

    def _key(self) -> bytes:
        text = f"{self.username}:{self.realm.decode()}:{self.password}"
        return hashlib.md5(text.encode(), usedforsecurity=False).digest()


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + b"\0" * (-len(value) % 4)


def _message(
    kind: int, transaction: bytes, attributes: list[tuple[int, bytes]], key: bytes | None = None
) -> bytes:
    body = b"".join(_attribute(*attribute) for attribute in attributes)
    if key:
        head = struct.pack("!HHI", kind, len(body) + 24, MAGIC) + transaction
        body += _attribute(INTEGRITY, hmac.new(key, head + body, hashlib.sha1).digest())
    return struct.pack("!HHI", kind, len(body), MAGIC) + transaction + body


def _parse(message: bytes) -> tuple[int, dict[int, bytes]]:
    kind, length = struct.unpack("!HH", message[:4])
    attributes: dict[int, bytes] = {}
    position = 20
    while position < 20 + length:
        name, size = struct.unpack("!HH", message[position : position + 4])
        attributes.setdefault(name, message[position + 4 : position + 4 + size])
        position += 4 + size + (-size % 4)
    return kind, attributes
