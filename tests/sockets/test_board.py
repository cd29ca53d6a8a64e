"""One look and one round for all who wait: who is slow, late or broken holds nobody else up."""

import asyncio
import contextvars

import pytest

from blikk.sockets import board as boards
from blikk.sockets.board import Board

pytestmark = pytest.mark.asyncio
PLACES = {"one": {"place": 1}}


class Page:
    """A page that takes what it is told, or never comes to it, or breaks."""

    def __init__(
        self, told: asyncio.Queue[str], name: str, *, gate: asyncio.Event | None = None, breaks: bool = False
    ):
        self.context = contextvars.copy_context()
        self.told, self.name, self.gate, self.breaks = told, name, gate, breaks

    async def take_place(self, mark, places):
        if self.breaks:
            raise RuntimeError("gone")
        if self.gate:
            await self.gate.wait()
        assert places == PLACES
        self.told.put_nowait(f"{self.name}:{mark}")


class Counting(Board):
    looks = 0

    async def _look(self, opening):  # type: ignore[override]
        self.looks += 1
        await asyncio.sleep(0)
        return PLACES


@pytest.fixture
def told():
    return asyncio.Queue()


def tell(board, pages, mark="first"):
    for page in pages:
        board.tell("opening", mark, page)


async def hear(told, count):
    async with asyncio.timeout(10):
        return [await told.get() for _ in range(count)]


async def test_all_pages_are_told_in_one_round_from_one_look(told):
    board = Counting()
    tell(board, [Page(told, str(number)) for number in range(200)])
    assert await hear(told, 200) == [f"{number}:first" for number in range(200)]
    assert board.looks == 1


async def test_a_page_that_takes_nothing_more_holds_up_nobody_and_is_told_later(told, monkeypatch):
    monkeypatch.setattr(boards, "STUCK", 0.01)
    board, gate = Counting(), asyncio.Event()
    tell(
        board,
        [
            Page(told, "stuck", gate=gate),
            Page(told, "next"),
            Page(told, "too", gate=gate),
            Page(told, "last"),
        ],
    )
    assert await hear(told, 2) == ["next:first", "last:first"]
    gate.set()
    assert set(await hear(told, 2)) == {"stuck:first", "too:first"}


async def test_a_page_that_breaks_is_left_out_alone(told):
    board = Counting()
    tell(board, [Page(told, "broken", breaks=True), Page(told, "well")])
    assert await hear(told, 1) == ["well:first"]


async def test_another_change_is_another_round(told):
    board = Counting()
    page = Page(told, "page")
    tell(board, [page])
    tell(board, [page], mark="second")
    assert set(await hear(told, 2)) == {"page:first", "page:second"}
    assert board.looks == 2
