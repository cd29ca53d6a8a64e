"""What the day page costs when there are a million hours in the database instead of a thousand."""

import contextlib
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.helpers import Helper, percentile
from tests.browser.app import App
from tests.servers import running_postgres

FEW, MANY = 1_000, 1_000_000
REQUESTS = 200
WARM_UP = 20


@dataclass
class Page:
    """The day page of a clinician who is signed in."""

    address: str
    cookie: str

    def load(self) -> float:
        """How many milliseconds it takes; the hours of the day must stand on it."""
        request = urllib.request.Request(self.address, headers={"Cookie": self.cookie})
        began = time.perf_counter()
        with urllib.request.urlopen(request, timeout=30) as answer:
            body = answer.read()
        took = (time.perf_counter() - began) * 1000
        if not answer.url.endswith("/dag/") or body.count(b"Hansen") < 20:
            raise RuntimeError(f"this is not the day page: {answer.url}")
        return took


def measure() -> dict[str, float]:
    """Both at once and by turns, so that whatever else the machine does is the same for both."""
    with running_postgres() as postgres, contextlib.ExitStack() as stack:
        few, many = (stack.enter_context(_page(postgres.fresh_database(), count)) for count in (FEW, MANY))
        for page in (few, many):
            for _ in range(WARM_UP):
                page.load()
        times = [(few.load(), many.load()) for _ in range(REQUESTS)]
    at_few, at_many = (percentile(list(one), 0.95) for one in zip(*times, strict=True))
    return {
        "day_page_few": FEW,
        "day_page_many": MANY,
        "day_page_few_p95_ms": round(at_few, 1),
        "day_page_many_p95_ms": round(at_many, 1),
        "day_page_growth_ratio": round(at_many / at_few, 2),
    }


@contextlib.contextmanager
def _page(database: str, hours: int) -> Iterator[Page]:
    with tempfile.TemporaryDirectory(prefix="blikk-bench-") as folder:
        app = App(Path(folder), BLIKK_DATABASE_URL=database, BLIKK_EMBEDDED_WORKER="false").start()
        try:
            with Helper("bench.backstage", app.environment) as backstage:
                began = time.monotonic()
                filled = backstage.ask(act="hours", count=hours)
                print(f"  {hours} hours in {time.monotonic() - began:.0f} s", flush=True)
            yield Page(f"{app.base}/dag/", filled["cookie"])
        finally:
            app.stop()
