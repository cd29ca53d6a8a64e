"""A relay with the shipped rules, and what a person gets from us for it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from blikk.media.services import IceConfig
from tests.servers import Turn
from tests.stun import TurnClient


@pytest.fixture
def relay(turn_server: Turn, settings) -> Turn:
    settings.BLIKK_TURN_URLS = turn_server.urls
    settings.BLIKK_TURN_SECRET = turn_server.secret
    return turn_server


@pytest.fixture
def clients(relay: Turn) -> Iterator[Callable[..., TurnClient]]:
    """Make clients with a given credential; all end with the test."""
    made: list[TurnClient] = []

    def make(ice: IceConfig, **changes) -> TurnClient:
        (server,) = ice.servers
        username = changes.pop("username", server["username"])
        password = changes.pop("password", server["credential"])
        made.append(TurnClient((relay.host, relay.port), username, password, **changes))
        return made[-1]

    yield make
    for client in made:
        client.refresh(0)
        client.socket.close()


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)
