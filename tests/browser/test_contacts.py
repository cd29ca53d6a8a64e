"""The desk reads a number back while it books, with one key for each part."""

from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import Browser, expect

from tests.browser.conftest import Stage
from tests.browser.people import Person, together
from tests.browser.test_working_day import sign_in
from tests.browser.watch import require_no_barriers, require_no_sideways_scroll


def test_a_number_is_read_back_by_keys_where_the_hour_is_booked(
    set_stage: Callable[..., Stage], staff_browser: Browser
) -> None:
    scene = set_stage()
    made = scene.app.backstage.ask(
        "patient", clinic=scene.clinic["clinic"], name="Berit Aune", phone="+4790000019", read_back=[]
    )
    desk = scene.clinician(staff_browser)
    with together(desk):
        sign_in(desk)
        page = desk.page
        page.goto(f"{scene.app.base}/time/ny")
        page.locator("#id_sok").fill("aune")
        page.locator(f"#found input[value='{made['patient']}']").check()
        number = page.locator("#reach [name=vei-phone]")
        expect(number).to_have_value("90 00 00 19")
        number.fill("90 00 00 29")
        parts = page.locator("#vei-phone-read-back [data-part]")
        expect(page.locator("#vei-phone-read-back .part-said").last).to_have_text("to ni")
        require_no_barriers(page)
        require_no_sideways_scroll(page)
        tomorrow = datetime.now() + timedelta(days=1)
        page.locator("#id_day").fill(f"{tomorrow:%Y-%m-%d}")
        page.locator("#id_at").fill("10:00")
        parts.first.focus()
        for _ in range(parts.count()):
            page.keyboard.press("Space")
        submit = page.locator("[data-test=book-submit]")
        expect(submit).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("[data-test=typed-code]")).to_be_visible()
        page.goto(f"{scene.app.base}/pasienter/{made['patient']}")
        expect(page.locator("#phone-read-back")).to_contain_text("lest tilbake")


def test_a_patient_tells_their_address_behind_the_link_of_an_sms(
    set_stage: Callable[..., Stage], patient_browser: Browser
) -> None:
    scene = set_stage()
    clinic, backstage = scene.clinic["clinic"], scene.app.backstage
    made = backstage.ask("patient", clinic=clinic, name="Torstein Myhre", email="")
    asked = backstage.ask("contact_request", clinic=clinic, patient=made["patient"])
    patient = Person(patient_browser, scene.app)
    with together(patient):
        page = patient.page
        page.goto(asked["link"])
        expect(page.locator("[data-step=ask]")).to_be_visible()
        assert "#" not in page.url
        page.locator("[name=birth_on]").fill("17051944")
        page.locator("[name=email]").fill("torstein@gmial.com")
        patient.press("own-address-submit")
        require_no_barriers(page)
        require_no_sideways_scroll(page)
        page.locator("[name=email_use]").click()
        page.locator("[name=code]").fill(str(backstage.ask("contact_digits")))
        patient.press("own-address-code")
        expect(page.locator("[data-step=done]")).to_be_visible()
