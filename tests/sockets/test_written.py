"""The socket of the patient's page for writing: hints for who has proven themselves, and nothing to ask for."""

import pytest
import time_machine
from django.conf import settings

from tests import letters
from tests.builders import NOW
from tests.letters import a_question, a_text_case, opened, proven, send
from tests.people import signed_in
from tests.sockets.pages import Page, desk_page, later, play
from tests.sockets.pages import opened as open_pages

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _still():
    with time_machine.travel(NOW, tick=False):
        yield


def page(one, device: str | None = None) -> Page:
    cookies = {settings.BLIKK_DEVICE_COOKIE: one.device if device is None else device}
    return Page(f"/ws/skriv/{one.id}", cookies, tab="letter")


def test_an_answer_is_told_to_the_page_that_is_open_and_to_the_desk():
    one = proven(a_text_case())
    client = signed_in(one.clinician)

    async def scene() -> None:
        mine, desk = page(one), desk_page(client)
        async with open_pages(mine, desk):
            # Who was greeted listens; a socket that was just accepted may not do so yet.
            await mine.ask("hello", tab="letter--", epoch="letter-epoch")
            await desk.ask("hello", tab=desk.tab, epoch=desk.epoch)
            await later(send)(one, "Jeg hoster")
            assert await mine.hear("written") == {"type": "written"}
            assert await desk.hear("day")
            await later(letters.read)(one)
            await later(letters.answer)(one, "Kanarifugl")
            assert await mine.hear("written") == {"type": "written"}

    play(scene)


def test_before_the_proof_and_for_strangers_there_is_no_socket():
    one, other = opened(a_question()), proven(a_text_case())

    async def scene() -> None:
        for stranger in (page(one), page(other, one.device), page(other, "")):
            async with open_pages(stranger):
                assert await stranger.end() == 4404
        async with open_pages(mine := page(other)):
            assert (await mine.ask("hello", tab="letter--", epoch="letter-epoch"))["type"] == "done"
            for frame in ({"type_": "ice"}, {"type_": "text", "words": "Hei"}, {"type_": "leave"}):
                refused = await mine.ask(frame.pop("type_"), **frame)
                assert (refused["type"], refused["code"]) == ("refused", "not_found")

    play(scene)


def test_when_a_question_is_closed_its_socket_is():
    one = proven(a_question())

    async def scene() -> None:
        async with open_pages(mine := page(one)):
            await later(close)(one)
            assert await mine.end() == 4404

    play(scene)


def close(one) -> None:
    from blikk.journeys import writing

    writing.close(one.clinic, one.id, version=one.again().version, **letters.by_clinician(one))
