"""Lets a test database be emptied although the audit record refuses it."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def _the_record_is_emptied_between_tests() -> Iterator[None]:
    """Tests that commit are followed by a flush; the guards stand aside for it, and only for it."""
    from django.db import connection
    from django.test import TransactionTestCase

    from blikk.audit import guards

    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def teardown(self: TransactionTestCase) -> None:
        guards.remove(connection)
        try:
            flush(self)
        finally:
            guards.install(connection)

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[attr-defined]
    yield
    TransactionTestCase._fixture_teardown = flush  # type: ignore[attr-defined]
