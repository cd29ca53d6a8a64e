"""The pictures of the README, taken from the running product; kept in the tree with BLIKK_PICTURES=1 only."""

import os
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Playwright

from tests.browser.app import ROOT
from tests.browser.calls import talks
from tests.browser.conftest import Stage
from tests.browser.people import open_browser, together
from tests.browser.portraits import CLINICIAN, PATIENT, film


def test_the_waiting_room_and_the_conversation_can_be_shown(
    set_stage: Callable[..., Stage], playwright: Playwright, staff_browser: Browser, tmp_path: Path
) -> None:
    folder = ROOT / "docs" / "pictures" if os.environ.get("BLIKK_PICTURES") else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    browsers = [
        open_browser(playwright, film=film(staff_browser, drawing, tmp_path / f"{name}.mjpeg"))
        for name, drawing in (("clinician", CLINICIAN), ("patient", PATIENT))
    ]
    scene = set_stage()
    clinician, patient = scene.clinician(browsers[0]), scene.patient(browsers[1], device_scale_factor=2)
    with together(clinician, patient):
        clinician.sign_in(day=scene.hour["day"])
        patient.wait()
        patient.page.wait_for_timeout(1500)
        waiting = patient.page.screenshot(path=folder / "waiting-room.png", animations="disabled")
        clinician.admit()
        talks(clinician.page, patient.page)
        clinician.sees("note-text").fill("Bedre søvn siden sist. Fortsetter med samme dose.")
        clinician.page.mouse.move(5, 400)
        sharp = "() => document.querySelector('[data-test=video-remote]').videoWidth >= 640"
        clinician.page.wait_for_function(sharp, timeout=60_000)
        clinician.page.wait_for_timeout(1500)
        talking = clinician.page.screenshot(path=folder / "conversation.png", animations="disabled")
        assert min(len(waiting), len(talking)) > 20_000
    for browser in browsers:
        browser.close()
