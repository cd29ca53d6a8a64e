"""Coming without an appointment, from the clinic's page to a proper end, and booking a free hour oneself."""

import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from playwright.sync_api import TimeoutError as NotInTime

from tests.browser.calls import talks, until
from tests.browser.conftest import Stage
from tests.browser.people import Clinician, Patient, together
from tests.browser.test_working_day import a_guest, a_queue
from tests.browser.watch import require_no_barriers, require_no_sideways_scroll

SOON = 5_000
PHONE = "90 12 34 57"
MINE = {"given_name": "Anne", "family_name": "Berg", "birth_on": "05111944", "phone": PHONE}


@pytest.fixture
def scene(set_stage: Callable[..., Stage]) -> Stage:
    return set_stage(clinicians=2, is_public=True, allows_self_booking=True)


def prove_phone(person: Patient, purpose: str) -> None:
    """Type the code that came to the phone, after a wrong one."""
    page = person.page
    page.locator("input[name=code]").fill("12 34")
    person.press("phone-code-submit")
    expect(page.locator("#id_code_error")).to_be_visible()
    digits = person.app.backstage.ask("phone_digits", clinic=person.hour["clinic"], purpose=purpose)
    page.locator("input[name=code]").fill(digits)
    person.press("phone-code-submit")


def fill(page: Page, **fields: str) -> None:
    for name, words in fields.items():
        page.locator(f"input[name={name}]").fill(words)


def enter(person: Patient, slug: str) -> None:
    """From the clinic's page into the queue; the form is wrong at first, and keeps what was typed."""
    page = person.page
    page.goto(f"{person.app.base}/k/{slug}")
    person.press("drop-in")
    fill(page, **{**MINE, "birth_on": "31.02.1944"})
    person.press("drop-in-submit")
    expect(page.locator("#id_birth_on_error")).to_be_visible()
    expect(page.locator(".choice .wrong")).to_be_visible()
    for name in ("given_name", "family_name", "phone"):
        expect(page.locator(f"input[name={name}]")).to_have_value(MINE[name])
    fill(page, birth_on=MINE["birth_on"])
    page.locator("input[name=help_kind]").first.check()
    person.press("drop-in-submit")
    prove_phone(person, "drop_in")
    person.press("continue")
    person.press("check-continue")
    person.sees("waiting")


def place(person: Patient) -> Locator:
    return person.at("place-number")


def test_who_drops_in_sees_the_place_and_is_let_in(
    scene: Stage, staff_browser: Browser, patient_browser: Browser
) -> None:
    opening = a_queue(scene)
    clinician = scene.clinician(staff_browser)
    me = Patient(patient_browser, scene.app, {"clinic": scene.clinic["clinic"]})
    with together(clinician, me):
        clinician.sign_in()
        clinician.press("serve")
        with a_guest(scene, patient_browser, opening, "Per Lie") as other:
            enter(me, scene.clinic["slug"])
            expect(place(me)).to_have_text("2")
            expect(me.sees("wait")).to_have_text(re.compile(r"Det tar omtrent \d+ til \d+ minutter"))
            expect(clinician.page.locator('[data-test="queue-row"]')).to_have_count(2, timeout=SOON)
            clinician.page.keyboard.press("n")
            expect(place(me)).to_have_text("1", timeout=SOON)
            other.is_in()
            clinician.end()
            other.sees("ended")
        clinician.page.wait_for_url("**/avslutning/**")
        clinician.page.goto(f"{scene.app.base}/dag/")
        tell_all(clinician, me)
        require_no_barriers(me.page)
        narrow(me.page)
        keeps_the_place(clinician, me)
        clinician.sees("mirror")
        takes_the_next(clinician)
        talks(clinician.page, me.page)
        clinician.end()
        me.sees("ended")
    assert scene.app.backstage.ask("audit_faults") == []


def takes_the_next(clinician: Clinician) -> None:
    """Press until somebody is in: who has just loaded their page anew is ready a moment later."""
    stage = clinician.page.locator('[data-test="stage"]:visible')

    def is_in() -> bool:
        clinician.page.keyboard.press("n")
        with suppress(NotInTime):
            stage.first.wait_for(timeout=4000)
        return stage.count() > 0

    until(clinician.page, is_in, within=40, what=lambda: "nobody was let in")


def tell_all(clinician: Clinician, me: Patient) -> None:
    """A word to everybody is on the screen of who waits."""
    page = clinician.page
    page.get_by_role("link", name=re.compile("Mer om")).click()
    page.locator('#sheet input[name=code][value="delayed"]').check()
    clinician.press("tell")
    expect(me.page.locator("[data-told]:visible")).to_contain_text("Vi er forsinket", timeout=SOON)
    expect(page.locator("#sheet")).not_to_be_visible()


def keeps_the_place(clinician: Clinician, me: Patient) -> None:
    """Stepping away and a reload cost nothing. (A network that is really cut while waiting: test_network.py.)"""
    row = clinician.page.locator('[data-test="queue-row"]')
    me.press("step-away")
    me.sees("away")
    require_no_barriers(me.page)
    narrow(me.page)
    expect(row).to_have_attribute("data-state", "away", timeout=SOON)
    me.press("come-back")
    me.sees("waiting")
    expect(row).to_have_attribute("data-state", "waiting", timeout=SOON)
    me.page.reload()
    me.sees("waiting")
    expect(place(me)).to_have_text("1")


def test_a_free_hour_is_booked_from_the_clinics_page(scene: Stage, patient_browser: Browser) -> None:
    asked = {"clinic": scene.clinic["clinic"], "membership": scene.clinic["clinicians"][1]["membership"]}
    for weekday in (1, 4):
        scene.app.backstage.ask("period", **asked, weekday=weekday)
    me = Patient(patient_browser, scene.app, {"clinic": scene.clinic["clinic"]})
    with together(me):
        page = me.page
        page.goto(f"{scene.app.base}/k/{scene.clinic['slug']}")
        me.press("self-booking")
        slots = page.locator('[data-test="slot"]')
        chosen = slots.first.inner_text()
        slots.first.click()
        fill(page, **{**MINE, "phone": "hei"})
        me.press("slot-submit")
        expect(page.locator("#id_phone_error")).to_be_visible()
        expect(page.locator("input[name=family_name]")).to_have_value("Berg")
        fill(page, phone=PHONE)
        me.press("slot-submit")
        prove_phone(me, "booking")
        expect(me.sees("booked")).to_contain_text(chosen.split()[0])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_public_pages_shut_nobody_out(scene: Stage, patient_browser: Browser, scheme: str) -> None:
    scene.app.backstage.ask("guest", opening=a_queue(scene), name="Per Lie")
    asked = {"clinic": scene.clinic["clinic"], "membership": scene.clinic["clinicians"][0]["membership"]}
    scene.app.backstage.ask("period", **asked)
    me = Patient(patient_browser, scene.app, {}, color_scheme=scheme, reduced_motion="reduce")
    with together(me):
        page, at = me.page, f"{scene.app.base}/k/{scene.clinic['slug']}"
        for path in ("", "/drop-in", "/time", "/test", "/merke"):
            page.goto(f"{at}{path}")
            require_no_barriers(page)
            narrow(page)
        page.goto(f"{at}/drop-in")
        me.press("drop-in-submit")
        expect(page.locator("#errors")).to_be_visible()
        require_no_barriers(page)
        narrow(page)


def narrow(page: Page) -> None:
    """The page fits a narrow window, and one with text twice as large."""
    for width, size in ((320, ""), (640, "200%")):
        page.set_viewport_size({"width": width, "height": 700})
        page.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
        require_no_sideways_scroll(page)
    page.evaluate("() => { document.documentElement.style.fontSize = ''; }")
    page.set_viewport_size({"width": 390, "height": 844})
