"""What it takes from "is here" to talking with a frame that is confirmed, for a patient whom the clinic knows."""

from playwright.sync_api import sync_playwright

from bench.call import a_browser, product
from tests.browser.calls import talks
from tests.browser.conftest import stage
from tests.browser.frames import answer_all, count_presses, know, presses, say_own_side


def measure() -> dict[str, float]:
    """Real presses in a real browser; both see and hear each other before and after the key."""
    with sync_playwright() as playwright, product() as app:
        browser = a_browser(playwright)
        try:
            scene = stage(app)
            know(scene)
            clinician, patient = scene.clinician(browser), scene.patient(browser)
            clinician.sign_in(day=scene.hour["day"])
            say_own_side(clinician)
            patient.wait()
            answer_all(patient)
            clinician.sees("lights")
            count_presses(clinician)
            clinician.admit()
            talks(clinician.page, patient.page)
            clinician.sees("frame")
            clinician.page.keyboard.press("b")
            clinician.page.wait_for_selector('[data-test="frame"][data-confirmed="yes"]')
            talks(clinician.page, patient.page)
            pressed = presses(clinician)
        finally:
            browser.close()
    return {
        "clicks_arrived_to_talking_known_patient": pressed["clicks"],
        "keys_arrived_to_talking_known_patient": pressed["keys"],
    }
