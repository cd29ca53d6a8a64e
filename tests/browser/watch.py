"""Watches what every page of a story asks for, refuses and breaks on."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Request, WebSocket

# A document that was refused by a Content Security Policy says so to itself only.
TELL_OF_CSP = """
document.addEventListener('securitypolicyviolation', (event) => {
  console.error('CSP ' + event.effectiveDirective + ' ' + event.blockedURI + ' ' + event.sourceFile);
});
"""
# What the browser itself writes when the network or the app is taken away on purpose.
OF_THE_NETWORK = ("Failed to load resource", "WebSocket connection to", "net::ERR_")


@dataclass
class Watch:
    """The listeners of one context, and what they heard."""

    own: str
    strangers: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> "Watch":
        """Listen to every page of a context, from its first request on."""
        context.add_init_script(TELL_OF_CSP)
        context.on("request", self._request)
        context.on("page", self._page)
        return self

    def require_quiet(self) -> None:
        """Nothing went to another host, nothing was refused by the policy, nothing broke."""
        assert self.strangers == []
        assert self.faults == []

    def _page(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"{urlsplit(page.url).path}: {error}"))
        page.on("console", self._console)
        page.on("websocket", self._socket)

    def _request(self, request: Request) -> None:
        self.asked.append(request.url)
        self._weigh(request.url)

    def _socket(self, socket: WebSocket) -> None:
        self._weigh(socket.url)

    def _weigh(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"data", "blob", "about"}:
            return
        if parts.netloc != urlsplit(self.own).netloc:
            self.strangers.append(url)

    def _console(self, message: ConsoleMessage) -> None:
        self.said.append(f"{message.type}: {message.text}")
        if message.type != "error" or message.text.startswith(OF_THE_NETWORK):
            return
        self.faults.append(message.text)


# A picture that is fading in has the contrast of neither before nor after.
# One behind another window may never come to its end: three seconds are enough for all there are.
STILL = """
() => Promise.race([
  Promise.allSettled(document.getAnimations()
    .filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime))
    .map((one) => one.finished)),
  new Promise((enough) => setTimeout(enough, 3000)),
])
"""


def require_no_barriers(page: Page) -> None:
    """Axe finds nothing on the page as it stands, or as the next one stands if one is on its way."""
    for last in (False, False, True):
        try:
            page.wait_for_load_state()
            page.evaluate(STILL)
            _require_nothing_found(page)
        except Error as fault:
            # A press on the page before leads here; what was asked of that one is never answered.
            if last or "navigation" not in str(fault):
                raise
        else:
            return


def require_no_barriers_in_any_shape(page: Page) -> None:
    """The page shuts nobody out: light, dark, 320 pixels wide, and with text twice as large."""
    require_no_barriers(page)
    page.emulate_media(color_scheme="dark")
    # The colours are all that changes with the scheme.
    _require_nothing_found(page, runOnly={"type": "rule", "values": ["color-contrast"]})
    page.emulate_media(color_scheme="light")
    before = page.viewport_size
    assert before is not None
    page.set_viewport_size({"width": 320, "height": 640})
    require_no_sideways_scroll(page)
    page.set_viewport_size({"width": 640, "height": 900})
    page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
    require_no_sideways_scroll(page)
    page.evaluate("() => { document.documentElement.style.fontSize = ''; }")
    page.set_viewport_size(before)


def _require_nothing_found(page: Page, **options: Any) -> None:
    found = Axe().run(page, options=options).response["violations"]
    assert found == [], "\n".join(_said(one) for one in found)


def _said(violation: dict[str, Any]) -> str:
    places = "; ".join(str(node["html"])[:200] for node in violation["nodes"][:5])
    return f"{violation['id']}: {violation['help']} – {places}"


def require_no_sideways_scroll(page: Page) -> None:
    """The page fits its window in width."""
    wide = page.evaluate(
        "() => [document.scrollingElement.scrollWidth, document.scrollingElement.clientWidth]"
    )
    assert wide[0] <= wide[1], f"{urlsplit(page.url).path} is {wide[0]} wide in a window of {wide[1]}"
