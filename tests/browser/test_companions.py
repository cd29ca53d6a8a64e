"""Somebody who comes along: the patient says yes while they talk, the clinician lets them in and asks them to leave."""

from collections.abc import Callable

from playwright.sync_api import Browser, expect

from tests.browser.conftest import Talk
from tests.browser.people import Patient, together


def test_the_patient_says_yes_and_the_clinician_lets_in_and_out(
    talking: Callable[..., Talk], patient_browser: Browser
) -> None:
    talk = talking()
    app, clinician, patient = talk.stage.app, talk.clinician, talk.patient
    hour = app.backstage.ask(
        "companion",
        clinic=talk.stage.clinic["clinic"],
        appointment=talk.stage.hour["appointment"],
        role="relative",
        name="Liv Hansen",
        phone="+4790000001",
        said_yes=False,
    )
    friend = Patient(patient_browser, app, hour)
    with together(friend):
        friend.wait()
        expect(clinician.sees("companion-waits")).to_contain_text("Pasienten har ikke svart")
        expect(clinician.at("companion-waits").locator('[data-test="admit"]')).to_have_count(0)
        expect(patient.sees("along")).to_contain_text("Kan Liv Hansen være med")
        patient.press("along-yes")
        expect(patient.at("along")).to_have_count(0)
        clinician.press("admit")
        friend.is_in()
        expect(patient.sees("banner")).to_contain_text("Liv Hansen (pårørende) er med nå.")
        clinician.press("send-out")
        friend.sees("sent-out")
        expect(patient.page.locator(".tile-name").filter(has_text="Liv Hansen")).to_have_count(0)
