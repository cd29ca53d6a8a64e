"""Help on a page: opened by its key and by its button, closed by Escape, and quiet while one types."""

from collections.abc import Callable

from playwright.sync_api import Browser, expect

from tests.browser.conftest import Stage
from tests.browser.people import together
from tests.browser.test_working_day import sign_in
from tests.browser.watch import require_no_barriers_in_any_shape


def test_help_opens_by_key_and_button_and_not_while_one_types(
    set_stage: Callable[..., Stage], staff_browser: Browser
) -> None:
    scene = set_stage()
    person = scene.clinician(staff_browser)
    with together(person):
        sign_in(person)
        page = person.page
        page.goto(f"{scene.app.base}/pasienter/")
        panel = page.locator("#page-help")
        field = page.locator("main input:not([type=hidden])").first
        field.focus()
        page.keyboard.type("?")
        expect(panel).to_be_hidden()
        expect(field).to_have_value("?")
        page.locator("main").focus()
        page.keyboard.press("?")
        expect(panel).to_contain_text("Her finner du pasienter.")
        page.keyboard.press("Escape")
        expect(panel).to_be_hidden()
        page.locator("[data-test=help]").click()
        expect(panel).to_be_visible()
        require_no_barriers_in_any_shape(page)
