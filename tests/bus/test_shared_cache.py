from datetime import UTC, datetime

import pytest

from blikk.config import cache
from blikk.kernel import limits
from tests.servers import Redis

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def shared(redis_server: Redis, monkeypatch):
    if not redis_server._answers():
        redis_server.start()
    options = {"OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 0.5}}
    made = [cache.SharedCache(redis_server.url, options) for _ in range(2)]
    for one in made:
        one.clear()
        one._own.clear()
    monkeypatch.setattr(cache, "REST", 0.0)
    monkeypatch.setattr(limits, "cache", made[0])
    return made


def test_processes_count_together(shared):
    one, other = shared
    assert one.add("k", 1) is True
    assert other.add("k", 1) is False
    assert other.incr("k") == 2
    assert one.get("k") == 2
    with pytest.raises(ValueError, match="nothing"):
        one.incr("nothing")


def test_while_redis_is_away_each_counts_for_itself_and_nobody_is_shut_out(shared, redis_server):
    one, other = shared
    redis_server.stop()
    try:
        assert one.add("k", 1) is True
        assert other.get("k") in {1, None}
        tries = [limits.may_try("door", "kari", times=3, seconds=60, now=NOW) for _ in range(5)]
        assert tries == [True, True, True, False, False]
    finally:
        redis_server.start()
    one.set("back", 1)
    assert other.get("back") == 1


def test_redis_is_left_alone_for_a_while_after_it_failed(shared, redis_server, monkeypatch):
    one, other = shared
    monkeypatch.setattr(cache, "REST", 60.0)
    redis_server.stop()
    one.set("k", "ours")
    redis_server.start()
    assert one.get("k") == "ours"
    assert other.get("k") is None
