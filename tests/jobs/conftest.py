"""The `blikk` command in a process of its own, with a data folder of its own."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import pytest

from tests.servers import free_port, wait_until

BLIKK = [sys.executable, "-c", "import sys; from blikk.jobs.cli import main; sys.exit(main())"]

QUEUE = """
import sys, django; django.setup()
from django.utils import timezone
from blikk.notifications.services import queue
queue(clinic_id=1, kind="invited", key=sys.argv[1], channel="email", to="kari@example.no", language="nb",
      subject="s", body="b", about="x", now=timezone.now())
"""


@dataclass
class Served:
    process: subprocess.Popen[str]
    base: str

    def answers(self, path: str = "/readyz") -> bool:
        try:
            with urllib.request.urlopen(self.base + path, timeout=5) as answer:
                return answer.status == 200
        except (URLError, OSError):
            return False

    def kill(self, how: signal.Signals = signal.SIGKILL) -> int:
        self.process.send_signal(how)
        return self.process.wait(30)


class Shell:
    """Runs the command line; every server that is left over ends with the test."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.served: list[Served] = []
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("BLIKK_")}
        self.environment |= {"BLIKK_DATA": str(data), "DJANGO_SETTINGS_MODULE": "blikk.config.settings"}

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*BLIKK, *words],
            env=self.environment | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def start(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*BLIKK, *words],
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.served.append(Served(process, ""))
        return process

    def demo(self, **environment: str) -> Served:
        port = free_port()
        process = self.start("demo", "--data", str(self.data), "--port", str(port), **environment)
        served = Served(process, f"http://127.0.0.1:{port}")
        wait_until(lambda: process.poll() is not None or served.answers(), "the demo answers", 120)
        assert process.poll() is None, process.stdout.read() if process.stdout else ""
        return served

    def urls(self) -> dict:
        return json.loads((self.data / "urls.json").read_text())

    def queue_one(self, key: str, **environment: str) -> None:
        """Put a message in the outbox as the pages do, in a process of its own."""
        subprocess.run(
            [sys.executable, "-c", QUEUE, key], env=self.environment | environment, check=True, timeout=120
        )

    def sql(self, statement: str) -> list[tuple]:
        with sqlite3.connect(self.data / "blikk.sqlite3", timeout=20) as connection:
            return connection.execute(statement).fetchall()


@pytest.fixture
def shell(tmp_path) -> Iterator[Shell]:
    shell = Shell(tmp_path / "data")
    yield shell
    for served in shell.served:
        if served.process.poll() is None:
            served.process.kill()
        served.process.wait()
        if served.process.stdout:
            served.process.stdout.close()
