"""Pages of people in a queue, and of those who serve it: everything changes by itself."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from blikk.journeys import door, queue
from blikk.journeys import waiting as shown
from blikk.scheduling.services import retire_period
from blikk.sockets import board
from tests.builders import NOW, a_booked_hour, staff, waiting
from tests.people import signed_in
from tests.queues import WHERE, Guest, a_queue, an_opening, waiting_guests
from tests.sockets.pages import Page, desk_page, later, opened, play


@pytest.fixture
def full(transactional_db: None) -> Iterator[tuple]:
    """A queue with three people in the waiting room, and a clinician."""
    with time_machine.travel(NOW, tick=False):
        yield a_queue(3)


def page_of(guest: Guest, *, tab: str = "tab-of-theirs") -> Page:
    cookies = {settings.BLIKK_DEVICE_COOKIE: guest.device}
    return Page(f"/ws/door/{guest.view.invitation}", cookies, tab=tab)


async def greet(page: Page) -> dict:
    return (await page.ask("hello", tab=page.tab, epoch=page.epoch))["door"]


async def told(page: Page, **facts) -> dict:
    """The next news of the door, or of the place alone, in which these facts stand."""
    frame = await page.until(lambda one: facts.items() <= part(one).items())
    return part(frame)


def part(frame: dict) -> dict:
    """What a frame says of the door."""
    return frame if frame["type"] in {"place", "words"} else frame.get("door", {})


def act(member) -> dict:
    return {"actor": staff(member), "now": NOW}


def test_everybody_moves_up_when_the_clinician_takes_the_next(full):
    opening, (doctor,), guests = full
    client = signed_in(doctor)

    async def scene():
        pages = [page_of(guest) for guest in guests]
        async with opened(desk_page(client), *pages) as (desk, first, second, third):
            assert [(await greet(page))["place"] for page in (first, second, third)] == [1, 2, 3]
            answer = await desk.ask("next", opening=opening.public_id)
            assert answer["type"] == "done"
            admitted = await told(first, step="admitted")
            assert admitted["consultation"] == answer["consultation"]
            assert (await told(second, place=1))["servers"] == 1
            assert (await told(third, place=2))["wait_high"] is not None
            assert await desk.hear("day")

    play(scene)


@pytest.mark.parametrize("how", ["next", "take"])
def test_both_pages_sit_down_with_the_act_that_lets_in_whoever_is_next_or_chosen(full, how):
    opening, (doctor,), guests = full
    one = guests[0 if how == "next" else 1]
    arrival = one.arrival
    what = {
        "next": {"opening": opening.public_id},
        "take": {"arrival": arrival.public_id, "version": arrival.version, "reason": "urgent"},
    }
    client = signed_in(doctor)

    async def scene():
        async with opened(desk_page(client), page_of(one)) as (desk, page):
            await greet(page)
            answer = await desk.ask(how, **what[how], tab=desk.tab, epoch=desk.epoch)
            assert answer["type"] == "done"
            assert one.phone.endswith(answer["phone"].replace(" ", ""))
            assert answer["phone"]
            theirs = await page.until(lambda f: f["type"] == "door" and f["door"]["step"] == "admitted")
            assert theirs["door"]["consultation"] == answer["consultation"]
            # Both sit, and neither has asked for it.
            assert {row["role"] for row in answer["joined"]["roster"]} == {"clinician", "patient"}
            assert {row["participant"] for row in theirs["joined"]["roster"] if row["present"]} == {
                answer["joined"]["you"],
                theirs["joined"]["you"],
            }

    play(scene)


@pytest.mark.parametrize(("how", "code"), [("next", "nobody_ready"), ("take", "invalid")])
def test_a_page_that_was_refused_sits_nowhere_and_may_press_again(full, how, code):
    opening, (doctor,), guests = full
    if how == "next":
        for guest in guests:
            door.leave(guest.view.invitation, guest.device, where=WHERE, now=NOW)
    last = guests[2].arrival
    what = {
        "next": {"opening": opening.public_id},
        "take": {"arrival": last.public_id, "version": last.version, "reason": ""},
    }
    client = signed_in(doctor)

    async def scene():
        async with opened(desk_page(client)) as (desk,):
            mine = {"tab": desk.tab, "epoch": desk.epoch}
            answer = await desk.ask(how, **what[how], **mine)
            assert (answer["type"], answer["code"]) == ("refused", code)
            if how == "take":
                assert (await desk.ask(how, **{**what[how], "reason": "urgent"}, **mine))["joined"]

    play(scene)


def test_nobody_there_is_said_and_who_stood_first_has_been_called(full):
    opening, (doctor,), (first, *others) = full
    for guest in others:
        door.leave(guest.view.invitation, guest.device, where=WHERE, now=NOW)
    client = signed_in(doctor)

    async def scene():
        async with opened(desk_page(client), page_of(first)) as (desk, page):
            await greet(page)
            away = (await page.ask("step_away"))["door"]
            assert (away["is_away"], away["place"]) == (True, 1)
            answer = await desk.ask("next", opening=opening.public_id)
            assert (answer["type"], answer["code"]) == ("refused", "nobody_ready")
            called = await page.until(lambda one: one["type"] == "door" and one["door"]["called_until"])
            assert called["door"]["is_away"]
            back = (await page.ask("come_back"))["door"]
            assert (back["is_away"], back["called_until"]) == (False, None)
            assert (await desk.hear("arrived"))["name"] == first.name
            assert (await desk.ask("next", opening=opening.public_id))["type"] == "done"

    play(scene)


def test_a_place_that_grows_says_why_in_the_same_frame(full):
    opening, (doctor,), (first, _, third) = full

    async def scene():
        async with opened(page_of(first)) as (page,):
            await greet(page)
            await later(queue.prioritise)(opening.clinic, third.arrival_id, reason="Tung pust", **act(doctor))
            assert (await told(page, place=2))["pushed"] == "priority"

    third.arrival_id = third.arrival.public_id
    play(scene)


def test_words_to_all_come_to_all_and_words_to_one_to_nobody_else(full):
    opening, (doctor,), (first, second, _) = full
    one = first.arrival.public_id

    async def scene():
        async with opened(page_of(first), page_of(second)) as (mine, theirs):
            await greet(mine)
            await greet(theirs)
            await later(queue.tell)(opening.clinic, arrival_id=one, words="Bare til deg", **act(doctor))
            await later(queue.tell)(opening.clinic, opening_id=opening.public_id, code="soon", **act(doctor))
            personal = await mine.until(lambda one: part(one).get("words"))
            # What was said to all meanwhile may stand beside it.
            assert [word["words"] for word in part(personal)["words"] if word["words"]] == ["Bare til deg"]
            for page in (mine, theirs):
                (told_to_all,) = (await page.hear("words"))["words"]
                assert told_to_all == {"at": NOW.isoformat(), "code": "soon", "words": ""}
            assert "door" not in await theirs.silence()
            whole = await greet(mine)
            assert [word["words"] for word in whole["words"]] == ["Bare til deg", ""]

    play(scene)


def test_who_is_moved_to_another_queue_follows_on_the_same_page(full):
    opening, (doctor,), (first, *_) = full
    other = an_opening(opening.clinic, name="Sykepleier", clinicians=(doctor,))
    waiting_guests(other, 1)
    arrival = first.arrival.public_id

    async def scene():
        async with opened(page_of(first)) as (page,):
            await greet(page)
            moved = await later(queue.transfer)(
                opening.clinic, arrival, opening_id=other.public_id, **act(doctor)
            )
            assert (await told(page, opening_name="Sykepleier"))["arrival"] == moved.public_id
            await later(queue.hold)(opening.clinic, moved.public_id, words="Et øyeblikk", **act(doctor))
            assert (await told(page, on_hold=True))["hold_words"] == "Et øyeblikk"

    play(scene)


def test_a_thousand_pages_or_three_the_places_are_read_once_and_not_at_all_for_one_who_goes(
    full, monkeypatch
):
    opening, (doctor,), guests = full
    looks = []

    def look(opening_id, *, now):
        looks.append(opening_id)
        return shown.everybodys_places(opening_id, now=now)

    def look_again(before, *, now):
        looks.append(before.opening.public_id)
        return shown.places_again(before, now=now)

    monkeypatch.setattr(board, "READ_AFTER", 3600)
    monkeypatch.setattr(board, "everybodys_places", look)
    monkeypatch.setattr(board, "places_again", look_again)
    monkeypatch.setattr(shown, "place_of", lambda arrival: pytest.fail("looked for itself"))
    arrival = guests[0].arrival.public_id

    async def scene():
        pages = [page_of(guest) for guest in guests] + [page_of(guests[2], tab=f"more-{n}") for n in range(3)]
        async with opened(*pages) as (first, second, third, *_more):
            for page in (first, second, third):
                await greet(page)
            # One for all who came, however many.
            assert looks == [opening.public_id]
            await later(queue.send_home)(opening.clinic, arrival, **act(doctor))
            await told(second, place=1)
            await told(third, place=2)
            assert looks == [opening.public_id]
            await later(queue.serve)(opening.clinic, opening.public_id, membership=doctor, **act(doctor))
            await told(second, servers=1)
            await told(third, servers=1)

    play(scene)
    assert looks == [opening.public_id] * 2


def test_the_places_read_again_say_what_everything_read_anew_would(full):
    opening, (doctor,), guests = full
    queue.serve(opening.clinic, opening.public_id, membership=doctor, **act(doctor))
    before = shown.everybodys_places(opening.public_id, now=NOW)
    queue.send_home(opening.clinic, guests[0].arrival.public_id, **act(doctor))
    at = NOW + timedelta(seconds=70)
    with CaptureQueriesContext(connection) as questions:
        again = shown.places_again(before, now=at)
    anew = shown.everybodys_places(opening.public_id, now=at)
    assert len(questions) == 1
    unread = shown.places_without(before, guests[0].arrival.public_id)
    assert list(unread.spots.items()) == list(anew.spots.items())
    assert again.spots == anew.spots != before.spots
    told = [(one.own(guests[2].arrival.public_id), one.shared) for one in (again, anew)]
    assert told[0] == told[1]
    assert told[0][0]["wait_high"]


def test_the_places_of_thirty_cost_no_more_than_those_of_three(full):
    opening, _, guests = full

    def counted(step):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            step()
        return len(queries)

    few = counted(lambda: shown.everybodys_places(opening.public_id, now=NOW))
    mine = counted(lambda: guests[2].look())
    waiting_guests(opening, 27)
    assert counted(lambda: shown.everybodys_places(opening.public_id, now=NOW)) == few
    assert counted(lambda: guests[2].look()) == mine
    assert mine <= 11


@pytest.mark.parametrize("frame", ["step_away", "come_back"])
def test_who_is_not_in_a_queue_cannot_step_away_from_it(full, frame):
    _, _, (first, *_) = full
    door.leave(first.view.invitation, first.device, where=WHERE, now=NOW)

    async def scene():
        async with opened(page_of(first)) as (page,):
            await greet(page)
            answer = await page.ask(frame)
            assert (answer["type"], answer["code"]) == ("refused", "not_at_this_step")

    play(scene)


def test_a_delay_is_answered_on_the_page(full):
    hour = a_booked_hour()
    waiting(hour)

    async def scene():
        page = Page(
            f"/ws/door/{hour.invitation.public_id}",
            {settings.BLIKK_DEVICE_COOKIE: hour.device},
            tab="tab-of-theirs",
        )
        async with opened(page):
            await greet(page)
            refused = await page.ask("late_answer", answer="phone")
            assert refused["code"] == "not_at_this_step"
            await later(queue.late)(hour.clinic, membership=hour.clinician, minutes=20, **act(hour.clinician))
            await told(page, late_minutes=20)
            assert (await page.ask("late_answer", answer="phone"))["door"]["late_answer"] == "phone"

    play(scene)


def test_a_week_page_hears_that_the_timetable_changed(full):
    opening, (doctor,), _guests = full
    client = signed_in(doctor)

    async def scene():
        async with opened(desk_page(client)) as (desk,):
            await desk.ask("hello", tab=desk.tab, epoch=desk.epoch)
            await later(retire_period)(
                opening.clinic, opening.period.public_id, version=opening.period.version, **act(doctor)
            )
            assert await desk.hear("day")

    play(scene)
