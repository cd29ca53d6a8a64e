"""Down to the phone and back by hand, text as the main thing, captions from the device, and another solution's room."""

from collections.abc import Callable

from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.app import App
from tests.browser.calls import counters, talks, until
from tests.browser.conftest import Stage, Talk, stage
from tests.browser.people import Person, together
from tests.browser.test_conversation import rare
from tests.browser.watch import require_no_barriers, require_no_sideways_scroll

HOST = "rom.example"
CLINICS_NUMBER = "55 55 01 00"
PATIENTS_NUMBER = "90 12 34 56"
LIGHTS = "() => document.querySelector('[data-test=video-self]').srcObject?.getTracks().length ?? 0"


def is_silent(page: Page) -> None:
    """No connection and no open device is left."""
    until(page, lambda: counters(page) == {}, within=10, what=lambda: counters(page))
    until(page, lambda: page.evaluate(LIGHTS) == 0, within=10, what=lambda: "a device is still open")


def test_to_the_phone_and_back_and_to_the_phone_again_until_nobody_answers(
    talking: Callable[..., Talk],
) -> None:
    talk = talking()
    clinician, patient = talk.clinician, talk.patient
    clinician.press("phone")
    expect(clinician.sees("phone-in_use").locator("[data-test=phone-number]")).to_have_text(PATIENTS_NUMBER)
    told = patient.sees("phone-in_use").locator("[data-test=phone-number]")
    expect(told).to_have_text(CLINICS_NUMBER)
    expect(told).to_have_attribute("href", f"tel:{CLINICS_NUMBER.replace(' ', '')}")
    for one in (clinician, patient):
        is_silent(one.page)
        require_no_barriers(one.page)
        require_no_sideways_scroll(one.page)
    patient.page.reload()
    patient.sees("phone-in_use")
    is_silent(patient.page)
    clinician.press("phone-back")
    talks(clinician.page, patient.page)
    expect(patient.at("phone-in_use")).to_have_count(0)
    # The patient asks, and the clinician decides.
    rare(patient, "phone")
    clinician.sees("phone-asked").locator("[data-test=phone-go]").click()
    patient.sees("phone-in_use")
    clinician.press("phone-unanswered")
    clinician.press("phone-end")
    clinician.press("end-confirm")
    patient.sees("ended")
    expect(clinician.sees("note-draft")).to_contain_text("Ringt uten svar")
    expect(clinician.page.locator("input[name=outcome][value=unreachable]")).to_be_checked()
    found = talk.stage.app.backstage.ask("talk", appointment=talk.stage.hour["appointment"])
    assert found["channels"] == ["video", "phone", "video", "phone"]


def test_the_phone_holds_in_any_state_within_two_clicks(talking: Callable[..., Talk]) -> None:
    talk = talking()
    talk.clinician.context.set_offline(True)
    talk.clinician.page.wait_for_timeout(500)
    talk.clinician.press("phone")
    talk.clinician.sees("phone-in_use")
    is_silent(talk.clinician.page)
    talk.clinician.context.set_offline(False)
    talk.patient.sees("phone-in_use", within=30_000)
    found = talk.stage.app.backstage.ask("talk", appointment=talk.stage.hour["appointment"])
    assert found["channels"] == ["video", "phone"]


def test_who_reads_and_writes_says_so_and_the_text_is_the_main_thing_for_both(
    set_stage: Callable[..., Stage], staff_browser: Browser, patient_browser: Browser
) -> None:
    scene = set_stage()
    clinician, patient = scene.clinician(staff_browser), scene.patient(patient_browser)
    with together(clinician, patient):
        clinician.sign_in(day=scene.hour["day"])
        patient.wait()
        patient.sees("uses-text").check()
        expect(clinician.page.get_by_text("Leser og skriver")).to_be_visible()
        clinician.admit()
        talks(clinician.page, patient.page)
        for one in (clinician, patient):
            lane = one.page.locator(".lane[data-large]")
            expect(lane).to_be_visible()
            size = one.page.locator(".lane .lane-input").evaluate("one => getComputedStyle(one).fontSize")
            assert float(size.removesuffix("px")) >= 20
            require_no_sideways_scroll(one.page)
            require_no_barriers(one.page)
        patient.sees("text-input").fill("Kan du vente litt?")
        patient.page.keyboard.press("Enter")
        expect(clinician.at("text-lane")).to_contain_text("Kan du vente litt?")
        clinician.sees("text-input").focus()
        clinician.page.keyboard.press("Escape")
        expect(clinician.page.locator(".lane")).to_be_hidden()
        expect(clinician.at("text-open")).to_be_focused()
        # No browser here makes words on the device: there is no button, and a word of where else to look.
        patient.sees("captions-hint")
        for one in (clinician, patient):
            expect(one.page.locator("[data-test=captions]:visible")).to_have_count(0)


RECOGNISER = """
window.SpeechRecognition = class extends EventTarget {
  static async available(wanted) { return wanted.processLocally ? 'available' : 'unavailable'; }
  processLocally = false;
  start() {
    if (!this.processLocally) throw new Error('to a cloud');
    const result = Object.assign([{transcript: 'Jeg har vondt i kneet'}], {isFinal: true});
    setTimeout(() => this.dispatchEvent(
      Object.assign(new Event('result'), {resultIndex: 0, results: [result]})), 300);
  }
  abort() { this.dispatchEvent(new Event('end')); }
};
"""


def test_captions_come_from_the_speakers_own_device_when_the_other_wishes(
    set_stage: Callable[..., Stage], staff_browser: Browser, patient_browser: Browser
) -> None:
    scene = set_stage()
    clinician, patient = scene.clinician(staff_browser), scene.patient(patient_browser)
    patient.context.add_init_script(RECOGNISER)
    with together(clinician, patient):
        clinician.sign_in(day=scene.hour["day"])
        patient.wait()
        clinician.admit()
        talks(clinician.page, patient.page)
        expect(clinician.page.locator(".stage-subtitles")).to_be_hidden()
        rare(clinician, "captions")
        expect(clinician.page.locator(".stage-subtitles")).to_contain_text("Jeg har vondt i kneet")
        expect(patient.sees("banner")).to_contain_text("ser det du sier som tekst")
        rare(clinician, "captions")
        expect(clinician.page.locator(".stage-subtitles")).to_be_hidden()


def answers_there(person: Person) -> list[dict[str, str]]:
    """Stand in for the other solution's site, and keep what its visitors tell about themselves."""
    seen: list[dict[str, str]] = []

    def answer(route: Route) -> None:
        seen.append(route.request.headers)
        body = "<!doctype html><title>Rommet</title><p id=who></p><script>who.textContent = String(opener)</script>"
        route.fulfill(status=200, content_type="text/html", body=body)

    person.context.route(f"https://{HOST}/**", answer)
    return seen


def test_another_solution_is_reached_from_our_waiting_room_and_left_by_our_end(
    own_app: Callable[..., App], staff_browser: Browser, patient_browser: Browser
) -> None:
    app = own_app(BLIKK_EXTERNAL_VIDEO_HOSTS=HOST).start()
    scene = stage(app)
    clinic = scene.clinic["clinic"]
    app.backstage.ask("video", clinic=clinic, supplier="Join", address=f"https://{HOST}/rom-{{random}}")
    clinician, patient = scene.clinician(staff_browser), scene.patient(patient_browser)
    for one in (clinician, patient):
        one.watch.strangers = Allowed(HOST)
    visits = answers_there(patient)
    with together(clinician, patient):
        clinician.sign_in(day=scene.hour["day"])
        patient.open_link()
        patient.prove()
        patient.sees("check-elsewhere")
        require_no_barriers(patient.page)
        patient.press("wait-elsewhere")
        patient.sees("waiting")
        assert HOST not in patient.page.content()
        assert "Join" not in patient.page.content()
        clinician.admit()
        for one in (clinician, patient):
            expect(one.sees("elsewhere-host")).to_have_text(HOST)
            require_no_barriers(one.page)
            require_no_sideways_scroll(one.page)
        address = patient.sees("elsewhere-go").get_attribute("href")
        assert address is not None
        assert address == clinician.sees("elsewhere-go").get_attribute("href")
        expect(patient.sees("elsewhere")).to_contain_text(CLINICS_NUMBER)
        with patient.context.expect_page() as opening:
            patient.press("elsewhere-go")
        expect(opening.value.locator("#who")).to_have_text("null")
        assert "referer" not in visits[0]
        opening.value.close()
        assert counters(patient.page) == {}
        clinician.end()
        patient.sees("ended")
        expect(clinician.sees("note-draft")).to_contain_text(f"Videoløsning: Join ({HOST})")


def test_when_the_other_solution_fails_one_press_brings_both_to_ours(
    own_app: Callable[..., App], staff_browser: Browser, patient_browser: Browser
) -> None:
    app = own_app(BLIKK_EXTERNAL_VIDEO_HOSTS=HOST).start()
    scene = stage(app)
    app.backstage.ask("video", clinic=scene.clinic["clinic"], supplier="Join", address=f"https://{HOST}/fast")
    clinician, patient = scene.clinician(staff_browser), scene.patient(patient_browser)
    with together(clinician, patient):
        clinician.sign_in(day=scene.hour["day"])
        patient.wait(by="wait-elsewhere")
        clinician.admit()
        patient.sees("elsewhere-go")
        clinician.press("elsewhere-own")
        talks(clinician.page, patient.page)


class Allowed(list[str]):
    """What goes to one other host is meant to; everything else is kept."""

    def __init__(self, host: str) -> None:
        super().__init__()
        self.host = host

    def append(self, url: str) -> None:
        if not url.startswith(f"https://{self.host}/"):
            super().append(url)
