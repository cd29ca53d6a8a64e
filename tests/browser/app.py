"""The app as an operator would run it: a process of its own that can be killed and started again on the same data."""

import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[2]
START_WITHIN = 60.0
_PR_SET_PDEATHSIG = 1
ENVIRONMENT = {
    "BLIKK_DEMO": "true",
    "BLIKK_SECOND_FACTOR": "false",
    "BLIKK_SMS_TRANSPORT": "inbox",
    "BLIKK_EMAIL_TRANSPORT": "inbox",
    "BLIKK_EMBEDDED_WORKER": "true",
    "BLIKK_CALDAV_HOSTS": "kalender.example",
    "BLIKK_EHR_HOSTS": "fhir.example",
    "BLIKK_SECRET_KEY": "only-for-tests-" + "x" * 40,
}


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def prepared_data(folder: Path) -> Path:
    """A migrated, empty data folder to copy from, because migrating takes seconds."""
    fresh = App(folder)
    subprocess.run([str(fresh.command), "migrate"], env=fresh.environment, cwd=ROOT, check=True)
    return folder


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class App:
    """One installation: its data folder, its port, and the process while it runs."""

    def __init__(
        self,
        data: Path,
        *,
        like: Path | None = None,
        host: str = "127.0.0.1",
        port: int | None = None,
        inside: tuple[str, ...] = (),
        **settings: str,
    ) -> None:
        if like is not None:
            shutil.copytree(like, data, dirs_exist_ok=True)
        data.mkdir(parents=True, exist_ok=True)
        self.data = data
        self.host, self.port = host, port or free_port()
        self.base = f"http://{host}:{self.port}"
        self.inside = inside
        self.command = Path(sys.executable).with_name("blikk")
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BLIKK_")}
        self.environment = {
            **kept,
            **ENVIRONMENT,
            "BLIKK_DATA": str(data),
            "BLIKK_BASE_URL": self.base,
            "PYTHONUNBUFFERED": "1",
            **settings,
        }
        self.log = data / "app.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._backstage: Backstage | None = None

    @property
    def backstage(self) -> "Backstage":
        """What the tests know and do behind the browser's back."""
        if self._backstage is None:
            self._backstage = Backstage(self.environment)
        return self._backstage

    def start(self) -> "App":
        """Start, and come back when it answers."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self.inside, str(self.command), "run", "--host", self.host, "--port", str(self.port)],
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                preexec_fn=_die_with_parent,
            )
        self._await_answer()
        return self

    def kill(self) -> None:
        """End it as a power cut would: no goodbye to anybody."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)
        self._process = None

    def stop(self) -> None:
        """End everything that was started."""
        if self._backstage is not None:
            self._backstage.close()
            self._backstage = None
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        self._process = None

    def said(self) -> str:
        """What the process wrote."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _await_answer(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_WITHIN
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            if self._answers():
                return
            time.sleep(0.1)
        raise AssertionError(f"the app did not come up:\n{self.said()[-4000:]}")

    def _answers(self) -> bool:
        address = f"{self.base}/healthz"
        if self.inside:
            ask = "import sys, urllib.request as r; r.urlopen(sys.argv[1], timeout=2)"
            asked = [*self.inside, sys.executable, "-c", ask, address]
            return subprocess.run(asked, capture_output=True, check=False).returncode == 0
        try:
            with urllib.request.urlopen(address, timeout=2):
                return True
        except OSError:
            return False


class Backstage:
    """A second process on the same data, which books, registers and looks things up by the rooms' own services."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.backstage"],
            env={**environment, "PYTHONPATH": str(ROOT), "BLIKK_EMBEDDED_WORKER": "false"},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, act: str, **given: Any) -> Any:
        """Have one act done; what it answers is plain JSON."""
        to, back = self._pipes()
        to.write(json.dumps({"act": act, **given}) + "\n")
        to.flush()
        line = back.readline()
        assert line, "backstage has died; its words are above"
        answer = json.loads(line)
        assert "fault" not in answer, answer.get("fault")
        return answer["answer"]

    def close(self) -> None:
        """End it."""
        self._pipes()[0].close()
        self._process.wait(10)

    def _pipes(self) -> tuple[IO[str], IO[str]]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        return self._process.stdin, self._process.stdout
