"""The staff's equipment check, and every fault of a device on both sides: each has its words, and a way on."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Playwright, expect

from tests.browser.calls import grows, stands_still, talks
from tests.browser.conftest import Stage, Talk
from tests.browser.people import Clinician, Person, open_browser, together
from tests.browser.watch import require_no_barriers_in_any_shape

# A microphone of our own making: noise, and with `loop` whatever the page plays, twenty decibels lower.
ROOM = """
(() => {
  const LOOP = %s;
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const taps = [];
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...more) {
    if (LOOP && to instanceof AudioDestinationNode) {
      const tap = to.context.createMediaStreamDestination();
      connect.call(this, tap);
      taps.forEach((take) => take(tap.stream));
    }
    return connect.call(this, to, ...more);
  };
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (!wanted.audio) return real(wanted);
    const room = new AudioContext();
    await room.resume();
    const ear = room.createMediaStreamDestination();
    const noise = room.createBufferSource();
    noise.buffer = room.createBuffer(1, room.sampleRate, room.sampleRate);
    const samples = noise.buffer.getChannelData(0);
    for (let i = 0; i < samples.length; i++) samples[i] = (Math.random() - 0.5) * 0.02;
    noise.loop = true;
    connect.call(noise, ear);
    noise.start();
    taps.push((stream) => {
      const lower = room.createGain();
      lower.gain.value = 0.1;
      connect.call(room.createMediaStreamSource(stream), lower);
      connect.call(lower, ear);
    });
    const picture = wanted.video ? await real({ video: wanted.video }) : new MediaStream();
    return new MediaStream([...ear.stream.getTracks(), ...picture.getTracks()]);
  };
})();
"""
REFUSED = """
navigator.mediaDevices.getUserMedia = async () => {{ throw new DOMException("{message}", "{name}"); }};
"""
TOO_OLD = "delete RTCRtpSender.prototype.replaceTrack;"
NO_WAY = """
RTCPeerConnection.prototype.setLocalDescription = async () => { throw new Error("the network lets nothing through"); };
"""
IN_APP = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148 [FBAN/FBIOS;FBAV/450.0]"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)


def refused(name: str, message: str = "") -> str:
    return REFUSED.format(name=name, message=message)


# fault, what makes it, what the browser says it is
FAULTS: list[tuple[str, str, dict[str, Any]]] = [
    ("denied", refused("NotAllowedError", "Permission denied"), {}),
    ("denied", refused("NotAllowedError", "Permission denied"), {"user_agent": IPHONE}),
    ("denied_by_system", refused("NotAllowedError", "Permission denied by system"), {}),
    ("in_use", refused("NotReadableError"), {}),
    ("missing", refused("NotFoundError"), {}),
    ("failed", refused("TypeError"), {}),
    ("unsupported", TOO_OLD, {}),
    ("in_app_browser", refused("NotAllowedError"), {"user_agent": IN_APP}),
]


def signed_in(scene: Stage, browser: Browser, script: str = "", **context: Any) -> Clinician:
    """On the equipment page, before it is begun."""
    clinician = scene.clinician(browser, **context)
    if script:
        clinician.context.add_init_script(script)
    page = clinician.page
    page.goto(f"{scene.app.base}/utstyr/")
    page.locator("input[name=login]").fill(clinician.account["user"])
    page.locator("input[name=password]").fill(clinician.account["password"])
    clinician.press("sign-in")
    clinician.sees("equipment-begin")
    return clinician


def test_the_whole_check_is_done_and_kept(set_stage: Callable[..., Stage], staff_browser: Browser) -> None:
    clinician = signed_in(set_stage(), staff_browser)
    with together(clinician):
        page = clinician.page
        require_no_barriers_in_any_shape(page)
        clinician.press("equipment-begin")
        for device in ("camera", "microphone", "network"):
            expect(clinician.at(f"light-{device}")).to_have_attribute("data-is", "ready", timeout=20_000)
        expect(clinician.at("equipment-kept")).to_have_text("Lagret at du har prøvd utstyret.")
        expect(page.locator("[data-light]:visible").first).to_be_visible(timeout=15_000)
        page.locator("#height-under").check()
        expect(clinician.at("height-under-said")).to_be_visible()
        page.locator("summary").click()
        field = page.locator("#choose-camera")
        other = field.locator("option").last.get_attribute("value")
        field.select_option(other)
        expect(clinician.at("light-camera")).to_have_attribute("data-is", "ready", timeout=20_000)
        require_no_barriers_in_any_shape(page)
        page.reload()
        assert "Da virket alt." in clinician.sees("last-check").inner_text()
        clinician.press("equipment-begin")
        used = (
            "() => document.querySelector('#mirror').srcObject?.getVideoTracks()[0]?.getSettings().deviceId"
        )
        page.wait_for_function(f"{used.replace('() => ', '(other) => other === ')}", arg=other)


@pytest.mark.parametrize("loop", [True, False])
def test_echo_is_measured_where_there_is_some_and_not_where_there_is_none(
    set_stage: Callable[..., Stage], staff_browser: Browser, loop: bool
) -> None:
    clinician = signed_in(set_stage(), staff_browser, ROOM % ("true" if loop else "false"))
    with together(clinician):
        clinician.press("equipment-begin")
        expect(clinician.at("light-microphone")).to_have_attribute("data-is", "ready", timeout=20_000)
        clinician.press("measure")
        if loop:
            clinician.sees("echo-echo")
            assert clinician.at("heard-yes").count() == 0
            return
        clinician.sees("heard-yes")
        clinician.sees("echo-none")
        # Silence in the microphone is no headset when nothing was heard by anybody.
        clinician.press("heard-no")
        clinician.sees("echo-unmeasured")
        clinician.sees("no-tone")


def test_every_fault_has_its_picture_words_and_a_way_on_for_staff(
    set_stage: Callable[..., Stage], staff_browser: Browser
) -> None:
    scene = set_stage()
    for fault, script, context in FAULTS:
        clinician = signed_in(scene, staff_browser, script, **context)
        with together(clinician):
            clinician.press("equipment-begin")
            shown = clinician.sees(f"fault-{fault}")
            assert shown.locator("h3").inner_text()
            drawn = "(one) => one.complete && one.naturalWidth > 0"
            picture = shown.locator("img").element_handle()
            clinician.page.wait_for_function(drawn, arg=picture)
            clinician.sees("equipment-again")
            clinician.press("equipment-anyway")
            clinician.page.wait_for_url("**/dag/**")


def test_every_fault_has_its_picture_words_and_a_way_on_for_the_patient(
    set_stage: Callable[..., Stage], patient_browser: Browser
) -> None:
    for fault, script, context in FAULTS:
        if fault == "in_app_browser":
            continue  # The link itself says it first: see below.
        scene = set_stage()
        patient = scene.patient(patient_browser, **context)
        with together(patient):
            patient.context.add_init_script(script)
            patient.open_link()
            patient.prove()
            shown = patient.page.locator(f'.fault[data-fault="{fault}"]:visible').first
            expect(shown).to_be_visible()
            drawn = "(one) => one.complete && one.naturalWidth > 0"
            patient.page.wait_for_function(drawn, arg=shown.locator("img").element_handle())
            patient.sees("check-again")
            patient.press("go-anyway")
            patient.sees("waiting")


def test_a_link_opened_inside_another_app_says_how_to_come_out(
    set_stage: Callable[..., Stage], patient_browser: Browser
) -> None:
    scene = set_stage()
    patient = scene.patient(patient_browser, user_agent=IN_APP)
    with together(patient):
        patient.page.goto(scene.hour["link"])
        patient.sees("in-app")
        patient.page.locator("#anyway").click()
        patient.sees("continue")


def test_a_network_without_a_relay_is_told_with_what_to_do(
    own_app: Callable[..., Any],
    set_stage: Callable[..., Stage],
    staff_browser: Browser,
    patient_browser: Browser,
) -> None:
    app = own_app(BLIKK_TURN_URLS="turn:127.0.0.1:9", BLIKK_TURN_SECRET="x" * 32).start()
    scene = set_stage(on=app)
    clinician = signed_in(scene, staff_browser, NO_WAY)
    patient, rehearsing = scene.patient(patient_browser), Person(patient_browser, app)
    with together(clinician, patient, rehearsing):
        clinician.press("equipment-begin")
        clinician.sees("fault-no_relay")
        clinician.sees("equipment-anyway")
        for one in (patient, rehearsing):
            one.context.add_init_script(NO_WAY)
        rehearsing.page.goto(f"{app.base}/ov")
        rehearsing.press("rehearse-begin")
        shows(rehearsing, "no_relay")
        expect(rehearsing.page.locator('[data-device="network"]')).to_have_attribute("data-is", "out")
        patient.open_link()
        patient.prove()
        shows(patient, "no_relay")
        patient.sees("check-again")
        patient.press("go-anyway")
        patient.sees("waiting")


def shows(person: Person, fault: str) -> Locator:
    """The one help text, with its picture drawn."""
    shown = person.page.locator(f'.fault[data-fault="{fault}"]:visible')
    expect(shown).to_have_count(1)
    expect(person.page.locator(".fault:visible")).to_have_count(1)
    drawn = "(one) => one.complete && one.naturalWidth > 0"
    person.page.wait_for_function(drawn, arg=shown.locator("img").element_handle())
    return shown


def test_a_machine_without_devices_and_a_browser_that_says_no_are_told_apart(
    set_stage: Callable[..., Stage], playwright: Playwright
) -> None:
    """Nothing is made up here: Chromium has no camera, or has one and is not let at it."""
    for fault, fakes in (("missing", False), ("denied", True)):
        browser = open_browser(playwright, fakes=fakes, asks=True)
        scene = set_stage()
        patient, rehearsing = scene.patient(browser), Person(browser, scene.app)
        with together(patient, rehearsing):
            rehearsing.page.goto(f"{scene.app.base}/ov")
            rehearsing.press("rehearse-begin")
            shows(rehearsing, fault)
            rehearsing.sees("check-again")
            rehearsing.press("rehearse-next")
            rehearsing.sees("rehearse-yes")
            patient.open_link()
            patient.prove()
            shows(patient, fault)
            patient.press("go-anyway")
            patient.sees("waiting")
        browser.close()


def test_a_device_that_is_unplugged_is_told_on_both_checks(
    set_stage: Callable[..., Stage], staff_browser: Browser, patient_browser: Browser
) -> None:
    scene = set_stage()
    clinician = signed_in(scene, staff_browser, KEEPS_TRACKS)
    patient = scene.patient(patient_browser)
    with together(clinician, patient):
        clinician.press("equipment-begin")
        expect(clinician.at("light-camera")).to_have_attribute("data-is", "ready", timeout=20_000)
        clinician.page.evaluate("unplug('video')")
        clinician.sees("fault-unplugged")
        clinician.press("equipment-again")
        expect(clinician.at("light-camera")).to_have_attribute("data-is", "ready", timeout=20_000)
        patient.context.add_init_script(KEEPS_TRACKS)
        patient.open_link()
        patient.prove()
        patient.sees("check-continue")
        patient.page.evaluate("unplug('video')")
        shows(patient, "unplugged")
        patient.press("check-again")
        patient.sees("check-continue")
        expect(patient.page.locator(".fault:visible")).to_have_count(0)


KEEPS_TRACKS = """
(() => {
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const open = [];
  let isGone = false;
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (isGone && wanted.audio) throw new DOMException("", "NotFoundError");
    const stream = await real(wanted);
    open.push(...stream.getTracks());
    return stream;
  };
  globalThis.unplug = (kind, forGood = false) => {
    isGone = forGood;
    for (const track of open.filter((one) => one.kind === kind && one.readyState === "live")) {
      track.stop();
      track.dispatchEvent(new Event("ended"));
    }
  };
  globalThis.plugIn = () => {
    isGone = false;
    navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
  };
})();
"""


def test_what_is_unplugged_in_the_middle_is_replaced_or_asked_for(
    set_stage: Callable[..., Stage], staff_browser: Browser, patient_browser: Browser
) -> None:
    scene = set_stage()
    talk = Talk(scene, scene.clinician(staff_browser), scene.patient(patient_browser))
    with together(talk.clinician, talk.patient):
        for one in (talk.clinician, talk.patient):
            one.context.add_init_script(KEEPS_TRACKS)
        talk.clinician.sign_in(day=scene.hour["day"])
        talk.patient.wait()
        talk.clinician.admit()
        talks(talk.clinician.page, talk.patient.page)
        # Another microphone is there: it is taken without a press, and the other side goes on hearing.
        talk.patient.page.evaluate("unplug('audio')")
        expect(talk.patient.at("banner")).to_contain_text("Vi bruker en annen nå.")
        grows(talk.clinician.page, "totalAudioEnergy")
        # None is left: it is said, and plugging one in brings the sound back.
        talk.clinician.page.evaluate("unplug('audio', true)")
        expect(talk.clinician.at("banner")).to_contain_text("Vi finner ingen mikrofon.")
        assert talk.clinician.page.locator(".stage-banner svg").count() == 1
        stands_still(talk.patient.page, "totalAudioEnergy")
        talk.clinician.page.evaluate("plugIn()")
        grows(talk.patient.page, "totalAudioEnergy")
        # A camera is not switched on unasked.
        talk.patient.page.evaluate("unplug('video')")
        expect(talk.patient.at("banner")).to_contain_text("Kameraet ble koblet fra.")
        stands_still(talk.clinician.page, "framesDecoded")
        expect(talk.patient.at("camera")).to_have_attribute("data-off", "")
        talk.patient.press("camera")
        expect(talk.patient.at("camera")).not_to_have_attribute("data-off", "")
        talks(talk.clinician.page, talk.patient.page)


def test_the_face_the_notes_and_the_hint_stay_at_the_top(talking: Callable[..., Talk]) -> None:
    talk = talking()
    page = talk.clinician.page
    talk.clinician.sees("note-text")
    for width, height in ((1280, 800), (1024, 640), (1920, 1080), (800, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        for scrolled in (0, 200):
            page.evaluate("(by) => scrollTo(0, by)", scrolled)
            page.wait_for_timeout(150)
            hint = talk.clinician.at("look-here").bounding_box()
            face = talk.clinician.at("video-remote").bounding_box()
            assert hint and face
            size = f"{width}x{height} scrolled {scrolled}"
            assert 0 <= hint["y"] < (150 if scrolled == 0 else 40), (size, hint)
            assert abs(hint["x"] + hint["width"] / 2 - (face["x"] + face["width"] / 2)) < 60, size
            assert hint["y"] < face["y"] < height * 0.3, (size, face)
        page.evaluate("() => scrollTo(0, 0)")
        note = talk.clinician.at("note-text").bounding_box()
        assert note, width
        assert note["y"] + 60 < height, (width, height, note)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.locator("#look-reminder").check()
    assert page.evaluate("() => JSON.parse(localStorage.getItem('blikk.equipment')).reminder") is True
