"""Everybody who looks at a clinic's page sees at once what happens there, and nobody has to say who they are."""

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import time as at

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.test.utils import CaptureQueriesContext

from blikk.bus import hub
from blikk.clinics import profile
from blikk.clinics.models import Clinic
from blikk.journeys import queue, self_booking
from blikk.kernel.actors import SYSTEM
from blikk.kernel.ids import new_secret
from blikk.scheduling import services as scheduling
from blikk.sockets import lookout, onlooker
from blikk.sockets.frames import Closed
from blikk.web.presenters import lookout as shown
from tests import builders as b
from tests import timetables
from tests.builders import NOW
from tests.people import signed_in
from tests.queues import WHERE, enter, waiting_guests
from tests.sockets.pages import Page, desk_page, later, opened, play

# A busy machine is slow; without news the next look would come after twenty seconds.
SOON = 5.0
AFTER, LATER = at(13), at(14)


@pytest.fixture
def clinic(transactional_db: None) -> Iterator[Clinic]:
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield opened_to_all(b.a_clinic())


def opened_to_all(clinic: Clinic) -> Clinic:
    values = {"is_public": True, "allows_self_booking": True}
    return profile.change_profile(clinic, values, actor=SYSTEM, now=NOW)


def looking(
    clinic: Clinic, part: str = "now", query: str = "language=nb", *, origin: str | None = None
) -> Page:
    """A page of somebody without any cookie."""
    return Page(f"/ws/k/{clinic.slug}/{part}?{query}", {}, tab="public", origin=origin)


async def news(page: Page, type_: str, **facts: object) -> tuple[dict, float]:
    """The frame that says so, and how many seconds it took from now."""
    began = time.monotonic()
    frame = await page.until(
        lambda one: one["type"] == type_ and all(one[name] == fact for name, fact in facts.items())
    )
    return frame, time.monotonic() - began


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each time that somebody looks at how a clinic is."""
    looks: list[str] = []
    read = shown.read

    def look(clinic, *, now):
        looks.append(clinic.slug)
        return read(clinic, now=now)

    monkeypatch.setattr(shown, "read", look)
    return looks


def slot_names(frame: dict) -> list[str]:
    return [slot["name"] for slot in frame["slots"]]


def test_who_looks_sees_the_queue_grow_at_once_and_no_name(clinic):
    opening = timetables.an_opening(clinic, b.a_member(clinic, name="Ida Lege"))

    async def scene():
        async with opened(looking(clinic)) as (page,):
            first = await page.hear("now")
            assert "Ingen venter nå." in first["detail"]
            guest = await later(enter)(opening, "Astrid Berge")
            told, took = await news(page, "now")
            assert "1 venter nå." in told["detail"]
            assert took < SOON
            assert "Berge" not in json.dumps([first, told])
            assert guest.phone not in json.dumps([first, told])

    play(scene)


def test_the_opening_hours_and_the_state_follow_the_timetable(clinic):
    doctor = b.a_member(clinic)

    async def scene():
        async with opened(looking(clinic)) as (page,):
            nothing = await page.hear("now")
            assert (nothing["state"], nothing["hours"]) == ("none", [])
            await later(timetables.a_drop_in)(clinic, doctor)
            told, took = await news(page, "now", state="open")
            assert took < SOON
            assert told["may_enter"]
            assert [(day["times"], day["is_today"]) for day in told["hours"]] == [(["09:00–12:00"], True)]
            await later(profile.change_profile)(clinic, {"allows_self_booking": False}, actor=SYSTEM, now=NOW)
            assert (await news(page, "now", may_book=False))[1] < SOON

    play(scene)


def test_each_reads_in_their_own_language(clinic):
    timetables.a_drop_in(clinic)

    async def scene():
        pages = [looking(clinic, query=f"language={code}") for code in ("nb", "nn", "en", "xx")]
        async with opened(*pages):
            said = [(await page.hear("now"))["headline"] for page in pages]
            assert said[0] == said[3] == "Drop-in er åpent nå"
            assert len(set(said)) == 3

    play(scene)


def test_a_hundred_pages_or_one_the_clinic_is_looked_at_once_per_change(clinic, monkeypatch):
    opening = timetables.an_opening(clinic)
    looks = counted(monkeypatch)

    async def scene():
        pages = [looking(clinic, query=f"language={('nb', 'en')[number % 2]}") for number in range(40)]
        async with opened(*pages):
            for page in pages:
                await page.hear("now")
            before = len(looks)
            await later(enter)(opening, "Astrid Berge")
            texts = [(await news(page, "now"))[0]["detail"] for page in pages]
            assert len(set(texts)) == 2
            assert len(looks) - before == 1

    play(scene)


def test_a_burst_is_looked_at_a_few_times_and_ends_with_what_is(clinic, monkeypatch):
    opening = timetables.an_opening(clinic)
    looks = counted(monkeypatch)

    async def scene():
        async with opened(looking(clinic)) as (page,):
            await page.hear("now")
            before, began = len(looks), time.monotonic()
            for number in range(12):
                await later(enter)(opening, f"Gjest Nummer{number}")
            await page.until(lambda one: one["type"] == "now" and "12 venter nå." in one["detail"])
            spent = time.monotonic() - began
            assert len(looks) - before <= spent / lookout.BETWEEN_LOOKS + 2

    play(scene)


def test_looking_costs_the_same_for_thirty_queues_as_for_two(clinic):
    from django.db import connection

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            shown.look(clinic.slug, "now", 0, languages=["nb", "nn", "en"], now=NOW)
        return len(queries)

    timetables.an_opening(clinic)
    waiting_guests(timetables.an_opening(clinic), 2)
    few = cost()
    for _ in range(8):
        waiting_guests(timetables.an_opening(clinic), 2)
    assert cost() == few


def test_an_hour_that_somebody_holds_is_gone_for_the_others_and_comes_back(clinic):
    timetables.a_period(clinic, b.a_member(clinic, name="Ida Lege"), starts=AFTER, ends=LATER)
    browser = new_secret()

    async def scene():
        async with opened(looking(clinic, "slots")) as (page,):
            free = slot_names(await page.hear("slots"))
            assert len(free) == 6
            await later(self_booking.ask_slot)(clinic, free[0], browser=browser, where=WHERE, now=NOW)
            told, took = await news(page, "slots_changed")
            assert (told["gone"], told["come"]) == ([free[0]], [])
            assert took < SOON
            await later(self_booking.give_up_slot)(clinic, browser=browser, now=NOW)
            again, took = await news(page, "slots_changed")
            assert [slot["name"] for slot in again["come"]] == [free[0]]
            assert took < SOON
            assert set(again["come"][0]) == {"name", "on", "day", "time", "who"}

    play(scene)


def test_a_page_that_shows_the_right_hours_is_told_only_what_changes(clinic):
    doctor = b.a_member(clinic)
    timetables.a_period(clinic, doctor, starts=AFTER, ends=LATER)
    body = Client().get(f"/k/{clinic.slug}/time").content.decode()
    mark = body.split("mark=")[1].split('"')[0]
    patient = b.a_patient(clinic)

    async def scene():
        async with opened(looking(clinic, "slots", f"mark={mark}"), looking(clinic, "slots", "mark=old")) as (
            knows,
            does_not,
        ):
            await does_not.hear("slots")
            await later(scheduling.book)(
                clinic,
                patient=patient,
                clinician=doctor,
                day=timetables.TODAY,
                at=AFTER,
                minutes=20,
                actor=SYSTEM,
                now=NOW,
            )
            assert len((await news(knows, "slots_changed"))[0]["gone"]) == 1
            assert "slots" not in [frame["type"] for frame in knows.heard]

    play(scene)


def test_staff_who_book_hear_that_a_patient_holds_an_hour(clinic):
    doctor = b.a_member(clinic)
    timetables.a_period(clinic, doctor, starts=AFTER, ends=LATER)
    client = signed_in(doctor)

    async def scene():
        async with opened(desk_page(client)) as (desk,):
            await desk.ask("hello", tab=desk.tab, epoch=desk.epoch)
            free = await later(shown.look)(clinic.slug, "slots", 0, languages=["nb"], now=NOW)
            name = free.facts["nb"]["slots"][0]["name"]
            await later(self_booking.ask_slot)(clinic, name, browser=new_secret(), where=WHERE, now=NOW)
            await desk.hear("slots")

    play(scene)


def test_a_clinic_without_a_page_and_one_that_closes_it_are_the_same(clinic):
    hidden = b.a_clinic()

    async def scene():
        async with opened(looking(hidden)) as (page,):
            assert await page.end() == Closed.NOT_FOUND
        await later(profile.change_profile)(clinic, {"allows_self_booking": False}, actor=SYSTEM, now=NOW)
        async with opened(looking(clinic, "slots")) as (page,):
            assert await page.end() == Closed.NOT_FOUND
        async with opened(looking(clinic)) as (page,):
            await page.hear("now")
            await later(profile.change_profile)(clinic, {"is_public": False}, actor=SYSTEM, now=NOW)
            assert await page.end() == Closed.NOT_FOUND

    play(scene)


def test_a_page_of_another_site_gets_no_socket(clinic):
    async def scene():
        page = looking(clinic, origin="https://kommune.example")
        assert (await page.socket.connect(timeout=20))[0] is False
        async with opened(looking(clinic)) as (ours,):
            await ours.hear("now")

    play(scene)


def test_nobody_keeps_more_than_their_share_of_sockets_open(clinic, monkeypatch):
    monkeypatch.setattr(onlooker, "MOST_PER_ADDRESS", 3)

    async def scene():
        pages = [looking(clinic) for _ in range(3)]
        async with opened(*pages):
            assert (await looking(clinic).socket.connect(timeout=20))[0] is False
            await pages[0].go()
            another = await looking(clinic).open()
            await another.hear("now")
            await another.go()

    play(scene)


def test_the_last_who_goes_leaves_nothing_behind(clinic, monkeypatch):
    monkeypatch.setattr(lookout, "BETWEEN_LOOKS", 0.01)
    topic, unsubscribe = f"day:{clinic.public_id}", hub.unsubscribe

    async def scene():
        async with opened(looking(clinic), looking(clinic, query="language=en")) as (page, other):
            await page.hear("now")
            await other.hear("now")
            assert hub.listeners(topic) == 1
            # The watch ends when it next looks round; nothing tells of it but that nobody listens any more.
            ended = asyncio.Event()

            def let_go(*given):
                unsubscribe(*given)
                ended.set()

            monkeypatch.setattr(hub, "unsubscribe", let_go)
        await asyncio.wait_for(ended.wait(), 10)
        await asyncio.sleep(0)
        assert hub.listeners(topic) == 0

    play(scene)


def test_a_page_that_takes_nothing_more_holds_up_nobody(monkeypatch):
    monkeypatch.setattr(lookout, "STUCK", 0.01)
    heard: list[str] = []
    all_heard = asyncio.Event()

    class Reader:
        def __init__(self, name: str, gate: asyncio.Event | None = None, *, breaks: bool = False) -> None:
            self.name, self.gate, self.breaks = name, gate, breaks

        async def tell_text(self, text: str) -> None:
            if self.breaks:
                raise RuntimeError("gone")
            if self.gate:
                await self.gate.wait()
            heard.append(self.name)
            all_heard.set() if len(heard) == 3 else None

    async def scene():
        gate = asyncio.Event()
        pages = [Reader("stuck", gate), Reader("broken", breaks=True), Reader("next"), Reader("last")]
        await lookout.go_round(iter([(page, "text") for page in pages]))
        assert heard == ["next", "last"]
        gate.set()
        await asyncio.wait_for(all_heard.wait(), 10)
        assert heard[-1] == "stuck"

    asyncio.run(scene())


def test_a_queue_that_is_closed_is_closed_for_who_looks(clinic):
    opening = timetables.an_opening(clinic)

    async def scene():
        async with opened(looking(clinic)) as (page,):
            assert (await page.hear("now"))["may_enter"]
            await later(queue.close_queue)(clinic, opening.public_id, actor=SYSTEM, now=NOW)
            assert (await news(page, "now", may_enter=False))[1] < SOON

    play(scene)
