"""Two processes of the app with one Redis between them: what is done at one is seen at the other."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.app import App
from tests.browser.conftest import stage
from tests.browser.people import Patient, together
from tests.browser.test_working_day import sign_in
from tests.servers import running_redis

SOON = 5_000


@pytest.fixture
def two_apps(own_app: Callable[..., App]) -> Iterator[tuple[App, App]]:
    """Two processes on the same data; the second leaves the work in the background to the first."""
    with running_redis() as redis:
        one = own_app(BLIKK_REDIS_URL=redis.url).start()
        other = App(one.data, BLIKK_REDIS_URL=redis.url, BLIKK_EMBEDDED_WORKER="false").start()
        yield one, other
        other.stop()


def test_who_waits_at_one_process_sees_what_is_done_at_another(
    two_apps: tuple[App, App], staff_browser: Browser, patient_browser: Browser
) -> None:
    here, there = two_apps
    scene = stage(here, clinicians=2)
    people = [one["membership"] for one in scene.clinic["clinicians"]]
    opening = here.backstage.ask("queue", clinic=scene.clinic["clinic"], memberships=people)["opening"]
    mine = [here.backstage.ask("guest", opening=opening, name=name) for name in ("Per Lie", "Anne Berg")][1]
    me = Patient(patient_browser, here, mine)
    scene.app = there
    staff = scene.clinician(staff_browser)
    me.context.add_cookies([{"name": "blikk_device", "value": mine["device"], "url": here.base}])
    with together(me, staff):
        me.page.goto(f"{here.base}/m/{mine['invitation']}")
        me.press("continue")
        me.press("check-continue")
        me.sees("waiting")
        expect(me.at("place-number")).to_have_text("2")
        sign_in(staff)
        page = staff.page
        page.goto(f"{there.base}/skranke/")
        row = page.locator('[data-test="queue-row"]')
        expect(row).to_have_count(2)
        row.filter(has_text="Per Lie").locator('[data-test="place"]').click()
        page.locator("#sheet summary", has_text="Ta ut av køen").click()
        page.locator("#sheet").get_by_role("button", name="Ta ut av køen").click()
        expect(me.at("place-number")).to_have_text("1", timeout=SOON)
        # A state is asked of one row only: while there are two, the question fails at once instead of waiting.
        expect(row).to_have_count(1, timeout=SOON)
        me.press("step-away")
        expect(row).to_have_attribute("data-state", "away", timeout=SOON)
        me.press("come-back")
        expect(row).to_have_attribute("data-state", "waiting", timeout=SOON)


def test_who_looks_at_the_clinics_page_sees_at_once_what_happens_at_another_process(
    two_apps: tuple[App, App], patient_browser: Browser
) -> None:
    here, there = two_apps
    scene = stage(here, clinicians=2, is_public=True, allows_self_booking=True)
    people = [one["membership"] for one in scene.clinic["clinicians"]]
    opening = here.backstage.ask("queue", clinic=scene.clinic["clinic"], memberships=people)["opening"]
    here.backstage.ask("period", clinic=scene.clinic["clinic"], membership=people[0])
    page_of_all = f"/k/{scene.clinic['slug']}"
    looks = [Patient(patient_browser, there, scene.hour) for _ in range(3)]
    books = Patient(patient_browser, here, scene.hour)
    with together(*looks, books):
        page, badge, slots = (one.page for one in looks)
        for one in looks:
            # Nobody asks by and by: what comes, comes over the socket.
            one.context.route(re.compile(r"/(status|ledig)\b"), lambda route: route.abort())
        page.goto(f"{there.base}{page_of_all}")
        badge.goto(f"{there.base}{page_of_all}/merke")
        slots.goto(f"{there.base}{page_of_all}/time")
        for shown in (page, badge):
            expect(shown.locator('[data-part="detail"]')).to_contain_text("Ingen venter nå.")
        here.backstage.ask("guest", opening=opening, name="Per Lie")
        for shown in (page, badge):
            expect(shown.locator('[data-part="detail"]')).to_contain_text("1 venter nå.", timeout=SOON)
        books.page.goto(f"{here.base}{page_of_all}/time")
        books.page.locator('[data-test="slot"]').first.click()
        taken = slots.locator('[data-test="slot"]').first
        expect(taken).to_have_attribute("aria-disabled", "true", timeout=SOON)
        expect(taken).to_contain_text("ikke ledig")
        books.page.locator("button[name=give_up]").click()
        expect(taken).not_to_have_attribute("aria-disabled", "true", timeout=SOON)
