"""The hub of one process: topic → listeners, each message encoded once."""

import asyncio
import json
import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from blikk.bus.redis_link import RedisLink

Payload = dict[str, Any]
Sink = Callable[[str, Payload], None]

log = logging.getLogger(__name__)


class Hub:
    """Who listens to what. Listeners are called on the event loop on which they subscribed."""

    def __init__(self) -> None:
        self._topics: dict[asyncio.AbstractEventLoop, dict[str, set[Sink]]] = {}
        self._lock = threading.Lock()
        self._link: RedisLink | None = None

    def subscribe(self, topic: str, sink: Sink, loop: asyncio.AbstractEventLoop | None = None) -> None:
        """Hear what is said about `topic` from now on; to be called on the event loop, or with it from elsewhere."""
        loop = loop or asyncio.get_running_loop()
        with self._lock:
            self._topics.setdefault(loop, {}).setdefault(topic, set()).add(sink)
        if link := self._redis():
            link.listen(loop)

    def unsubscribe(self, topic: str, sink: Sink) -> None:
        """Stop hearing about `topic`; no matter if it was never heard."""
        with self._lock:
            for loop, topics in list(self._topics.items()):
                sinks = topics.get(topic)
                if sinks is None:
                    continue
                sinks.discard(sink)
                if not sinks:
                    del topics[topic]
                if not topics:
                    del self._topics[loop]

    def publish(self, topic: str, payload: Payload) -> None:
        """Tell every listener, here and in the other processes. Any thread may call it; it never fails."""
        text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        self.deliver(topic, text, payload)
        if link := self._redis():
            link.send(topic, text)

    def deliver(self, topic: str, text: str, payload: Payload | None = None) -> None:
        """Tell the listeners of this process."""
        with self._lock:
            loops = [loop for loop, topics in self._topics.items() if topic in topics]
        if not loops:
            return
        told = json.loads(text) if payload is None else payload
        for loop in loops:
            try:
                loop.call_soon_threadsafe(self._tell, loop, topic, text, told)
            except RuntimeError:
                with self._lock:
                    self._topics.pop(loop, None)

    def missed(self) -> None:
        """Tell every listener that news may have been lost, so that it asks for the state again."""
        with self._lock:
            topics = {topic for by_topic in self._topics.values() for topic in by_topic}
        for topic in topics:
            payload: Payload = {"topic": topic, "event": "missed"}
            self.deliver(topic, json.dumps(payload), payload)

    def listeners(self, topic: str) -> int:
        with self._lock:
            return sum(len(topics.get(topic, ())) for topics in self._topics.values())

    async def aclose(self) -> None:
        """Let go of Redis; for the end of a process."""
        if self._link is not None:
            await self._link.aclose()

    def _tell(self, loop: asyncio.AbstractEventLoop, topic: str, text: str, payload: Payload) -> None:
        for sink in tuple(self._topics.get(loop, {}).get(topic, ())):
            try:
                sink(text, payload)
            except Exception:
                log.exception("bus.listener_failed", extra={"topic": topic})

    def _redis(self) -> "RedisLink | None":
        url = settings.BLIKK_REDIS_URL
        if not url:
            return None
        if self._link is None or self._link.url != url:
            from blikk.bus.redis_link import RedisLink

            with self._lock:
                if self._link is None or self._link.url != url:
                    self._link = RedisLink(url, self.deliver, self.missed)
        return self._link


hub = Hub()
