"""A patient in the waiting room would rather come in person; staff see it at once, and agree with one press."""

from collections.abc import Callable

from playwright.sync_api import Browser, expect

from tests.browser.conftest import Stage
from tests.browser.people import together
from tests.browser.test_working_day import sign_in
from tests.browser.watch import require_no_barriers, require_no_sideways_scroll

SOON = 5_000


def test_a_wish_to_meet_is_seen_at_once_and_answered_with_one_press(
    set_stage: Callable[..., Stage], staff_browser: Browser, patient_browser: Browser
) -> None:
    scene = set_stage()
    clinician, patient = scene.clinician(staff_browser), scene.patient(patient_browser)
    with together(clinician, patient):
        sign_in(clinician)
        patient.wait()
        patient.press("change")
        patient.press("in-person")
        require_no_barriers(patient.page)
        require_no_sideways_scroll(patient.page)
        patient.press("confirm")
        patient.sees("take-back")
        row = clinician.page.locator('[data-test="arrived-row"]')
        expect(row).to_contain_text("Vil heller møte opp", timeout=SOON)
        patient.press("back")
        patient.sees("waiting")
        row.locator("a").first.click()
        clinician.press("agree")
        expect(clinician.page.get_by_text("Møter opp, ikke på video").first).to_be_visible()
        patient.sees("in-person")
