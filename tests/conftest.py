"""What every test stands on."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase, override_settings

from blikk.audit import guards
from tests.helfo.server import StandIn, running_stand_in
from tests.provider import TestProvider, running_provider
from tests.smart_journal import TestJournal, running_journal

_empty = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]


def _empty_without_guards(case: TransactionTestCase) -> Any:
    """Empty the database after a test that committed; the record's own guards would refuse."""
    guards.remove(connection)
    try:
        return _empty(case)
    finally:
        guards.install(connection)


TransactionTestCase._fixture_teardown = _empty_without_guards  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _fresh_limits():
    """Limits that one test used up do not stop the next."""
    cache.clear()


@pytest.fixture(scope="session")
def provider_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestProvider]:
    """One OpenID provider for all tests that need one."""
    with running_provider(tmp_path_factory.mktemp("provider"), settings.BLIKK_BASE_URL) as started:
        yield started


@pytest.fixture
def op(provider_process: TestProvider, settings: Any) -> Iterator[TestProvider]:
    """The provider, well-behaved and asked by this installation until the test says otherwise."""
    provider_process.behave()
    settings.BLIKK_PROVIDERS = provider_process.settings()
    yield provider_process
    provider_process.behave()


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords():
    """A password is made for every person of every test; the work that slows a thief would slow only us."""
    with override_settings(PASSWORD_HASHERS=["tests.hashing.QuickArgon2"]):
        yield


@pytest.fixture(scope="session")
def journal_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestJournal]:
    """One journal system for all tests that need one."""
    with running_journal(tmp_path_factory.mktemp("journal")) as started:
        yield started


@pytest.fixture
def journal(journal_process: TestJournal, settings: Any) -> Iterator[TestJournal]:
    """The journal system, well-behaved and opened for by the operator."""
    journal_process.behave()
    settings.BLIKK_EHR_HOSTS = [journal_process.place]
    settings.BLIKK_EHR_CA = str(journal_process.certificate)
    yield journal_process
    journal_process.behave()


@pytest.fixture(scope="session")
def helfo_process() -> Iterator[StandIn]:
    """One stand-in for HelseID and Helfo for all tests that need one."""
    with running_stand_in() as started:
        yield started


@pytest.fixture
def helfo(helfo_process: StandIn, settings: Any) -> Iterator[StandIn]:
    """Helfo, well-behaved and set up for this installation."""
    helfo_process.behave()
    settings.BLIKK_PROVIDERS = {**settings.BLIKK_PROVIDERS, "helfo": helfo_process.settings()}
    settings.BLIKK_KUHR_URL = settings.BLIKK_FRIKORT_URL = helfo_process.url
    yield helfo_process
    helfo_process.behave()
