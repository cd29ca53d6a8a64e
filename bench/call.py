"""How fast a person is in the waiting room, and how fast two people see each other, beside a bare page."""

import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from bench import floor
from tests.browser.app import App, prepared_data
from tests.browser.conftest import Stage, stage
from tests.browser.people import Clinician, Patient, open_browser

REPETITIONS = 7
FRAMES_A_SECOND = 30

# When a page was asked for, what was pressed, and when the first picture of another person was on the screen, all by
# the machine's one clock.
PROBE = """
const now = () => performance.timeOrigin + performance.now();
if (!sessionStorage.getItem('opened')) sessionStorage.setItem('opened', String(performance.timeOrigin));
addEventListener('click', (event) => {
  if (!event.isTrusted) return;
  window.pressedAt = now();
  sessionStorage.setItem('pressed', String(Number(sessionStorage.getItem('pressed') ?? 0) + 1));
}, true);
const seen = new WeakSet();
const look = () => {
  for (const video of document.querySelectorAll('video#remote, video[data-test="video-remote"]')) {
    if (seen.has(video)) continue;
    seen.add(video);
    video.requestVideoFrameCallback(() => { window.firstFrameAt ??= now(); });
  }
  const waiting = document.querySelector('[data-test="waiting"]');
  if (waiting && !waiting.hidden) window.waitingAt ??= now();
};
new MutationObserver(look).observe(document, {childList: true, subtree: true, attributes: true});
look();
"""


def read(page: Page, what: str, *, within: float = 60) -> float:
    """A moment that the probe noted, in milliseconds."""
    page.wait_for_function(f"() => ({what}) !== undefined && ({what}) !== null", timeout=within * 1000)
    return float(page.evaluate(f"() => Number({what})"))


OPENED = "sessionStorage.getItem('opened')"
FRAME = "window.firstFrameAt"


@dataclass
class Bytes:
    """What came over the network for one page and all that it loaded."""

    received: float = 0
    requests: int = 0
    hosts: set[str] = field(default_factory=set)
    _cached: set[str] = field(default_factory=set)

    def over(self, page: Page) -> "Bytes":
        session = page.context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.requestServedFromCache", lambda event: self._from_cache(event["requestId"]))
        session.on("Network.responseReceived", self._answered)
        session.on("Network.loadingFinished", self._finished)
        session.on("Network.webSocketCreated", self._asked)
        session.send("Network.enable")
        return self

    def _asked(self, event: dict[str, Any]) -> None:
        url = str(event["url"] if "url" in event else event["request"]["url"])
        if url.startswith(("data:", "blob:", "about:")):
            return
        self.requests += 1
        self.hosts.add(url.split("/")[2])

    def _from_cache(self, request: str) -> None:
        if request not in self._cached:
            self._cached.add(request)
            self.requests -= 1

    def _answered(self, event: dict[str, Any]) -> None:
        if event["response"].get("fromDiskCache"):
            self._from_cache(event["requestId"])

    def _finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] not in self._cached:
            self.received += event["encodedDataLength"]


def a_browser(playwright: Playwright) -> Browser:
    return open_browser(playwright, fps=FRAMES_A_SECOND)


@contextmanager
def product() -> Iterator[App]:
    """The app on data of its own."""
    with tempfile.TemporaryDirectory(prefix="blikk-bench-") as folder:
        empty = prepared_data(Path(folder) / "empty")
        app = App(Path(folder) / "app", like=empty).start()
        try:
            yield app
        finally:
            app.stop()


def watched(context: BrowserContext) -> None:
    context.add_init_script(PROBE)


def join() -> dict[str, float]:
    """The way from the link to the waiting room: bytes, requests, presses, time."""
    times: list[float] = []
    with sync_playwright() as playwright, product() as app:
        browser = a_browser(playwright)
        for number in range(REPETITIONS + 1):
            patient = stage(app).patient(browser)
            watched(patient.context)
            bytes_ = Bytes().over(patient.page)
            to_the_waiting_room(patient)
            took = read(patient.page, "window.waitingAt") - read(patient.page, OPENED)
            if number:  # the first one warms the server
                times.append(took)
            presses = read(patient.page, "sessionStorage.getItem('pressed')")
            patient.page.wait_for_timeout(500)
            there = bytes_.received, bytes_.requests
            # The questions, the card and the conversation come while the person waits.
            patient.page.wait_for_timeout(3000)
            patient.go_home()
        browser.close()
    own = app.base.split("/")[2]
    return {
        "join_page_bytes": there[0],
        "join_page_third_party_requests": len(bytes_.hosts - {own}),
        "join_requests": there[1],
        "waiting_later_bytes": bytes_.received - there[0],
        "waiting_later_requests": bytes_.requests - there[1],
        "open_to_waiting_ms": round(statistics.median(times)),
        # The link in the SMS is pressed as well; the birth date's own button belongs to the birth date.
        "clicks_sms_to_waiting": 1 + presses - 1,
    }


def to_the_waiting_room(patient: Patient) -> None:
    """As fast as fingers could be: nothing is awaited but what the page shows."""
    page = patient.page
    page.goto(patient.hour["link"], wait_until="commit")
    page.locator("[data-test=continue]").click()
    page.locator("[data-test=birth-date]").fill("17.05.1944")
    page.locator("[data-test=birth-date-submit]").click()
    page.locator("[data-test=check-continue]").click()
    patient.sees("waiting")


def frames() -> dict[str, float]:
    """From `Admit`, and from a link opened again, to the first frame, beside the bare page in the same run."""
    bare: list[float] = []
    admitted: list[float] = []
    again: list[float] = []
    presses = 0.0
    with sync_playwright() as playwright, floor.running() as address, product() as app:
        for number in range(REPETITIONS + 1):
            one_bare = _bare(playwright, address)
            one_admitted, one_again, presses = _in_the_product(playwright, app)
            if number:
                bare.append(one_bare)
                admitted.append(one_admitted)
                again.append(one_again)
    base = statistics.median(bare)
    return {
        "floor_ms": round(base),
        "admit_to_frame_ms": round(statistics.median(admitted)),
        "rejoin_to_frame_ms": round(statistics.median(again)),
        "admit_to_frame_ratio": round(statistics.median(admitted) / base, 2),
        "rejoin_to_frame_ratio": round(statistics.median(again) / base, 2),
        "clicks_arrived_to_talking": presses,
    }


def _bare(playwright: Playwright, address: str) -> float:
    """One waits; the other opens the page in a browser that was just started."""
    first, second = a_browser(playwright), a_browser(playwright)
    try:
        waiting = first.new_context()
        watched(waiting)
        waiting.new_page().goto(address)
        coming = second.new_context()
        watched(coming)
        page = coming.new_page()
        waiting.pages[0].wait_for_function("() => document.querySelector('#self').videoWidth > 0")
        page.goto(address)
        return read(page, FRAME) - read(page, OPENED)
    finally:
        first.close()
        second.close()


def _in_the_product(playwright: Playwright, app: App) -> tuple[float, float, float]:
    staff, patients, cold = (a_browser(playwright) for _ in range(3))
    try:
        scene = stage(app)
        clinician, patient = scene.clinician(staff), scene.patient(patients)
        watched(clinician.context)
        watched(patient.context)
        admitted, presses = _admit(scene, clinician, patient)
        kept = patient.context.storage_state()
        patient.go_home()
        patients.close()
        clinician.page.wait_for_timeout(1000)
        back = scene.patient(cold, storage_state=kept)
        watched(back.context)
        back.page.goto(scene.hour["link"], wait_until="commit")
        return admitted, read(back.page, FRAME) - read(back.page, OPENED), presses
    finally:
        for one in (staff, cold):
            one.close()


def _admit(scene: Stage, clinician: Clinician, patient: Patient) -> tuple[float, float]:
    """Until both see each other, from the one press that it takes."""
    clinician.sign_in(day=scene.hour["day"])
    patient.wait()
    clinician.sees("arrived-row")
    clinician.page.wait_for_timeout(1000)
    before = read(clinician.page, "sessionStorage.getItem('pressed') ?? 0")
    clinician.press("admit")
    last = max(read(clinician.page, FRAME), read(patient.page, FRAME))
    presses = read(clinician.page, "sessionStorage.getItem('pressed')") - before
    return last - read(clinician.page, "window.pressedAt"), presses


MEASUREMENTS: dict[str, Callable[[], dict[str, float]]] = {"join": join, "frames": frames}
