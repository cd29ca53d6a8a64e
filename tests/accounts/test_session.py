"""How long a session lasts, and what lies in the database of it."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session

from blikk.accounts.policies import AT_MOST_FOR, IDLE_FOR, Standing, begin, note_human, standing_of
from blikk.accounts.session_store import SessionStore
from tests.builders import NOW

A_SECOND = timedelta(seconds=1)


@pytest.fixture
def session():
    fresh = {}
    begin(fresh, has_second_factor=True, now=NOW)
    return fresh


def test_a_session_that_was_not_begun_by_a_sign_in_is_over():
    assert standing_of({}, now=NOW).is_over


def test_a_session_lasts_for_thirty_idle_minutes_and_not_a_second_more(session):
    assert standing_of(session, now=NOW + IDLE_FOR) is Standing.FULL
    assert standing_of(session, now=NOW + IDLE_FOR + A_SECOND) is Standing.IDLE


def test_a_person_keeps_the_session_alive_but_not_beyond_twelve_hours(session):
    now = NOW
    while now < NOW + AT_MOST_FOR:
        assert standing_of(session, now=now) is Standing.FULL
        note_human(session, now=now)
        now += timedelta(minutes=20)
    assert standing_of(session, now=NOW + AT_MOST_FOR + A_SECOND) is Standing.TOO_OLD


def test_a_live_conversation_keeps_an_idle_session_but_not_an_old_one(session):
    late = NOW + IDLE_FOR + A_SECOND
    assert standing_of(session, now=late, is_in_conversation=lambda: True) is Standing.FULL
    too_late = NOW + AT_MOST_FOR + A_SECOND
    assert standing_of(session, now=too_late, is_in_conversation=lambda: True) is Standing.TOO_OLD


def test_a_password_alone_is_not_enough_unless_the_demo_says_so(session, settings):
    begin(session, has_second_factor=False, now=NOW)
    settings.BLIKK_SECOND_FACTOR = True
    assert standing_of(session, now=NOW) is Standing.PASSWORD_ONLY
    settings.BLIKK_SECOND_FACTOR = False
    assert standing_of(session, now=NOW) is Standing.FULL


def test_the_human_is_noted_at_most_once_a_minute(session):
    before = dict(session)
    note_human(session, now=NOW + timedelta(seconds=59))
    assert session == before
    note_human(session, now=NOW + timedelta(seconds=60))
    assert session != before


@pytest.mark.django_db
def test_the_database_holds_no_key_that_opens_a_session():
    store = SessionStore()
    store["who"] = "kari"
    store.save()
    row = Session.objects.get()
    assert store.session_key not in {row.session_key, row.session_data}
    assert SessionStore(store.session_key)["who"] == "kari"
    assert SessionStore(row.session_key).get("who") is None


@pytest.mark.django_db
def test_a_deleted_session_is_gone():
    store = SessionStore()
    store["who"] = "kari"
    store.save()
    assert store.exists(store.session_key)
    store.delete()
    assert not Session.objects.exists()
    assert SessionStore(store.session_key).get("who") is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
async def test_the_session_is_the_same_for_sockets():
    store = SessionStore()
    store["who"] = "kari"
    await store.asave()
    assert await SessionStore(store.session_key).aget("who") == "kari"
    assert await SessionStore().aexists(store.session_key)
    await store.adelete()
    assert not await SessionStore().aexists(store.session_key)
