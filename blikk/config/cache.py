"""The shared cache, which may be away: then each process counts for itself until it is back."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

REST = 5.0
"""How long Redis is left alone after it failed, so that not every request waits for it."""

log = logging.getLogger(__name__)


class SharedCache(RedisCache):
    """Redis, or this process's own memory while Redis is away: limits get laxer, nobody is shut out."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._own = LocMemCache("while-redis-is-away", {})
        self._away_until = 0.0

    def _ask(self, shared: Callable[..., Any], own: Callable[..., Any], *args: Any, **more: Any) -> Any:
        if time.monotonic() >= self._away_until:
            try:
                return shared(*args, **more)
            except (RedisError, OSError) as fault:
                self._away_until = time.monotonic() + REST
                log.warning("cache.away", extra={"reason": type(fault).__name__})
        return own(*args, **more)

    def add(self, *args: Any, **more: Any) -> bool:
        return bool(self._ask(super().add, self._own.add, *args, **more))

    def get(self, *args: Any, **more: Any) -> Any:
        return self._ask(super().get, self._own.get, *args, **more)

    def set(self, *args: Any, **more: Any) -> None:
        self._ask(super().set, self._own.set, *args, **more)

    def incr(self, *args: Any, **more: Any) -> int:
        return int(self._ask(super().incr, self._own.incr, *args, **more))

    def delete(self, *args: Any, **more: Any) -> bool:
        return bool(self._ask(super().delete, self._own.delete, *args, **more))

    def touch(self, *args: Any, **more: Any) -> bool:
        return bool(self._ask(super().touch, self._own.touch, *args, **more))

    def has_key(self, *args: Any, **more: Any) -> bool:
        return bool(self._ask(super().has_key, self._own.has_key, *args, **more))

    def get_many(self, *args: Any, **more: Any) -> dict[str, Any]:
        return dict(self._ask(super().get_many, self._own.get_many, *args, **more))

    def clear(self) -> None:
        self._ask(super().clear, self._own.clear)
