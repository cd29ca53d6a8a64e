import asyncio
import contextlib
import json
import signal
import urllib.request
from pathlib import Path

import psycopg
import pytest
import websockets

from tests.jobs.conftest import Served
from tests.servers import free_port, wait_until

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def database(postgres_server) -> str:
    return postgres_server.fresh_database()


def started(shell, count: int, **environment: str) -> list[Served]:
    """Servers of one installation: they share secrets, database and Redis."""
    ports = [free_port() for _ in range(count)]
    secrets = {f"BLIKK_{name}": name * 8 for name in ("SECRET_KEY", "FIELD_KEYS", "AUDIT_KEY")}
    base = {"BLIKK_BASE_URL": f"http://127.0.0.1:{ports[0]}"}
    processes = [shell.start("run", "--port", str(port), **(base | secrets | environment)) for port in ports]
    served = [Served(p, f"http://127.0.0.1:{port}") for p, port in zip(processes, ports, strict=True)]
    for one in served:
        wait_until(lambda one=one: one.process.poll() is not None or one.answers(), "it answers", 120)
        assert one.process.poll() is None, one.process.communicate()[0]
    return served


def test_two_processes_that_start_at_once_on_an_empty_database_both_serve(shell, database, redis_server):
    one, other = started(shell, 2, BLIKK_DATABASE_URL=database, BLIKK_REDIS_URL=redis_server.url)
    with psycopg.connect(database) as connection:
        (count,) = connection.execute(
            "SELECT count(*) FROM django_migrations WHERE app = 'audit'"
        ).fetchone() or (0,)
    assert count == len(list(Path("blikk/audit/migrations").glob("0*.py")))
    for served in (one, other):
        assert served.kill(signal.SIGTERM) == 0


def test_a_stranger_at_a_socket_is_told_by_its_code(shell):
    (served,) = started(shell, 1)
    place = served.base.replace("http", "ws") + "/ws/door/" + "x" * 22

    async def knock(origin: str) -> int:
        async with websockets.connect(
            place, origin=websockets.Origin(origin), compression="deflate"
        ) as socket:
            assert "permessage-deflate" not in str(socket.response.headers if socket.response else "")
            # Who is unknown may be sent away before they have said anything.
            with contextlib.suppress(websockets.ConnectionClosed):
                await socket.send(
                    json.dumps({"type": "hello", "id": 1, "tab": "t" * 16, "epoch": "e" * 16, "move": False})
                )
            await socket.wait_closed()
            return socket.close_code or 0

    assert asyncio.run(knock(served.base)) in {4401, 4404}
    with pytest.raises(websockets.InvalidStatus):
        asyncio.run(knock("https://evil.example"))


def test_pages_say_nothing_of_the_server_and_static_files_come_compressed(shell):
    (served,) = started(shell, 1)
    with urllib.request.urlopen(served.base + "/") as answer:
        assert "server" not in answer.headers
        page = answer.read().decode()
    href = page.split('rel="stylesheet" href="')[1].split('"')[0] if 'rel="stylesheet" href="' in page else ""
    assert href.startswith("/static/"), page[:500]
    asked = urllib.request.Request(served.base + href, headers={"Accept-Encoding": "br"})
    with urllib.request.urlopen(asked) as answer:
        assert answer.headers["Content-Encoding"] == "br"
        assert "immutable" in answer.headers["Cache-Control"]


def test_what_waited_when_the_server_was_killed_is_sent_when_it_is_back(shell, smtp_sink):
    mail = {
        "BLIKK_EMAIL_TRANSPORT": "smtp",
        "BLIKK_SMTP_HOST": "127.0.0.1",
        "BLIKK_SMTP_PORT": str(smtp_sink.port),
        "BLIKK_SMTP_TLS": "none",
    }
    (served,) = started(shell, 1, BLIKK_EMBEDDED_WORKER="false", **mail)
    shell.queue_one("k1", BLIKK_FIELD_KEYS="FIELD_KEYS" * 8)
    assert shell.sql("SELECT status FROM notifications_message") == [("queued",)]
    served.kill(signal.SIGKILL)
    started(shell, 1, **mail)
    wait_until(lambda: shell.sql("SELECT status FROM notifications_message") == [("sent",)], "it is sent")
    assert len(smtp_sink.letters) == 1
