"""How fast a change of a queue reaches everybody in it, and what a waiting socket weighs, beside a bare server."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.helpers import Helper, cpu_seconds, percentile, resident_bytes
from bench.machine import ROOT, free_port, until_it_listens
from tests.browser.app import App
from tests.servers import running_postgres, running_redis

SOCKETS = int(os.environ.get("BENCH_SOCKETS", "10000"))
MEMBERS = min(1000, SOCKETS // 2)
OTHER_QUEUE = 100
ROUNDS = 24
WARM_UP = 4
# The crowds note the moment of each frame themselves, so how often they are asked moves no figure.
ASKED_EVERY = 0.25
# Seconds of doing nothing over which the server's own work is read.
AT_REST = 10
# The bytes of a frame of the product, until they are known; a difference of some ten moves no figure.
LIKELY_SIZE = 232
BETWEEN = 1.0
PATIENCE = 30.0


@dataclass
class Measured:
    """What came out of one server."""

    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    kilobytes: float = 0
    opened_ms: float = 0
    opened_s: float = 0
    change_ms: float = 0
    at_rest: float = 0
    size: int = 0


@dataclass
class Crowds:
    """Those in the queue, and everybody else; each in a process of its own, on the same port."""

    members: Helper
    others: Helper
    server: int

    def open(
        self, port: int, members: list[dict[str, str]], others: list[dict[str, str]], found: Measured
    ) -> None:
        """Open every socket; what the server needed for each."""
        began, before, worked = time.monotonic(), resident_bytes(self.server), cpu_seconds(self.server)
        self.others.ask(do="open", port=port, guests=others)
        self.members.ask(do="open", port=port, guests=members)
        count = len(members) + len(others)
        found.opened_s = time.monotonic() - began
        found.opened_ms = (cpu_seconds(self.server) - worked) * 1000 / count
        found.kilobytes = (resident_bytes(self.server) - before) / 1024 / count
        print(f"  {count} sockets open in {found.opened_s:.0f} s", flush=True)

    def measure(self, change: Callable[[], int], count: int, rounds: int, found: Measured) -> None:
        """Change something so often, and note how long it took until so many had heard of it."""
        for _ in range(WARM_UP):
            self._round(change, count)
        found.at_rest = self._rest()
        began, worked = time.monotonic(), cpu_seconds(self.server)
        for _ in range(rounds):
            times = self._round(change, count)
            found.p50.append(percentile(times, 0.5))
            found.p99.append(percentile(times, 0.99))
        passed = time.monotonic() - began
        found.change_ms = (cpu_seconds(self.server) - worked - found.at_rest * passed) * 1000 / rounds
        found.size = self.members.ask(do="heard")["size"]

    def _round(self, change: Callable[[], int], count: int) -> list[float]:
        """After how many milliseconds each of so many heard of a change."""
        self.members.ask(do="heard")
        at = change()
        first: dict[int, int] = {}
        deadline = time.monotonic() + PATIENCE
        while len(first) < count and time.monotonic() < deadline:
            time.sleep(ASKED_EVERY)
            answer = self.members.ask(do="heard")
            if answer["lost"]:
                raise RuntimeError(f"{answer['lost']} sockets were lost")
            for number, moments in answer["heard"].items():
                later = [moment for moment in moments if moment >= at]
                if later:
                    first.setdefault(int(number), later[0])
        if len(first) < count:
            raise RuntimeError(f"{count - len(first)} of {count} never heard of a change")
        time.sleep(BETWEEN)
        return [(moment - at) / 1e6 for moment in first.values()]

    def _rest(self) -> float:
        """Which share of a core the server needs while nothing happens."""
        began, worked = time.monotonic(), cpu_seconds(self.server)
        time.sleep(AT_REST)
        return (cpu_seconds(self.server) - worked) / (time.monotonic() - began)


@contextlib.contextmanager
def _crowds(server: int) -> Iterator[Crowds]:
    with Helper("bench.crowd") as members, Helper("bench.crowd") as others:
        yield Crowds(members, others, server)


def measure() -> dict[str, float]:
    """The bare server before and after the product, with the same crowd and frames of the same size.

    Of each round the p99 is taken, and of the rounds the median: another process on the machine that disturbs one
    round does not decide, and a server that is slow in every other round is found out all the same.
    """
    before = _bare(LIKELY_SIZE)
    ours = _in_the_product()
    after = _bare(ours.size)
    p50, p99 = median(before.p50 + after.p50), median(before.p99 + after.p99)
    return {
        "fanout_sockets": SOCKETS,
        "fanout_members": MEMBERS,
        "fanout_p50_ms": round(median(ours.p50), 1),
        "fanout_p99_ms": round(median(ours.p99), 1),
        "bare_fanout_p50_ms": round(p50, 1),
        "bare_fanout_p99_ms": round(p99, 1),
        "fanout_p50_ratio": round(median(ours.p50) / p50, 2),
        "fanout_p99_ratio": round(median(ours.p99) / p99, 2),
        "fanout_frame_bytes": ours.size,
        "fanout_cpu_ms": round(ours.change_ms, 1),
        "bare_fanout_cpu_ms": round((before.change_ms + after.change_ms) / 2, 1),
        "socket_kb": round(ours.kilobytes, 1),
        "bare_socket_kb": round(after.kilobytes, 1),
        "socket_open_cpu_ms": round(ours.opened_ms, 1),
        "sockets_open_s": round(ours.opened_s),
        "waiting_core_share": round(ours.at_rest, 3),
    }


def _in_the_product() -> Measured:
    found = Measured()
    with running_postgres() as postgres, running_redis() as redis, _app(postgres.url, redis.url) as app:
        environment = {**app.environment, "BLIKK_EMBEDDED_WORKER": "false"}
        with Helper("bench.backstage", environment) as backstage, _crowds(_process_of(app)) as crowds:
            leaving = ROUNDS + WARM_UP
            others = SOCKETS - MEMBERS
            sizes = [MEMBERS + leaving, *[OTHER_QUEUE] * (others // OTHER_QUEUE)]
            queue, *rest = backstage.ask(act="queues", sizes=sizes)
            # Who leaves has no page open: the queue is of those who stay.
            leaving_first, members = iter(queue[:leaving]), queue[leaving:]
            crowds.open(app.port, members, [guest for one in rest for guest in one], found)

            def change() -> int:
                guest = next(leaving_first)
                return int(backstage.ask(act="leave", invitation=guest["invitation"], device=guest["device"]))

            crowds.measure(change, len(members), ROUNDS, found)
    print(f"  product: {spread(found.p99)}", flush=True)
    return found


@contextlib.contextmanager
def _app(database: str, redis: str) -> Iterator[App]:
    with tempfile.TemporaryDirectory(prefix="blikk-bench-") as folder:
        # As in production: the worker is a process of its own.
        settings = {
            "BLIKK_DATABASE_URL": database,
            "BLIKK_REDIS_URL": redis,
            "BLIKK_LOG_LEVEL": "WARNING",
            "BLIKK_EMBEDDED_WORKER": "false",
        }
        app = App(Path(folder), **settings).start()
        try:
            yield app
        finally:
            app.stop()


def _process_of(app: App) -> int:
    process = app._process
    assert process is not None
    return process.pid


def _bare(size: int) -> Measured:
    found = Measured()
    with _bare_server() as (port, process), _crowds(process) as crowds, Helper("bench.crowd") as speaker:
        speaker.ask(do="open", port=port, guests=[{"path": "/change", "cookie": "", "hello": ""}])
        empty = json.dumps({"type": "door", "door": ""})
        text = json.dumps({"type": "door", "door": "x" * max(size - len(empty), 0)})
        member, other = (
            {"path": f"/crowd/{topic}", "cookie": "", "hello": ""} for topic in ("queue", "other")
        )
        crowds.open(port, [member] * MEMBERS, [other] * (SOCKETS - MEMBERS), found)

        def change() -> int:
            return int(speaker.ask(do="say", number=0, text=text))

        crowds.measure(change, MEMBERS, ROUNDS // 2, found)
    print(f"  bare: {spread(found.p99)}", flush=True)
    return found


@contextlib.contextmanager
def _bare_server() -> Iterator[tuple[int, int]]:
    """Uvicorn as the product configures it."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "bench.bare:application", "--port", str(port)]
    flags = ["--log-level", "warning", "--loop", "uvloop", "--http", "httptools", "--lifespan", "off"]
    sockets = ["--ws", "websockets-sansio", "--ws-per-message-deflate", "false", "--ws-ping-interval", "0"]
    server = subprocess.Popen([*command, *flags, *sockets], cwd=ROOT)
    try:
        until_it_listens(port)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(20)


def spread(rounds: list[float]) -> str:
    """A few numbers to look at while it runs."""
    return f"p99 of the rounds: least {min(rounds):.1f} median {median(rounds):.1f} most {max(rounds):.1f} ms"
