"""Serving: the database brought up to date, static files collected, then pages, sockets and the worker."""

import fcntl
import gc
import hashlib
import signal
import socket
import sys
from pathlib import Path

import uvicorn
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from blikk.jobs.worker import start_worker
from blikk.notifications.transports.chosen import chosen_transports

LARGEST_FRAME = 65_536
GRACE = 10
# Copies of htmx that no page of ours loads.
UNUSED = ["django_htmx"]
_MIGRATION_LOCK = 0x626C696C


def prepare() -> None:
    """Make ready what a server needs, quickly when nothing has changed. A wrong setting refuses to start."""
    chosen_transports()
    migrate()
    collect_static()


def migrate() -> None:
    """Bring the database up to date; several processes that start at once do it one after the other."""
    if connection.vendor != "postgresql":
        _migrate()
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
        try:
            _migrate()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATION_LOCK])


def _migrate() -> None:
    if pending_migrations():
        call_command("migrate", verbosity=0, interactive=False)


def pending_migrations() -> int:
    """How many migrations are not applied."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def collect_static() -> None:
    """Gather the static files, unless they are as they were; of processes that start at once, one does it."""
    root = Path(settings.STATIC_ROOT)
    mark = root / ".collected"
    root.mkdir(parents=True, exist_ok=True)
    with root.with_name(f"{root.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fingerprint = _fingerprint()
        if mark.exists() and mark.read_text() == fingerprint:
            return
        call_command("collectstatic", verbosity=0, interactive=False, clear=True, ignore_patterns=UNUSED)
        mark.write_text(fingerprint)


def _fingerprint() -> str:
    seen = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list(UNUSED):
            status = Path(storage.path(path)).stat()
            seen.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def serve(host: str, port: int, application: str = "blikk.config.asgi:application") -> int:
    """Serve until told to stop. Killing it in the middle of anything loses nothing."""
    listener = _listen(host, port)
    if listener is None:
        return 1
    server = uvicorn.Server(configuration(application))
    server.config.load()
    worker = start_worker() if settings.BLIKK_EMBEDDED_WORKER else None
    # What was imported stays for ever: the collector need not look at it again, and forks would share it.
    gc.collect()
    gc.freeze()
    # uvicorn raises the signal again after it has ended; the worker's last message should go out first.
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        server.run(sockets=[listener])
    finally:
        if worker:
            thread, stop = worker
            stop.set()
            thread.join(timeout=GRACE)
    return 0 if server.started else 1


def configuration(application: str = "blikk.config.asgi:application") -> uvicorn.Config:
    """How uvicorn runs here: small frames, no compression of sockets, an end that does not wait for ever."""
    return uvicorn.Config(
        application,
        loop="uvloop",
        http="httptools",
        ws="blikk.sockets.line:Line",
        ws_max_size=LARGEST_FRAME,
        ws_per_message_deflate=False,
        # Our own beats say who is there, and the pages answer them; a second heartbeat beneath would only cost.
        ws_ping_interval=None,
        lifespan="off",
        timeout_graceful_shutdown=GRACE,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        log_level="warning",
    )


def _listen(host: str, port: int) -> socket.socket | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as fault:
        print(f"blikk: cannot listen on {host}:{port}: {fault.strerror}. Try --port.", file=sys.stderr)
        listener.close()
        return None
    listener.set_inheritable(True)
    return listener
