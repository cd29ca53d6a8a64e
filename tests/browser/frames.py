"""What people do with the control questions, and everything that a page could give away about an answer."""

import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, WebSocket, expect

from tests.browser.people import Clinician, Patient, Person

GOOD = dict.fromkeys(("place", "sound", "safe", "company", "overheard", "worse"), "a")


def answer(patient: Patient, letter: str) -> None:
    """Press one answer, and wait for the next question."""
    before = patient.sees("question").inner_text()
    patient.press(f"choice-{letter}")
    expect(patient.page.locator('[data-test="question"]').filter(has_text=before)).to_have_count(0)


def answer_all(patient: Patient, **other: str) -> None:
    """Answer every question as it should be, but for what is given."""
    for letter in {**GOOD, **other}.values():
        answer(patient, letter)
    patient.sees("questions-done")


def say_own_side(clinician: Clinician) -> None:
    """As a clinician does in the morning, when the camera is made ready."""
    clinician.press("own-side-ok")
    expect(clinician.sees("day-own-side")).to_contain_text("i orden i dag")


def know(stage: Any) -> None:
    """The clinic has met this patient before."""
    asked = {
        "clinic": stage.clinic["clinic"],
        "membership": stage.clinic["clinicians"][0]["membership"],
        "patient": stage.hour["patient"],
    }
    stage.app.backstage.ask("met_before", **asked)


COUNT = """
() => {
  window.presses = {clicks: 0, keys: 0};
  addEventListener('click', (event) => { if (event.isTrusted && event.detail > 0) window.presses.clicks += 1; }, true);
  addEventListener('keydown', (event) => { if (event.isTrusted) window.presses.keys += 1; }, true);
}
"""


def count_presses(person: Person) -> None:
    """Count from now on what is really pressed; the day page becomes the conversation without being loaded anew."""
    person.page.evaluate(COUNT)


def presses(person: Person) -> dict[str, int]:
    found: dict[str, int] = person.page.evaluate("() => window.presses")
    return found


@dataclass
class Heard:
    """Every frame that a page was sent and sends, whatever socket it came by, and the bodies of its requests."""

    received: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)

    def over(self, page: Page) -> "Heard":
        page.on("websocket", self._socket)
        return self

    def _socket(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.received.append(str(frame)))
        socket.on("framesent", lambda frame: self.sent.append(str(frame)))


SHOWN = """
() => ({
  title: document.title,
  page: document.documentElement.outerHTML,
  words: document.body.innerText,
  local: JSON.stringify({...localStorage}),
  session: JSON.stringify({...sessionStorage}),
  cookies: document.cookie,
  address: location.pathname,
  history: JSON.stringify(history.state),
  pressed: document.querySelectorAll('#questions [aria-pressed="true"], #questions :checked').length,
})
"""
# What differs from load to load and from person to person, and says nothing.
# Names that the server made are random, so they have capitals or digits; classes and codes have none.
_ANY = re.compile(
    r"(?<![\w-])(?=[\w-]*[A-Z0-9])[\w-]{22}(?![\w-])|\d{4}-\d\d-\d\dT[\d:.+Z]+|\d\d:\d\d"
    r'|nonce="[^"]*"|--level: ?[\d.]+|"(?:re|version|every)": ?\d+|"blikk\.tab":"[^"]*"'
)

_SHEET = re.compile(r'<link rel="stylesheet"[^>]*>')


def shown(page: Page) -> dict[str, Any]:
    """Everything a page shows or keeps, without what is different each time."""
    found: dict[str, Any] = page.evaluate(SHOWN)
    # Three styles come while one waits, in whatever order the network gives them.
    sheets = sorted(_SHEET.findall(found["page"]))
    found["page"] = _SHEET.sub("", found["page"]) + "".join(sheets)
    return {name: plain(value) if isinstance(value, str) else value for name, value in found.items()}


def plain(words: str) -> str:
    return _ANY.sub("*", words)
