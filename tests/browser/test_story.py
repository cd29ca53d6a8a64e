"""The whole story in two real browsers: from booking to a proper end."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, expect

from tests.browser.app import App
from tests.browser.calls import talks, until
from tests.browser.people import Clinician, Patient, together

WORDS = "Ola Hansen har sovet bedre siden sist, og vil fortsette som før."


def book(clinician: Clinician, name: str) -> None:
    """Book an hour in five minutes for a patient whom the clinic knows, as the page offers it."""
    page = clinician.page
    page.goto(f"{clinician.app.base}/time/ny")
    page.locator("input[name=sok]").press_sequentially(name)
    clinician.sees("found").check()
    starts = datetime.now(ZoneInfo("Europe/Oslo")) + timedelta(minutes=5)
    page.locator("input[name=day]").fill(f"{starts:%Y-%m-%d}")
    page.locator("input[name=at]").fill(f"{starts:%H:%M}")
    expect(page.locator("#letters")).to_contain_text("Legekontoret")
    with page.expect_navigation():
        clinician.press("book-submit")


def links(clinician: Clinician) -> list[str]:
    """The links in the SMS of the demo's inbox, the newest first."""
    clinician.page.goto(f"{clinician.app.base}/innboks/")
    bodies = '[data-test="mail"][data-channel="sms"] [data-test="mail-body"]'
    return re.findall(r"\S+/m#\S+", "\n".join(clinician.page.locator(bodies).all_inner_texts()))


def new_link(clinician: Clinician, earlier: list[str]) -> str:
    """The link that has come since; the inbox has those of other stories too."""
    found: list[str] = []

    def has_come() -> bool:
        found[:] = [link for link in links(clinician) if link not in earlier]
        return bool(found)

    until(clinician.page, has_come, within=20, what=lambda: "no SMS has come")
    return found[0]


def test_from_booking_to_a_proper_end(app: App, staff_browser: Browser, patient_browser: Browser) -> None:
    clinic = app.backstage.ask("clinic")
    known = app.backstage.ask("patient", clinic=clinic["clinic"], name="Ola Hansen")
    clinician = Clinician(staff_browser, app, clinic["clinicians"][0])
    patient = Patient(patient_browser, app, dict(known))
    with together(clinician, patient):
        clinician.sign_in()
        earlier = links(clinician)
        book(clinician, "Hansen")
        patient.hour["link"] = new_link(clinician, earlier)
        day = app.backstage.ask("booked", patient=known["patient"])
        clinician.page.goto(f"{app.base}/dag/?dag={day['day']}")
        clinician.make_ready()
        expect(clinician.at("arrived-row")).to_have_count(0)

        patient.wait()
        row = clinician.sees("arrived-row")
        expect(row).to_contain_text("Ola Hansen")
        expect(row).to_contain_text("1944")
        clinician.admit()
        patient.is_in()
        talks(clinician.page, patient.page)

        clinician.sees("note-text").fill(WORDS)
        clinician.end()
        expect(patient.sees("ended")).to_contain_text("avsluttet")
        assert app.backstage.ask("talk", appointment=day["appointment"])["status"] == "ended"
        link_is_dead(patient)
        close_out(clinician)
        done = app.backstage.ask("talk", appointment=day["appointment"])
        assert (done["status"], done["note"], done["appointment"]) == ("closed_out", "signed", "fulfilled")
        assert done["channels"][0] == "video"
        clinician.page.goto(f"{app.base}/dag/?dag={day['day']}")
        expect(clinician.page.locator('[data-part="left-over"]')).not_to_contain_text("Ola Hansen")
        assert clinician.at("arrived-row").count() == 0
    assert app.backstage.ask("audit_faults") == []


def link_is_dead(patient: Patient) -> None:
    """For who was there and for anybody else: it says that it is over, and opens nothing."""
    other = patient.context.new_page()
    other.goto(patient.hour["link"])
    expect(other.locator('[data-test="ended"]:visible')).to_be_visible()
    other.close()


def close_out(clinician: Clinician) -> None:
    """The draft is there with what the system knows; sign, decide, done."""
    page = clinician.page
    page.wait_for_url("**/avslutning/**")
    draft = clinician.sees("note-draft")
    for known in ("video", "Ola Hansen", "Kari Nordmann"):
        expect(draft).to_contain_text(re.compile(known, re.IGNORECASE))
    expect(clinician.sees("note-text")).to_have_value(WORDS)
    clinician.press("sign")
    expect(clinician.sees("note-signed")).to_contain_text(WORDS)
    for name in {one.get_attribute("name") for one in page.locator("input[type=radio]").all()}:
        page.locator(f'input[type=radio][name="{name}"]').first.check()
    with page.expect_navigation():
        clinician.press("close-out-done")
    assert urlsplit(page.url).path == "/dag/"
