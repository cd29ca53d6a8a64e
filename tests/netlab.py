"""A bad network between two hosts, carried frame by frame in user space, for kernels that have no netem.

Our own: needs root, `ip` and /dev/net/tun, and nothing else. Two namespaces, one wire between them; what the wire
does can be changed while it runs.

    with Wire() as wire:                       # wire.near.inside + ("chromium", …) runs on the near side
        wire.make(delay=0.04, loss=0.1)        # one way each: a round trip of 80 ms
        with wire.cut(): …                     # nothing passes; the devices still believe that they are connected
"""

import contextlib
import fcntl
import heapq
import json
import os
import random
import select
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

TUNSETIFF = 0x400454CA
TAP_WITHOUT_HEADER = 0x1002
LONGEST_FRAME = 2048
AT_A_TIME = 64


@dataclass(frozen=True)
class Host:
    """One end of the wire: a namespace with one device of the same name."""

    name: str
    address: str

    @property
    def inside(self) -> tuple[str, ...]:
        """What to put before a command, to have it run here."""
        return ("ip", "netns", "exec", self.name)

    def move_to(self, address: str) -> None:
        """Take another address, as a telephone that goes from Wi-Fi to the mobile network."""
        for words in ("addr flush dev", f"addr add {address}/24 dev", "route add default dev"):
            _ip("-n", self.name, *words.split(), self.name)


def _ip(*words: str, check: bool = True) -> None:
    subprocess.run(["ip", *words], check=check, stderr=None if check else subprocess.DEVNULL)


class Wire:
    """Two hosts and the wire between them, for the length of a `with`."""

    def __init__(self) -> None:
        if os.geteuid() != 0 or not Path("/dev/net/tun").exists():
            raise PermissionError(
                "the network tests need root and /dev/net/tun; run them on a machine that has both"
            )
        self.near = Host(f"blikka{os.getpid()}", "10.77.0.1")
        self.far = Host(f"blikkb{os.getpid()}", "10.77.0.2")
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Wire":
        command = [
            sys.executable,
            str(Path(__file__)),
            *(f"{h.name}={h.address}" for h in (self.near, self.far)),
        ]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n", "the wire could not be laid"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)

    def make(self, **weather: Any) -> None:
        """From now on: `delay` and `jitter` in seconds, `loss` and `dup` from 0 to 1, `rate` in bit/s, `down`."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(weather) + "\n")
        self._process.stdin.flush()

    @contextlib.contextmanager
    def cut(self) -> Iterator[None]:
        """Let nothing pass for a while."""
        self.make(down=True)
        try:
            yield
        finally:
            self.make()


@dataclass
class Carrier:
    """The process that carries the frames."""

    ends: tuple[int, int]
    weather: dict[str, Any] = field(default_factory=dict)
    waiting: list[tuple[float, int, int, bytes]] = field(default_factory=list)
    serial: int = 0
    free_at: dict[int, float] = field(default_factory=dict)

    def run(self, orders: int) -> None:
        """Carry until the orders end."""
        while True:
            until = self.waiting[0][0] - time.monotonic() if self.waiting else 1.0
            ready = select.select([*self.ends, orders], [], [], max(0.0, min(until, 1.0)))[0]
            if orders in ready:
                heard = os.read(orders, 65536)
                if not heard:
                    return
                self.weather = json.loads(heard.decode().strip().splitlines()[-1])
            for end in self.ends:
                if end in ready:
                    self._take(end, self.ends[1 - self.ends.index(end)])
            self._deliver()

    def _take(self, end: int, other: int) -> None:
        for _ in range(AT_A_TIME):
            try:
                frame = os.read(end, LONGEST_FRAME)
            except BlockingIOError:
                return
            weather = self.weather
            if weather.get("down") or random.random() < weather.get("loss", 0):
                continue
            due = self._due(other, len(frame))
            if due is None:
                continue
            for _copy in range(2 if random.random() < weather.get("dup", 0) else 1):
                self.serial += 1
                heapq.heappush(self.waiting, (due, self.serial, other, frame))

    def _due(self, other: int, length: int) -> float | None:
        """When a frame arrives; not at all when the queue before a narrow place is full."""
        weather, now = self.weather, time.monotonic()
        delay = weather.get("delay", 0.0) + random.random() * weather.get("jitter", 0.0)
        if not weather.get("rate"):
            return float(now + delay)
        start = max(now, self.free_at.get(other, 0.0))
        if start - now > weather.get("queue", 0.4):
            return None
        self.free_at[other] = start + length * 8 / weather["rate"]
        return float(self.free_at[other] + delay)

    def _deliver(self) -> None:
        while self.waiting and self.waiting[0][0] <= time.monotonic():
            _, _, other, frame = heapq.heappop(self.waiting)
            # A device that is being moved or taken away takes nothing.
            with contextlib.suppress(OSError):
                os.write(other, frame)


def _device(host: Host) -> int:
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH14x", host.name.encode(), TAP_WITHOUT_HEADER))
    _ip("netns", "add", host.name)
    _ip("link", "set", host.name, "netns", host.name)
    _ip("-n", host.name, "link", "set", "lo", "up")
    _ip("-n", host.name, "addr", "add", f"{host.address}/24", "dev", host.name)
    _ip("-n", host.name, "link", "set", host.name, "up")
    _ip("-n", host.name, "route", "add", "default", "dev", host.name)
    return device


def main(ends: list[str]) -> None:
    hosts = [Host(*end.split("=")) for end in ends]
    try:
        near, far = (_device(host) for host in hosts)
        print("ready", flush=True)
        Carrier((near, far)).run(sys.stdin.fileno())
    finally:
        for host in hosts:
            _ip("netns", "del", host.name, check=False)


if __name__ == "__main__":
    main(sys.argv[1:])
