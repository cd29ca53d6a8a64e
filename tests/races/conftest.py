"""Races are run on PostgreSQL only: SQLite has one writer at a time and would hide them."""

import pytest
from django.db import connection

from blikk.clinics.models import Clinic
from tests.builders import a_clinic


@pytest.fixture(autouse=True)
def _on_postgresql(transactional_db):
    assert connection.vendor == "postgresql", "run: python -m tests.with_postgres pytest tests/races"


@pytest.fixture
def clinic() -> Clinic:
    return a_clinic()
