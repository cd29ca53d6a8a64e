"""Between processes: one Redis pub/sub connection for each, which comes back by itself."""

import asyncio
import logging
import threading
from collections.abc import Callable

import redis
import redis.asyncio
from redis.exceptions import RedisError

from blikk.kernel.ids import new_id

CHANNEL = "blikk:bus"
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 2.0
WAITING_LINES = 10_000

log = logging.getLogger(__name__)


class RedisLink:
    """What is said here is sent to the others; what they say is delivered here. Redis keeps nothing.

    All topics share one channel, so that one subscription per process is enough; a line carries who said it
    and the topic before the text, and is not decoded where nobody listens.
    """

    def __init__(self, url: str, deliver: Callable[[str, str], None], missed: Callable[[], None]) -> None:
        self.url = url
        self._deliver = deliver
        self._missed = missed
        self._origin = new_id()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lines: asyncio.Queue[str] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._lock = threading.Lock()
        self._sync: redis.Redis | None = None

    def listen(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start listening on this loop, unless it is done already."""
        if self._loop is loop and not loop.is_closed():
            return
        if self._loop is not None and not self._loop.is_closed() and self._loop.is_running():
            return
        self._loop = loop
        self._lines = asyncio.Queue(WAITING_LINES)
        self._tasks = [
            loop.create_task(self._hear()),
            loop.create_task(self._speak(self._lines)),
        ]

    def send(self, topic: str, text: str) -> None:
        """Send from any thread. When Redis is away the line is lost: news are hints."""
        line = f"{self._origin}\n{topic}\n{text}"
        loop, lines = self._loop, self._lines
        if loop is not None and lines is not None and loop.is_running():
            loop.call_soon_threadsafe(self._enqueue, lines, line)
            return
        try:
            self._client().publish(CHANNEL, line)
        except RedisError as error:
            log.warning("bus.not_sent", extra={"reason": type(error).__name__})

    async def aclose(self) -> None:
        """Stop listening and speaking."""
        tasks, self._tasks, self._loop = self._tasks, [], None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _client(self) -> redis.Redis:
        with self._lock:
            if self._sync is None:
                self._sync = redis.Redis.from_url(self.url, socket_timeout=2, socket_connect_timeout=1)
            return self._sync

    @staticmethod
    def _enqueue(lines: asyncio.Queue[str], line: str) -> None:
        if lines.full():
            lines.get_nowait()
        lines.put_nowait(line)

    async def _speak(self, lines: asyncio.Queue[str]) -> None:
        async with redis.asyncio.Redis.from_url(
            self.url, socket_timeout=2, socket_connect_timeout=1
        ) as client:
            while True:
                line = await lines.get()
                try:
                    await client.publish(CHANNEL, line)
                except (RedisError, OSError) as error:
                    log.warning("bus.not_sent", extra={"reason": type(error).__name__})

    async def _hear(self) -> None:
        pause = FIRST_PAUSE
        is_first = True
        while True:
            client = redis.asyncio.Redis.from_url(
                self.url,
                socket_timeout=None,
                socket_connect_timeout=1,
                health_check_interval=5,
            )
            try:
                async with client.pubsub(ignore_subscribe_messages=True) as subscription:
                    await subscription.subscribe(CHANNEL)
                    if not is_first:
                        self._missed()
                    is_first, pause = False, FIRST_PAUSE
                    while True:
                        message = await subscription.get_message(timeout=2.0)
                        if message is not None:
                            self._take(message["data"])
            except (RedisError, OSError) as error:
                log.warning("bus.redis_away", extra={"reason": type(error).__name__})
            finally:
                await client.aclose()
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _take(self, data: bytes) -> None:
        origin, topic, text = data.decode().split("\n", 2)
        if origin != self._origin:
            self._deliver(topic, text)
