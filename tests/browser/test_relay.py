"""A clinic that allows no direct path: everything goes through a real coturn."""

from collections.abc import Callable

import pytest

from tests.browser.app import App
from tests.browser.calls import counters, talks
from tests.browser.conftest import Talk
from tests.servers import running_turn


def test_only_the_relay_carries_the_call(own_app: Callable[..., App], talking: Callable[..., Talk]) -> None:
    with running_turn() as turn:
        app = own_app(BLIKK_TURN_URLS=",".join(turn.urls), BLIKK_TURN_SECRET=turn.secret).start()
        talk = talking(on=app, relay_only=True)
        for one in (talk.clinician, talk.patient):
            pairs = {each["candidateType"] for each in counters(one.page).values()}
            assert pairs == {"relay"}
        talk.patient.page.reload()
        talks(talk.clinician.page, talk.patient.page)


def test_without_the_relay_a_relay_only_clinic_has_no_call(
    own_app: Callable[..., App], talking: Callable[..., Talk]
) -> None:
    """The proof above would be worth nothing if the call took another way when the relay is not there."""
    app = own_app(BLIKK_TURN_URLS="turn:127.0.0.1:9?transport=udp", BLIKK_TURN_SECRET="nobody").start()
    with pytest.raises(AssertionError, match="not within"):
        talking(on=app, relay_only=True, within=8, by="go-anyway")
