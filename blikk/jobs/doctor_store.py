"""What the doctor looks at of what is kept: the database, Redis, the outbox and the backups."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from blikk.jobs.finding import PATIENCE, Finding
from blikk.jobs.serve import pending_migrations
from blikk.kernel.sealing import unreadable_sealed
from blikk.kernel.secrets import unreadable_columns
from blikk.notifications.queries import oldest_unsent_at

LATE = timedelta(minutes=5)
# A nightly backup, and the time that it takes.
OLD = timedelta(hours=26)
OLDEST_POSTGRES = 140_000
# What PostgreSQL must say, and what is lost otherwise.
POSTGRES = {
    "fsync": ("on", "what was saved can be gone after a power cut"),
    "full_page_writes": ("on", "a power cut can break pages of the database"),
    "synchronous_commit": ("on", "what a person was told is saved can be gone"),
    "server_encoding": ("UTF8", "not every name can be kept"),
}


def database() -> Iterator[Finding]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as fault:
        first = (str(fault).splitlines() or [type(fault).__name__])[0]
        yield Finding("database", False, first, "Start it, and check BLIKK_DATABASE_URL.")
        return
    yield Finding("database", True, f"{connection.vendor} answers")
    if connection.vendor == "postgresql":
        pool: dict[str, int] = connection.settings_dict["OPTIONS"].get("pool", {})
        yield from judge(_postgres(), most=pool.get("max_size", 0))
    pending = pending_migrations()
    yield Finding(
        "migrations", not pending, f"{pending} to apply" if pending else "all applied", "Run: blikk migrate"
    )
    if pending:
        return
    yield _outbox()
    yield _sealed()


def _postgres() -> dict[str, str]:
    with connection.cursor() as cursor:
        found = {}
        for name in ("server_version_num", "max_connections", *POSTGRES):
            cursor.execute("SELECT current_setting(%s)", [name])
            found[name] = str(cursor.fetchone()[0])
        cursor.execute("SELECT count(*) FROM pg_extension WHERE extname = 'btree_gist'")
        found["btree_gist"] = str(cursor.fetchone()[0])
    return found


def judge(found: Mapping[str, str], *, most: int) -> Iterator[Finding]:
    """What PostgreSQL's own settings mean for what is kept in it."""
    wrong = [
        Finding(
            "PostgreSQL", False, f"{name} is {found[name]}: {why}", f"Set {name} = {right} and reload it."
        )
        for name, (right, why) in POSTGRES.items()
        if found[name] != right
    ]
    if int(found["server_version_num"]) < OLDEST_POSTGRES:
        wrong.append(
            Finding("PostgreSQL", False, "older than 14", "Upgrade it: 14 is the oldest that is tested.")
        )
    if found["btree_gist"] == "0":
        fix = "As its owner: CREATE EXTENSION btree_gist, and then: blikk migrate"
        wrong.append(Finding("PostgreSQL", False, "btree_gist is not there: hours could overlap", fix))
    if int(found["max_connections"]) < 2 * most:
        how = f"max_connections is {found['max_connections']}, and each process may take {most}"
        wrong.append(Finding("PostgreSQL", False, how, f"Set max_connections = {5 * most} and restart it."))
    yield from wrong or [
        Finding(
            "PostgreSQL", True, f"its settings keep what is saved, {found['max_connections']} connections"
        )
    ]


def _outbox() -> Finding:
    oldest = oldest_unsent_at()
    is_late = oldest is not None and timezone.now() - oldest > LATE
    how = (
        f"the oldest message has waited since {oldest:%Y-%m-%d %H:%M} UTC"
        if is_late
        else "nothing waits too long"
    )
    return Finding("outbox", not is_late, how, "Is a worker running? Start one: blikk worker")


def _sealed() -> Finding:
    columns = unreadable_columns() + unreadable_sealed()
    how = f"cannot open what lies in {', '.join(columns)}" if columns else "open what they sealed"
    fix = "Put the key that is missing back into BLIKK_FIELD_KEYS, last, with a comma before it."
    return Finding("field keys", not columns, how, fix)


def redis() -> Iterator[Finding]:
    url = settings.BLIKK_REDIS_URL
    if not url:
        yield Finding("redis", True, "not used: one process only")
        return
    try:
        from redis import Redis, RedisError
    except ImportError:
        yield Finding("redis", False, "the client is not installed", "Install blikk[redis].")
        return
    try:
        Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE).ping()
    except RedisError as fault:
        yield Finding("redis", False, type(fault).__name__, "Start it, and check BLIKK_REDIS_URL.")
        return
    yield Finding("redis", True, "answers")


def backups() -> Iterator[Finding]:
    """The age of the newest file where backups land; nothing is known of what stands in it."""
    if not settings.BLIKK_BACKUPS:
        how = "not looked at: BLIKK_BACKUPS names no folder"
        yield Finding("backups", True, how)
        return
    folder = Path(settings.BLIKK_BACKUPS)
    if not folder.is_dir():
        yield Finding("backups", False, f"{folder} is no folder", "Check BLIKK_BACKUPS.")
        return
    files = [file.stat() for file in folder.rglob("*") if file.is_file()]
    made = [file.st_mtime for file in files if file.st_size]
    fix = (
        "Is the nightly backup running, and is there room on the disk? See docs/how-to/run-in-production.md."
    )
    if not made:
        yield Finding("backups", False, f"{folder} holds none", fix)
        return
    age = timezone.now() - datetime.fromtimestamp(max(made), UTC)
    yield Finding("backups", age < OLD, f"the newest is {age.total_seconds() / 3600:.0f} hours old", fix)
