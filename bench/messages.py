"""How fast the outbox empties into a gateway, and what becomes of messages when a transport fails at random."""

import json
import os
import subprocess
import sys
import tempfile
import time

MESSAGES = 1_000
MARK = "measured: "


def measure() -> dict[str, float]:
    """Measure in a process of its own, with a database of its own."""
    with tempfile.TemporaryDirectory(prefix="blikk-messages-") as folder:
        environment = os.environ | {
            "BLIKK_DATA": folder,
            "BLIKK_DATABASE_URL": f"sqlite:///{folder}/messages.sqlite3",
            "BLIKK_DEMO": "true",
            "BLIKK_LOG_LEVEL": "CRITICAL",
            "DJANGO_SETTINGS_MODULE": "blikk.config.settings",
        }
        command = [sys.executable, "-m", "bench.messages"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    line = next(line for line in done.stdout.splitlines() if line.startswith(MARK))
    measured: dict[str, float] = json.loads(line.removeprefix(MARK))
    return measured


def _measure_here() -> dict[str, float]:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from tests.fickle import send_all

    fates = [send_all(honours_key=honours_key) for honours_key in (True, False)]
    return {
        "messages_per_second": _throughput(),
        "random_transport_messages": sum(len(fate.statuses) for fate in fates),
        "random_transport_lost": sum(len(fate.lost) for fate in fates),
        "random_transport_doubled": sum(len(fate.doubled) for fate in fates),
        "random_transport_uncertain": sum(len(fate.unsure) for fate in fates),
    }


def _throughput() -> float:
    """One worker, one gateway over HTTP on this machine, one message after the other."""
    from django.utils import timezone

    from blikk.notifications.dispatch import dispatch_once
    from blikk.notifications.services import queue
    from blikk.notifications.transports.http import HttpTransport
    from blikk.notifications.transports.http.template import load
    from tests.gateway import described, running_gateway

    now = timezone.now()
    for number in range(MESSAGES):
        queue(
            clinic_id=1,
            kind="invited",
            key=f"throughput:{number}",
            channel="sms",
            to="+4799999912",
            language="nb",
            subject="",
            body=f"Time på video {number}",
            about=f"n:{number}",
            now=now,
        )
    with running_gateway() as gateway, tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(described(gateway.url, honours_key=True), file)
        file.flush()
        transport = HttpTransport(load(file.name))
        transports = {"sms": transport, "email": transport}
        started = time.perf_counter()
        while dispatch_once("bench", transports=transports, clock=timezone.now, tell=lambda _news: None):
            pass
        seconds = time.perf_counter() - started
        if len(gateway.arrived) != MESSAGES:
            raise RuntimeError(f"{len(gateway.arrived)} of {MESSAGES} arrived")
    return MESSAGES / seconds


if __name__ == "__main__":
    print(MARK + json.dumps(_measure_here()))
