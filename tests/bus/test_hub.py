import asyncio
import json
import threading

import pytest
from django.db import transaction

from blikk.bus import announce, hub
from blikk.bus.hub import Hub


class Ear:
    """A listener that a test can wait for."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[tuple[str, dict]] = asyncio.Queue()

    def __call__(self, text, payload) -> None:
        self.heard.put_nowait((text, payload))

    async def next(self) -> dict:
        text, payload = await asyncio.wait_for(self.heard.get(), 10)
        assert json.loads(text) == payload
        return payload


async def settled() -> None:
    """Let the loop do what was handed to it before now."""
    done = asyncio.Event()
    asyncio.get_running_loop().call_soon_threadsafe(done.set)
    await done.wait()


def test_a_listener_hears_its_topic_and_no_other():
    async def story():
        ours, ear = Hub(), Ear()
        ours.subscribe("day:a", ear)
        ours.publish("day:b", {"event": "no"})
        ours.publish("day:a", {"event": "yes"})
        assert (await ear.next())["event"] == "yes"
        await settled()
        assert ear.heard.empty()

    asyncio.run(story())


def test_who_stops_listening_hears_no_more_and_is_forgotten():
    async def story():
        ours, ear, other = Hub(), Ear(), Ear()
        ours.subscribe("t", ear)
        ours.subscribe("t", other)
        ours.unsubscribe("t", ear)
        ours.unsubscribe("t", ear)
        ours.publish("t", {"event": "x"})
        await other.next()
        assert ear.heard.empty()
        ours.unsubscribe("t", other)
        assert ours.listeners("t") == 0
        assert ours._topics == {}

    asyncio.run(story())


def test_news_from_another_thread_are_told_on_the_loop():
    async def story():
        ours = Hub()
        loop_thread = threading.get_ident()
        told_on: asyncio.Queue[int] = asyncio.Queue()
        ours.subscribe("t", lambda _text, _payload: told_on.put_nowait(threading.get_ident()))
        thread = threading.Thread(target=ours.publish, args=("t", {"event": "x"}))
        thread.start()
        assert await asyncio.wait_for(told_on.get(), 10) == loop_thread
        thread.join()

    asyncio.run(story())


def test_every_listener_gets_the_very_same_text():
    async def story():
        ours, ears = Hub(), [Ear() for _ in range(50)]
        for ear in ears:
            ours.subscribe("t", ear)
        ours.publish("t", {"event": "æøå"})
        texts = [(await asyncio.wait_for(ear.heard.get(), 10))[0] for ear in ears]
        assert len({id(text) for text in texts}) == 1

    asyncio.run(story())


def test_a_listener_that_fails_does_not_stop_the_others():
    async def story():
        ours, ear = Hub(), Ear()

        def broken(_text, _payload):
            raise RuntimeError

        for sink in (broken, ear):
            ours.subscribe("t", sink)
        ours.publish("t", {"event": "x"})
        await ear.next()

    asyncio.run(story())


def test_listeners_of_a_loop_that_is_gone_are_forgotten():
    ours = Hub()

    async def leave():
        ours.subscribe("t", Ear())

    asyncio.run(leave())
    ours.publish("t", {"event": "x"})
    assert ours.listeners("t") == 0


@pytest.mark.django_db
def test_nothing_is_told_before_the_commit_and_nothing_after_a_rollback(
    django_capture_on_commit_callbacks, monkeypatch
):
    told = []
    monkeypatch.setattr(hub, "publish", lambda topic, payload: told.append((topic, payload)))
    with django_capture_on_commit_callbacks() as callbacks:
        with transaction.atomic():
            announce("day:c", "undone")
            transaction.set_rollback(True)
        announce("day:c", "done", number=3)
        assert told == []
    for callback in callbacks:
        callback()
    assert told == [("day:c", {"topic": "day:c", "event": "done", "number": 3})]
