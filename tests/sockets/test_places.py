"""What a page is told of its place when much happens at once, when news are lost, and when another process has them."""

import asyncio
import json

from django.db import connection
from django.test.utils import CaptureQueriesContext

from blikk.bus import hub
from blikk.journeys import queue
from blikk.journeys.waiting import everybodys_places
from blikk.sockets.board import Table
from blikk.sockets.desk import BETWEEN_HINTS
from blikk.sockets.door import Caller, greet, look
from blikk.sockets.frames import Hello
from tests.builders import NOW
from tests.people import signed_in
from tests.queues import waiting_guests
from tests.sockets.pages import desk_page, later, mute_bus, opened, play
from tests.sockets.test_queue import act, full, page_of, part, told  # noqa: F401  (a fixture)
from tests.sockets.test_queue import greet as say_hello


def home(opening, arrival, doctor):
    return later(queue.send_home)(opening.clinic, arrival, **act(doctor))


def test_whatever_happens_at_once_the_last_place_that_is_told_is_the_true_one(full):  # noqa: F811
    opening, (doctor,), guests = full
    guests += waiting_guests(opening, 5)
    before = [guest.arrival.public_id for guest in guests[:-1]]

    async def scene():
        async with opened(page_of(guests[-1])) as (page,):
            assert (await say_hello(page))["place"] == 8
            for arrival in before:
                await home(opening, arrival, doctor)
            await told(page, place=1)
            places = [8, *(part(frame)["place"] for frame in page.heard if part(frame)), 1]
            # However many looks there were: never one more than before.
            assert places == sorted(places, reverse=True)
            assert "door" not in await page.silence()

    play(scene)


def test_news_that_were_lost_are_made_good_when_that_is_known(full):  # noqa: F811
    opening, (doctor,), (first, second, _) = full
    arrival = first.arrival.public_id

    async def scene():
        async with opened(page_of(second)) as (page,):
            await say_hello(page)
            with mute_bus():
                await home(opening, arrival, doctor)
            hub.missed()
            await told(page, place=1)

    play(scene)


def test_a_change_in_another_process_is_told_here(full):  # noqa: F811
    """As the line from Redis hands it over; Redis itself does not bear a clock that stands still."""
    opening, (doctor,), (first, second, third) = full
    arrival, topic = first.arrival.public_id, f"queue:{opening.public_id}"

    async def scene():
        async with opened(page_of(second), page_of(third)) as (mine, theirs):
            await say_hello(mine)
            await say_hello(theirs)
            with mute_bus():
                await home(opening, arrival, doctor)
            hub.deliver(topic, json.dumps({"topic": topic, "event": "queue"}))
            await told(mine, place=1)
            await told(theirs, place=2)
            words = {"at": NOW.isoformat(), "code": "", "words": "Vi åpner et vindu"}
            hub.deliver(topic, json.dumps({"topic": topic, "event": "told", **words}))
            for page in (mine, theirs):
                assert (await page.hear("words"))["words"] == [words]

    play(scene)


def test_a_greeting_is_a_few_questions_however_long_the_queue_is(full):  # noqa: F811
    opening, _, guests = full

    def asked() -> int:
        guest = guests[1]
        caller = Caller(guest.view.invitation, guest.device, "127.0.0.1")
        table = Table(everybodys_places(opening.public_id, now=NOW), 1)
        with CaptureQueriesContext(connection) as questions:
            greeting = greet(caller, Hello(1, "tab-of-theirs", "", move=False), now=NOW)
            assert look(caller, greeting, table, now=NOW)["place"] == 2
        return len(questions)

    few = asked()
    waiting_guests(opening, 27)
    # One of them is for those who were asked in beside the person, and one for the control questions.
    assert asked() == few <= 8


def test_who_was_let_in_between_the_greeting_and_the_look_is_told_so(full):  # noqa: F811
    opening, (doctor,), (first, *_) = full
    caller = Caller(first.view.invitation, first.device, "127.0.0.1")
    greeting = greet(caller, Hello(1, "tab-of-theirs", "", move=False), now=NOW)
    table = Table(everybodys_places(opening.public_id, now=NOW), 1)
    queue.take_next(opening.clinic, opening.public_id, membership=doctor, **act(doctor))
    facts = look(caller, greeting, table, now=NOW)
    assert facts["step"] == "admitted"
    assert facts["place"] == 0


def test_a_day_on_which_much_happens_at_once_is_hinted_at_twice(full):  # noqa: F811
    opening, (doctor,), _ = full
    client = signed_in(doctor)

    async def scene():
        async with opened(desk_page(client)) as (desk,):
            await desk.ask("hello", tab=desk.tab, epoch=desk.epoch)
            for _ in range(50):
                hub.publish(f"day:{opening.clinic.public_id}", {"event": "day"})
            await desk.hear("day")
            await desk.hear("day")
            await asyncio.sleep(2 * BETWEEN_HINTS)
            assert await desk.silence() == []

    play(scene)
