"""When video is not right: judged by key, and come in person instead from each place, with frames until the end."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page, expect

from tests.browser.calls import talks
from tests.browser.conftest import Stage, Talk
from tests.browser.people import Clinician, Patient, together
from tests.browser.test_working_day import sign_in
from tests.browser.watch import require_no_barriers, require_no_sideways_scroll

SOON = 5_000
WORDS = "Vil kjenne på kneet før vi bestemmer noe."


def type_a_time(page: Page, *, days: int = 2, at: str = "10:15") -> None:
    day = datetime.now(ZoneInfo("Europe/Oslo")) + timedelta(days=days)
    page.locator("#in-person-form [name=day]").fill(f"{day:%Y-%m-%d}")
    page.locator("#in-person-form [name=at]").fill(at)


def reason(page: Page, code: str) -> None:
    page.locator(f'#in-person-form [name=reason][value="{code}"]').check()


def test_a_patient_asks_from_the_waiting_room_and_the_row_answers(
    set_stage: Callable[..., Stage], staff_browser: Browser, patient_browser: Browser
) -> None:
    scene = set_stage()
    clinician, patient = scene.clinician(staff_browser), scene.patient(patient_browser)
    with together(clinician, patient):
        sign_in(clinician)
        clinician.page.goto(f"{scene.app.base}/dag/?dag={scene.hour['day']}")
        patient.wait()
        patient.press("wish")
        patient.sees("unwish")
        row = clinician.page.locator('[data-test="arrived-row"]')
        expect(row).to_contain_text("Vil heller møte opp", timeout=SOON)
        # Taken back, and asked again: the place is kept all the while.
        patient.press("unwish")
        expect(row).not_to_contain_text("Vil heller møte opp", timeout=SOON)
        patient.press("wish")
        patient.sees("unwish")
        expect(patient.page.locator("body.busy")).to_have_count(0)
        require_no_barriers(patient.page)
        require_no_sideways_scroll(patient.page)
        expect(row).to_contain_text("Vil heller møte opp", timeout=SOON)
        row.locator('[data-test="row-in-person"]').click()
        clinician.sees("in-person-sheet")
        require_no_barriers(clinician.page)
        # The wish is the reason, and the same time the first proposal: one press more.
        clinician.press("in-person-submit")
        expect(clinician.page.locator("#rows")).to_contain_text("Møter opp, ikke på video", timeout=SOON)
        expect(patient.sees("in-person")).to_contain_text("møte opp hos klinikken")


def test_the_conversation_goes_on_while_it_is_filled_in_and_then_ends_properly(
    talking: Callable[..., Talk],
) -> None:
    talk = talking()
    clinician, patient = talk.clinician, talk.patient
    page = clinician.page
    clinician.sees("video-right")
    page.keyboard.press("v")
    expect(clinician.sees("suits-said")).to_contain_text("Video passer")
    patient.press("more")
    patient.press("meet")
    clinician.sees("wishes-in-person")
    page.keyboard.press("m")
    clinician.sees("in-person-sheet")
    reason(page, "examination")
    page.locator("#in-person-form [name=words]").fill(WORDS)
    # Nothing is chosen yet: it says so, keeps what was typed, and the two still see and hear each other.
    clinician.press("in-person-submit")
    expect(page.locator("#errors")).to_contain_text("Velg minst én tid")
    expect(page.locator("#in-person-form [name=words]")).to_have_value(WORDS)
    talks(clinician.page, patient.page)
    type_a_time(page)
    clinician.press("in-person-submit")
    expect(patient.sees("ended")).to_contain_text("avsluttet")
    page.wait_for_url("**/avslutning/**")
    expect(page.locator('[name=outcome][value="in_person_needed"]')).to_be_checked()
    expect(page.locator('[name=follow_up][value="in_person"]')).to_be_checked()
    expect(clinician.sees("note-agreed")).to_contain_text("Innkalt til fysisk oppmøte: trenger undersøkelse")
    expect(clinician.sees("note-draft")).to_contain_text("Vurdering av video: video passer")
    expect(clinician.sees("meeting-words")).to_contain_text("10:15")


def test_from_the_close_out_what_was_chosen_stays_and_a_task_is_set(talking: Callable[..., Talk]) -> None:
    talk = talking()
    clinician = talk.clinician
    page = clinician.page
    clinician.end()
    page.wait_for_url("**/avslutning/**")
    page.locator('[name=fee][value="no_charge"]').check()
    clinician.press("to-in-person")
    reason(page, "samples")
    type_a_time(page, days=3)
    clinician.press("in-person-submit")
    expect(clinician.sees("meeting-words")).to_contain_text("trenger prøver")
    expect(page.locator('[name=outcome][value="in_person_needed"]')).to_be_checked()
    expect(page.locator('[name=fee][value="no_charge"]')).to_be_checked()
    clinician.press("task-new")
    page.locator("[name=what]").fill("Hent prøvesvar")
    clinician.press("task-submit")
    expect(clinician.sees("note-agreed")).to_contain_text("Skal innhentes: Hent prøvesvar")
    page.goto(f"{talk.stage.app.base}/dag/?dag={talk.stage.hour['day']}")
    expect(clinician.sees("tasks")).to_contain_text("Hent prøvesvar")
    clinician.press("task-done")
    expect(page.locator('[data-test="tasks"]')).to_have_count(0)


def test_at_booking_it_is_ticked_and_judged_and_the_hour_is_in_person_right_away(
    set_stage: Callable[..., Stage], staff_browser: Browser, patient_browser: Browser
) -> None:
    scene = set_stage()
    clinician, patient = scene.clinician(staff_browser), scene.patient(patient_browser)
    with together(clinician, patient):
        sign_in(clinician)
        page = clinician.page
        book(clinician, judged="begin")
        expect(clinician.sees("suits-said")).to_contain_text("Begynner på video, avgjør der")
        expect(clinician.sees("suitability")).to_contain_text("Trenger prøver")
        require_no_barriers(page)
        book(clinician, judged="in_person", in_person=True, days=4)
        expect(page.get_by_text("Møter opp, ikke på video").first).to_be_visible()
        # The patient is offered two other times for the first hour, and chooses.
        patient.open_link()
        patient.prove()
        offer_two(clinician, scene)
        patient.page.goto(f"{scene.app.base}/m/{patient_name(patient)}")
        patient.press("choose")
        require_no_barriers(patient.page)
        patient.press("choose-time")
        expect(patient.sees("in-person")).to_contain_text("møte opp hos klinikken")


def book(clinician: Clinician, *, judged: str, in_person: bool = False, days: int = 3) -> None:
    page = clinician.page
    page.goto(f"{clinician.app.base}/time/ny")
    page.locator("input[name=sok]").press_sequentially("Hansen")
    clinician.sees("found").check()
    expect(clinician.sees("known")).to_contain_text("Ny pasient")
    day = datetime.now(ZoneInfo("Europe/Oslo")) + timedelta(days=days)
    page.locator("input[name=day]").fill(f"{day:%Y-%m-%d}")
    page.locator("input[name=at]").fill("09:00")
    clinician.press("suits-open")
    page.locator('[name="passer-points"][value="samples"]').check()
    page.locator(f'[name="passer-judgement"][value="{judged}"]').check()
    if in_person:
        page.locator('[name="form"][value="in_person"]').check()
        expect(page.locator("#letters")).to_contain_text("oppmøte")
    with page.expect_navigation():
        clinician.press("book-submit")


def offer_two(clinician: Clinician, scene: Stage) -> None:
    """The same time, or another: the patient says which."""
    page = clinician.page
    page.goto(f"{scene.app.base}/time/{scene.hour['appointment']}/mot-opp")
    reason(page, "other")
    page.locator('#in-person-form [name="same_time"]').check()
    type_a_time(page, days=5)
    clinician.press("in-person-submit")
    clinician.sees("offered")


def patient_name(patient: Patient) -> str:
    return patient.hour["invitation"]
