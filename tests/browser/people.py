"""What people do in front of the screen: the steps of the story, as the pages offer them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, expect

from tests.browser.app import App
from tests.browser.watch import Watch

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-backgrounding-occluded-windows "
    "--disable-renderer-backgrounding --disable-background-timer-throttling --use-fake-ui-for-media-stream "
    "--autoplay-policy=no-user-gesture-required --auto-select-desktop-capture-source=Entire"
)
FAKE = "--use-fake-device-for-media-stream=device-count=3,fps={fps}"
PATIENCE = 30_000


def open_browser(
    playwright: Playwright,
    *more: str,
    inside: tuple[str, ...] = (),
    fps: int = 15,
    film: Path | None = None,
    fakes: bool = True,
    asks: bool = False,
) -> Browser:
    """Chromium with fake cameras and microphones, in a network namespace or in front of a film if one is named.

    Without `fakes` it has no devices at all; one that `asks` leaves the question about them unanswered, which is a no.
    """
    path = str(_wrapper(inside)) if inside else CHROMIUM
    fake = [FAKE.format(fps=fps)]
    if film is not None:
        fake = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}"]
    flags = [flag for flag in FLAGS.split() if not (asks and flag == "--use-fake-ui-for-media-stream")]
    return playwright.chromium.launch(
        executable_path=path, args=[*flags, *(fake if fakes else []), *more], timeout=60_000
    )


def _wrapper(inside: tuple[str, ...]) -> Path:
    import tempfile

    script = Path(tempfile.mkdtemp(prefix="blikk-chromium-")) / "chromium"
    script.write_text(f'#!/bin/sh\nexec {" ".join(inside)} {CHROMIUM} "$@"\n')
    script.chmod(0o755)
    return script


class Person:
    """Somebody with a browser window of their own, watched."""

    def __init__(self, browser: Browser, app: App, **of_context: Any) -> None:
        settings = {"locale": "nb-NO", "viewport": {"width": 1280, "height": 800}, **of_context}
        self.app = app
        self.context: BrowserContext = browser.new_context(**settings)
        self.context.set_default_timeout(PATIENCE)
        self.watch = Watch(app.base).over(self.context)
        self.page: Page = self.context.new_page()

    def at(self, name: str, page: Page | None = None) -> Locator:
        """What the page calls by this name, where it can be seen."""
        return (page or self.page).locator(f'[data-test="{name}"]:visible').first

    def sees(self, name: str, *, within: float = PATIENCE) -> Locator:
        """Wait for it, and give it."""
        found = self.at(name)
        expect(found).to_be_visible(timeout=within)
        return found

    def press(self, name: str) -> None:
        self.sees(name).click()

    def go_home(self) -> None:
        """Close the windows, one by one.

        Scar: Chromium waited for ever to be rid of a context whose page was just going to another address.
        """
        for page in self.context.pages:
            page.close()
        self.context.close()


class Clinician(Person):
    """Works on the day page."""

    def __init__(self, browser: Browser, app: App, account: dict[str, str], **of_context: Any) -> None:
        super().__init__(browser, app, **of_context)
        self.account = account

    def sign_in(self, *, day: str | date | None = None) -> None:
        """Sign in, and go to the day page with the camera made ready."""
        self.page.goto(f"{self.app.base}/dag/")
        self.page.locator("input[name=login]").fill(self.account["user"])
        self.page.locator("input[name=password]").fill(self.account["password"])
        self.press("sign-in")
        self.page.wait_for_url("**/dag/**")
        if day is not None:
            self.page.goto(f"{self.app.base}/dag/?dag={day}")
        self.make_ready()

    def make_ready(self) -> None:
        """Have the camera open before the first one comes, as a clinician does in the morning."""
        if self.at("prepare").count():
            self.press("prepare")
        self.sees("mirror")

    def admit(self) -> None:
        """One click: nothing more between 'is here' and talking."""
        self.sees("arrived-row")
        self.press("admit")
        self.sees("stage")

    def end(self) -> None:
        self.press("end")
        self.press("end-confirm")

    @property
    def consultation(self) -> str:
        """The conversation's address, for coming back to it."""
        link = self.page.locator('a[href*="/samtale/"]').first.get_attribute("href")
        assert link is not None
        return link


class Patient(Person):
    """Comes by a link, or by a code."""

    def __init__(self, browser: Browser, app: App, hour: dict[str, str], **of_context: Any) -> None:
        super().__init__(browser, app, **{"viewport": {"width": 390, "height": 844}, **of_context})
        self.hour = hour

    def open_link(self) -> None:
        self.page.goto(self.hour["link"])
        self.sees("continue")

    def prove(self) -> None:
        self.press("continue")
        if "born" in self.hour:
            born = date.fromisoformat(self.hour["born"])
            self.sees("birth-date").fill(f"{born:%d.%m.%Y}")
            self.press("birth-date-submit")
        else:
            self.sees("code").fill(self.app.backstage.ask("digits", invitation=self.hour["invitation"]))
            self.press("code-submit")

    def wait(self, *, by: str = "check-continue") -> None:
        """From the SMS to the waiting room."""
        self.open_link()
        self.prove()
        self.press(by)
        self.sees("waiting")

    def is_in(self) -> None:
        self.sees("video-remote")


@contextmanager
def together(*people: Person) -> Iterator[None]:
    """Close everybody's windows at the end, and require that nothing was heard that should not be."""
    try:
        yield
        for person in people:
            person.watch.require_quiet()
    finally:
        for person in people:
            person.go_home()
