"""A clinician puts their hours into their own calendar, and takes the address back."""

from collections.abc import Callable

import httpx
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Stage
from tests.browser.people import together
from tests.browser.test_working_day import sign_in
from tests.calendars.reading import both


def test_the_address_that_was_copied_shows_the_hours_until_it_is_closed(
    set_stage: Callable[..., Stage], staff_browser: Browser
) -> None:
    scene = set_stage()
    person = scene.clinician(staff_browser, permissions=["clipboard-read", "clipboard-write"])
    with together(person):
        sign_in(person)
        page = person.page
        page.goto(f"{scene.app.base}/timeliste/")
        person.press("calendar")
        person.press("feed-open")
        address = person.sees("feed-address").inner_text()
        page.get_by_role("button", name="Kopier adressen").click()
        expect(page.get_by_text("Kopiert")).to_be_visible()
        assert page.evaluate("() => navigator.clipboard.readText()") == address
        answer = httpx.get(address)
        read = [entry.properties["SUMMARY"] for entry in both(answer.text)]
        assert "Videokonsultasjon" in read
        page.get_by_role("link", name="Ferdig").click()
        expect(person.sees("feed-state")).to_contain_text("hentet timene sist")
        expect(page.get_by_text(address)).to_have_count(0)
        person.press("feed-close")
        expect(page.get_by_text("Adressen er stengt")).to_be_visible()
        assert httpx.get(address).status_code == 404
