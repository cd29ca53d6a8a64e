"""What two people can do while they talk: each proved by what the other one's browser decodes."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Dialog, Page, expect

from tests.browser.calls import grows, stands_still, talks, total, until
from tests.browser.conftest import Talk
from tests.browser.people import Person

SECRET = "kun-mellom-oss-4711"


def test_a_muted_microphone_is_silent_for_the_other(talking: Callable[..., Talk]) -> None:
    talk = talking()
    for me, other in ((talk.patient, talk.clinician), (talk.clinician, talk.patient)):
        me.press("mute")
        quiet(other.page)
        me.press("mute")
        talks(other.page, picture=False)


def quiet(page: Page) -> None:
    """Digital silence is not quite nothing after the codec, but nearly."""

    def is_quiet() -> bool:
        before = total(page, "totalAudioEnergy")
        page.wait_for_timeout(2500)
        return total(page, "totalAudioEnergy") - before < 1e-5

    until(page, is_quiet, within=20, what=lambda: "the other one is still heard")


def test_a_camera_that_is_off_sends_nothing_and_comes_back(talking: Callable[..., Talk]) -> None:
    talk = talking()
    talk.patient.press("camera")
    stands_still(talk.clinician.page, "framesDecoded")
    grows(talk.clinician.page, "totalAudioEnergy")
    talk.patient.press("camera")
    talks(talk.clinician.page, talk.patient.page)


def test_sound_only_stops_pictures_both_ways_and_the_record_says_so(talking: Callable[..., Talk]) -> None:
    talk = talking()
    rare(talk.patient, "sound-only")
    stands_still(talk.clinician.page, "framesDecoded")
    stands_still(talk.patient.page, "framesDecoded")
    talks(talk.clinician.page, talk.patient.page, picture=False)
    app, appointment = talk.stage.app, talk.stage.hour["appointment"]

    def channels() -> object:
        return app.backstage.ask("talk", appointment=appointment)["channels"]

    until(talk.patient.page, lambda: channels() == ["video", "sound"], within=30, what=channels)
    rare(talk.patient, "sound-only")
    talks(talk.clinician.page, talk.patient.page)


def rare(person: Person, name: str) -> None:
    """Press a tool; on a narrow screen it stands behind "Mer"."""
    if not person.at(name).count():
        person.press("more")
    person.press(name)


# Of Chromium's fake cameras the second one measures depth, in a format that no call can carry.
NO_CAMERA_OF_OURS = "fake_device_1"


def test_the_camera_is_switched_while_talking(talking: Callable[..., Talk]) -> None:
    talk = talking()
    page = talk.patient.page
    first = label(page)
    rare(talk.patient, "switch-camera")
    until(page, lambda: label(page) not in {first, ""}, within=20, what=lambda: label(page))
    if label(page) == NO_CAMERA_OF_OURS:
        rare(talk.patient, "switch-camera")
        until(page, lambda: label(page) not in {NO_CAMERA_OF_OURS, ""}, within=20, what=lambda: label(page))
    assert label(page) != first
    talks(talk.clinician.page, page)
    rare(talk.patient, "switch-microphone")
    talks(talk.clinician.page, page)


def label(page: Page) -> str:
    """What the browser calls the camera in use."""
    own = "document.querySelector('[data-test=video-self]').srcObject.getVideoTracks()[0]?.label ?? ''"
    return str(page.evaluate(f"() => {own}"))


def test_a_shared_screen_is_seen_by_the_other(talking: Callable[..., Talk]) -> None:
    talk = talking()
    width = "() => document.querySelector('[data-test=video-remote]').videoWidth"
    before = talk.patient.page.evaluate(width)
    rare(talk.clinician, "share")
    expect(talk.clinician.at("share")).to_have_attribute("aria-pressed", "true")
    until(
        talk.patient.page,
        lambda: talk.patient.page.evaluate(width) not in {before, 0},
        within=30,
        what=lambda: f"the picture is {before} wide as before",
    )
    rare(talk.clinician, "share")
    expect(talk.clinician.at("share")).to_have_attribute("aria-pressed", "false")
    talks(talk.clinician.page, talk.patient.page)


def test_the_text_lane_reaches_the_other_and_is_kept_nowhere(talking: Callable[..., Talk]) -> None:
    talk = talking()
    app = talk.stage.app
    before = app.backstage.ask("counted")
    for me, other in ((talk.clinician, talk.patient), (talk.patient, talk.clinician)):
        if not me.at("text-input").count():
            me.press("text-open")
        me.sees("text-input").fill(f"{SECRET} {me.app.port}")
        me.press("text-send")
        if not other.at("text-lane").count():
            other.press("text-open")
        expect(other.sees("text-lane")).to_contain_text(SECRET)
    assert app.backstage.ask("counted") == before
    assert SECRET.encode() not in everything_in(app.data)
    talk.patient.page.reload()
    talks(talk.clinician.page, talk.patient.page)
    talk.patient.press("text-open")
    expect(talk.patient.sees("text-input")).to_be_visible()
    expect(talk.patient.page.locator("body")).not_to_contain_text(SECRET)


def everything_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_a_reload_on_either_side_brings_the_call_back(talking: Callable[..., Talk]) -> None:
    talk = talking()
    talk.patient.page.reload()
    talks(talk.clinician.page, talk.patient.page)
    talk.clinician.page.reload()
    if talk.clinician.at("resume").count():
        talk.clinician.press("resume")
    talk.clinician.sees("stage")
    talks(talk.clinician.page, talk.patient.page)


def test_a_second_tab_asks_before_it_takes_over(talking: Callable[..., Talk]) -> None:
    talk = talking()
    second = talk.patient.context.new_page()
    second.goto(talk.patient.page.url)
    move = second.locator('[data-test="move-here"]:visible').first
    expect(move).to_be_visible()
    talks(talk.clinician.page, talk.patient.page)
    move.click()
    expect(talk.patient.at("moved-away")).to_be_visible()
    talks(talk.clinician.page, second)
    second.close()


def test_stepping_out_is_not_ending(talking: Callable[..., Talk]) -> None:
    talk = talking()
    talk.patient.press("leave")
    talk.patient.sees("stepped-out")
    assert (
        talk.stage.app.backstage.ask("talk", appointment=talk.stage.hour["appointment"])["status"] != "ended"
    )
    talk.patient.press("back-in")
    talks(talk.clinician.page, talk.patient.page)


def test_a_clinician_who_closes_the_tab_is_asked(talking: Callable[..., Talk]) -> None:
    talk = talking()
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    talk.clinician.page.on("dialog", answer)
    talk.clinician.page.mouse.click(5, 5)
    talk.clinician.page.close(run_before_unload=True)
    until(talk.patient.page, lambda: asked == ["beforeunload"], within=10, what=lambda: asked)
    talks(talk.clinician.page, talk.patient.page)


def test_the_end_is_the_end_for_everybody(talking: Callable[..., Talk]) -> None:
    talk = talking()
    second = talk.patient.context.new_page()
    talk.clinician.end()
    talk.patient.sees("ended")
    until(
        talk.patient.page,
        lambda: total(talk.patient.page, "framesDecoded") == 0,
        within=10,
        what=lambda: "a connection lives on after the end",
    )
    second.goto(talk.stage.hour["link"])
    expect(second.locator('[data-test="ended"]:visible').first).to_be_visible()
    second.close()
