"""A clinic with somebody in the waiting room, at a moment that stands still."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from tests import builders
from tests.builders import NOW, Hour
from tests.people import signed_in


@pytest.fixture
def hour(transactional_db: None) -> Iterator[Hour]:
    with time_machine.travel(NOW, tick=False):
        yield builders.a_booked_hour()


@pytest.fixture
def desk(hour: Hour) -> Client:
    return signed_in(hour.clinician)


@pytest.fixture
def talking(hour: Hour) -> str:
    """The patient was let in; gives the consultation."""
    return builders.admitted(hour)
