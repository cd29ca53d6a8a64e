"""As much of TURN (RFC 8656) as it takes to be given a place at a relay, and to give it back."""

import hashlib
import hmac
import os
import socket
import struct

_MAGIC = 0x2112A442
_ALLOCATE, _REFRESH = 0x003, 0x004
_SUCCESS, _ERROR = 0x100, 0x110
_USERNAME, _INTEGRITY, _CODE, _LIFETIME, _REALM, _NONCE, _TRANSPORT = 0x06, 0x08, 0x09, 0x0D, 0x14, 0x15, 0x19
_UDP = 17
_UNAUTHORIZED = 401

Attributes = list[tuple[int, bytes]]


class Refused(Exception):
    """The relay said no, with its code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class NotATurnServer(Exception):
    """What answered does not speak TURN."""


class Turn:
    """One client on a line that is open."""

    def __init__(self, line: socket.socket, username: str, password: str) -> None:
        self.line, self.username, self.password = line, username, password
        self.realm = self.nonce = b""

    def allocate_and_free(self) -> None:
        """Be given a place, and give it back. Raises Refused, NotATurnServer or OSError."""
        wanted = [(_TRANSPORT, bytes([_UDP, 0, 0, 0]))]
        code, found = self._ask(_ALLOCATE, wanted)
        if code == 0:
            raise NotATurnServer
        if code != _UNAUTHORIZED or _REALM not in found or _NONCE not in found:
            raise Refused(code)
        self.realm, self.nonce = found[_REALM], found[_NONCE]
        code, _ = self._ask(_ALLOCATE, wanted)
        if code:
            raise Refused(code)
        self._ask(_REFRESH, [(_LIFETIME, b"\0\0\0\0")])

    def _ask(self, method: int, wanted: Attributes) -> tuple[int, dict[int, bytes]]:
        transaction = os.urandom(12)
        content = list(wanted)
        key = b""
        if self.nonce:
            content += [(_USERNAME, self.username.encode()), (_REALM, self.realm), (_NONCE, self.nonce)]
            text = f"{self.username}:{self.realm.decode()}:{self.password}"
            key = hashlib.md5(text.encode(), usedforsecurity=False).digest()
        self.line.sendall(_message(method, transaction, content, key))
        kind, found = self._answer(transaction)
        if kind == method | _SUCCESS:
            return 0, found
        if kind != method | _ERROR or len(found.get(_CODE, b"")) < 4:
            raise NotATurnServer
        return found[_CODE][2] * 100 + found[_CODE][3], found

    def _answer(self, transaction: bytes) -> tuple[int, dict[int, bytes]]:
        if self.line.type == socket.SOCK_DGRAM:
            raw = self.line.recv(65536)
        else:
            raw = self._read(20)
            if raw[4:8] == struct.pack("!I", _MAGIC):
                raw += self._read(struct.unpack("!H", raw[2:4])[0])
        if len(raw) < 20 or raw[4:20] != struct.pack("!I", _MAGIC) + transaction:
            raise NotATurnServer
        return struct.unpack("!H", raw[:2])[0], _attributes(raw[20:])

    def _read(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            more = self.line.recv(size - len(found))
            if not more:
                raise NotATurnServer
            found += more
        return found


def _message(kind: int, transaction: bytes, content: Attributes, key: bytes) -> bytes:
    body = b"".join(_attribute(*each) for each in content)
    if key:
        head = struct.pack("!HHI", kind, len(body) + 24, _MAGIC) + transaction
        body += _attribute(_INTEGRITY, hmac.new(key, head + body, hashlib.sha1).digest())
    return struct.pack("!HHI", kind, len(body), _MAGIC) + transaction + body


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + b"\0" * (-len(value) % 4)


def _attributes(body: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    place = 0
    while place + 4 <= len(body):
        name, size = struct.unpack("!HH", body[place : place + 4])
        found.setdefault(name, body[place + 4 : place + 4 + size])
        place += 4 + size + (-size % 4)
    return found
