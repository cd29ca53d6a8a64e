"""Three and four people at once, each by a link of their own; a fifth is told why not."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.browser.calls import talks
from tests.browser.conftest import Stage
from tests.browser.people import Patient, open_browser, together

FRIENDS = (
    ("relative", "Liv Hansen", "+4790000001"),
    ("interpreter", "Amir Rahimi", "+4790000002"),
    ("carer", "Nina Dahl", "+4790000003"),
)


@pytest.fixture(scope="module")
def slow_cameras(playwright: Playwright) -> Iterator[Browser]:
    """Twelve pictures are coded at once on the machine of the test: fewer frames, same proof."""
    browser = open_browser(playwright, fps=5)
    yield browser
    browser.close()


def test_three_and_four_see_and_hear_each_other_and_a_fifth_is_refused(
    set_stage: Callable[..., Stage], slow_cameras: Browser
) -> None:
    scene = set_stage()
    clinician, patient = scene.clinician(slow_cameras), scene.patient(slow_cameras)
    friends = [scene.companion(slow_cameras, *one) for one in FRIENDS]
    with together(clinician, patient, *friends):
        clinician.sign_in(day=scene.hour["day"])
        patient.wait()
        clinician.admit()
        talks(clinician.page, patient.page)

        for number, friend in enumerate(friends[:2], start=2):
            friend.wait()
            clinician.press("admit")
            friend.is_in()
            inside = [clinician, patient, *friends[: number - 1]]
            talks(*(one.page for one in inside), others=number, within=90)
            named(inside[1:], friend)

        fifth = friends[2]
        fifth.wait()
        clinician.press("admit")
        expect(
            clinician.page.locator("#talk-said, [role=status], [role=alert]").filter(visible=True)
        ).to_contain_text(["fire"], timeout=15_000)
        expect(fifth.at("waiting")).to_be_visible()
        talks(*(one.page for one in (clinician, patient, *friends[:2])), others=3, within=60)

        clinician.end()
        for one in (patient, *friends[:2]):
            one.sees("ended")
        clinician.sees("close-out-done")


def named(inside: list[Patient], newcomer: Patient) -> None:
    """Everybody who is there sees who came, by name and role."""
    for one in inside:
        if one is not newcomer:
            expect(one.page.locator(".tile-name").filter(has_text=newcomer.hour["name"])).to_be_visible()
