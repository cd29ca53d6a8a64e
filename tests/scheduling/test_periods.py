"""What a period of the timetable may be like, and who may change it."""

from datetime import date, time, timedelta

import pytest

from blikk.audit.models import Entry
from blikk.kernel.errors import Invalid, NotFound, Overtaken
from blikk.scheduling import services
from blikk.scheduling.queries import get_period, openings_on, periods_of, week_of
from tests.builders import NOW, a_clinic, a_member, staff
from tests.timetables import TODAY, a_drop_in, a_period, an_opening

pytestmark = pytest.mark.django_db
MONDAY = TODAY - timedelta(days=TODAY.weekday())


def change(period, **changes):
    act = {"version": period.version, "actor": staff(period.clinicians.first()), "now": NOW}
    return services.change_period(period.clinic, period.public_id, **{**act, **changes})


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"ends": time(9, 0)}, "ends", "before_start"),
        ({"ends": time(8, 0)}, "ends", "before_start"),
        ({"weekday": 7}, "weekday", "unknown"),
        ({"name": " \u202e "}, "name", "missing"),
        ({"name": "x" * 61}, "name", "too_long"),
        ({"valid_from": date(2026, 5, 1), "valid_to": date(2026, 4, 30)}, "valid_to", "before_start"),
        ({"slot_minutes": None}, "slot_minutes", "unlikely_length"),
        ({"slot_minutes": 4}, "slot_minutes", "unlikely_length"),
        ({"slot_minutes": 181}, "slot_minutes", "longer_than_period"),
        ({"buffer_minutes": 121}, "buffer_minutes", "unlikely_length"),
        ({"ahead_days": 366}, "ahead_days", "unlikely"),
        ({"booked_by": "nobody"}, "booked_by", "unknown"),
        ({"kind": "other"}, "kind", "unknown"),
    ],
)
def test_a_period_that_cannot_be_is_refused_beside_the_field(wrong, field, code):
    clinic = a_clinic()
    with pytest.raises(Invalid) as refusal:
        a_period(clinic, **wrong)
    assert refusal.value.fields == {field: code}
    assert a_period(clinic).status == "running"


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"last_entry": time(12, 1)}, "last_entry", "outside_period"),
        ({"last_entry": time(8, 59)}, "last_entry", "outside_period"),
        ({"capacity": 0}, "capacity", "unlikely"),
        ({"expected_minutes": 0}, "expected_minutes", "unlikely_length"),
    ],
)
def test_a_drop_in_that_cannot_be_is_refused_beside_the_field(wrong, field, code):
    clinic = a_clinic()
    with pytest.raises(Invalid) as refusal:
        a_drop_in(clinic, **wrong)
    assert refusal.value.fields == {field: code}
    assert a_drop_in(clinic).last_entry == time(11, 30)


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(Invalid) as refusal:
        a_period(a_clinic(), name="", weekday=9, ends=time(8, 0))
    assert refusal.value.fields == {"name": "missing", "weekday": "unknown", "ends": "before_start"}


@pytest.mark.parametrize(
    ("other", "is_refused"),
    [
        ({}, True),
        ({"starts": time(11, 59), "ends": time(13, 0)}, True),
        ({"starts": time(12, 0), "ends": time(13, 0)}, False),
        ({"starts": time(8, 0), "ends": time(9, 0)}, False),
        ({"weekday": 2}, False),
        ({"valid_from": date(2027, 1, 1)}, True),
        ({"valid_from": date(2027, 1, 2)}, False),
        ({"valid_from": date(2024, 1, 1), "valid_to": TODAY - timedelta(days=365)}, True),
        ({"valid_from": date(2024, 1, 1), "valid_to": TODAY - timedelta(days=366)}, False),
    ],
)
def test_one_clinician_has_one_period_at_a_time(other, is_refused):
    clinic = a_clinic()
    clinician = a_member(clinic)
    a_period(clinic, clinician, valid_to=date(2027, 1, 1))
    if is_refused:
        with pytest.raises(Invalid) as refusal:
            a_drop_in(clinic, a_member(clinic), clinician, **{"last_entry": None, **other})
        assert refusal.value.fields == {"starts": "overlaps"}
    else:
        a_drop_in(clinic, a_member(clinic), clinician, **{"last_entry": None, **other})
    assert a_drop_in(clinic, a_member(clinic)).name == "Drop-in på video"


def test_a_period_moved_onto_another_is_refused_and_stays_where_it_was():
    clinic = a_clinic()
    clinician = a_member(clinic)
    a_period(clinic, clinician)
    later = a_period(clinic, clinician, starts=time(13, 0), ends=time(15, 0))
    with pytest.raises(Invalid) as refusal:
        change(later, starts=time(11, 0), ends=time(13, 0))
    assert refusal.value.fields == {"starts": "overlaps"}
    assert get_period(clinic, later.public_id).starts == time(13, 0)
    assert change(later, starts=time(12, 0), ends=time(14, 0)).starts == time(12, 0)


def test_who_saw_an_old_version_is_told():
    period = a_period(a_clinic())
    change(period, name="Ny")
    with pytest.raises(Overtaken):
        change(period, name="Nyere")
    with pytest.raises(Overtaken):
        services.retire_period(
            period.clinic, period.public_id, version=1, actor=staff(a_member(period.clinic)), now=NOW
        )
    assert get_period(period.clinic, period.public_id).name == "Ny"


def test_a_moved_drop_in_takes_its_last_entry_and_the_queue_of_today_along():
    clinic = a_clinic()
    opening = an_opening(clinic)
    moved = change(opening.period, starts=time(13, 0), ends=time(15, 0))
    assert moved.last_entry == time(14, 30)
    view = openings_on(clinic, TODAY, now=NOW)[0]
    assert view.opening == opening
    assert (view.closes_at - view.opens_at, view.closes_at - view.last_entry_at) == (
        timedelta(hours=2),
        timedelta(minutes=30),
    )


def test_a_shortened_drop_in_has_its_last_entry_inside():
    period = a_drop_in(a_clinic(), starts=time(9, 0), ends=time(12, 0), last_entry=time(10, 0))
    assert change(period, ends=time(10, 0)).last_entry == time(9, 0)


def test_a_retired_period_stands_in_past_weeks_only_and_leaves_its_time_free():
    clinic = a_clinic()
    clinician = a_member(clinic)
    period = a_period(clinic, clinician)
    services.retire_period(clinic, period.public_id, version=1, actor=staff(clinician), now=NOW)
    assert periods_of(clinic) == []
    assert [block for day in week_of(clinic, MONDAY).days for block in day.blocks] == []
    before = week_of(clinic, MONDAY - timedelta(days=7))
    assert [block.period for day in before.days for block in day.blocks] == [period]
    with pytest.raises(NotFound):
        change(get_period(clinic, period.public_id), name="Igjen")
    assert a_period(clinic, clinician).status == "running"


def test_only_clinicians_of_this_clinic_have_periods_here():
    clinic, other = a_clinic(), a_clinic("Nabolaget legesenter")
    for wrong in (a_member(other), a_member(clinic, role="secretary"), a_member(clinic, ended_at=NOW)):
        with pytest.raises(Invalid) as refusal:
            a_period(clinic, wrong)
        assert refusal.value.fields == {"clinicians": "unknown"}
    with pytest.raises(Invalid):
        services.change_period(
            clinic,
            a_period(clinic).public_id,
            version=1,
            clinicians=[],
            actor=staff(a_member(clinic)),
            now=NOW,
        )


def test_another_clinic_cannot_see_or_change_the_period():
    clinic, other = a_clinic(), a_clinic("Nabolaget legesenter")
    period = a_period(clinic)
    act = {"version": 1, "actor": staff(a_member(other)), "now": NOW}
    with pytest.raises(NotFound):
        services.change_period(other, period.public_id, name="Vår", **act)
    with pytest.raises(NotFound):
        services.retire_period(other, period.public_id, **act)
    assert periods_of(other) == []
    assert periods_of(clinic) == [period]


def test_every_change_is_in_the_record():
    clinic = a_clinic()
    clinician = a_member(clinic)
    period = change(a_period(clinic, clinician), name="Ny", ends=time(11, 0))
    services.retire_period(clinic, period.public_id, version=2, actor=staff(clinician), now=NOW)
    acts = list(Entry.objects.filter(act__startswith="period.").values_list("act", "details"))
    assert [act for act, _ in acts] == ["period.added", "period.changed", "period.retired"]
    assert '"ends":"11:00:00"' in acts[1][1]
    assert '"name":"Ny"' in acts[1][1]


def test_periods_of_a_day_are_those_that_are_valid_then():
    clinic = a_clinic()
    clinician = a_member(clinic)
    past = a_period(clinic, clinician, valid_from=date(2024, 1, 1), valid_to=TODAY)
    later = a_period(clinic, clinician, valid_from=TODAY + timedelta(days=1))
    assert periods_of(clinic, on=TODAY) == [past]
    assert periods_of(clinic, on=TODAY + timedelta(days=7)) == [later]
    assert periods_of(clinic, on=TODAY + timedelta(days=1)) == []
    assert periods_of(clinic) == [past, later]
