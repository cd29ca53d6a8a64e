import pytest
from django.conf import settings

from tests.sockets.pages import desk_page, play

OURS = settings.BLIKK_ORIGINS[0]


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "https://evil.example",
        f"{OURS}.evil.example",
        OURS + "1",
        OURS.replace("http://", "https://"),
    ],
)
def test_a_socket_from_anywhere_else_is_refused_before_it_opens(desk, origin):
    async def scene():
        page = desk_page(desk, origin=origin)
        connected, _ = await page.socket.connect(timeout=20)
        assert not connected

    play(scene)


def test_a_socket_from_our_own_pages_opens(desk):
    async def scene():
        page = await desk_page(desk).open()
        assert (await page.ask("hello", tab=page.tab))["type"] == "done"
        await page.go()

    play(scene)
