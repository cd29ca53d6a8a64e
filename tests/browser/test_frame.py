"""The safe frame in real browsers: questions while waiting, lights, offers, and one key that confirms."""

from collections.abc import Callable

from playwright.sync_api import Browser, expect

from tests.browser.calls import talks
from tests.browser.conftest import Stage
from tests.browser.frames import answer, answer_all, count_presses, know, presses, say_own_side
from tests.browser.people import together
from tests.browser.watch import require_no_barriers, require_no_sideways_scroll

SMALL = {"viewport": {"width": 360, "height": 740}}


def test_the_patient_answers_one_question_at_a_time_and_a_reload_forgets_nothing(
    set_stage: Callable[..., Stage], patient_browser: Browser
) -> None:
    stage = set_stage()
    patient = stage.patient(patient_browser, **SMALL)
    with together(patient):
        patient.wait()
        expect(patient.sees("question")).to_have_text("Sitter du et sted der du kan snakke i ro?")
        require_no_sideways_scroll(patient.page)
        require_no_barriers(patient.page)
        answer(patient, "b")
        expect(patient.sees("other-way")).to_contain_text("Plassen din er trygg")
        answer(patient, "a")
        patient.page.reload()
        expect(patient.sees("question")).to_have_text("Er du trygg og uforstyrret?")
        for letter in ("a", "a", "a", "a"):
            answer(patient, letter)
        patient.sees("questions-done")
        require_no_barriers(patient.page)
        patient.page.locator("#questions summary").first.click()
        patient.press("change-answer")
        answer(patient, "a")
        said = stage.app.backstage.ask("frame", invitation=stage.hour["invitation"])["answers"]
        assert said == dict.fromkeys(("place", "sound", "safe", "company", "overheard", "worse"), "a")


def test_who_is_worse_is_shown_the_emergency_numbers_and_still_is_after_a_reload(
    set_stage: Callable[..., Stage], patient_browser: Browser
) -> None:
    stage = set_stage()
    patient = stage.patient(patient_browser, **SMALL)
    with together(patient):
        patient.wait()
        answer_all(patient, worse="c")
        expect(patient.sees("urgent").locator('a[href="tel:113"]')).to_be_visible()
        patient.page.reload()
        expect(patient.sees("urgent").locator('a[href="tel:116117"]')).to_be_visible()
        require_no_barriers(patient.page)


def test_a_red_answer_offers_five_minutes_and_they_end_when_the_patient_is_ready(
    set_stage: Callable[..., Stage], staff_browser: Browser, patient_browser: Browser
) -> None:
    stage = set_stage()
    clinician, patient = stage.clinician(staff_browser), stage.patient(patient_browser)
    with together(clinician, patient):
        clinician.sign_in(day=stage.hour["day"])
        patient.wait()
        answer_all(patient, place="b")
        row = clinician.sees("lights")
        expect(row).to_contain_text("Må avklares: Sted (nei)")
        require_no_barriers(clinician.page)
        clinician.press("hold-a-while")
        expect(patient.sees("on-hold")).to_contain_text("Du kommer tilbake av deg selv")
        expect(clinician.page.locator('[data-test="admit"]')).to_have_count(0)
        patient.press("frame-ready")
        expect(patient.page.locator('[data-test="on-hold"]:visible')).to_have_count(0)
        clinician.admit()
        panel = clinician.sees("frame")
        expect(panel.locator('[data-test="frame-offers"]')).to_contain_text("Bare lyd")
        expect(panel.locator('[data-test="in-person"]')).to_be_visible()
        clinician.press("pause")
        expect(clinician.page.locator("#talk-said")).to_contain_text("beskjed om fem minutter")
        expect(patient.page.get_by_text("Vi tar fem minutter").first).to_be_attached()
        clinician.page.keyboard.press("0")
        expect(clinician.sees("own-side")).to_contain_text("Din side er i orden")
        clinician.page.keyboard.press("b")
        expect(clinician.sees("frame-refused")).to_be_visible()
        clinician.page.keyboard.press("1")
        clinician.sees("questions-settled")
        require_no_barriers(clinician.page)


def test_from_arrived_to_talking_a_known_patient_takes_one_click_and_one_key(
    set_stage: Callable[..., Stage], staff_browser: Browser, patient_browser: Browser
) -> None:
    stage = set_stage()
    know(stage)
    clinician, patient = stage.clinician(staff_browser), stage.patient(patient_browser)
    with together(clinician, patient):
        clinician.sign_in(day=stage.hour["day"])
        say_own_side(clinician)
        patient.wait()
        answer_all(patient)
        expect(clinician.sees("lights")).to_contain_text("Spørsmålene er i orden")
        count_presses(clinician)
        clinician.page.locator('[data-test="admit"]:visible').click()
        talks(clinician.page, patient.page)
        expect(clinician.sees("frame-state")).to_have_text("Ikke bekreftet ennå.")
        clinician.page.keyboard.press("b")
        expect(clinician.sees("frame-state")).to_contain_text("Rammen er bekreftet")
        talks(clinician.page, patient.page)
        assert presses(clinician) == {"clicks": 1, "keys": 1}
        assert stage.app.backstage.ask("talk", appointment=stage.hour["appointment"])["status"] == "confirmed"
