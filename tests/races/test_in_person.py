"""The patient chooses a time while staff change their mind: one of both, and the page says which."""

from functools import partial

import pytest

from blikk.audit.queries import verify
from blikk.journeys import booking, from_the_link, in_person
from blikk.journeys.errors import NotAtThisStep
from blikk.kernel.errors import IllegalMove, Invalid, NotFound, Overtaken
from blikk.scheduling.models import Appointment, Turn
from tests import builders as b
from tests.meetings import meet, physical_hours, physical_slots
from tests.races.racing import only_winner, race

ROUNDS = 12


def offered(clinic, clinician):
    """An hour whose patient has two times to choose between."""
    hour = b.a_booked_hour(clinic, clinician=clinician, patient=b.a_patient(clinic))
    b.proven(hour)
    slots = physical_slots(clinic)[:2]
    turn = meet(hour, slots=tuple(slot.name for slot in slots))
    hour.appointment.refresh_from_db()
    return hour, [time.public_id for time in turn.times.all()]


def choose(hour, time):
    return partial(
        from_the_link.choose_time, hour.invitation.public_id, hour.device, time=time, where="", now=b.NOW
    )


def rounds():
    for number in range(ROUNDS):
        clinic = b.a_clinic(f"Klinikk {number}")
        clinician = b.a_member(clinic)
        physical_hours(clinic, clinician)
        yield clinic, clinician


def test_of_a_choice_and_an_offer_taken_back_one_holds():
    for clinic, clinician in rounds():
        hour, times = offered(clinic, clinician)
        back = partial(
            in_person.withdraw_offer,
            clinic,
            hour.appointment.public_id,
            version=hour.appointment.version,
            actor=b.staff(clinician),
            now=b.NOW,
        )
        only_winner(race(choose(hour, times[0]), back), NotAtThisStep, Overtaken)
        hour.appointment.refresh_from_db()
        turn = Turn.objects.get(appointment=hour.appointment)
        assert (turn.status == "settled") == (hour.appointment.form == "in_person")
    assert verify() == []


def test_of_a_choice_and_another_time_by_staff_one_holds_and_nothing_is_in_between():
    for clinic, clinician in rounds():
        hour, times = offered(clinic, clinician)
        other = partial(
            in_person.come_in_person,
            clinic,
            hour.appointment.public_id,
            in_person.Asked(reason="other", same_time=True),
            version=hour.appointment.version,
            membership=clinician,
            actor=b.staff(clinician),
            now=b.NOW,
        )
        only_winner(race(choose(hour, times[0]), other), NotAtThisStep, Overtaken, IllegalMove)
        hour.appointment.refresh_from_db()
        assert hour.appointment.form == "in_person"
        assert Turn.objects.filter(appointment=hour.appointment, status="settled").count() == 1
        assert not Turn.objects.filter(appointment=hour.appointment, status="offered").exists()


def test_of_two_patients_who_want_the_same_time_one_gets_it():
    for clinic, clinician in rounds():
        one, mine = offered(clinic, clinician)
        two = b.a_booked_hour(
            clinic,
            clinician=b.a_member(clinic),
            patient=b.a_patient(clinic, "Annen Pasient", phone="+4790999888"),
        )
        b.proven(two)
        slots = physical_slots(clinic)[:2]
        theirs = [time.public_id for time in meet(two, slots=tuple(s.name for s in slots)).times.all()]
        only_winner(race(choose(one, mine[0]), choose(two, theirs[0])), Invalid)
        assert Appointment.objects.filter(clinic=clinic, form="in_person").count() == 1


@pytest.mark.parametrize("act", ["cancel"])
def test_of_a_choice_and_a_cancellation_one_holds(act):
    for clinic, clinician in rounds():
        hour, times = offered(clinic, clinician)
        cancel = partial(
            getattr(booking, act),
            clinic,
            hour.appointment.public_id,
            version=hour.appointment.version,
            actor=b.staff(clinician),
            now=b.NOW,
        )
        only_winner(race(choose(hour, times[0]), cancel), NotAtThisStep, Overtaken, IllegalMove, NotFound)
        hour.appointment.refresh_from_db()
        assert (hour.appointment.status == "cancelled") != (hour.appointment.form == "in_person")
