"""Sessions that are over do not lie about."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session

from blikk.accounts.services import forget_sessions
from tests.builders import NOW

pytestmark = pytest.mark.django_db


def test_only_sessions_that_are_over_are_thrown_away():
    for key, hours in (("over", -1), ("running", 1)):
        Session.objects.create(session_key=key, expire_date=NOW + timedelta(hours=hours))
    assert forget_sessions(now=NOW) == 1
    assert Session.objects.get().session_key == "running"
