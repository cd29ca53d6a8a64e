"""Kills workers of the outbox at every step and counts what became of the messages.

The sinks live in the process that asks; the workers in one of their own (`python -m tests.outbox_proof`), which
forks a worker, lets it die by SIGKILL at a chosen step, and forks the next.
"""

import json
import os
import signal
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle, islice
from typing import Any

from tests.servers import PATIENCE, running_smtp_sink

STEPS = ("before_claim", "after_claim", "before_send", "after_send", "before_mark", "after_mark")
UNKNOWABLE = frozenset({"before_send", "after_send", "before_mark"})
LEASE = timedelta(seconds=0.4)
LIVES = 4


@dataclass(frozen=True)
class Outcome:
    """What became of the messages, seen from the sink and from the outbox."""

    messages: int
    arrivals: Counter[int]
    attempts: int
    statuses: dict[int, str]
    killed: Counter[str] = field(default_factory=Counter)

    @property
    def lost(self) -> list[int]:
        """Neither arrived nor shown to anybody as uncertain."""
        return [
            n for n in range(self.messages) if not self.arrivals[n] and self.statuses.get(n) != "uncertain"
        ]

    @property
    def doubled(self) -> list[int]:
        return [n for n, times in self.arrivals.items() if times > 1]

    @property
    def uncertain(self) -> list[int]:
        return [n for n, status in self.statuses.items() if status == "uncertain"]


class KeySink:
    """A gateway that honours keys: it delivers each key once, however often it is asked."""

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self.arrivals: Counter[int] = Counter()
        self.attempts = 0
        self.lock = threading.Lock()

    def take(self, key: str, number: int) -> None:
        with self.lock:
            self.attempts += 1
            if key not in self.keys:
                self.keys.add(key)
                self.arrivals[number] += 1


@contextmanager
def running_key_sink() -> Iterator[tuple[KeySink, int]]:
    sink = KeySink()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            asked = json.loads(self.rfile.readline())
            sink.take(asked["key"], int(asked["body"]))
            self.wfile.write(b"taken\n")

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield sink, server.server_address[1]
        finally:
            server.shutdown()


def prove_with_key(*, messages: int = 200, kills: int = 30, database: str = "") -> Outcome:
    """To a sink that honours the key."""
    with running_key_sink() as (sink, port):
        told = _drive("key", port, messages, kills, database)
        return Outcome(messages, sink.arrivals, sink.attempts, *told)


def prove_with_smtp(*, messages: int = 200, kills: int = 30, database: str = "") -> Outcome:
    """To a mail server, which knows nothing of keys."""
    with running_smtp_sink() as sink:
        told = _drive("smtp", sink.port, messages, kills, database)
        arrivals = Counter(int(letter.split(b"\r\n\r\n", 1)[1]) for _from, _to, letter in sink.letters)
        return Outcome(messages, arrivals, len(sink.letters), *told)


def _drive(
    kind: str, port: int, messages: int, kills: int, database: str
) -> tuple[dict[int, str], Counter[str]]:
    plan = {"kind": kind, "port": port, "messages": messages, "kills": kills}
    with tempfile.TemporaryDirectory(prefix="blikk-outbox-") as folder:
        environment = os.environ | {"BLIKK_DATA": folder, "BLIKK_DEMO": "true"}
        environment["BLIKK_DATABASE_URL"] = database or f"sqlite:///{folder}/outbox.sqlite3"
        command = [sys.executable, "-m", "tests.outbox_proof", json.dumps(plan)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{done.stdout[-1000:]}\n{done.stderr[-3000:]}")
    told = json.loads(done.stdout.splitlines()[-1])
    return {int(n): status for n, status in told["statuses"].items()}, Counter(told["killed"])


# What follows runs in the workers' process.


def _queue_all(count: int, channel: str) -> None:
    from django.core.management import call_command
    from django.db import transaction
    from django.utils import timezone

    from blikk.notifications.services import queue

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        for n in range(count):
            queue(
                clinic_id=1,
                kind="invited",
                key=f"key-{n}",
                channel="email" if channel == "smtp" else "sms",
                to="kari@example.no" if channel == "smtp" else "+4799999912",
                language="nb",
                subject="s",
                body=str(n),
                about=f"n:{n}",
                now=timezone.now(),
            )


class KeyCarrier:
    """Speaks to the sink above."""

    honours_key = True

    def __init__(self, port: int) -> None:
        self.port = port

    def send(self, message: Any) -> Any:
        import socket

        from blikk.notifications.transports import Receipt, Unknown

        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=10) as line:
                line.sendall(json.dumps({"key": message.key, "body": message.body}).encode() + b"\n")
                if line.makefile().readline() != "taken\n":
                    raise Unknown("no_answer")
        except OSError as fault:
            raise Unknown("no_answer") from fault
        return Receipt(message.key)


def _transport(kind: str, port: int) -> Any:
    from blikk.notifications.transports.smtp import SmtpTransport

    if kind == "key":
        return KeyCarrier(port)
    return SmtpTransport(host="127.0.0.1", port=port, user="", password="", tls="none", mail_from="a@v.no")


def _dying(call: Callable[..., Any], countdown: list[int], *, before: bool) -> Callable[..., Any]:
    def instead(*args: Any, **kwargs: Any) -> Any:
        countdown[0] -= 1
        if before and not countdown[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        result = call(*args, **kwargs)
        if not before and not countdown[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return instead


def _arm(step: str, after: int, transport: Any) -> None:
    """Let this process die at the `after`th time that it comes to `step`."""
    from blikk.notifications import dispatch

    when, what = step.split("_")
    owner, name = {
        "claim": (dispatch, "claim"),
        "send": (transport, "send"),
        "mark": (dispatch, "_sent"),
    }[what]
    setattr(owner, name, _dying(getattr(owner, name), [after], before=when == "before"))


def _work(transport: Any) -> None:
    from django.utils import timezone

    from blikk.notifications import dispatch
    from blikk.notifications.models import Message

    dispatch.LEASE = LEASE
    unsettled = Message.objects.filter(status__in=("queued", "sending"))
    while unsettled.exists():
        handled = dispatch.dispatch_once(
            f"worker-{os.getpid()}",
            transports={"sms": transport, "email": transport},
            clock=timezone.now,
            tell=lambda _news: None,
            batch=3,
        )
        if not handled:
            time.sleep(0.05)


def _let_go() -> None:
    """Leave no connection, nor a pool with its threads, for a fork to inherit."""
    from django.db import connection

    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]


def _fork(transport: Any, step: str | None = None, after: int = 0) -> int:
    pid = os.fork()
    if pid:
        return pid
    signal.alarm(int(PATIENCE * 4))
    try:
        if step:
            _arm(step, after, transport)
        _work(transport)
    except BaseException as fault:  # noqa: BLE001  (nothing may leave a fork)
        print(repr(fault), file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


def main(plan: dict[str, Any]) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blikk.config.settings")
    django.setup()
    from blikk.notifications.models import Message

    transport = _transport(plan["kind"], plan["port"])
    _queue_all(plan["messages"], plan["kind"])
    killed: Counter[str] = Counter()
    for life, step in enumerate(islice(cycle(STEPS), plan["kills"])):
        _let_go()
        pid = _fork(transport, step, 1 + life % LIVES)
        _, status = os.waitpid(pid, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            killed[step] += 1
    _let_go()
    for pid in [_fork(transport), _fork(transport)]:
        _, status = os.waitpid(pid, 0)
        if status:
            sys.exit(f"a worker that was let alone ended with {status}")
    statuses = {int(m.about.removeprefix("n:")): m.status for m in Message.objects.all()}
    print(json.dumps({"statuses": statuses, "killed": killed}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
