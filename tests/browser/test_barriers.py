"""Every page of the story, on both sides: nothing that axe knows of shuts anybody out; narrow, large, by keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.calls import talks
from tests.browser.conftest import Stage
from tests.browser.people import Clinician, Patient, Person, together
from tests.browser.watch import require_no_barriers_in_any_shape

Look = Callable[[Page], None]


def test_no_page_shuts_anybody_out_in_any_shape(
    set_stage: Callable[..., Stage], staff_browser: Browser, patient_browser: Browser
) -> None:
    """One walk for all: the pages take far longer to reach than to look at."""
    walk(set_stage(), staff_browser, patient_browser, require_no_barriers_in_any_shape)


def walk(scene: Stage, staff: Browser, patients: Browser, look: Look, **context: object) -> None:
    """Go through the story as it is played, and look at every page and state of a page on the way."""
    clinician, patient = scene.clinician(staff, **context), scene.patient(patients, **context)
    administrator = Clinician(
        staff, scene.app, scene.app.backstage.ask("administrator", clinic=scene.clinic["clinic"]), **context
    )
    with together(clinician, patient, administrator):
        before_anybody_comes(clinician, look)
        of_an_hour(scene, clinician, look)
        of_the_administrator(scene, administrator, look)
        to_the_waiting_room(patient, look)
        look(clinician.page)
        clinician.admit()
        talks(clinician.page, patient.page)
        in_the_conversation(clinician, patient, look)
        scene.app.backstage.ask("charges", clinic=scene.clinic["clinic"])
        afterwards(clinician, patient, look)
        of_the_money(scene, clinician, patient, look)


def visit(person: Person, look: Look, *paths: str) -> None:
    for path in paths:
        person.page.goto(f"{person.app.base}{path}")
        look(person.page)


def before_anybody_comes(clinician: Clinician, look: Look) -> None:
    page = clinician.page
    visit(clinician, look, "/", "/inn/", "/konto/passord/glemt")
    clinician.sign_in()
    visit(
        clinician,
        look,
        "/time/ny",
        "/pasienter/",
        "/pasienter/ny",
        "/innboks/",
        "/konto/kalender",
        "/konto/kort",
        "/konto/video",
        "/utstyr/",
        "/ove/",
        "/nowhere",
    )
    of_the_office(clinician, look)
    page.goto(f"{clinician.app.base}/konto/kalender")
    with page.expect_navigation():
        clinician.press("feed-open")
    look(page)
    page.goto(f"{clinician.app.base}/time/ny")
    with page.expect_navigation():
        clinician.press("book-submit")
    look(page)
    page.goto(f"{clinician.app.base}/dag/")
    link = page.locator('a[href^="/time/"]:not([href="/time/ny"])').first
    if link.count():
        with page.expect_navigation():
            link.click()
        look(page)
        for details in page.locator("details").all():
            details.evaluate("one => { one.open = true; }")
        look(page)
    page.goto(f"{clinician.app.base}/dag/")
    clinician.make_ready()


def of_the_office(clinician: Clinician, look: Look) -> None:
    """What helps, and what is written again and again."""
    visit(clinician, look, "/hjelp/", "/hjelp/kontakt", "/hjelp/plan", "/hjelp/plan/ark")
    visit(
        clinician, look, "/hjelp/ark/telefon", "/fraser/", "/fraser/ny", "/betalinger/", "/betalinger/konto"
    )


def of_an_hour(scene: Stage, clinician: Clinician, look: Look) -> None:
    """What else there is than video, and the pages that lead there."""
    hour, patient = f"/time/{scene.hour['appointment']}", f"/pasienter/{scene.hour['patient']}"
    visit(clinician, look, hour, f"{hour}/mot-opp", f"{hour}/oppgave", f"{hour}/spor")
    visit(clinician, look, patient, f"{patient}/skriftlig")
    clinician.page.goto(f"{clinician.app.base}/dag/?dag={scene.hour['day']}")
    clinician.make_ready()


def of_the_administrator(scene: Stage, administrator: Clinician, look: Look) -> None:
    page = administrator.page
    page.goto(f"{administrator.app.base}/inn/")
    page.locator("input[name=login]").fill(administrator.account["user"])
    page.locator("input[name=password]").fill(administrator.account["password"])
    with page.expect_navigation():
        administrator.press("sign-in")
    visit(
        administrator,
        look,
        "/klinikk/",
        "/klinikk/kalender",
        "/klinikk/journal",
        "/klinikk/journal/inn",
        "/klinikk/logg",
    )
    visit(administrator, look, "/klinikk/sporsmal/", "/klinikk/sporsmal/nytt")
    visit(administrator, look, "/klinikk/informasjon", "/klinikk/video", "/klinikk/skriftlig")
    visit(administrator, look, "/klinikk/kom-i-gang", "/klinikk/oving", "/klinikk/form", "/klinikk/kontakt")
    visit(administrator, look, "/klinikk/notat", "/klinikk/betaling", "/klinikk/takster", "/klinikk/krav")
    visit(administrator, look, "/klinikk/betaling/faktura", "/klinikk/betaling/betalere")
    visit(
        administrator, look, "/klinikk/okonomi", "/klinikk/okonomi?fra=2026-01-01&til=2026-01-31&trinn=week"
    )
    visit(administrator, look, "/klinikk/oppbevaring", "/klinikk/innsyn/")
    of_one = f"/klinikk/innsyn/{scene.hour['patient']}"
    visit(administrator, look, of_one, f"{of_one}/logg", f"{of_one}/logg/ark", f"{of_one}/slett")
    visit(
        administrator,
        look,
        "/klinikk/systemer/",
        "/klinikk/systemer/nytt",
        "/klinikk/systemer/beskjed/ny",
        "/fhir/",
    )


def to_the_waiting_room(patient: Patient, look: Look) -> None:
    page = patient.page
    visit(patient, look, "/guide", "/guide/telefon", "/guide/maskin", "/hjelp-med-telefonen", "/ov")
    visit(patient, look, "/m", "/kode")
    page.locator("input[name=code], [data-test=typed-code] input, form input:not([type=hidden])").first.fill(
        "ABC"
    )
    with page.expect_navigation():
        page.locator("form [type=submit]").first.click()
    look(page)
    patient.open_link()
    look(page)
    patient.press("continue")
    patient.sees("birth-date").fill("hva?")
    look(page)
    patient.press("birth-date-submit")
    expect(page.locator("[data-problem]:visible").first).to_be_visible()
    look(page)
    patient.sees("birth-date").fill("17.05.1944")
    patient.press("birth-date-submit")
    patient.sees("check-continue")
    look(page)
    patient.press("check-continue")
    patient.sees("waiting")
    patient.sees("question")
    look(page)


def in_the_conversation(clinician: Clinician, patient: Patient, look: Look) -> None:
    clinician.sees("frame")
    for one in (clinician, patient):
        look(one.page)
        one.press("text-open")
        one.sees("text-input").fill("Hei")
        one.press("text-send")
        look(one.page)
        for tool in ("mute", "camera"):
            one.press(tool)
            expect(one.at(tool)).to_have_attribute("data-off", "")
        look(one.page)
    second = patient.context.new_page()
    second.goto(patient.page.url)
    expect(second.locator('[data-test="move-here"]:visible').first).to_be_visible()
    look(second)
    second.close()


def afterwards(clinician: Clinician, patient: Patient, look: Look) -> None:
    clinician.press("end")
    clinician.sees("end-confirm")
    look(clinician.page)
    clinician.press("end-confirm")
    patient.sees("ended")
    look(patient.page)
    clinician.page.wait_for_url("**/avslutning/**")
    look(clinician.page)
    with clinician.page.expect_navigation():
        clinician.press("close-out-done")
    look(clinician.page)


def of_the_money(scene: Stage, clinician: Clinician, patient: Patient, look: Look) -> None:
    """The bill of the conversation that has just ended, at the desk and behind the patient's link."""
    talk = scene.app.backstage.ask("ended_talk_of", appointment=scene.hour["appointment"])
    link = scene.app.backstage.ask("pay_link", consultation=talk)
    visit(clinician, look, "/betalinger/")
    clinician.press("bill")
    clinician.sees("bill-paid")
    look(clinician.page)
    patient.page.goto("about:blank")
    patient.page.goto(link)
    patient.sees("pay-birth_date")
    look(patient.page)
    patient.page.locator("input[name=birth_date]").fill("17.05.1944")
    patient.press("pay-proof")
    patient.sees("pay-pay")
    look(patient.page)


def test_admitting_and_ending_need_no_mouse(
    set_stage: Callable[..., Stage], staff_browser: Browser, patient_browser: Browser
) -> None:
    scene = set_stage()
    clinician, patient = scene.clinician(staff_browser), scene.patient(patient_browser)
    with together(clinician, patient):
        page = clinician.page
        page.goto(f"{scene.app.base}/inn/")
        to(page, "[name=login]")
        page.keyboard.type(clinician.account["user"])
        page.keyboard.press("Tab")
        page.keyboard.type(clinician.account["password"])
        page.keyboard.press("Enter")
        page.wait_for_url("**/dag/**")
        if page.url.partition("?dag=")[2] != scene.hour["day"]:
            page.goto(f"{scene.app.base}/dag/?dag={scene.hour['day']}")
        if clinician.at("prepare").count():
            to(page, "[data-test=prepare]")
            page.keyboard.press("Enter")
        clinician.sees("mirror")

        patient.page.goto(scene.hour["link"])
        patient.sees("continue")
        to(patient.page, "[data-test=continue]")
        patient.page.keyboard.press("Enter")
        patient.sees("birth-date")
        to(patient.page, "[data-test=birth-date]")
        patient.page.keyboard.type("17051944")
        patient.page.keyboard.press("Enter")
        patient.sees("check-continue")
        to(patient.page, "[data-test=check-continue]")
        patient.page.keyboard.press("Enter")
        patient.sees("waiting")

        clinician.sees("arrived-row")
        page.keyboard.press("s")
        clinician.sees("stage")
        talks(page, patient.page)
        to(page, "[data-test=end]")
        page.keyboard.press("Enter")
        clinician.sees("end-confirm")
        to(page, "[data-test=end-confirm]")
        page.keyboard.press("Enter")
        patient.sees("ended")


def to(page: Page, selector: str, *, at_most: int = 60) -> None:
    """Move by the Tab key until the thing has focus, and shows it."""
    for _ in range(at_most):
        if page.evaluate("(one) => document.activeElement?.matches(one) ?? false", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by the Tab key")


def test_what_looks_at_the_pages_finds_what_is_wrong(staff_browser: Browser) -> None:
    plain = "<!doctype html><html lang=nb><title>Prøve</title><main><h1>Prøve</h1><p>{}</p></main><style>{}</style>"
    wrong = (
        "@media (prefers-color-scheme: dark) { body { background: #222; } p { color: #333; } }",
        "p { width: 400px; }",
        "p { width: 30rem; }",
    )
    page = staff_browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_content(plain.format("Tekst", "p { color: #000; }"))
    require_no_barriers_in_any_shape(page)
    for style in wrong:
        page.set_content(plain.format("Tekst", style))
        with pytest.raises(AssertionError):
            require_no_barriers_in_any_shape(page)
    page.close()
