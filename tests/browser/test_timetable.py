"""The timetable's forms: a period laid in by keys, an overlap refused where it was typed, and somebody who is away."""

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Stage
from tests.browser.people import together
from tests.browser.test_barriers import to
from tests.browser.test_working_day import sign_in


def lay_in(page: Page, name: str, starts: str, ends: str) -> None:
    """Fill the form for a new period on a Sunday, from the week, without a mouse.

    In the morning: some browsers count the hours to twelve. On a Sunday: it begins today, and the week that is shown
    has no other day that is never over.
    """
    to(page, "[data-test=period-new]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/periode/ny**")
    to(page, "[name=name]")
    page.keyboard.type(name)
    to(page, "[name=weekday]")
    # Its first letter: the others are no keys of every keyboard.
    page.keyboard.press("S")
    for field, words in (("starts", starts), ("ends", ends)):
        to(page, f"[name={field}]")
        page.keyboard.type(f"{words}AM")
    page.keyboard.press("Enter")


def test_a_period_is_laid_in_by_keys_and_one_over_it_is_refused_beside_the_field(
    set_stage: Callable[..., Stage], staff_browser: Browser
) -> None:
    scene = set_stage()
    person = scene.clinician(staff_browser)
    with together(person):
        sign_in(person)
        page = person.page
        page.goto(f"{scene.app.base}/timeliste/")
        lay_in(page, "Morgentimer", "0900", "1130")
        block = page.locator('[data-weekday="6"] [data-test="block"]')
        expect(block).to_contain_text("09:00–11:30")
        lay_in(page, "Midt på dagen", "1100", "1155")
        expect(page.locator("#id_starts_error")).to_contain_text("allerede en periode da")
        expect(page.locator("input[name=name]")).to_have_value("Midt på dagen")
        page.locator("input[name=starts]").fill("11:30")
        person.press("period-submit")
        expect(block).to_have_count(2)


def test_who_is_away_decides_for_those_who_have_an_hour(
    set_stage: Callable[..., Stage], staff_browser: Browser
) -> None:
    scene = set_stage(clinicians=2)
    colleague = scene.clinic["clinicians"][1]
    person, desk = scene.clinician(staff_browser), scene.clinician(staff_browser, 1)
    with together(person, desk):
        sign_in(person)
        sign_in(desk)
        desk.page.goto(f"{scene.app.base}/skranke/?dag={scene.hour['day']}")
        page = person.page
        page.goto(f"{scene.app.base}/timeliste/fravaer/nytt")
        for field in ("from_day", "to_day"):
            page.locator(f"input[name={field}]").fill(scene.hour["day"])
        page.locator("input[name=to_at]").fill("00:00")
        person.press("absence-submit")
        expect(page.locator("#id_to_day_error")).to_be_visible()
        page.locator("input[name=to_at]").fill("")
        person.press("absence-submit")
        hit = page.locator('[data-test="hit"]')
        expect(hit).to_contain_text("Ola Hansen")
        hit.locator(f"button[value='colleague:{colleague['membership']}']").click()
        expect(page.locator("main")).to_contain_text("Ingen har time i fraværet")
        theirs = desk.page.locator(f'[data-member="{colleague["membership"]}"] [data-test="hour"]')
        expect(theirs).to_contain_text("Ola Hansen", timeout=5_000)
