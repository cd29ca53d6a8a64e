"""The app is killed in the middle of a call: the people go on talking, and everything comes back."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.app import App
from tests.browser.calls import grows, talks, until
from tests.browser.conftest import Talk

AWAY_MS = 6000


def test_a_call_outlives_the_app_and_can_be_ended_when_it_is_back(
    own_app: Callable[..., App], talking: Callable[..., Talk]
) -> None:
    app = own_app().start()
    talk = talking(on=app)
    people = (talk.clinician, talk.patient)

    app.kill()
    talk.patient.page.wait_for_timeout(AWAY_MS)
    for one in people:
        assert grows(one.page, "framesDecoded", within=2) < 2
        assert grows(one.page, "totalAudioEnergy", within=3) < 3
        expect(one.at("banner")).to_be_visible()

    app.start()
    for one in people:
        until(one.page, lambda one=one: not one.at("banner").count(), within=20, what=lambda: "still away")
    talks(talk.clinician.page, talk.patient.page)
    if not talk.patient.at("text-input").count():
        talk.patient.press("text-open")
    talk.clinician.press("text-open")
    talk.patient.sees("text-input").fill("Er du der?")
    talk.patient.press("text-send")
    expect(talk.clinician.sees("text-lane")).to_contain_text("Er du der?")

    talk.clinician.end()
    talk.patient.sees("ended")
    talk.clinician.page.wait_for_url("**/avslutning/**")
    record = app.backstage.ask("talk", appointment=talk.stage.hour["appointment"])
    assert record["status"] == "ended"
    assert app.backstage.ask("audit_faults") == []


def test_a_place_in_the_waiting_room_outlives_the_app(
    own_app: Callable[..., App], set_stage, staff_browser, patient_browser
) -> None:
    app = own_app().start()
    scene = set_stage(on=app)
    clinician, patient = scene.clinician(staff_browser), scene.patient(patient_browser)
    try:
        clinician.sign_in(day=scene.hour["day"])
        patient.wait()
        clinician.sees("arrived-row")
        app.kill()
        expect(patient.at("banner")).to_be_visible(timeout=20_000)
        app.start()
        until(patient.page, lambda: not patient.at("banner").count(), within=30, what=lambda: "still away")
        patient.sees("waiting")
        clinician.admit()
        talks(clinician.page, patient.page)
    finally:
        for one in (clinician, patient):
            one.go_home()
