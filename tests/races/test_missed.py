"""Saying that a patient did not come, against the patient who comes at that very moment: never both."""

from datetime import timedelta
from functools import partial

import pytest

from blikk.journeys import door
from blikk.journeys.errors import NotAtThisStep, PatientIsHere
from blikk.kernel.errors import IllegalMove, Overtaken
from blikk.payments.models import Charge
from blikk.scheduling.models import Appointment
from blikk.settlement.models import Bill
from blikk.waiting_room.models import Arrival
from tests.builders import open_link, proven
from tests.journeys.test_missed import LATER, an_hour, say, undo
from tests.races.racing import only_winner, race

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_the_one_who_says_it_and_the_patient_who_comes_one_wins():
    for _ in range(20):
        hour = an_hour()
        proven(hour, now=LATER - timedelta(minutes=3))
        arrive = partial(door.arrive, hour.invitation.public_id, hour.device, where="192.0.2.7", now=LATER)
        said, came = race(partial(say, hour, fee=0, version=hour.appointment.version), arrive)
        assert said.has_won != came.has_won
        assert isinstance(
            said.refusal or came.refusal, PatientIsHere | NotAtThisStep | Overtaken | IllegalMove
        )
        status = Appointment.objects.get(pk=hour.appointment.pk).status
        assert status == ("no_show" if said.has_won else "arrived")
        waits = Arrival.objects.filter(appointment=hour.appointment, status="waiting").exists()
        assert waits == came.has_won


def test_nobody_stands_at_the_door_of_an_hour_that_was_said_to_be_missed():
    for _ in range(20):
        hour = an_hour()
        open_link(hour, now=LATER)
        answer = partial(
            door.answer_birth_date,
            hour.invitation.public_id,
            hour.device,
            born=hour.patient.birth_on,
            where="192.0.2.7",
            now=LATER,
        )
        said, _came = race(partial(say, hour, fee=0, reason="ill"), answer)
        assert said.has_won
        assert not Arrival.objects.filter(appointment=hour.appointment, status="at_the_door").exists()


def test_two_windows_make_one_bill_and_one_undoing():
    for _ in range(10):
        hour = an_hour()
        act = partial(say, hour, version=hour.appointment.version)
        only_winner(race(act, act), Overtaken, IllegalMove)
        assert Bill.objects.filter(clinic=hour.clinic).count() == 1
        only_winner(race(partial(undo, hour), partial(undo, hour)), Overtaken, IllegalMove)
        assert Bill.objects.get(clinic=hour.clinic).status == "credited"
        assert Charge.objects.get(clinic=hour.clinic).status == "withdrawn"
