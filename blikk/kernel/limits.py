"""How often something may be tried, counted in the shared cache."""

from datetime import datetime

from django.core.cache import cache


def may_try(what: str, who: str, *, times: int, seconds: int, now: datetime) -> bool:
    """Count one try of `what` by `who`; False when `times` were used up within this window of `seconds`.

    The window is fixed, so at its border up to twice as many can pass: a limit against guessing, not a quota.
    """
    window = int(now.timestamp()) // seconds
    key = f"limit:{what}:{who}:{window}"
    if cache.add(key, 1, timeout=seconds * 2):
        return True
    try:
        return cache.incr(key) <= times
    except ValueError:
        return True
