"""How long the simulated patient takes through a whole consultation, with a clinician who does everything at once."""

import time

from playwright.sync_api import sync_playwright

from bench.call import a_browser, product
from tests.browser.people import Clinician, together
from tests.browser.test_practice import practise


def measure() -> dict[str, float]:
    """From the button that begins the practice until one is back at work and has seen what was done."""
    with sync_playwright() as playwright, product() as app:
        browser = a_browser(playwright)
        try:
            account = app.backstage.ask("clinic")["clinicians"][0]
            clinician = Clinician(browser, app, account)
            with together(clinician):
                clinician.sign_in()
                began = time.monotonic()
                practise(clinician)
                took = time.monotonic() - began
        finally:
            browser.close()
    return {"seconds_practice_story": round(took, 1)}
