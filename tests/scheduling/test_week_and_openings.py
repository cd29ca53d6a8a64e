"""The week view, and when the drop-in queues are open."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from blikk.kernel.errors import IllegalMove, NotFound, Overtaken
from blikk.scheduling import services
from blikk.scheduling.models import Opening
from blikk.scheduling.queries import get_opening, next_opening, openings_on, week_of
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, staff
from tests.timetables import TODAY, a_drop_in, a_period, an_opening

pytestmark = pytest.mark.django_db
MONDAY = TODAY - timedelta(days=TODAY.weekday())


def at(clock, day=TODAY):
    """A moment by the wall clock of an ordinary winter day in Oslo."""
    return datetime.combine(day, clock, tzinfo=UTC) - timedelta(hours=1)


def away(clinic, clinician, starts_at, ends_at):
    return services.add_absence(
        clinic,
        clinician=clinician,
        kind="sick",
        starts_at=starts_at,
        ends_at=ends_at,
        actor=staff(a_member(clinic)),
        now=NOW - timedelta(days=7),
    )


def test_a_week_shows_periods_bookings_absences_and_holidays_on_their_days():
    hour = a_booked_hour()
    clinic = hour.clinic
    a_period(clinic, hour.clinician, starts=time(8, 0), ends=time(15, 0))
    a_drop_in(clinic, weekday=4)
    absence = away(
        clinic,
        hour.clinician,
        at(time(0), MONDAY + timedelta(days=2)),
        at(time(12), MONDAY + timedelta(days=3)),
    )
    week = week_of(clinic, MONDAY)
    assert [day.day.weekday() for day in week.days] == list(range(7))
    assert [len(day.blocks) for day in week.days] == [0, 1, 0, 0, 1, 0, 0]
    assert [list(day.appointments) for day in week.days][1] == [hour.appointment]
    assert [len(day.absences) for day in week.days] == [0, 0, 1, 1, 0, 0, 0]
    assert week.days[2].absences[0] == absence
    block = week.days[1].blocks[0]
    assert (block.name, block.kind, block.starts, block.ends) == (
        "Timer på video",
        "booked",
        time(8),
        time(15),
    )
    assert block.clinicians == (hour.clinician,)
    assert block.starts_at == at(time(8))
    assert [day.holiday_name for day in week_of(clinic, date(2026, 12, 21)).days][4] == "Første juledag"


def test_a_week_can_be_one_clinician_s():
    clinic = a_clinic()
    mine, other = a_booked_hour(clinic, clinician=a_member(clinic)), a_member(clinic)
    a_period(clinic, mine.clinician)
    a_period(clinic, other, name="Den andres")
    shared = a_drop_in(clinic, mine.clinician, other, weekday=2)
    away(clinic, other, at(time(8)), at(time(16)))
    assert [len(day.blocks) for day in week_of(clinic, MONDAY).days][:3] == [0, 2, 1]
    week = week_of(clinic, MONDAY, clinician=other)
    assert [block.name for block in week.days[1].blocks] == ["Den andres"]
    assert [block.period for block in week.days[2].blocks] == [shared]
    assert (list(week.days[1].appointments), len(week.days[1].absences)) == ([], 1)
    assert week_of(clinic, MONDAY, clinician=mine.clinician).days[1].absences == []


def test_a_week_takes_as_many_queries_whatever_it_holds(django_assert_num_queries):
    clinic = a_clinic()
    with django_assert_num_queries(3):
        week_of(clinic, MONDAY)
    for number in range(6):
        a_period(clinic, a_member(clinic), a_member(clinic), weekday=number)
        a_booked_hour(clinic, clinician=a_member(clinic))
    with django_assert_num_queries(4):  # and the clinicians
        week = week_of(clinic, MONDAY)
        assert [each.name for day in week.days for block in day.blocks for each in block.clinicians]
        assert [each.patient.name + each.clinician.name for day in week.days for each in day.appointments]


@pytest.mark.parametrize(
    ("because", "who", "until"),
    [("absent", "both", 16), ("", "one", 16), ("", "both", 11), ("closed", "clinic", 16)],
)
def test_a_block_is_closed_when_nobody_is_there_for_any_of_it(because, who, until):
    clinic = a_clinic()
    people = [a_member(clinic), a_member(clinic)]
    a_drop_in(clinic, *people)
    for person in {"both": people, "one": people[:1], "clinic": [None]}[who]:
        away(clinic, person, at(time(8)), at(time(until)))
    assert week_of(clinic, MONDAY).days[1].blocks[0].is_closed_because == because


@pytest.mark.parametrize(
    ("clock", "is_open", "because"),
    [
        (time(8, 59), False, "not_yet"),
        (time(9, 0), True, ""),
        (time(11, 29), True, ""),
        (time(11, 30), True, "after_last_entry"),
        (time(11, 59), True, "after_last_entry"),
        (time(12, 0), False, "over"),
    ],
)
@pytest.mark.parametrize("is_made", [True, False])
def test_a_queue_takes_people_in_from_its_opening_to_its_last_entry(clock, is_open, because, is_made):
    clinic = a_clinic()
    period = a_drop_in(clinic)
    if is_made:
        services.opening_for(period, TODAY, now=NOW)
    view = openings_on(clinic, TODAY, now=at(clock))[0]
    assert (view.is_open_now, view.accepts_now, view.because) == (is_open, not because, because)
    assert (view.opening is not None) == is_made


def test_looking_makes_no_queue():
    clinic = a_clinic()
    a_drop_in(clinic)
    assert openings_on(clinic, TODAY, now=NOW)[0].accepts_now
    assert next_opening(clinic, now=NOW) is not None
    assert not Opening.objects.exists()


def test_the_queue_of_a_day_is_made_once():
    clinic = a_clinic()
    period = a_drop_in(clinic)
    first = services.opening_for(period, TODAY, now=NOW)
    assert services.opening_for(period, TODAY, now=NOW + timedelta(hours=1)) == first
    assert (first.opens_at, first.last_entry_at, first.closes_at) == (
        at(time(9)),
        at(time(11, 30)),
        at(time(12)),
    )
    assert first.capacity == 20
    tomorrow = TODAY + timedelta(days=7)
    assert services.opening_for(period, tomorrow, now=NOW) != first
    assert get_opening(clinic, first.public_id) == first
    with pytest.raises(NotFound):
        get_opening(a_clinic("Nabolaget legesenter"), first.public_id)


@pytest.mark.parametrize("wrong", ["another weekday", "holiday", "absent", "booked hours", "retired"])
def test_no_queue_is_made_on_a_day_without_one(wrong):
    clinic = a_clinic()
    clinician = a_member(clinic)
    period = a_drop_in(clinic, clinician)
    day = TODAY
    if wrong == "another weekday":
        day = TODAY + timedelta(days=1)
    elif wrong == "holiday":
        period, day = a_drop_in(clinic, clinician, weekday=4), date(2026, 12, 25)
    elif wrong == "absent":
        away(clinic, clinician, at(time(0)), at(time(23)))
    elif wrong == "booked hours":
        period = a_period(clinic)
    else:
        services.retire_period(clinic, period.public_id, version=1, actor=staff(clinician), now=NOW)
    with pytest.raises(NotFound):
        services.opening_for(period, day, now=NOW)
    assert services.opening_for(a_drop_in(clinic, a_member(clinic)), TODAY, now=NOW).status == "open"


def test_absences_at_the_edges_shorten_a_queue_and_one_in_the_middle_pauses_it():
    clinic = a_clinic()
    people = [a_member(clinic), a_member(clinic)]
    period = a_drop_in(clinic, *people)
    away(clinic, people[0], at(time(8)), at(time(9, 30)))
    away(clinic, people[0], at(time(11)), at(time(13)))
    away(clinic, people[1], at(time(8)), at(time(10)))
    away(clinic, None, at(time(10)), at(time(10, 30)))
    away(clinic, people[1], at(time(11, 10)), at(time(13)))
    view = openings_on(clinic, TODAY, now=at(time(10, 15)))[0]
    assert (view.opens_at, view.last_entry_at, view.closes_at) == (
        at(time(9, 30)),
        at(time(11, 10)),
        at(time(11, 10)),
    )
    assert (view.accepts_now, view.because) == (False, "absent")
    assert openings_on(clinic, TODAY, now=at(time(10, 30)))[0].accepts_now
    made = services.opening_for(period, TODAY, now=at(time(10, 30)))
    assert (made.opens_at, made.closes_at) == (view.opens_at, view.closes_at)


def test_a_closed_queue_takes_nobody_in_until_it_is_opened_again():
    clinic = a_clinic()
    opening = an_opening(clinic)
    act = {"actor": staff(a_member(clinic)), "now": NOW}
    stale = Opening.objects.get(pk=opening.pk)
    services.close_opening(opening, because="staff", **act)
    view = openings_on(clinic, TODAY, now=NOW)[0]
    assert (view.is_open_now, view.accepts_now, view.because) == (False, False, "closed")
    with pytest.raises(Overtaken):
        services.close_opening(stale, because="time", **act)
    with pytest.raises(IllegalMove):
        services.close_opening(opening, because="time", **act)
    services.reopen_opening(opening, **act)
    assert openings_on(clinic, TODAY, now=NOW)[0].accepts_now


def test_a_queue_that_was_made_lives_on_when_its_period_is_retired():
    clinic = a_clinic()
    opening = an_opening(clinic)
    period = opening.period
    services.retire_period(clinic, period.public_id, version=1, actor=staff(a_member(clinic)), now=NOW)
    views = openings_on(clinic, TODAY, now=NOW)
    assert [(view.opening, view.accepts_now) for view in views] == [(opening, True)]
    assert openings_on(clinic, TODAY + timedelta(days=7), now=NOW) == []


def test_the_next_opening_is_the_one_that_takes_people_in_or_else_the_first_to_come():
    clinic = a_clinic()
    people = [a_member(clinic)]
    assert next_opening(clinic, now=NOW) is None
    a_drop_in(clinic, *people, weekday=4, valid_to=date(2026, 12, 31))
    soon = next_opening(clinic, now=NOW)
    assert (soon.day, soon.because) == (date(2026, 11, 27), "not_yet")
    before_christmas = next_opening(clinic, now=datetime(2026, 12, 18, 14, 0, tzinfo=UTC))
    assert before_christmas is None  # the Friday is Christmas Day, and the period ends with the year
    a_drop_in(clinic, *people)
    today = next_opening(clinic, now=NOW)
    assert (today.day, today.accepts_now) == (TODAY, True)
    after = next_opening(clinic, now=at(time(11, 45)))
    assert after.day == date(2026, 11, 27)


def test_openings_take_as_many_queries_whatever_there_are(django_assert_num_queries):
    clinic = a_clinic()
    for number in range(5):
        a_drop_in(clinic, a_member(clinic), a_member(clinic), weekday=number)
    an_opening(clinic)
    with django_assert_num_queries(4):
        next_opening(clinic, now=NOW)
    with django_assert_num_queries(4):
        assert len(openings_on(clinic, TODAY, now=NOW)) == 2


def test_another_clinic_sees_no_queue():
    clinic, other = a_clinic(), a_clinic("Nabolaget legesenter")
    an_opening(clinic)
    assert openings_on(other, TODAY, now=NOW) == []
    assert len(openings_on(clinic, TODAY, now=NOW)) == 1
