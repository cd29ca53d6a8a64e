"""Knowing how: the guide beside the waiting room, the facts that are copied, and a plan that two people write."""

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Stage
from tests.browser.people import Clinician, Person, together
from tests.browser.watch import require_no_barriers_in_any_shape


def pages_of(page: Page) -> int:
    """How many sides of A4 it takes."""
    return page.pdf(prefer_css_page_size=True, format="A4").count(b"/Type /Page\n")


def signed_in(person: Clinician, path: str) -> None:
    person.page.goto(f"{person.app.base}{path}")
    person.page.locator("input[name=login]").fill(person.account["user"])
    person.page.locator("input[name=password]").fill(person.account["password"])
    person.press("sign-in")
    person.page.wait_for_url(f"**{path}")


def test_the_guide_opens_beside_the_waiting_room_and_the_place_stays(
    set_stage: Callable[..., Stage], staff_browser: Browser, patient_browser: Browser
) -> None:
    scene = set_stage()
    clinician, patient = scene.clinician(staff_browser), scene.patient(patient_browser)
    with together(clinician, patient):
        clinician.sign_in(day=scene.hour["day"])
        patient.wait()
        with patient.context.expect_page() as opened:
            patient.press("guide")
        guide = opened.value
        expect(guide.locator("[data-test=still-waiting]")).to_be_visible()
        assert guide.evaluate("opener") is None
        require_no_barriers_in_any_shape(guide)
        guide.locator("nav a[href='#light']").click()
        expect(guide.locator("#light")).to_be_in_viewport()
        patient.sees("waiting")
        clinician.sees("arrived-row")
        guide.get_by_role("link", name="English").click()
        expect(guide.get_by_role("heading", level=1)).to_have_text("Video on the phone")
        expect(guide.locator("[data-test=still-waiting]")).to_be_visible()
        guide.close()
        clinician.admit()
        patient.is_in()


def test_each_sheet_is_one_page_of_paper_in_every_language(
    set_stage: Callable[..., Stage], patient_browser: Browser
) -> None:
    scene = set_stage()
    reader = Person(patient_browser, scene.app, viewport={"width": 390, "height": 844})
    with together(reader):
        for track in ("telefon", "maskin", "hjelper"):
            for language in ("nb", "nn", "en"):
                reader.page.goto(f"{scene.app.base}/guide/{track}/ark?sprak={language}")
                assert pages_of(reader.page) == 1, (track, language)


def test_the_facts_are_copied_and_say_nothing_about_anybody(
    set_stage: Callable[..., Stage], staff_browser: Browser
) -> None:
    scene = set_stage(name="Kanarifugl Hansen")
    clinician = scene.clinician(staff_browser)
    with together(clinician):
        clinician.context.grant_permissions(
            ["clipboard-read", "clipboard-write", "camera", "microphone"], origin=scene.app.base
        )
        clinician.sign_in(day=scene.hour["day"])
        page = clinician.page
        page.goto(f"{scene.app.base}/dag/?dag={scene.hour['day']}")
        expect(page.locator("body")).to_contain_text("Kanarifugl")
        page.goto(f"{scene.app.base}/hjelp/kontakt")
        require_no_barriers_in_any_shape(page)
        expect(clinician.sees("facts")).to_contain_text("WebSocket: yes")
        clinician.press("facts-copy")
        expect(clinician.sees("facts-said")).to_have_text("Kopiert")
        copied = page.evaluate("navigator.clipboard.readText()")
        for words in ("Browser: Chrome", "Camera permission: granted", "TURN: ", "Server answers: "):
            assert words in copied
        assert "Devices: 0 camera" not in copied
        cookies = {one["value"] for one in clinician.context.cookies()}
        private = {
            *(str(value) for value in scene.hour.values()),
            *("Kanarifugl", "Hansen", clinician.account["user"], clinician.account["name"]),
            *(scene.clinic["clinic"], scene.clinic["slug"], scene.clinic["name"], "fake_device", "Fake"),
            *cookies,
        }
        found = [one for one in private if len(one) > 3 and one != scene.hour["day"] and one in copied]
        assert found == []


def test_two_who_write_the_plan_at_once_are_told_and_lose_nothing(
    set_stage: Callable[..., Stage], staff_browser: Browser
) -> None:
    scene = set_stage(clinicians=2)
    first, second = scene.clinician(staff_browser), scene.clinician(staff_browser, 1)
    with together(first, second):
        for one in (first, second):
            signed_in(one, "/hjelp/plan")
        require_no_barriers_in_any_shape(first.page)
        mine, theirs = (one.page.locator("#words-failure") for one in (first, second))
        saved = [one.page.locator("[data-heading=failure] [data-saved]") for one in (first, second)]
        theirs.focus()
        mine.fill("Berit ringer pasienten.")
        expect(saved[0]).to_have_text("Lagret")
        theirs.press_sequentially("Vi ringer fra rom 2.", delay=1)
        expect(second.sees("other")).to_contain_text("Berit ringer pasienten.")
        expect(second.at("other")).to_contain_text("Kari Nordmann")
        expect(theirs).to_have_value("Vi ringer fra rom 2.")
        require_no_barriers_in_any_shape(second.page)
        second.press("both")
        expect(saved[1]).to_have_text("Lagret")
        first.page.locator("#words-equipment").focus()
        mine.focus()
        expect(mine).to_have_value("Berit ringer pasienten.\n\nVi ringer fra rom 2.")
        second.page.goto(f"{scene.app.base}/hjelp/plan/failure/versjoner")
        expect(second.page.locator("[data-test=version]")).to_have_count(2)
        require_no_barriers_in_any_shape(second.page)
        for path in ("behandler", "sekretar", "administrator"):
            second.page.goto(f"{scene.app.base}/hjelp/veiledning/{path}")
            assert pages_of(second.page) == 1, path
