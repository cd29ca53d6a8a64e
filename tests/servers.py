"""Real servers for tests: started on free ports in folders of their own, and ended with the test run.

Each is a context manager for scripts and a session fixture for tests (`-p tests.servers`). With several test
processes each has servers of its own, so that no two share anything.
"""

import contextlib
import ctypes
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psycopg
import psycopg.sql
import pytest
import redis
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

PATIENCE = 30.0
_PR_SET_PDEATHSIG = 1


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM, host: str = "127.0.0.1") -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def wait_until(is_so: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait for what a foreign process does and cannot announce."""
    deadline = time.monotonic() + patience
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {patience:.0f} s: {what}")
        time.sleep(0.02)


class Process:
    """A server in a process of its own, which dies with us even if we are killed."""

    def __init__(self, command: Sequence[str], folder: Path, *, user: str | None = None) -> None:
        self.command = list(command)
        self.folder = folder
        self.user = user
        self.log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, is_ready: Callable[[], bool]) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                user=self.user,
                group=pwd.getpwnam(self.user).pw_gid if self.user else None,
                extra_groups=[] if self.user else None,
                preexec_fn=_die_with_parent,
            )
        try:
            wait_until(lambda: self.has_ended or is_ready(), f"{self.command[0]} starts")
            if self.has_ended:
                raise RuntimeError(f"{self.command[0]} ended at once")
        except (RuntimeError, TimeoutError) as fault:
            self.stop()
            raise RuntimeError(f"{fault}\n{self.log.read_text(errors='replace')[-2000:]}") from fault

    @property
    def has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(how)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()
        self._process = None


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@contextlib.contextmanager
def _folder(name: str, user: str | None = None) -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix=f"blikk-{name}-"))
    try:
        if user:
            shutil.chown(path, user)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _answers_stun(port: int, host: str) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.settimeout(0.2)
        probe.connect((host, port))
        with contextlib.suppress(OSError):
            probe.send(b"\0\1\0\0\x21\x12\xa4\x42" + b"x" * 12)
            return probe.recv(200)[:2] == b"\1\1"
    return False


# PostgreSQL


@dataclass(frozen=True)
class Postgres:
    url: str

    def fresh_database(self) -> str:
        """The address of a new and empty database."""
        name = f"fresh_{secrets.token_hex(4)}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
        return f"{self.url.rpartition('/')[0]}/{name}"


def _postgres_program(name: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[-3]))
    program = str(found[-1]) if found else shutil.which(name)
    if program is None:
        raise RuntimeError(f"{name} is not installed: run `make test`, or tools/apt.sh")
    return program


def _make_cluster(folder: Path, data: Path, user: str | None) -> None:
    make = [
        _postgres_program("initdb"),
        "-D",
        str(data),
        "-A",
        "trust",
        "-U",
        "blikk",
        "-E",
        "UTF8",
        "--no-sync",
    ]
    done = subprocess.run(
        [*make, "--locale=C.UTF-8"],
        cwd=folder,
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)


@contextlib.contextmanager
def running_postgres() -> Iterator[Postgres]:
    """PostgreSQL without care for the disk: nothing here outlives the tests."""
    user = "postgres" if os.geteuid() == 0 else None
    with _folder("postgres", user) as folder:
        data = folder / "data"
        _make_cluster(folder, data, user)
        port = free_port()
        careless = ("fsync", "synchronous_commit", "full_page_writes")
        options = {"port": port, "listen_addresses": "127.0.0.1", "max_connections": 200}
        options |= {"unix_socket_directories": folder} | dict.fromkeys(careless, "off")
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        url = f"postgresql://blikk@127.0.0.1:{port}/postgres"
        server = Process([_postgres_program("postgres"), "-D", str(data), *flags], folder, user=user)

        def answers() -> bool:
            try:
                psycopg.connect(url, connect_timeout=2).close()
            except psycopg.OperationalError:
                return False
            return True

        server.start(answers)
        try:
            yield Postgres(url)
        finally:
            server.stop(signal.SIGINT)


# Redis


@dataclass
class Redis:
    url: str
    _server: Process = field(repr=False)

    def start(self) -> None:
        self._server.start(self._answers)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        self._server.stop(how)

    def _answers(self) -> bool:
        with redis.Redis.from_url(self.url, socket_connect_timeout=1) as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False


@contextlib.contextmanager
def running_redis() -> Iterator[Redis]:
    with _folder("redis") as folder:
        port = free_port()
        flags = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        server = Redis(
            f"redis://127.0.0.1:{port}/0", Process(["redis-server", *flags, "--dir", str(folder)], folder)
        )
        server.start()
        try:
            yield server
        finally:
            server.stop()


# TURN


@dataclass(frozen=True)
class Turn:
    host: str
    port: int
    secret: str
    realm: str
    log: Path

    @property
    def urls(self) -> list[str]:
        return [f"turn:{self.host}:{self.port}?transport=udp"]


def own_address() -> str:
    """The address of this machine towards others; a relay never forwards to loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


@contextlib.contextmanager
def running_turn(
    secret: str = "only-for-tests", *, host: str | None = None, extra: Sequence[str] = ()
) -> Iterator[Turn]:
    """coturn with the rules of the configuration that is shipped; only names, places and ports are changed."""
    address = host or own_address()
    with _folder("turn") as folder:
        port = free_port(socket.SOCK_DGRAM, address)
        shipped = (Path(__file__).parent.parent / "deploy" / "turnserver.conf").read_text()
        configuration = folder / "turnserver.conf"
        configuration.write_text(turn_configuration(shipped, address, port, secret, folder, extra))
        log = folder / "turn.log"
        server = Process(["turnserver", "-c", str(configuration)], folder)
        server.start(lambda: _answers_stun(port, address))
        try:
            yield Turn(address, port, secret, "blikk.test", log)
        finally:
            server.stop()


def turn_configuration(
    shipped: str, address: str, port: int, secret: str, folder: Path, extra: Sequence[str] = ()
) -> str:
    """The shipped rules, with the names and places of a test."""
    own = {
        "listening-ip": address,
        "relay-ip": address,
        "allowed-peer-ip": address,
        "listening-port": str(port),
        "realm": "blikk.test",
        "static-auth-secret": secret,
        "log-file": str(folder / "turn.log"),
        "simple-log": "",
        "pidfile": str(folder / "turn.pid"),
        "userdb": str(folder / "turn.db"),
        "no-tls": "",
        "no-dtls": "",
        "min-port": "49152",
        "max-port": "65535",
    }
    left_out = set(own) | {
        "cert",
        "pkey",
        "tls-listening-port",
        "syslog",
        "proc-user",
        "proc-group",
        "external-ip",
    }
    kept = [
        line
        for line in shipped.splitlines()
        if line.strip() and not line.startswith("#") and line.partition("=")[0].strip() not in left_out
    ]
    mine = [f"{name}={value}" if value else name for name, value in own.items()]
    return "\n".join([*kept, *mine, *extra]) + "\n"


# SMTP


class SmtpSink:
    """Takes every message and keeps it; `behave` says what to answer to each."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, list[str], bytes]] = []
        self.behave: Callable[[int], str] = lambda number: "250 taken"
        self.lock = threading.Lock()
        self.port = 0

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802
        with self.lock:
            number = len(self.letters) + 1
            answer = self.behave(number)
            if answer.startswith(("250", "drop")):
                content: bytes = envelope.content  # type: ignore[attr-defined]
                self.letters.append((envelope.mail_from, list(envelope.rcpt_tos), content))  # type: ignore[attr-defined]
        if answer.startswith("drop"):
            server.transport.abort()  # type: ignore[attr-defined]
        return answer


@contextlib.contextmanager
def running_smtp_sink() -> Iterator[SmtpSink]:
    from aiosmtpd.controller import Controller

    sink = SmtpSink()
    sink.port = free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port, data_size_limit=0)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


# CalDAV


@dataclass
class CalDavServer:
    """radicale over TLS, with one user who may do everything in their own place."""

    host: str
    certificate: Path
    folder: Path
    _server: Process = field(repr=False)
    user: str = "blikk"
    password: str = "sjø-og-fjell"

    @property
    def origin(self) -> str:
        return f"https://{self.host}"

    def client(self) -> httpx.Client:
        """Somebody else with the same name and password, such as a calendar program."""
        trusted = ssl.create_default_context(cafile=str(self.certificate))
        return httpx.Client(base_url=self.origin, auth=(self.user, self.password), verify=trusted)

    def make_calendar(self, name: str) -> str:
        path = f"/{self.user}/{name}/"
        with self.client() as client:
            client.request("MKCALENDAR", path).raise_for_status()
        return path

    def files(self, path: str) -> dict[str, str]:
        """What a calendar holds now, by the names of its entries."""
        what = '<calendar-query xmlns="urn:ietf:params:xml:ns:caldav"><prop xmlns="DAV:"><getetag/></prop>'
        what += '<filter><comp-filter name="VCALENDAR"/></filter></calendar-query>'
        with self.client() as client:
            answer = client.request("REPORT", path, content=what, headers={"Depth": "1"})
            answer.raise_for_status()
            names = re.findall(rf"<href>({re.escape(path)}[^<]+)</href>", answer.text)
            return {name.removeprefix(path): client.get(name).raise_for_status().text for name in names}

    def start(self) -> None:
        self._server.start(self._answers)

    def stop(self) -> None:
        self._server.stop()

    def _answers(self) -> bool:
        with contextlib.suppress(httpx.HTTPError), self.client() as client:
            return client.get("/").status_code < 500
        return False


@contextlib.contextmanager
def running_caldav() -> Iterator[CalDavServer]:
    with _folder("caldav") as folder:
        port = free_port()
        certificate, key = make_certificate(folder, "localhost")
        server = CalDavServer(f"localhost:{port}", certificate, folder, Process([], folder))
        (folder / "users").write_text(f"{server.user}:{server.password}\n")
        sections = {
            "server": {"hosts": f"localhost:{port}", "ssl": True, "certificate": certificate, "key": key},
            "auth": {
                "type": "htpasswd",
                "htpasswd_filename": folder / "users",
                "htpasswd_encryption": "plain",
                "delay": 0,
            },
            "storage": {"filesystem_folder": folder / "collections"},
            "web": {"type": "none"},
            "logging": {"level": "warning"},
        }
        lines = [
            line
            for section, values in sections.items()
            for line in (f"[{section}]", *(f"{name} = {value}" for name, value in values.items()))
        ]
        (folder / "config").write_text("\n".join(lines))
        server._server.command = [sys.executable, "-m", "radicale", "--config", str(folder / "config")]
        server.start()
        try:
            yield server
        finally:
            server.stop()


def make_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for a name, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    paths[0].write_bytes(certificate.public_bytes(pem))
    plain = serialization.NoEncryption()
    paths[1].write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return paths


# Fixtures


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    with running_redis() as server:
        yield server


@pytest.fixture(scope="session")
def turn_server() -> Iterator[Turn]:
    with running_turn() as server:
        yield server


@pytest.fixture(scope="session")
def caldav_server() -> Iterator[CalDavServer]:
    with running_caldav() as server:
        yield server


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    with running_smtp_sink() as sink:
        yield sink
