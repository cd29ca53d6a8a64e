"""Free slots: what is left of the timetable, whatever is booked, held, absent or on holiday."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.times import day_bounds, from_wall, local, wall_time
from blikk.scheduling import services
from blikk.scheduling.models import Absence, SlotHold
from blikk.scheduling.queries import find_slot, free_slots, holiday_name
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, a_patient, staff
from tests.timetables import TODAY, a_drop_in, a_period

pytestmark = pytest.mark.django_db
NEXT = TODAY + timedelta(days=7)


def clocks(clinic, day=NEXT, **more):
    found = free_slots(clinic, **{"first": day, "days": 1, "now": NOW, **more})
    return [f"{local(slot.starts_at, clinic.zone):%H:%M}" for slot in found]


def test_an_empty_period_is_free_from_end_to_end():
    clinic = a_clinic()
    a_period(clinic, ends=time(10, 10))
    assert clocks(clinic) == ["09:00", "09:20", "09:40"]


def test_a_pause_stands_after_each_slot():
    clinic = a_clinic()
    a_period(clinic, ends=time(10, 30), buffer_minutes=10)
    assert clocks(clinic) == ["09:00", "09:30", "10:00"]


def test_what_is_over_and_what_is_too_far_ahead_is_not_offered():
    clinic = a_clinic()
    a_period(clinic, ahead_days=7)  # NOW is ten o'clock on the wall
    assert clocks(clinic, TODAY) == ["10:00", "10:20", "10:40", "11:00", "11:20", "11:40"]
    assert len(clocks(clinic, NEXT)) == 9
    assert clocks(clinic, NEXT + timedelta(days=7)) == []


def test_patients_are_offered_what_is_for_them_and_not_the_very_next_minute():
    clinic = a_clinic()
    a_period(clinic, booked_by="staff")
    a_period(clinic, booked_by="both", weekday=3)
    assert clocks(clinic, TODAY, by="patient") == []
    assert len(clocks(clinic, TODAY)) == 6
    thursday = TODAY + timedelta(days=2)
    late = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)  # half past ten
    assert clocks(clinic, thursday, by="patient", now=late) == ["11:00", "11:20", "11:40"]
    assert clocks(clinic, thursday, now=late)[0] == "10:40"


def test_an_appointment_off_the_grid_takes_every_slot_that_it_touches():
    clinic = a_clinic()
    clinician = a_member(clinic)
    a_period(clinic, clinician, ends=time(10, 40), buffer_minutes=0)
    book(clinic, clinician, NEXT, time(9, 30), 15)
    assert clocks(clinic) == ["09:00", "10:00", "10:20"]


def test_the_pause_is_kept_to_an_appointment_off_the_grid_too():
    clinic = a_clinic()
    clinician = a_member(clinic)
    a_period(clinic, clinician, buffer_minutes=10, ends=time(11, 0))
    book(clinic, clinician, NEXT, time(9, 55), 5)
    assert clocks(clinic) == ["09:00", "10:30"]


def test_a_cancelled_appointment_and_a_talk_in_the_queue_take_nothing():
    clinic = a_clinic()
    clinician = a_member(clinic)
    a_period(clinic, clinician, ends=time(9, 40))
    booked = book(clinic, clinician, NEXT, time(9, 0), 20)
    assert clocks(clinic) == ["09:20"]
    services.cancel(clinic, booked.public_id, version=1, actor=staff(clinician), now=NOW)
    assert clocks(clinic) == ["09:00", "09:20"]
    kept = book(clinic, clinician, NEXT, time(9, 0), 20)
    type(kept).objects.filter(pk=kept.pk).update(drop_in=True)
    assert clocks(clinic) == ["09:00", "09:20"]


def test_an_absence_takes_one_clinician_or_all():
    clinic = a_clinic()
    first, second = a_member(clinic, name="Anne Aas"), a_member(clinic, name="Bo Berg")
    a_period(clinic, first, second, ends=time(9, 40))
    away(clinic, first, NEXT, time(9, 10), time(9, 40))
    assert [slot.clinician.name for slot in free_slots(clinic, first=NEXT, days=1, now=NOW)] == [
        "Bo Berg",
        "Bo Berg",
    ]
    closed = away(clinic, None, NEXT, time(8, 0), time(9, 20))
    assert clocks(clinic) == ["09:20"]
    services.end_absence(clinic, closed.public_id, actor=staff(first), now=NOW)
    assert clocks(clinic) == ["09:00", "09:20"]


def test_a_holiday_is_free_of_slots_unless_the_period_says_otherwise():
    clinic = a_clinic()
    christmas = date(2026, 12, 25)
    a_period(clinic, weekday=4, ends=time(9, 20))
    a_period(clinic, weekday=4, ends=time(9, 20), on_holidays=True, name="Vakt")
    assert [slot.period.name for slot in free_slots(clinic, first=christmas, days=1, now=NOW)] == ["Vakt"]
    assert holiday_name(christmas) == "Første juledag"
    assert holiday_name(date(2027, 5, 17)) == "Grunnlovsdag"  # and Whit Monday
    assert holiday_name(NEXT) == ""


def test_who_has_left_and_what_is_for_the_queue_have_no_slots():
    clinic = a_clinic()
    clinician = a_member(clinic)
    a_period(clinic, clinician)
    a_drop_in(clinic)
    assert len(clocks(clinic)) == 9
    type(clinician).objects.filter(pk=clinician.pk).update(ended_at=NOW)
    assert clocks(clinic) == []


def test_a_slot_is_found_by_its_name_while_it_is_free_and_at_its_own_clinic_only():
    clinic, other = a_clinic(), a_clinic("Nabolaget legesenter")
    clinician = a_member(clinic)
    a_period(clinic, clinician)
    slot = free_slots(clinic, first=NEXT, days=1, now=NOW)[0]
    assert find_slot(clinic, slot.name, now=NOW) == slot
    for wrong in ("", "x", f"202613450900-{clinician.public_id}", slot.name + "\n"):
        with pytest.raises(NotFound):
            find_slot(clinic, wrong, now=NOW)
    with pytest.raises(Invalid):
        find_slot(other, slot.name, now=NOW)
    book(clinic, clinician, NEXT, time(9, 0), 20)
    with pytest.raises(Invalid) as refusal:
        find_slot(clinic, slot.name, now=NOW)
    assert refusal.value.fields == {"starts_at": "taken"}


def test_as_many_queries_whatever_the_timetable_holds(django_assert_num_queries):
    clinic = a_clinic()
    for weekday in range(5):
        a_period(clinic, a_member(clinic), a_member(clinic), weekday=weekday)
    with django_assert_num_queries(5):
        many = free_slots(clinic, first=TODAY, days=28, now=NOW)
    assert len(many) > 100
    with django_assert_num_queries(5):
        free_slots(clinic, first=TODAY, days=1, now=NOW)


def book(clinic, clinician, day, at, minutes):
    return services.book(
        clinic,
        patient=a_patient(clinic),
        clinician=clinician,
        day=day,
        at=at,
        minutes=minutes,
        actor=staff(clinician),
        now=NOW,
    )


def away(clinic, clinician, day, starts, ends):
    return services.add_absence(
        clinic,
        clinician=clinician,
        kind="other",
        starts_at=datetime.combine(day, starts),
        ends_at=datetime.combine(day, ends),
        actor=staff(a_member(clinic)),
        now=NOW,
    )


# Weeks with a clock change in spring and in autumn, one with holidays, and an ordinary one.
WEEKS = [date(2027, 3, 22), date(2027, 10, 25), date(2026, 12, 21), date(2026, 11, 30)]
CLOCK = st.integers(0, 23 * 12).map(lambda fives: time(fives // 12, fives % 12 * 5))
PERIODS = st.lists(
    st.fixed_dictionaries(
        {
            "weekday": st.sampled_from([3, 4, 6]),
            "starts": CLOCK,
            "length": st.integers(10, 300),
            "slot_minutes": st.sampled_from([10, 15, 20, 45]),
            "buffer_minutes": st.sampled_from([0, 5, 10]),
            "booked_by": st.sampled_from(["staff", "both"]),
            "ahead_days": st.sampled_from([3, 365]),
            "on_holidays": st.booleans(),
            "who": st.sets(st.integers(0, 1), min_size=1),
        }
    ),
    min_size=1,
    max_size=4,
)
TAKEN = st.lists(
    st.tuples(
        st.sampled_from(["booked", "held", "mine", "over", "away", "closed"]),
        st.integers(0, 1),
        st.integers(0, 7 * 24 * 12),
        st.integers(1, 24),
    ),
    max_size=8,
)


@contextmanager
def taken_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def two(db):
    clinic = a_clinic()
    return clinic, [a_member(clinic, name="Anne Aas"), a_member(clinic, name="Bo Berg")], a_patient(clinic)


@given(
    monday=st.sampled_from(WEEKS),
    periods=PERIODS,
    taken=TAKEN,
    by=st.sampled_from(["staff", "patient"]),
    ago=st.integers(-5 * 24 * 60, 24 * 60),
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_free_slots_are_what_is_left_and_all_that_is_left(two, monday, periods, taken, by, ago):
    clinic, people, patient = two
    start = day_bounds(monday, clinic.zone)[0]
    now = start - timedelta(minutes=ago)
    with taken_back():
        made = [period for plan in periods if (period := put_up(clinic, people, plan)) is not None]
        busy = {
            person.pk: occupy(clinic, people, number, patient, start, taken, made[0], now)
            for number, person in enumerate(people)
            if made
        }
        slots = free_slots(clinic, first=monday, days=7, by=by, holder="me", now=now)
        for slot in slots:
            assert_sound(clinic, slot, busy[slot.clinician.pk], by, now)
        assert_apart(slots)
        expected = everything(clinic, made, busy, monday, by, now)
        assert {(slot.clinician.pk, slot.starts_at) for slot in slots} == expected


def put_up(clinic, people, plan):
    ends = datetime.combine(date(2000, 1, 1), plan["starts"]) + timedelta(minutes=plan["length"])
    values = {name: value for name, value in plan.items() if name not in {"length", "who"}}
    try:
        return a_period(
            clinic,
            *(people[number] for number in plan["who"]),
            **values,
            ends=ends.time() if ends.day == 1 else time(23, 59),
        )
    except Invalid:
        return None


def occupy(clinic, people, number, patient, start, taken, period, now):
    """Take what the plan takes of this clinician; gives the stretches that must then be free of slots."""
    busy = []
    for what, whose, after, length in taken:
        stretch = (start + timedelta(minutes=5 * after), start + timedelta(minutes=5 * (after + length)))
        if what == "closed":
            busy.append(stretch)
        if whose != number:
            continue
        values = {"clinic": clinic, "starts_at": stretch[0], "ends_at": stretch[1], "created_at": now}
        if what == "booked":
            try:
                services.promise(
                    clinic,
                    patient=patient,
                    clinician=people[number],
                    starts_at=stretch[0],
                    ends_at=stretch[1],
                    actor=staff(people[0]),
                    now=now,
                )
            except Invalid:
                continue
        elif what in {"away", "closed"}:
            Absence.objects.create(
                clinician=people[number] if what == "away" else None, kind="sick", **values
            )
        else:
            until = now - timedelta(seconds=1) if what == "over" else now + timedelta(minutes=5)
            holder = "me" if what == "mine" else "another"
            if SlotHold.objects.filter(clinician=people[number], starts_at=stretch[0]).exists():
                continue
            SlotHold.objects.create(
                clinician=people[number], period=period, held_until=until, holder=holder, **values
            )
        if what in {"booked", "away", "held"}:
            busy.append(stretch)
    return busy


def assert_sound(clinic, slot, busy, by, now):
    period, day = slot.period, local(slot.starts_at, clinic.zone).date()
    assert slot.ends_at - slot.starts_at == timedelta(minutes=period.slot_minutes)
    assert day.weekday() == period.weekday
    assert from_wall(datetime.combine(day, period.starts), clinic.zone) <= slot.starts_at
    assert slot.ends_at <= from_wall(datetime.combine(day, period.ends), clinic.zone)
    assert slot.starts_at >= now
    assert not any(begins < slot.ends_at and slot.starts_at < ends for begins, ends in busy)
    assert period.on_holidays or not holiday_name(day)
    assert by == "staff" or period.booked_by == "both"
    assert (day - local(now, clinic.zone).date()).days <= period.ahead_days
    # What the page says, day and clock, is this moment and no other.
    assert wall_time(day, local(slot.starts_at, clinic.zone).time(), clinic.zone) == slot.starts_at


def assert_apart(slots):
    for one in slots:
        for other in slots:
            if one is not other and one.clinician == other.clinician:
                assert one.ends_at <= other.starts_at or other.ends_at <= one.starts_at


def everything(clinic, periods, busy, monday, by, now):
    """The same answer, minute by minute."""
    expected = set()
    for period in periods:
        day = monday + timedelta(days=period.weekday)
        too_far = (day - local(now, clinic.zone).date()).days > period.ahead_days
        if too_far or (holiday_name(day) and not period.on_holidays):
            continue
        if by == "patient" and period.booked_by != "both":
            continue
        begins = from_wall(datetime.combine(day, period.starts), clinic.zone)
        ends = from_wall(datetime.combine(day, period.ends), clinic.zone)
        step = timedelta(minutes=period.slot_minutes + period.buffer_minutes)
        while begins + timedelta(minutes=period.slot_minutes) <= ends:
            last = begins + timedelta(minutes=period.slot_minutes)
            for person in period.clinicians.all():
                if is_left(clinic, person, period, begins, last, busy[person.pk], by, now):
                    expected.add((person.pk, begins))
            begins += step
    return expected


def is_left(clinic, person, period, begins, ends, busy, by, now):
    if begins < now + timedelta(minutes=15 if by == "patient" else 0):
        return False
    if local(begins, clinic.zone).fold:
        return False
    pause = timedelta(minutes=period.buffer_minutes)
    return not any(
        start < ends + (pause if pauses else timedelta())
        and begins - (pause if pauses else timedelta()) < end
        for start, end, pauses in kinds(clinic, person, busy)
    )


def kinds(clinic, person, busy):
    """The pause is kept to people, not to absences."""
    absences = {
        (each.starts_at, each.ends_at)
        for each in Absence.objects.filter(clinic=clinic)
        if each.clinician_id in {None, person.pk}
    }
    booked = {(each.starts_at, each.ends_at) for each in person.appointments.all()}
    held = {(each.starts_at, each.ends_at) for each in person.slot_holds.filter(holder="another")}
    for stretch in busy:
        yield (*stretch, stretch in booked or (stretch in held and stretch not in absences))


def test_a_booked_slot_is_gone_and_a_member_of_staff_sees_a_held_one_as_taken():
    hour = a_booked_hour(starts_in=timedelta(days=7))
    a_period(hour.clinic, hour.clinician)  # NOW is 10.00, and so is the hour a week later
    assert "10:00" not in clocks(hour.clinic)
    assert "10:20" in clocks(hour.clinic)
    SlotHold.objects.create(
        clinic=hour.clinic,
        clinician=hour.clinician,
        period=hour.clinician.periods.first(),
        starts_at=hour.appointment.ends_at,
        ends_at=hour.appointment.ends_at + timedelta(minutes=20),
        held_until=NOW + timedelta(minutes=1),
        holder="somebody",
        created_at=NOW,
    )
    assert "10:20" not in clocks(hour.clinic)
    assert "10:20" in clocks(hour.clinic, holder="somebody")
    assert "10:20" in clocks(hour.clinic, now=NOW + timedelta(minutes=1))
