"""The working day of those who work: the week laid out by hand and by keys, the queue, everybody side by side."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.calls import talks
from tests.browser.conftest import Stage
from tests.browser.people import Clinician, Patient, Person, together
from tests.browser.watch import require_no_barriers, require_no_sideways_scroll

WEDNESDAY = 2
SOON = 5_000


@pytest.fixture
def scene(set_stage: Callable[..., Stage]) -> Stage:
    return set_stage(clinicians=2)


@pytest.fixture
def both(scene: Stage, staff_browser: Browser) -> Iterator[tuple[Clinician, Clinician]]:
    """Two colleagues, each at a screen of their own."""
    one, other = scene.clinician(staff_browser), scene.clinician(staff_browser, 1)
    with together(one, other):
        for person in (one, other):
            sign_in(person)
        yield one, other


def sign_in(person: Clinician) -> None:
    person.page.goto(f"{person.app.base}/dag/")
    person.page.locator("input[name=login]").fill(person.account["user"])
    person.page.locator("input[name=password]").fill(person.account["password"])
    person.press("sign-in")
    person.page.wait_for_url("**/dag/**")


def a_period(scene: Stage, number: int = 0, **more: object) -> str:
    asked = {"clinic": scene.clinic["clinic"], "membership": scene.clinic["clinicians"][number]["membership"]}
    return str(scene.app.backstage.ask("period", **asked, **more)["period"])


def a_queue(scene: Stage) -> str:
    people = [one["membership"] for one in scene.clinic["clinicians"]]
    return str(scene.app.backstage.ask("queue", clinic=scene.clinic["clinic"], memberships=people)["opening"])


@contextmanager
def a_guest(scene: Stage, browser: Browser, opening: str, name: str) -> Iterator[Patient]:
    """Somebody in the queue, whose page has come as far as the waiting room."""
    made = scene.app.backstage.ask("guest", opening=opening, name=name)
    guest = Patient(browser, scene.app, made)
    guest.context.add_cookies([{"name": "blikk_device", "value": made["device"], "url": scene.app.base}])
    with together(guest):
        guest.page.goto(f"{scene.app.base}/m/{made['invitation']}")
        guest.press("continue")
        guest.press("check-continue")
        guest.sees("waiting")
        yield guest


def week(person: Person) -> Page:
    person.page.goto(f"{person.app.base}/timeliste/?hvem=alle")
    return person.page


def block(page: Page, period: str, *, day: int = WEDNESDAY) -> Locator:
    return page.locator(f'[data-weekday="{day}"] [data-key="{period}"]')


def test_a_period_is_moved_by_keys_and_a_colleague_sees_it(
    scene: Stage, both: tuple[Clinician, Clinician]
) -> None:
    period = a_period(scene)
    mine, theirs = week(both[0]), week(both[1])
    expect(block(theirs, period)).to_have_attribute("data-from", "540")
    block(mine, period).locator("a").focus()
    for key in ("Space", "ArrowDown", "ArrowDown", "Shift+ArrowDown", "ArrowRight"):
        mine.keyboard.press(key)
    expect(mine.locator("#said")).to_contain_text("09:30–12:45")
    mine.keyboard.press("Enter")
    expect(block(mine, period, day=3)).to_have_attribute("data-from", "570")
    expect(block(theirs, period, day=3)).to_have_attribute("data-to", "765", timeout=SOON)
    mine.locator("#said button").click()
    expect(block(theirs, period)).to_have_attribute("data-from", "540", timeout=SOON)


def test_escape_leaves_a_period_where_it_lay(scene: Stage, both: tuple[Clinician, Clinician]) -> None:
    period = a_period(scene)
    page = week(both[0])
    block(page, period).locator("a").focus()
    for key in ("Space", "ArrowDown", "Escape"):
        page.keyboard.press(key)
    expect(block(page, period).locator(".block-time")).to_have_text("09:00–12:00")
    page.reload()
    expect(block(page, period)).to_have_attribute("data-from", "540")


def test_a_period_is_moved_and_made_longer_by_hand(scene: Stage, both: tuple[Clinician, Clinician]) -> None:
    period = a_period(scene)
    page = week(both[0])
    drag(page, block(page, period), down=60, from_top=40)
    expect(block(page, period)).to_have_attribute("data-from", "600")
    expect(page.locator("#said")).to_contain_text("10:00–13:00")
    drag(page, block(page, period), down=30)
    expect(block(page, period)).to_have_attribute("data-to", "810")
    assert "/timeliste/?" in page.url


def test_a_period_put_over_another_goes_back_and_the_page_says_why(
    scene: Stage, both: tuple[Clinician, Clinician]
) -> None:
    a_period(scene)
    other = a_period(scene, starts="13:00", ends="15:00")
    page = week(both[0])
    drag(page, block(page, other), down=-120, from_top=40)
    expect(page.locator("#said")).to_contain_text("allerede en periode da")
    expect(block(page, other)).to_have_attribute("data-from", "780")


def drag(page: Page, what: Locator, *, down: int, from_top: int | None = None) -> None:
    """Drag by the middle, or without a place from the top by the lower edge."""
    what.scroll_into_view_if_needed()
    page.evaluate("() => scrollBy(0, 200)")
    box = what.bounding_box()
    assert box is not None
    x = box["x"] + box["width"] / 2
    y = box["y"] + (from_top if from_top is not None else box["height"] - 4)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + down / 2, steps=4)
    page.mouse.move(x, y + down, steps=4)
    page.mouse.up()


def test_the_next_is_let_in_by_one_key_and_colleagues_see_who_serves_whom(
    scene: Stage, both: tuple[Clinician, Clinician], patient_browser: Browser
) -> None:
    opening = a_queue(scene)
    one, other = both
    other.page.goto(f"{other.app.base}/skranke/")
    one.page.goto(f"{one.app.base}/dag/")
    one.make_ready()
    with a_guest(scene, patient_browser, opening, "Anne Berg") as guest:
        expect(one.page.locator('[data-test="queue-row"]')).to_have_count(1, timeout=SOON)
        one.press("serve")
        expect(one.page.locator("[data-shortcut-next]")).to_be_visible(timeout=SOON)
        one.page.keyboard.press("n")
        talks(one.page, guest.page)
        expect(other.page.locator('[data-test="queue"]')).to_contain_text("Anne Berg", timeout=SOON)
        expect(other.page.locator('[data-test="queue-row"]')).to_have_count(0)


# A tab that is hidden, and a browser that writes down what it would have shown and played.
HIDDEN = """
    window.shown = []; window.played = 0;
    window.Notification = class { constructor(title, options) { shown.push([title, options]); } };
    window.Notification.permission = "granted";
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (at) { window.played += 1; return start.call(this, at); };
    Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
"""


def test_a_hidden_day_rings_and_who_is_chosen_with_a_reason_is_let_in_without_a_new_page(
    scene: Stage, both: tuple[Clinician, Clinician], patient_browser: Browser
) -> None:
    opening = a_queue(scene)
    one, _ = both
    page = one.page
    page.add_init_script(HIDDEN)
    page.goto(f"{one.app.base}/dag/")
    one.make_ready()
    one.press("serve")
    one.press("alerts")
    played = page.evaluate("() => window.played")
    with (
        a_guest(scene, patient_browser, opening, "Anne Berg"),
        a_guest(scene, patient_browser, opening, "Per Lie") as guest,
    ):
        page.wait_for_function("before => window.shown.length > 0 && window.played > before", arg=played)
        assert page.evaluate("() => window.shown[0]") == ["Noen venter", {"tag": "blikk-waiting"}]
        page.wait_for_function(r"() => /^\(\d\) Noen venter$/.test(document.title)")
        page.locator('[data-test="queue-row"]', has_text="Per Lie").locator("[data-sheet]").click()
        page.locator("#sheet summary", has_text="Ta inn nå").click()
        page.locator("#take_reason").select_option("urgent")
        page.evaluate("() => { window.sameLoad = true; }")
        one.press("take")
        talks(page, guest.page)
        assert "/samtale/" in page.url
        assert page.evaluate("() => window.sameLoad")


def test_a_word_to_somebody_in_the_queue_is_on_their_screen_at_once(
    scene: Stage, both: tuple[Clinician, Clinician], patient_browser: Browser
) -> None:
    opening = a_queue(scene)
    page = both[0].page
    page.goto(f"{scene.app.base}/skranke/")
    with a_guest(scene, patient_browser, opening, "Anne Berg") as guest:
        both[0].press("place")
        page.locator("#sheet summary", has_text="Send melding").click()
        page.locator('#sheet input[name=code][value=""]').check()
        page.locator("#sheet textarea:visible").fill("Finn fram medisinlisten din.")
        both[0].press("tell")
        expect(guest.at("waiting")).to_contain_text("Finn fram medisinlisten din.", timeout=SOON)
        expect(page.locator("#sheet")).not_to_be_visible()


def test_an_hour_is_dragged_to_a_colleague_and_both_desks_show_it(
    scene: Stage, both: tuple[Clinician, Clinician]
) -> None:
    asked = f"{scene.app.base}/skranke/?dag={scene.hour['day']}"
    for person in both:
        person.page.goto(asked)
    page = both[0].page
    hour = page.locator('[data-test="hour"]')
    columns = page.locator('[data-test="person-day"]')
    hour.drag_to(columns.filter(has_not=hour))
    colleague = scene.clinic["clinicians"][1]
    for person in both:
        column = person.page.locator(f'[data-member="{colleague["membership"]}"]')
        expect(column.locator('[data-test="hour"]')).to_contain_text("Ola Hansen", timeout=SOON)


def test_the_desk_is_walked_by_arrows(scene: Stage, both: tuple[Clinician, Clinician]) -> None:
    page = both[0].page
    page.goto(f"{scene.app.base}/skranke/")
    heads = page.locator("[data-column]")
    heads.first.focus()
    page.keyboard.press("ArrowRight")
    expect(heads.last).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(heads.first).to_be_focused()


def test_ready_words_are_copied_by_one_press(scene: Stage, both: tuple[Clinician, Clinician]) -> None:
    both[0].context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = both[0].page
    page.goto(f"{scene.app.base}/ord/")
    both[0].press("copy")
    expect(page.get_by_text("Kopiert")).to_be_visible()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert re.search(r"Fjordgløtt legesenter", copied)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_shuts_anybody_out(scene: Stage, staff_browser: Browser, scheme: str) -> None:
    a_period(scene)
    scene.app.backstage.ask("guest", opening=a_queue(scene), name="Anne Berg")
    person = scene.clinician(staff_browser, color_scheme=scheme, reduced_motion="reduce")
    with together(person):
        sign_in(person)
        for path in (
            "/dag/",
            "/skranke/",
            "/timeliste/",
            "/timeliste/periode/ny",
            "/timeliste/fravaer/nytt",
            "/ord/",
        ):
            person.page.goto(f"{scene.app.base}{path}")
            require_no_barriers(person.page)
        person.page.goto(f"{scene.app.base}/skranke/")
        person.press("place")
        expect(person.page.locator("#sheet [data-sheet-title]")).to_be_focused()
        require_no_barriers(person.page)
        person.page.set_viewport_size({"width": 320, "height": 640})
        for path in ("/dag/", "/skranke/", "/timeliste/", "/timeliste/periode/ny", "/ord/"):
            person.page.goto(f"{scene.app.base}{path}")
            require_no_sideways_scroll(person.page)
