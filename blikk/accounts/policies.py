"""How long a session lasts, and how much of a sign-in it needs."""

from collections.abc import Callable, Mapping, MutableMapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings

IDLE_FOR = timedelta(minutes=30)
AT_MOST_FOR = timedelta(hours=12)
# The last human request is written down at most this often.
NOTED_EVERY = timedelta(minutes=1)

SIGNED_IN_AT = "signed_in_at"
HUMAN_AT = "human_at"
SECOND_FACTOR = "second_factor"


class Standing(StrEnum):
    """What a signed-in session may be used for."""

    FULL = "full"
    PASSWORD_ONLY = "password_only"
    IDLE = "idle"
    TOO_OLD = "too_old"

    @property
    def is_over(self) -> bool:
        return self in {Standing.IDLE, Standing.TOO_OLD}


def standing_of(
    session: Mapping[str, Any], *, now: datetime, is_in_conversation: Callable[[], bool] = lambda: False
) -> Standing:
    """Judge the session of somebody who is signed in; used by pages and sockets alike.

    A live conversation keeps an idle session alive, but not one that is too old. A session without its times
    was not made by a sign-in of ours, and is over.
    """
    began = session.get(SIGNED_IN_AT)
    seen = session.get(HUMAN_AT)
    if began is None or seen is None or now.timestamp() - began > AT_MOST_FOR.total_seconds():
        return Standing.TOO_OLD
    if now.timestamp() - seen > IDLE_FOR.total_seconds() and not is_in_conversation():
        return Standing.IDLE
    if settings.BLIKK_SECOND_FACTOR and not session.get(SECOND_FACTOR):
        return Standing.PASSWORD_ONLY
    return Standing.FULL


def begin(session: MutableMapping[str, Any], *, has_second_factor: bool, now: datetime) -> None:
    """Note on a new session when it began and how strong the sign-in was."""
    session[SIGNED_IN_AT] = now.timestamp()
    session[HUMAN_AT] = now.timestamp()
    session[SECOND_FACTOR] = has_second_factor


def note_human(session: MutableMapping[str, Any], *, now: datetime) -> None:
    """Note that a person, not a poll, asked for something."""
    if now.timestamp() - session.get(HUMAN_AT, 0) >= NOTED_EVERY.total_seconds():
        session[HUMAN_AT] = now.timestamp()
