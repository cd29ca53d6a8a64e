"""The note survives the death of the app and of the browser at whatever moment, and its words stay with the staff."""

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Error, Locator, Page, Playwright, expect

from tests.browser.app import App
from tests.browser.calls import until
from tests.browser.conftest import Stage, Talk
from tests.browser.people import CHROMIUM, FLAGS

ROUNDS = 12 if "BLIKK_LONG" in os.environ else 3
WORDS = "Bedre i kneet. Går tur hver dag."
# What the fingers do between two looks at the clock: these keys may still be on their way to the disk.
ON_ITS_WAY = 0.3
EMPTY = """() => new Promise((resolve) => {
  const asked = indexedDB.open("blikk.notes", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("notes");
  asked.onsuccess = () => {
    const count = asked.result.transaction("notes").objectStore("notes").count();
    count.onsuccess = () => { asked.result.close(); resolve(count.result); };
  };
})"""


def left(page: Page) -> int:
    """How many notes the browser still keeps."""
    return int(page.evaluate(EMPTY))


def kept(page: Page) -> None:
    """Whatever the browser had left, the server has it now."""
    until(page, lambda: left(page) == 0, within=20, what=lambda: "the browser keeps what the server has")


def test_what_was_typed_outlives_the_app_and_a_reload_and_never_reaches_the_patient(
    own_app: Callable[..., App], talking: Callable[..., Talk]
) -> None:
    app = own_app().start()
    talk = talking(on=app)
    page = talk.clinician.page
    frames: list[str] = []
    talk.patient.page.on(
        "websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(str(frame)))
    )
    talk.patient.page.reload()
    page.on("dialog", lambda dialog: dialog.accept())
    note = page.locator("#note")
    typed = ""
    for _ in range(ROUNDS):
        dies_at = random.randrange(len(WORDS))
        note.press("Control+End")
        note.press_sequentially(WORDS[:dies_at])
        app.kill()
        note.press_sequentially(WORDS[dies_at:])
        typed += WORDS
        app.start()
        page.reload()
        expect(note).to_have_value(typed, timeout=20_000)
        kept(page)
    page.reload()
    expect(note).to_have_value(typed)
    until(page, lambda: bool(frames), within=30, what=lambda: "the patient's socket says nothing")
    assert "kneet" not in "".join(frames)
    assert "kneet" not in talk.patient.page.content()


class Desk:
    """A browser with a profile on the disk, which can be killed and started again."""

    def __init__(self, playwright: Playwright, app: App, account: dict[str, str], profile: Path) -> None:
        self.playwright, self.app, self.account, self.profile = playwright, app, account, profile

    def open(self, path: str) -> Page:
        """Start, and sign in where the profile has forgotten that somebody is."""
        self.context = self.playwright.chromium.launch_persistent_context(
            str(self.profile), executable_path=CHROMIUM, args=FLAGS.split(), locale="nb-NO"
        )
        page = self.context.pages[0]
        page.goto(f"{self.app.base}{path}")
        if page.locator("input[name=login]").count():
            page.locator("input[name=login]").fill(self.account["user"])
            page.locator("input[name=password]").fill(self.account["password"])
            page.locator('[data-test="sign-in"]').click()
        page.wait_for_url(f"**{path}")
        return page

    def _processes(self) -> list[int]:
        """The browser itself first, then what it started: none of them is to write anything down afterwards."""
        mine = f"--user-data-dir={self.profile}".encode()
        parents: dict[int, int] = {}
        roots = []
        for found in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                parents[int(found.name)] = int((found / "stat").read_text().rpartition(")")[2].split()[1])
                words = (found / "cmdline").read_bytes().split(b"\0")
                if mine in words and not any(word.startswith(b"--type=") for word in words):
                    roots.append(int(found.name))
        assert roots, "there is no browser to kill"
        for one in roots:
            roots.extend(child for child, parent in parents.items() if parent == one)
        return roots

    def kill(self) -> None:
        """End it as a power cut would."""
        for process in self._processes():
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGKILL)
        with contextlib.suppress(Error):
            self.context.close()


def test_what_was_typed_outlives_the_browser_and_at_sign_out_nothing_is_left(
    own_app: Callable[..., App], set_stage: Callable[..., Stage], playwright: Playwright, tmp_path: Path
) -> None:
    """Now and then the app dies in the same moment: then only what the browser wrote down can come back."""
    app = own_app().start()
    scene = set_stage(on=app)
    ended = app.backstage.ask("ended_talk", appointment=scene.hour["appointment"])
    desk = Desk(playwright, app, scene.clinic["clinicians"][0], tmp_path / "profile")
    typed = ""
    for number in range(ROUNDS):
        note = desk.open(f"/avslutning/{ended}").locator("#note")
        expect(note).to_have_value(typed)
        note.press("Control+End")
        app_dies_too = number % 2 == 0
        if app_dies_too:
            app.kill()
        typed_at = type_for(note, random.uniform(0.8, 2.0), typed)
        died = time.monotonic()
        desk.kill()
        if app_dies_too:
            app.start()
        page = desk.open(f"/avslutning/{ended}")
        note = page.locator("#note")
        surely = next((text for at, text in reversed(typed_at) if at < died - ON_ITS_WAY), typed)
        kept(page)
        typed = note.input_value()
        assert typed.startswith(surely), (typed, surely)
        assert typed_at[-1][1].startswith(typed)
        desk.context.close()
    page = desk.open(f"/avslutning/{ended}")
    app.kill()
    page.locator("#note").press_sequentially("Bare her")
    until(page, lambda: left(page) == 1, within=10, what=lambda: "nothing is kept")
    app.start()
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("[data-sign-out] button").click()
    page.wait_for_url(lambda address: "/avslutning/" not in address)
    assert left(page) == 0
    desk.context.close()


def type_for(note: Locator, seconds: float, before: str) -> list[tuple[float, str]]:
    """Type without a pause; what stood there after each key, and when."""
    until_then, found = time.monotonic() + seconds, [(time.monotonic(), before)]
    while time.monotonic() < until_then:
        letter = random.choice("abc æøå")
        note.press_sequentially(letter)
        found.append((time.monotonic(), found[-1][1] + letter))
    return found
