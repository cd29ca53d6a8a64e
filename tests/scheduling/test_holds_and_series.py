"""A slot that is held while somebody decides, and hours that are booked together."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from blikk.kernel.errors import IllegalMove, Invalid, NotFound, Overtaken
from blikk.scheduling import services
from blikk.scheduling.models import Absence, Appointment, Series, SlotHold
from blikk.scheduling.queries import free_slots, get_hold, hit_by, preview_series
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, a_patient, staff
from tests.timetables import TODAY, a_period

pytestmark = pytest.mark.django_db
NEXT = TODAY + timedelta(days=7)
MINUTE = timedelta(minutes=1)


class Place:
    """A clinic with one clinician's morning of slots a week from now."""

    def __init__(self):
        self.clinic = a_clinic()
        self.clinician = a_member(self.clinic)
        self.period = a_period(self.clinic, self.clinician)
        self.patient = a_patient(self.clinic)
        self.actor = staff(self.clinician)

    def slots(self, **more):
        return free_slots(self.clinic, **{"first": NEXT, "days": 1, "by": "patient", "now": NOW, **more})

    def hold(self, slot, holder="me", now=NOW):
        return services.hold_slot(self.clinic, slot.name, holder=holder, actor=self.actor, now=now)

    def book(self, held, now=NOW):
        return services.book_held(self.clinic, held, patient=self.patient, actor=self.actor, now=now)

    def by_staff(self, slot, now=NOW):
        return services.promise(
            self.clinic,
            patient=self.patient,
            clinician=slot.clinician,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            actor=self.actor,
            now=now,
        )


@pytest.fixture
def place():
    return Place()


def test_a_held_slot_is_kept_from_others_for_ten_minutes(place):
    slot = place.slots()[0]
    held = place.hold(slot)
    assert held.held_until == NOW + 10 * MINUTE
    assert slot.name not in {each.name for each in place.slots()}
    assert slot.name in {each.name for each in place.slots(holder="me")}
    for act in (lambda: place.hold(slot, "another"), lambda: place.by_staff(slot)):
        with pytest.raises(Invalid) as refusal:
            act()
        assert refusal.value.fields["starts_at"] in {"taken", "held"}
    assert place.hold(slot, "another", NOW + 10 * MINUTE).holder == "another"


def test_a_member_of_staff_cannot_move_an_hour_onto_a_held_slot(place):
    hour = a_booked_hour(place.clinic, clinician=place.clinician, patient=place.patient)
    place.hold(place.slots()[0])
    act = {"day": NEXT, "minutes": 20, "version": 1, "actor": place.actor, "now": NOW}
    with pytest.raises(Invalid) as refusal:
        services.move(place.clinic, hour.appointment.public_id, at=time(9, 10), **act)
    assert refusal.value.fields == {"starts_at": "held"}
    assert services.move(place.clinic, hour.appointment.public_id, at=time(9, 20), **act).version == 2


def test_who_takes_another_slot_lets_go_of_the_first(place):
    first, second = place.slots()[:2]
    place.hold(first)
    place.hold(second)
    assert place.hold(first, "another").holder == "another"
    with pytest.raises(Invalid):
        place.hold(second, "another")


def test_a_hold_is_renewed_and_not_for_ever(place):
    slot = place.slots()[0]
    held = place.hold(slot)
    for minutes, until in ((5, 15), (14, 24), (23, 30), (29, 30)):
        again = place.hold(slot, now=NOW + minutes * MINUTE)
        assert (again.pk, again.held_until) == (held.pk, NOW + until * MINUTE)
    assert place.hold(slot, "another", NOW + 30 * MINUTE).pk != held.pk
    with pytest.raises(Invalid):
        place.hold(slot, now=NOW + 31 * MINUTE)


def test_a_slot_that_was_let_go_is_free_at_once(place):
    slot = place.slots()[0]
    held = place.hold(slot)
    services.let_go(held, now=NOW)
    services.let_go(held, now=NOW)
    assert place.hold(slot, "another").holder == "another"


def test_a_held_slot_becomes_an_appointment_once(place):
    slot = place.slots()[0]
    held = place.hold(slot)
    booked = place.book(held)
    assert (booked.starts_at, booked.ends_at, booked.period) == (slot.starts_at, slot.ends_at, place.period)
    assert booked.booked_by_patient
    assert get_hold(place.clinic, held.public_id, holder="me").appointment == booked
    with pytest.raises(Invalid) as refusal:
        place.book(held)
    assert refusal.value.fields == {"starts_at": "taken"}
    assert Appointment.objects.count() == 1


def test_a_hold_that_ran_out_counts_while_nobody_else_took_the_slot(place):
    first, second = place.slots()[:2]
    late = NOW + 20 * MINUTE
    assert place.book(place.hold(first), late).status == "booked"
    held = place.hold(second)
    place.by_staff(second, now=late)
    with pytest.raises(Invalid) as refusal:
        place.book(held, late)
    assert refusal.value.fields == {"starts_at": "taken"}


def test_a_hold_that_another_has_now_is_worth_nothing(place):
    slot = place.slots()[0]
    held = place.hold(slot)
    place.hold(slot, "another", NOW + 11 * MINUTE)
    with pytest.raises(Invalid) as refusal:
        place.book(held, NOW + 12 * MINUTE)
    assert refusal.value.fields == {"starts_at": "held"}


def test_a_slot_that_has_begun_is_not_booked(place):
    held = place.hold(place.slots()[0])
    with pytest.raises(Invalid) as refusal:
        place.book(held, held.starts_at)
    assert refusal.value.fields == {"starts_at": "in_the_past"}


def test_nobody_sees_the_hold_of_another(place):
    held = place.hold(place.slots()[0])
    for clinic, holder in ((place.clinic, "another"), (place.clinic, ""), (a_clinic("Nabolaget"), "me")):
        with pytest.raises(NotFound):
            get_hold(clinic, held.public_id, holder=holder)
    assert get_hold(place.clinic, held.public_id, holder="me") == held


def test_the_database_itself_refuses_two_running_holds_of_a_slot(place):
    held = place.hold(place.slots()[0])
    twin = {
        name: getattr(held, name)
        for name in ("clinic", "clinician", "period", "starts_at", "ends_at", "held_until", "created_at")
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        SlotHold.objects.create(holder="another", **twin)
    assert SlotHold.objects.create(holder="another", let_go_at=NOW, **twin).pk


def test_old_holds_are_forgotten(place):
    booked = place.book(place.hold(place.slots()[0]))
    place.hold(place.slots()[0], "another")
    assert services.forget_holds(now=NOW + timedelta(days=2)) == 0
    assert services.forget_holds(now=NOW + timedelta(days=3)) == 2
    assert Appointment.objects.get() == booked


def test_the_guard_against_overlaps_stands_after_all_migrations():
    hour = a_booked_hour()
    over = {
        "clinic": hour.clinic,
        "patient": hour.patient,
        "clinician": hour.clinician,
        "starts_at": hour.appointment.starts_at,
        "ends_at": hour.appointment.ends_at,
        "zone": "Europe/Oslo",
        "created_at": NOW,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(**over)
    talk = Appointment.objects.create(**over, drop_in=True)
    Appointment.objects.create(**over, drop_in=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(pk=talk.pk).update(drop_in=False)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
            names = [name for (name,) in cursor.fetchall() if name.startswith("appointment_overlaps")]
        assert names == ["appointment_overlaps_no_other_insert", "appointment_overlaps_no_other_update"]


def test_an_hour_is_handed_to_a_colleague_who_is_free(place):
    colleague = a_member(place.clinic, name="Bo Berg")
    hour = a_booked_hour(place.clinic, clinician=place.clinician, patient=place.patient)
    name = hour.appointment.public_id
    act = {"clinician": colleague, "actor": place.actor, "now": NOW}
    busy = a_booked_hour(place.clinic, clinician=colleague, patient=a_patient(place.clinic, "Åse Lie"))
    with pytest.raises(Invalid) as refusal:
        services.hand_over(place.clinic, name, version=1, **act)
    assert refusal.value.fields == {"clinician": "taken"}
    services.cancel(place.clinic, busy.appointment.public_id, version=1, actor=place.actor, now=NOW)
    with pytest.raises(Overtaken):
        services.hand_over(place.clinic, name, version=2, **act)
    assert services.hand_over(place.clinic, name, version=1, **act).clinician == colleague
    services.cancel(place.clinic, name, version=2, actor=place.actor, now=NOW)
    with pytest.raises(IllegalMove):
        services.hand_over(place.clinic, name, version=3, **{**act, "clinician": place.clinician})


# A series


PLAN = {"day": date(2026, 12, 4), "at": time(9, 0), "minutes": 20, "every_weeks": 1, "count": 5, "now": NOW}


def problems(place, **more):
    return [
        each.problem
        for each in preview_series(place.clinic, **{**PLAN, "clinician": place.clinician, **more})
    ]


def series(place, **more):
    return services.book_series(
        place.clinic,
        **{**PLAN, "patient": place.patient, "clinician": place.clinician, "actor": place.actor, **more},
    )


def absent(place, day):
    return services.add_absence(
        place.clinic,
        clinician=place.clinician,
        kind="holiday",
        starts_at=datetime.combine(day, time.min),
        ends_at=datetime.combine(day, time(23, 0)),
        actor=place.actor,
        now=NOW,
    )


def test_a_series_over_christmas_says_which_dates_cannot_be(place):
    absent(place, date(2026, 12, 11))
    services.book(
        place.clinic,
        patient=place.patient,
        clinician=place.clinician,
        day=date(2026, 12, 18),
        at=time(9, 10),
        minutes=20,
        actor=place.actor,
        now=NOW,
    )
    assert problems(place) == ["", "absent", "taken", "holiday", "holiday"]  # both Fridays are holidays
    booked = series(place, count=6)
    days = [each.starts_at.date() for each in booked.appointments]
    assert days == [date(2026, 12, 4), date(2027, 1, 8)]
    assert {each.series for each in booked.appointments} == {booked.series}


def test_a_holiday_that_was_chosen_is_booked_and_a_day_that_cannot_be_is_refused_with_all(place):
    christmas = date(2026, 12, 25)
    booked = series(place, days=[christmas])
    assert [each.starts_at.date() for each in booked.appointments] == [christmas]
    count = Appointment.objects.count()
    with pytest.raises(Invalid) as refusal:
        series(place, days=[date(2026, 12, 4), christmas])
    assert refusal.value.fields == {"starts_at": "taken"}
    assert (Appointment.objects.count(), Series.objects.count()) == (count, 1)


def test_a_long_series_is_laid_out_in_as_many_queries_as_a_short_one(place, django_assert_num_queries):
    for count in (2, 52):
        with django_assert_num_queries(3):
            assert len(problems(place, count=count)) == count


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"every_weeks": 0}, "every_weeks", "unlikely"),
        ({"every_weeks": 13}, "every_weeks", "unlikely"),
        ({"count": 1}, "count", "unlikely"),
        ({"count": 53}, "count", "unlikely"),
        ({"every_weeks": 12, "count": 20}, "count", "too_far_ahead"),
        ({"minutes": 3}, "minutes", "unlikely_length"),
        ({"day": date(2026, 11, 20)}, "starts_at", "in_the_past"),
        ({"day": TODAY, "at": time(9, 30)}, "starts_at", "in_the_past"),
        ({"days": []}, "days", "missing"),
        ({"days": [date(2026, 12, 5)]}, "days", "unknown"),
    ],
)
def test_a_series_that_cannot_be_is_refused_beside_the_field(place, wrong, field, code):
    with pytest.raises(Invalid) as refusal:
        series(place, **wrong)
    assert refusal.value.fields == {field: code}
    assert len(series(place).appointments) == 3


# An absence


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"ends_at": datetime(2026, 11, 25, 8, 0)}, "ends_at", "before_start"),
        ({"ends_at": datetime(2026, 11, 25, 7, 0)}, "ends_at", "before_start"),
        ({"ends_at": datetime(2028, 11, 25, 7, 0)}, "ends_at", "too_far_ahead"),
        ({"starts_at": datetime(2026, 11, 1, 8, 0), "ends_at": NOW}, "ends_at", "in_the_past"),
        ({"kind": "bored"}, "kind", "unknown"),
    ],
)
def test_an_absence_that_cannot_be_is_refused_beside_the_field(place, wrong, field, code):
    values = {
        "clinician": place.clinician,
        "kind": "sick",
        "starts_at": datetime(2026, 11, 25, 8, 0),
        "ends_at": datetime(2026, 11, 25, 16, 0),
        "actor": place.actor,
        "now": NOW,
    }
    with pytest.raises(Invalid) as refusal:
        services.add_absence(place.clinic, **{**values, **wrong})
    assert refusal.value.fields == {field: code}
    absence = services.add_absence(place.clinic, **values)
    assert absence.starts_at == datetime(2026, 11, 25, 7, 0, tzinfo=UTC)


def test_an_absence_hits_those_booked_and_not_those_already_seen(place):
    other = a_member(place.clinic)
    hit = a_booked_hour(place.clinic, clinician=place.clinician, starts_in=timedelta(hours=1))
    a_booked_hour(place.clinic, clinician=other, starts_in=timedelta(hours=1))
    here = a_booked_hour(place.clinic, clinician=place.clinician, starts_in=timedelta(hours=2))
    services.arrive(here.appointment, actor=place.actor, now=NOW)
    absence = absent(place, TODAY)
    assert hit_by(absence) == [hit.appointment]
    closed = Absence.objects.create(
        clinic=place.clinic, kind="closed", starts_at=NOW, ends_at=NOW + timedelta(hours=9), created_at=NOW
    )
    assert len(hit_by(closed)) == 2


def test_who_is_away_is_not_booked(place):
    absence = absent(place, NEXT)
    slot = {"day": NEXT, "at": time(9, 0), "minutes": 20, "actor": place.actor, "now": NOW}
    booking = {"patient": place.patient, "clinician": place.clinician, **slot}
    with pytest.raises(Invalid) as refusal:
        services.book(place.clinic, **booking)
    assert refusal.value.fields == {"starts_at": "absent"}
    services.end_absence(place.clinic, absence.public_id, actor=place.actor, now=NOW)
    assert services.book(place.clinic, **booking).status == "booked"
    with pytest.raises(NotFound):
        services.end_absence(place.clinic, absence.public_id, actor=place.actor, now=NOW)
