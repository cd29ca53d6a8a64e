"""Hours that can be promised, and those that cannot."""

from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from blikk.kernel.errors import IllegalMove, Invalid, NotFound, Overtaken
from blikk.scheduling import services
from blikk.scheduling.models import Appointment
from blikk.scheduling.queries import get, on_day
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, a_patient, staff

pytestmark = pytest.mark.django_db


def book(hour, *, day=None, at=time(13, 0), minutes=20, now=NOW):
    return services.book(
        hour.clinic,
        patient=hour.patient,
        clinician=hour.clinician,
        day=day or NOW.date(),
        at=at,
        minutes=minutes,
        actor=staff(hour.clinician),
        now=now,
    )


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"at": time(9, 0)}, "starts_at", "in_the_past"),
        ({"day": date(2027, 3, 28), "at": time(2, 30)}, "starts_at", "no_such_hour"),
        ({"day": date(2030, 1, 1)}, "starts_at", "too_far_ahead"),
        ({"at": time(10, 20)}, "starts_at", "taken"),
        ({"at": time(10, 0)}, "starts_at", "taken"),
        ({"minutes": 0}, "minutes", "unlikely_length"),
        ({"minutes": 600}, "minutes", "unlikely_length"),
    ],
)
def test_an_impossible_hour_is_refused_with_the_reason(changes, field, code):
    hour = a_booked_hour()  # 10.10 to 10.30 on the wall
    with pytest.raises(Invalid) as refusal:
        book(hour, **changes)
    assert refusal.value.fields == {field: code}
    assert book(hour).status == "booked"


def test_hours_may_touch():
    hour = a_booked_hour()
    assert book(hour, at=time(10, 30)).starts_at == hour.appointment.ends_at


def test_the_database_itself_refuses_an_overlap():
    hour = a_booked_hour()
    twin = {
        "clinic": hour.clinic,
        "patient": hour.patient,
        "clinician": hour.clinician,
        "starts_at": hour.appointment.starts_at + timedelta(minutes=5),
        "ends_at": hour.appointment.ends_at + timedelta(minutes=5),
        "zone": "Europe/Oslo",
        "created_at": NOW,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(**twin)
    Appointment.objects.create(**twin, status="cancelled", cancelled_at=NOW)
    later = book(hour, at=time(15, 0))
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(pk=later.pk).update(starts_at=hour.appointment.starts_at)


def test_a_moved_appointment_leaves_its_old_hour_free():
    hour = a_booked_hour()
    moved = services.move(
        hour.clinic,
        hour.appointment.public_id,
        version=1,
        day=NOW.date(),
        at=time(14, 0),
        minutes=30,
        actor=staff(hour.clinician),
        now=NOW,
    )
    assert moved.minutes == 30
    assert book(hour, at=time(10, 10)).status == "booked"


def test_who_saw_an_old_version_cannot_move_or_cancel():
    hour = a_booked_hour()
    act = {"version": 7, "actor": staff(hour.clinician), "now": NOW}
    with pytest.raises(Overtaken):
        services.move(
            hour.clinic, hour.appointment.public_id, day=NOW.date(), at=time(14, 0), minutes=20, **act
        )
    with pytest.raises(Overtaken):
        services.cancel(hour.clinic, hour.appointment.public_id, **act)
    services.cancel(hour.clinic, hour.appointment.public_id, **{**act, "version": 1})


def test_a_cancelled_appointment_cannot_be_moved():
    hour = a_booked_hour()
    act = {"actor": staff(hour.clinician), "now": NOW}
    services.cancel(hour.clinic, hour.appointment.public_id, version=1, **act)
    with pytest.raises(IllegalMove):
        services.move(
            hour.clinic,
            hour.appointment.public_id,
            version=2,
            day=NOW.date(),
            at=time(14, 0),
            minutes=20,
            **act,
        )


def test_another_clinic_cannot_see_that_the_appointment_exists():
    hour = a_booked_hour()
    other = a_clinic("Nabolaget legesenter")
    with pytest.raises(NotFound):
        get(other, hour.appointment.public_id)
    assert get(hour.clinic, hour.appointment.public_id) == hour.appointment
    assert list(on_day(other, NOW.date())) == []
    assert list(on_day(hour.clinic, NOW.date())) == [hour.appointment]


def test_two_clinicians_may_be_busy_at_once():
    clinic = a_clinic()
    first = a_booked_hour(clinic)
    second = a_booked_hour(
        clinic, clinician=a_member(clinic, name="Per Lege"), patient=a_patient(clinic, "Åse Lie")
    )
    assert first.appointment.starts_at == second.appointment.starts_at
