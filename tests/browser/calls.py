"""Proof of a call: decoded frames and heard sound that grow, on both sides. An element on a page proves nothing."""

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Error, Page

Counters = dict[str, dict[str, Any]]
STATS = "() => (window.blikkStats ? window.blikkStats() : {})"


def counters(page: Page) -> Counters:
    """What the page has counted of each of the others; nothing while it is between two documents."""
    try:
        found: Counters = page.evaluate(STATS)
    except Error as fault:
        if "navigation" in str(fault) or "destroyed" in str(fault):
            return {}
        raise
    return found


def until(page: Page, is_so: Callable[[], bool], *, within: float, what: Callable[[], object]) -> float:
    """Look until it is so, and say how many seconds that took."""
    started = time.monotonic()
    while not is_so():
        assert time.monotonic() - started < within, f"not within {within:.0f} s: {what()}"
        page.wait_for_timeout(50)
    return time.monotonic() - started


def talks(
    *pages: Page, others: int = 1, within: float = 40, picture: bool = True, sound: bool = True
) -> float:
    """Wait until every page sees and hears so many others anew; the seconds it took."""
    before = [counters(page) for page in pages]

    def grown(page: Page, earlier: Counters) -> int:
        return sum(
            _is_alive(now, earlier.get(one, {}), picture=picture, sound=sound)
            for one, now in counters(page).items()
        )

    def all_of_them() -> bool:
        return all(grown(page, was) >= others for page, was in zip(pages, before, strict=True))

    return until(pages[0], all_of_them, within=within, what=lambda: [counters(page) for page in pages])


def _is_alive(now: dict[str, Any], before: dict[str, Any], *, picture: bool, sound: bool) -> bool:
    """A new connection starts to count from nothing, so counters that fell are a new connection's."""

    def more(name: str, least: float) -> bool:
        was = before.get(name, 0)
        return float(now[name]) >= (was if now[name] >= was else 0) + least

    seen = not picture or more("framesDecoded", 5)
    heard = not sound or more("totalAudioEnergy", 1e-6)
    return now["connectionState"] == "connected" and seen and heard


def total(page: Page, name: str) -> float:
    """One counter over all the others."""
    return sum(float(one[name]) for one in counters(page).values())


def stands_still(page: Page, name: str, *, for_ms: int = 1500, within: float = 15) -> None:
    """Wait until a counter no longer grows."""
    deadline = time.monotonic() + within
    while True:
        before = total(page, name)
        page.wait_for_timeout(for_ms)
        if total(page, name) == before:
            return
        assert time.monotonic() < deadline, f"{name} still grows: {counters(page)}"


def grows(page: Page, name: str, *, within: float = 30) -> float:
    """Wait until a counter grows; the seconds it took."""
    before = total(page, name)
    return until(page, lambda: total(page, name) > before, within=within, what=lambda: counters(page))
