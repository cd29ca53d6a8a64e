"""The demo has a queue that is open and a free slot, at whatever hour of whatever day it starts."""

from datetime import UTC, datetime, timedelta

import pytest

from blikk.clinics.models import Clinic
from blikk.clinics.queries import clinicians_of
from blikk.jobs.seed_timetable import open_queue_now, put_up_timetable
from blikk.journeys.self_booking import first_free_day
from blikk.scheduling.queries import next_opening, openings_on
from tests.builders import a_clinic, a_member, staff

pytestmark = pytest.mark.django_db
MOMENTS = [
    datetime(2026, 11, 22, 23, 30, tzinfo=UTC),  # half past midnight between Sunday and Monday
    datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
    datetime(2026, 11, 28, 21, 58, tzinfo=UTC),  # a Saturday, late
    datetime(2026, 12, 25, 7, 0, tzinfo=UTC),
    datetime(2027, 3, 28, 0, 59, tzinfo=UTC),  # a minute before the clock jumps
    datetime(2027, 10, 31, 1, 30, tzinfo=UTC),  # the second half past two
]


@pytest.fixture
def clinic():
    clinic = a_clinic()
    a_member(clinic, name="Ingrid Solberg")
    a_member(clinic, name="Anders Lunde")
    return clinic


def seed(clinic, now, *, is_new=True):
    people = clinicians_of(clinic)
    if is_new:
        put_up_timetable(clinic, *people, actor=staff(people[0]), now=now)
    open_queue_now(clinic, *people, actor=staff(people[0]), now=now)


@pytest.mark.parametrize("now", MOMENTS)
def test_the_queue_is_open_and_a_slot_is_free(clinic, now):
    seed(clinic, now)
    assert next_opening(clinic, now=now).accepts_now
    assert first_free_day(Clinic.objects.get(pk=clinic.pk), now=now) is not None


@pytest.mark.parametrize("later", [timedelta(days=1), timedelta(hours=9), timedelta(days=10, hours=5)])
def test_a_demo_that_is_started_again_has_its_queue_open_again(clinic, later):
    first = MOMENTS[1]
    seed(clinic, first)
    again = first + later
    seed(clinic, again, is_new=False)
    assert next_opening(clinic, now=again).accepts_now
    seed(clinic, again, is_new=False)
    assert len([view for view in openings_on(clinic, again.date(), now=again) if view.accepts_now]) == 1
