"""What every test stands on."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase, override_settings

from blikk.audit import guards

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


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords():
    """A password is made for every person of every test; the work that slows a thief would slow only us."""
    with override_settings(PASSWORD_HASHERS=["tests.hashing.QuickArgon2"]):
        yield
