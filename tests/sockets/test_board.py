"""One look for all who wait: who is slow, late or broken holds nobody else up, and nobody is told what is older."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from blikk.bus import hub
from blikk.journeys.waiting import Everybody
from blikk.scheduling.models import Opening
from blikk.sockets import board as boards
from blikk.sockets.board import Board, place_frame
from blikk.waiting_room.queries import Moment, Pace, Spot
from blikk.waiting_room.rehearsal import AtWork

pytestmark = pytest.mark.asyncio
PATIENCE = 10
SHARED = {"opening_name": "Drop-in", "closes_at": None, "servers": 1, "server_names": ("Kari",), "paused": 0}


class Page:
    """A page that takes what it is told, or breaks."""

    def __init__(self, name: str, *, breaks: bool = False) -> None:
        self.name, self.breaks = name, breaks
        self.told: asyncio.Queue = asyncio.Queue()

    def take_place(self, table):
        if self.breaks:
            raise RuntimeError("gone")
        self.told.put_nowait(table)

    def take_words(self, words):
        self.told.put_nowait(words.text)

    def start_anew(self):
        self.told.put_nowait("anew")

    async def hear(self):
        return await asyncio.wait_for(self.told.get(), PATIENCE)


class Database:
    """Answers a look when it is let: who asks in between waits."""

    def __init__(self) -> None:
        self.looks, self.faults = 0, 0
        self.acts: list[str] = []
        self.order = ["one", "two"]
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked = asyncio.Event()

    def __call__(self, act):
        async def look(_opening, *, now):
            self.looks += 1
            self.acts.append(act.__name__)
            seen = {name: Spot(place) for place, name in enumerate(self.order, start=1)}
            self.asked.set()
            await self.gate.wait()
            if self.faults:
                self.faults -= 1
                raise OSError("away")
            pace = Pace((Moment(0.0, (AtWork(),)),))
            return Everybody(Opening(), pace, now, SHARED, seen, pace.waits())

        return look


@pytest.fixture
def database(monkeypatch):
    found = Database()
    monkeypatch.setattr(boards, "for_all", found)
    return found


@pytest.fixture
def board(database):
    return Board()


@pytest.fixture
def opening(request):
    """A name of this test's own: loops that are over are forgotten late."""
    return request.node.name


def place(table, name):
    return json.loads(table.frame(name))["place"]


async def test_all_pages_are_told_from_one_look(board, database, opening):
    pages = [Page("one") for _ in range(200)]
    for page in pages:
        board.join(opening, page)
    hub.publish(f"queue:{opening}", {"event": "queue"})
    tables = [await page.hear() for page in pages]
    assert len({id(table) for table in tables}) == 1
    assert database.looks == 1
    assert place(tables[0], "two") == 2
    assert tables[0].frame("stranger") is None


async def test_changes_that_come_during_a_look_are_seen_by_one_more_and_by_no_more(board, database, opening):
    page = Page("two")
    board.join(opening, page)
    database.gate.clear()
    hub.publish(f"queue:{opening}", {"event": "queue"})
    await database.asked.wait()
    database.order = ["two"]
    for _ in range(5):
        hub.publish(f"queue:{opening}", {"event": "queue"})
    await asyncio.sleep(0)
    database.gate.set()
    assert [place(await page.hear(), "two") for _ in range(2)] == [2, 1]
    assert database.looks == 2
    assert page.told.empty()


async def test_who_comes_or_goes_has_the_places_read_and_who_is_let_in_how_fast_it_moves_too(
    board, database, opening
):
    page = Page("two")
    board.join(opening, page)
    for event in ("places", "places", "queue", "places"):
        hub.publish(f"queue:{opening}", {"event": event})
        await page.hear()
    assert database.acts == ["everybodys_places", "places_again", "everybodys_places", "places_again"]


async def test_who_is_behind_somebody_that_went_moves_up_before_anything_is_read(
    board, database, opening, monkeypatch
):
    monkeypatch.setattr(boards, "READ_AFTER", 0.05)
    page = Page("two")
    board.join(opening, page)
    first = await board.newest(opening)
    await page.hear()
    database.gate.clear()
    database.order = ["three", "two"]
    hub.publish(f"queue:{opening}", {"event": "gone", "arrival": "one"})
    at_once = await page.hear()
    assert place(at_once, "two") == 1
    assert at_once.frame("one") is None
    assert at_once.began == first.began, "it knows no more than what it was made of"
    assert database.looks == 1
    database.gate.set()
    assert place(await page.hear(), "two") == 2, "what is read afterwards has the last word"


async def test_who_went_while_the_queue_is_looked_at_has_it_looked_at_once_more(board, database, opening):
    page = Page("two")
    board.join(opening, page)
    await board.newest(opening)
    await page.hear()
    database.gate.clear()
    database.asked.clear()
    hub.publish(f"queue:{opening}", {"event": "queue"})
    await database.asked.wait()
    database.order = ["two"]
    hub.publish(f"queue:{opening}", {"event": "gone", "arrival": "one"})
    database.gate.set()
    assert [place(await page.hear(), "two") for _ in range(2)] == [2, 1]
    assert database.looks == 3


async def test_news_of_the_pace_that_come_during_a_look_have_it_read_anew(board, database, opening):
    page = Page("two")
    board.join(opening, page)
    database.gate.clear()
    hub.publish(f"queue:{opening}", {"event": "queue"})
    await database.asked.wait()
    hub.publish(f"queue:{opening}", {"event": "queue"})
    hub.publish(f"queue:{opening}", {"event": "places"})
    await asyncio.sleep(0)
    database.gate.set()
    await page.hear()
    await page.hear()
    assert database.acts == ["everybodys_places", "everybodys_places"]


async def test_who_has_read_later_is_answered_by_a_look_that_begins_after(board, database, opening):
    page = Page("two")
    board.join(opening, page)
    first = await board.newest(opening)
    assert await board.newest(opening) is first
    read_at = board.moment()
    again = await board.newest(opening, since=read_at)
    assert again.began > read_at > first.began
    assert database.looks == 2


async def test_a_page_that_breaks_is_left_out_alone(board, opening):
    broken, well = Page("one", breaks=True), Page("two")
    board.join(opening, broken)
    board.join(opening, well)
    hub.publish(f"queue:{opening}", {"event": "queue"})
    assert place(await well.hear(), "two") == 2


async def test_a_database_that_was_away_is_asked_again(board, database, opening, monkeypatch):
    monkeypatch.setattr(boards, "TRY_AGAIN", 0.01)
    database.faults = 2
    page = Page("one")
    board.join(opening, page)
    with pytest.raises(OSError, match="away"):
        await board.newest(opening)
    assert place(await page.hear(), "one") == 1
    assert database.looks == 3


async def test_news_that_were_lost_are_made_good_by_a_look_now_and_then(
    board, database, opening, monkeypatch
):
    monkeypatch.setattr(boards, "LOOK_ANYWAY", 0.01)
    page = Page("one")
    board.join(opening, page)
    assert place(await page.hear(), "one") == 1


async def test_words_to_all_are_passed_on_without_a_look_and_lost_news_start_everybody_anew(
    board, database, opening
):
    pages = [Page("one"), Page("two")]
    for page in pages:
        board.join(opening, page)
    said = {"at": "2026-11-25T10:00:00+00:00", "code": "soon", "words": ""}
    hub.publish(f"queue:{opening}", {"event": "told", **said})
    hub.publish(f"queue:{opening}", {"event": "missed"})
    for page in pages:
        assert json.loads(await page.hear()) == {"type": "words", "words": [said]}
        assert await page.hear() == "anew"
    assert database.looks == 0


async def test_a_queue_that_nobody_waits_in_is_not_heard_of(board, opening):
    page = Page("one")
    board.join(opening, page)
    assert hub.listeners(f"queue:{opening}") == 1
    board.leave(opening, page)
    board.leave(opening, page)
    assert hub.listeners(f"queue:{opening}") == 0


async def test_the_place_among_all_that_is_told_reads_like_the_place_alone(board, database, opening):
    board.join(opening, Page("two"))
    database.order += ["three"]
    table = await board.newest(opening)
    table.everybody.spots["two"] = Spot(2, "priority", datetime(2026, 11, 25, 10, tzinfo=UTC))
    for name in ("one", "two", "three"):
        whole = {**table.everybody.shared, **table.everybody.own(name), "step": "waiting"}
        assert place_frame(whole) == table.frame(name)
        assert json.loads(place_frame(whole))["place"] == ["one", "two", "three"].index(name) + 1
