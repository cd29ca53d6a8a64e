"""The simulated patient in a real browser: a whole consultation unattended, and the patient's own practice."""

from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect

from tests.browser.app import App
from tests.browser.calls import grows, stands_still, talks, until
from tests.browser.people import Clinician, Person, together
from tests.browser.watch import require_no_barriers, require_no_sideways_scroll

STEPS = ("waiting", "questions", "identity", "network", "danger", "end", "close_out")


def test_the_simulated_patient_runs_a_whole_consultation_unattended(app: App, staff_browser: Browser) -> None:
    clinic = app.backstage.ask("clinic")
    clinician = Clinician(staff_browser, app, clinic["clinicians"][0])
    with together(clinician):
        clinician.sign_in()
        practise(clinician)
    assert app.backstage.ask("practised", clinic=clinic["clinic"]) == {
        "steps": [list(STEPS)],
        "is_finished": [True],
        "hours": 0,
        "messages": 0,
        "patients": 0,
    }


def practise(clinician: Clinician) -> None:
    """Everything that a new clinician does, from the button to the feedback."""
    patient = begin(clinician)
    page = clinician.page
    clinician.press("to-day")
    clinician.make_ready()
    expect(clinician.sees("practising")).to_contain_text("Du øver")
    until(
        page,
        lambda: patient.locator('[data-test="questions-done"]:visible').count() > 0,
        within=40,
        what=patient.url.__str__,
    )
    clinician.admit()
    talks(page, patient)
    ask_about(clinician, "sound")
    expect(patient.locator('[data-test="practice-coach"]')).to_contain_text("steg 3")
    page.keyboard.press("l")
    expect(patient.locator('[data-test="card-asked"]')).to_be_visible()
    talks(page, patient)
    page.keyboard.press("l")
    # A bad network: the picture stands still on the clinician's side, until they write.
    clinician.press("text-open")
    expect(clinician.sees("text-lane").locator("li").last).to_contain_text("Nå stoppet bildet")
    stands_still(page, "totalAudioEnergy")
    clinician.sees("text-input").fill("Jeg hører deg. Vi venter litt, ellers ringer jeg.")
    clinician.press("text-send")
    assert grows(page, "totalAudioEnergy") < 30
    ask_about(clinician, "safe")
    expect(patient.locator('[data-test="practice-coach"]')).to_contain_text("steg 6")
    talks(page, patient)
    clinician.end()
    page.wait_for_url("**/avslutning/**")
    expect(patient.locator('[data-test="ended"]:visible')).to_be_visible()
    clinician.press("sign")
    for name in {one.get_attribute("name") for one in page.locator("input[type=radio]").all()}:
        page.locator(f'input[type=radio][name="{name}"]').first.check()
    with page.expect_navigation():
        clinician.press("close-out-done")
    expect(patient.locator('[data-test="practice-coach"]')).to_contain_text("Du er ferdig")
    look_back(clinician)


def begin(clinician: Clinician) -> Page:
    page = clinician.page
    page.goto(f"{clinician.app.base}/ove/")
    clinician.press("practice-begin")
    with page.expect_popup() as opened:
        clinician.press("open-patient")
    patient = opened.value
    expect(patient.locator('[data-test="practice-coach"]')).to_be_visible()
    return patient


def ask_about(clinician: Clinician, question: str) -> None:
    """Tick what one was told."""
    asked = clinician.page.locator(f'[data-test="frame-ask"][data-question="{question}"]')
    asked.locator('[data-test="tick-ok"]').click()
    expect(asked).to_have_count(0)


def look_back(clinician: Clinician) -> None:
    """What was done is told, and one is back at work afterwards."""
    page = clinician.page
    page.goto(f"{clinician.app.base}/ove/")
    for step in STEPS:
        expect(page.locator(f'[data-step="{step}"]')).to_have_attribute("data-done", "yes")
    require_no_barriers(page)
    clinician.press("practice-leave")
    expect(clinician.at("practising")).to_have_count(0)
    expect(clinician.sees("practised-before")).to_contain_text("7 av 7")
    require_no_barriers(page)


def test_a_patient_practises_alone_and_the_server_hears_nothing_of_it(
    app: App, patient_browser: Browser
) -> None:
    patient = Person(patient_browser, app, viewport={"width": 360, "height": 740})
    asked: list[str] = []
    with together(patient):
        page = patient.page
        page.goto(f"{app.base}/ov")
        require_no_sideways_scroll(page)
        require_no_barriers(page)
        page.on(
            "request",
            lambda request: asked.append(request.url) if not request.url.startswith("blob:") else None,
        )
        patient.press("rehearse-begin")
        mirror = page.locator("#mirror")
        network = page.locator('[data-device="network"]')
        expect(network).to_have_attribute("data-is", "ready", timeout=20_000)
        until(page, lambda: mirror.evaluate("one => one.videoWidth") > 0, within=20, what=lambda: "no mirror")
        patient.press("rehearse-hear")
        expect(page.locator("#heard")).to_have_text("Slik hørtes det ut.", timeout=20_000)
        patient.press("rehearse-next")
        patient.press("rehearse-yes")
        picture = patient.sees("rehearse-video")
        shown = "one => one.getVideoPlaybackQuality().totalVideoFrames"
        until(page, lambda: picture.evaluate(shown) > 10, within=20, what=lambda: "no drawn clinician")
        patient.sees("rehearse-done")
        require_no_barriers(page)
        # The relay is lent to try the network, and that is all.
        assert [urlsplit(url).path for url in asked] == ["/ov/nett"]
        assert patient.context.cookies() == []
