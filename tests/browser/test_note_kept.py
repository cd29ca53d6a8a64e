"""Every keystroke of the note survives the app's death and a reload, at whatever moment they come."""

import os
import random
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.app import App
from tests.browser.conftest import Talk

ROUNDS = 12 if os.environ.get("BLIKK_LONG") else 2
NOTHING_LEFT = "() => !Object.keys(sessionStorage).some((key) => key.startsWith('blikk.note'))"
WORDS = "Bedre i kneet. Går tur hver dag."


def test_what_was_typed_outlives_the_app_and_a_reload(
    own_app: Callable[..., App], talking: Callable[..., Talk]
) -> None:
    app = own_app().start()
    page = talking(on=app).clinician.page
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
        expect(note).to_have_value(typed)
        # What lies in the tab goes when the server has it, whether the page before or this one sent it.
        page.wait_for_function(NOTHING_LEFT, timeout=20_000)
    page.reload()
    expect(note).to_have_value(typed)
    assert page.evaluate(NOTHING_LEFT)
