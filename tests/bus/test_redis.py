"""Two processes are two hubs here: nothing joins them but Redis."""

import asyncio
import signal
import subprocess
import sys

import pytest
import redis as redis_client

from blikk.bus.hub import Hub
from blikk.bus.redis_link import CHANNEL
from tests.servers import wait_until


class Ear:
    def __init__(self) -> None:
        self.heard: asyncio.Queue[dict] = asyncio.Queue()

    def __call__(self, _text, payload) -> None:
        self.heard.put_nowait(payload)

    async def next(self, patience: float = 10) -> dict:
        return await asyncio.wait_for(self.heard.get(), patience)


@pytest.fixture
def redis(redis_server, settings):
    settings.BLIKK_REDIS_URL = redis_server.url
    if not redis_server._answers():
        redis_server.start()
    return redis_server


def subscriptions(redis) -> int:
    with redis_client.Redis.from_url(redis.url) as client:
        try:
            return client.pubsub_numsub(CHANNEL)[0][1]
        except redis_client.RedisError:
            return 0


async def joined(redis, count: int) -> None:
    await asyncio.to_thread(wait_until, lambda: subscriptions(redis) == count, f"{count} subscriptions")


async def leave(*hubs: Hub) -> None:
    for one in hubs:
        await one.aclose()


def test_news_reach_another_process_once_and_our_own_once(redis):
    async def story():
        one, other = Hub(), Hub()
        here, there = Ear(), Ear()
        one.subscribe("t", here)
        other.subscribe("t", there)
        await joined(redis, 2)
        for number in range(200):
            one.publish("t", {"event": "x", "number": number})
        assert [(await here.next())["number"] for _ in range(200)] == list(range(200))
        assert [(await there.next())["number"] for _ in range(200)] == list(range(200))
        other.publish("t", {"event": "end"})
        assert (await here.next())["event"] == "end"
        assert (await there.next())["event"] == "end"
        await leave(one, other)

    asyncio.run(story())


def test_each_process_has_one_subscription_however_many_listen(redis):
    async def story():
        ours = Hub()
        for number in range(300):
            ours.subscribe(f"t:{number}", Ear())
        await joined(redis, 1)
        await leave(ours)

    asyncio.run(story())


def test_a_process_without_a_loop_is_heard(redis):
    async def story():
        ours, ear = Hub(), Ear()
        ours.subscribe("t", ear)
        await joined(redis, 1)
        words = "from blikk.bus.hub import Hub; Hub().publish('t', {'event': 'from the worker'})"
        setup = f"from django.conf import settings; settings.configure(BLIKK_REDIS_URL={redis.url!r}); "
        await asyncio.to_thread(subprocess.run, [sys.executable, "-c", setup + words], check=True)
        assert (await ear.next())["event"] == "from the worker"
        await leave(ours)

    asyncio.run(story())


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_after_a_restart_of_redis_everybody_is_told_to_ask_again_and_news_flow(redis, how):
    async def story():
        one, other, ear = Hub(), Hub(), Ear()
        one.subscribe("u", Ear())
        other.subscribe("t", ear)
        await joined(redis, 2)
        await asyncio.to_thread(redis.stop, how)
        one.publish("t", {"event": "lost"})
        other.publish("t", {"event": "ours"})
        assert (await ear.next())["event"] == "ours"
        await asyncio.to_thread(redis.start)
        assert (await ear.next(5))["event"] == "missed"
        await joined(redis, 2)
        one.publish("t", {"event": "again"})
        assert (await ear.next())["event"] == "again"
        await leave(one, other)

    asyncio.run(story())


def test_without_redis_our_own_process_still_hears(redis, settings):
    async def story():
        settings.BLIKK_REDIS_URL = "redis://127.0.0.1:1/0"
        ours, ear = Hub(), Ear()
        ours.subscribe("t", ear)
        ours.publish("t", {"event": "x"})
        assert (await ear.next())["event"] == "x"
        await leave(ours)

    asyncio.run(story())


def test_an_idle_connection_stays(redis):
    async def story():
        one, other, ear = Hub(), Hub(), Ear()
        one.subscribe("u", Ear())
        other.subscribe("t", ear)
        await joined(redis, 2)
        with redis_client.Redis.from_url(redis.url) as client:
            before = client.info("stats")["total_connections_received"]
            # redis-py 8 once ended idle subscriptions after five seconds.
            await asyncio.sleep(7)
            one.publish("t", {"event": "x"})
            assert (await ear.next())["event"] == "x"
            # Only the first line that is sent opens a connection of its own.
            assert client.info("stats")["total_connections_received"] <= before + 1
        await leave(one, other)

    asyncio.run(story())
