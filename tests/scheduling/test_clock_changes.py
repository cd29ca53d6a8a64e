"""The timetable through the night when the clock jumps an hour, and the one when it shows an hour twice."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from blikk.kernel.errors import Invalid
from blikk.kernel.times import from_wall, is_second_time, local
from blikk.scheduling import services
from blikk.scheduling.queries import free_slots, openings_on, preview_series, week_of
from tests.builders import NOW, a_clinic, a_member, a_patient, staff
from tests.timetables import a_drop_in, a_period

OSLO = "Europe/Oslo"
# Sundays; at two and at three in the night. The first is Easter Sunday too.
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)
NIGHT = {"weekday": 6, "ahead_days": 365, "on_holidays": True}


def clocks(clinic, day):
    found = free_slots(clinic, first=day, days=1, now=NOW)
    return [f"{local(slot.starts_at, OSLO):%H:%M}" for slot in found]


def a_night(clinic, *people, **more):
    return a_period(clinic, *people, **{**NIGHT, **more})


@pytest.mark.parametrize(
    ("wall", "moment"),
    [
        (datetime(2027, 3, 28, 1, 59), datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
        (datetime(2027, 3, 28, 2, 0), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        (datetime(2027, 3, 28, 2, 30), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        (datetime(2027, 3, 28, 3, 0), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        (datetime(2027, 10, 31, 2, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        (datetime(2027, 10, 31, 3, 0), datetime(2027, 10, 31, 2, 0, tzinfo=UTC)),
        (datetime(2027, 7, 1, 12, 0), datetime(2027, 7, 1, 10, 0, tzinfo=UTC)),
    ],
)
def test_a_wall_time_that_comes_round_has_one_moment(wall, moment):
    assert from_wall(wall, OSLO) == moment


def test_the_second_time_that_the_clock_shows_an_hour_is_known():
    assert not is_second_time(datetime(2027, 10, 31, 0, 30, tzinfo=UTC), OSLO)
    assert is_second_time(datetime(2027, 10, 31, 1, 30, tzinfo=UTC), OSLO)
    assert not is_second_time(datetime(2027, 10, 31, 2, 30, tzinfo=UTC), OSLO)


@pytest.mark.django_db
def test_no_slot_lies_in_the_hour_that_does_not_exist():
    clinic = a_clinic()
    a_night(clinic, starts=time(1, 0), ends=time(4, 0))
    assert clocks(clinic, SPRING) == ["01:00", "01:20", "01:40", "03:00", "03:20", "03:40"]
    assert len(clocks(clinic, SPRING + timedelta(days=7))) == 9


@pytest.mark.django_db
def test_the_hour_that_comes_twice_is_offered_once():
    clinic = a_clinic()
    a_night(clinic, starts=time(1, 0), ends=time(4, 0))
    offered = clocks(clinic, AUTUMN)
    assert offered == ["01:00", "01:20", "01:40", "02:00", "02:20", "02:40", "03:00", "03:20", "03:40"]


@pytest.mark.django_db
@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_every_slot_of_such_a_night_can_be_booked_by_its_day_and_clock(day):
    clinic = a_clinic()
    clinician, patient = a_member(clinic), a_patient(clinic)
    a_night(clinic, clinician, starts=time(1, 0), ends=time(4, 0))
    offered = free_slots(clinic, first=day, days=1, now=NOW)
    for slot in offered:
        at = local(slot.starts_at, OSLO)
        booked = services.book(
            clinic,
            patient=patient,
            clinician=clinician,
            day=at.date(),
            at=at.time(),
            minutes=20,
            actor=staff(clinician),
            now=NOW,
        )
        assert (booked.starts_at, booked.ends_at) == (slot.starts_at, slot.ends_at)
    assert offered
    assert clocks(clinic, day) == []


@pytest.mark.django_db
def test_a_slot_in_the_missing_hour_is_refused_beside_the_field():
    clinic = a_clinic()
    clinician, patient = a_member(clinic), a_patient(clinic)

    def book(at):
        return services.book(
            clinic,
            patient=patient,
            clinician=clinician,
            day=SPRING,
            at=at,
            minutes=20,
            actor=staff(clinician),
            now=NOW,
        )

    with pytest.raises(Invalid) as refusal:
        book(time(2, 30))
    assert refusal.value.fields == {"starts_at": "no_such_hour"}
    assert book(time(3, 30)).status == "booked"


@pytest.mark.django_db
def test_a_period_wholly_in_the_missing_hour_does_not_take_place_that_day():
    clinic = a_clinic()
    a_night(clinic, starts=time(2, 0), ends=time(3, 0))
    a_drop_in(
        clinic, weekday=6, on_holidays=True, starts=time(2, 10), ends=time(2, 50), last_entry=time(2, 40)
    )
    week = week_of(clinic, SPRING - timedelta(days=6))
    assert [block.is_closed_because for block in week.days[6].blocks] == ["no_such_hour", "no_such_hour"]
    assert clocks(clinic, SPRING) == []
    assert openings_on(clinic, SPRING, now=NOW)[0].because == "no_such_hour"
    ordinary = week_of(clinic, SPRING + timedelta(days=1))
    assert [block.is_closed_because for block in ordinary.days[6].blocks] == ["", ""]


@pytest.mark.django_db
@pytest.mark.parametrize(("day", "hours"), [(SPRING, 2), (AUTUMN, 4), (SPRING + timedelta(days=7), 3)])
def test_a_queue_is_open_for_as_long_as_the_clock_says(day, hours):
    clinic = a_clinic()
    a_drop_in(clinic, weekday=6, on_holidays=True, starts=time(1, 0), ends=time(4, 0), last_entry=time(2, 30))
    view = openings_on(clinic, day, now=NOW)[0]
    assert view.closes_at - view.opens_at == timedelta(hours=hours)
    assert view.opens_at < view.last_entry_at < view.closes_at


@pytest.mark.django_db
def test_a_series_keeps_its_clock_and_says_which_night_has_no_such_hour():
    clinic = a_clinic()
    plan = {"clinician": a_member(clinic), "minutes": 20, "every_weeks": 1, "count": 3, "now": NOW}
    days = preview_series(clinic, day=SPRING - timedelta(days=7), at=time(2, 30), **plan)
    assert [each.problem for each in days] == ["", "no_such_hour", ""]
    noon = preview_series(clinic, day=AUTUMN - timedelta(days=7), at=time(12, 0), **plan)
    assert [local(each.starts_at, OSLO).time() for each in noon] == [time(12, 0)] * 3
    assert [each.starts_at.hour for each in noon] == [10, 11, 11]


@pytest.mark.django_db
@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_a_whole_day_away_is_as_long_as_the_day(day, hours):
    clinic = a_clinic()
    absence = services.add_absence(
        clinic,
        clinician=None,
        kind="closed",
        starts_at=datetime.combine(day, time.min),
        ends_at=datetime.combine(day + timedelta(days=1), time.min),
        actor=staff(a_member(clinic)),
        now=NOW,
    )
    assert absence.ends_at - absence.starts_at == timedelta(hours=hours)
