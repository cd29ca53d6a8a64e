"""A crowd of browsers in a process of its own: opens sockets, answers what keeps them open, notes what comes when.

Told by lines of JSON what to do; says in lines of JSON what came. Time is the machine's one clock, in nanoseconds.
"""

import asyncio
import base64
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

AT_ONCE = 64
SOCKETS_AN_ADDRESS = 2000
KEY = base64.b64encode(b"a crowd of bench").decode()


def frame(opcode: int, payload: bytes) -> bytes:
    """A frame as browsers send it; a mask of zeroes is a mask too."""
    if len(payload) > 125:
        return bytes([0x80 | opcode, 0xFE]) + len(payload).to_bytes(2, "big") + b"\0\0\0\0" + payload
    return bytes([0x80 | opcode, 0x80 | len(payload)]) + b"\0\0\0\0" + payload


BEAT = frame(1, b'{"type":"beat"}')


class Socket(asyncio.Protocol):
    """One browser's socket."""

    def __init__(self, number: int, request: bytes, hello: bytes, came: Callable[..., None]) -> None:
        self.number, self.request, self.hello, self.came = number, request, hello, came
        self.transport: Any = None
        self.unread = b""
        self.is_open = False
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(self.request)

    def connection_lost(self, fault: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(f"socket {self.number} was refused"))
        self.came(self.number, b"lost")

    def data_received(self, data: bytes) -> None:
        self.unread += data
        if not self.is_open:
            head, end, rest = self.unread.partition(b"\r\n\r\n")
            if not end:
                return
            if b" 101 " not in head[:20]:
                self.transport.abort()
                return
            self.is_open, self.unread = True, rest
            if self.hello:
                self.transport.write(self.hello)
            else:
                self.ready.set_result(None)
        self._frames()

    def _frames(self) -> None:
        while len(self.unread) >= 2:
            start, length = 2, self.unread[1]
            if length == 126:
                start, length = 4, int.from_bytes(self.unread[2:4], "big")
            if len(self.unread) < start + length:
                return
            opcode, payload = self.unread[0] & 15, self.unread[start : start + length]
            self.unread = self.unread[start + length :]
            if opcode == 9:
                self.transport.write(frame(10, payload))
            elif opcode == 1:
                self._heard(payload)

    def _heard(self, payload: bytes) -> None:
        if payload.startswith(b'{"type":"beat"'):
            self.transport.write(BEAT)
        elif not self.ready.done():
            self.ready.set_result(None)
        else:
            self.came(self.number, payload)


class Crowd:
    """All the sockets of this process."""

    def __init__(self) -> None:
        self.sockets: list[Socket] = []
        self.heard: dict[int, list[int]] = {}
        self.size = self.lost = 0

    def came(self, number: int, payload: bytes) -> None:
        if payload == b"lost":
            self.lost += 1
            return
        self.heard.setdefault(number, []).append(time.monotonic_ns())
        self.size = len(payload)

    async def open(self, port: int, guests: list[dict[str, str]]) -> None:
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(number: int, guest: dict[str, str]) -> None:
            async with gate:
                request = (
                    f"GET {guest['path']} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
                    f"Connection: Upgrade\r\nSec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n"
                    f"Origin: http://127.0.0.1:{port}\r\nCookie: {guest['cookie']}\r\n\r\n"
                )
                hello = frame(1, guest["hello"].encode()) if guest["hello"] else b""
                socket = Socket(number, request.encode(), hello, self.came)
                self.sockets.append(socket)
                address = f"127.0.{os.getpid() % 200}.{2 + number // SOCKETS_AN_ADDRESS}"
                loop = asyncio.get_running_loop()
                await loop.create_connection(lambda: socket, "127.0.0.1", port, local_addr=(address, 0))
                await socket.ready

        await asyncio.gather(*(one(number, guest) for number, guest in enumerate(guests)))

    def say(self, number: int, text: str) -> int:
        now = time.monotonic_ns()
        self.sockets[number].transport.write(frame(1, text.encode()))
        return now


async def main() -> None:
    crowd, loop = Crowd(), asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        told = json.loads(line)
        answer: Any = None
        match told["do"]:
            case "open":
                await crowd.open(told["port"], told["guests"])
            case "say":
                answer = crowd.say(told["number"], told["text"])
            case "heard":
                answer = {"heard": crowd.heard, "lost": crowd.lost, "size": crowd.size}
                crowd.heard = {}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    import uvloop

    uvloop.run(main())
