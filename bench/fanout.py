"""How fast a change of a queue reaches everybody in it, and what a waiting socket weighs, beside a bare server."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.helpers import Helper, cpu_seconds, percentile, resident_bytes
from bench.machine import ROOT, free_port, until_it_listens
from tests.browser.app import App
from tests.servers import running_postgres, running_redis

SOCKETS = int(os.environ.get("BENCH_SOCKETS", "10000"))
MEMBERS = min(1000, SOCKETS // 2)
OTHER_QUEUE = 100
ROUNDS = 30
WARM_UP = 5
# The crowds note the moment of each frame themselves, so how often they are asked moves no figure.
ASKED_EVERY = 0.25
# Seconds of doing nothing over which the server's own work is read.
AT_REST = 10
BETWEEN = 1.0
PATIENCE = 30.0


@dataclass
class Crowds:
    """Those in the queue, and everybody else; each in a process of its own, on the same port."""

    members: Helper
    others: Helper
    server: int

    def open(self, port: int, members: list[dict[str, str]], others: list[dict[str, str]]) -> float:
        """Open every socket; how many bytes the server needed for each."""
        began, before = time.monotonic(), resident_bytes(self.server)
        self.others.ask(do="open", port=port, guests=others)
        self.members.ask(do="open", port=port, guests=members)
        grown = resident_bytes(self.server) - before
        count = len(members) + len(others)
        print(f"  {count} sockets open in {time.monotonic() - began:.0f} s", flush=True)
        return grown / count

    def round(self, change: Callable[[], int], count: int) -> list[float]:
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

    def rest(self) -> float:
        """Which share of a core the server needs while nothing happens."""
        began, worked = time.monotonic(), cpu_seconds(self.server)
        time.sleep(AT_REST)
        return (cpu_seconds(self.server) - worked) / (time.monotonic() - began)

    def size(self) -> int:
        return int(self.members.ask(do="heard")["size"])


@contextlib.contextmanager
def _crowds(server: int) -> Iterator[Crowds]:
    with Helper("bench.crowd") as members, Helper("bench.crowd") as others:
        yield Crowds(members, others, server)


def measure() -> dict[str, float]:
    """The product and then the bare server, with the same crowd and frames of the same size."""
    ours, kilobytes, busy, size = _in_the_product()
    bare, bare_kilobytes = _bare(size)
    return {
        "fanout_sockets": SOCKETS,
        "fanout_members": MEMBERS,
        "fanout_p50_ms": round(percentile(ours, 0.5), 1),
        "fanout_p99_ms": round(percentile(ours, 0.99), 1),
        "bare_fanout_p50_ms": round(percentile(bare, 0.5), 1),
        "bare_fanout_p99_ms": round(percentile(bare, 0.99), 1),
        "fanout_p50_ratio": round(percentile(ours, 0.5) / percentile(bare, 0.5), 2),
        "fanout_p99_ratio": round(percentile(ours, 0.99) / percentile(bare, 0.99), 2),
        "fanout_frame_bytes": size,
        "socket_kb": round(kilobytes, 1),
        "bare_socket_kb": round(bare_kilobytes, 1),
        "waiting_core_share": round(busy, 2),
    }


def _in_the_product() -> tuple[list[float], float, float, int]:
    with running_postgres() as postgres, running_redis() as redis, _app(postgres.url, redis.url) as app:
        environment = {**app.environment, "BLIKK_EMBEDDED_WORKER": "false"}
        with Helper("bench.backstage", environment) as backstage, _crowds(_process_of(app)) as crowds:
            leaving = ROUNDS + WARM_UP
            others = SOCKETS - MEMBERS
            sizes = [MEMBERS + leaving, *[OTHER_QUEUE] * (others // OTHER_QUEUE)]
            queue, *rest = backstage.ask(act="queues", sizes=sizes)
            # Who leaves has no page open: the queue is of those who stay.
            leaving_first, members = iter(queue[:leaving]), queue[leaving:]
            weight = crowds.open(app.port, members, [guest for one in rest for guest in one])

            def change() -> int:
                guest = next(leaving_first)
                return int(backstage.ask(act="leave", invitation=guest["invitation"], device=guest["device"]))

            for _ in range(WARM_UP):
                crowds.round(change, len(members))
            size = crowds.size() or 0
            times = [one for _ in range(ROUNDS) for one in crowds.round(change, len(members))]
            return times, weight / 1024, crowds.rest(), size


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


def _bare(size: int) -> tuple[list[float], float]:
    with _bare_server() as (port, process), _crowds(process) as crowds, Helper("bench.crowd") as speaker:
        speaker.ask(do="open", port=port, guests=[{"path": "/change", "cookie": "", "hello": ""}])
        text = json.dumps({"type": "door", "door": "x" * max(size - 30, 0)})
        guests = [
            [{"path": f"/crowd/{topic}", "cookie": "", "hello": ""}] * count
            for topic, count in (("queue", MEMBERS), ("other", SOCKETS - MEMBERS))
        ]
        weight = crowds.open(port, *guests)

        def change() -> int:
            return int(speaker.ask(do="say", number=0, text=text))

        for _ in range(WARM_UP):
            crowds.round(change, MEMBERS)
        return [one for _ in range(ROUNDS) for one in crowds.round(change, MEMBERS)], weight / 1024


@contextlib.contextmanager
def _bare_server() -> Iterator[tuple[int, int]]:
    """Uvicorn as the product configures it."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "bench.bare:application", "--port", str(port)]
    flags = ["--log-level", "warning", "--loop", "uvloop", "--http", "httptools", "--lifespan", "off"]
    sockets = ["--ws", "websockets-sansio", "--ws-per-message-deflate", "false"]
    server = subprocess.Popen([*command, *flags, *sockets], cwd=ROOT)
    try:
        until_it_listens(port)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(20)


def spread(times: list[float]) -> str:
    """A few numbers to look at while it runs."""
    return f"p50 {median(times):.1f} p99 {percentile(times, 0.99):.1f} max {max(times):.1f}"
