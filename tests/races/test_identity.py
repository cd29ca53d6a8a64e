from blikk.audit.queries import verify
from blikk.consultations.identity_tables import IdentityCheck
from blikk.kernel.errors import DomainError, IllegalMove, Overtaken
from blikk.waiting_room import services as waiting_room
from blikk.waiting_room.models import Arrival, Showing
from tests import identities as i
from tests.builders import NOW, a_booked_hour, a_member, admitted, staff
from tests.races.racing import only_winner, race

ROUNDS = 20


def hours(clinic):
    for _ in range(ROUNDS):
        hour = a_booked_hour(clinic, clinician=a_member(clinic))
        admitted(hour)
        yield hour


def test_of_two_who_say_at_once_who_the_patient_is_one_is_told(clinic):
    for hour in hours(clinic):
        finishes = race(
            lambda hour=hour: i.identified(hour), lambda hour=hour: i.identified(hour, i.EXCEPTION)
        )
        winner = only_winner(finishes, Overtaken)
        assert IdentityCheck.objects.get(participant=i.patient_in(hour)) == winner.given
    assert verify() == []


def test_of_two_who_correct_it_at_once_one_is_told_and_one_row_counts(clinic):
    for hour in hours(clinic):
        first = i.identified(hour).public_id
        finishes = race(
            *(
                lambda hour=hour, first=first: i.identified(hour, i.EXCEPTION, replaces=first)
                for _ in range(2)
            )
        )
        only_winner(finishes, Overtaken)
        rows = IdentityCheck.objects.filter(participant=i.patient_in(hour))
        assert (rows.count(), rows.filter(replaced_at__isnull=True).count()) == (2, 1)


def test_asking_and_showing_at_once_ends_with_it_shown(clinic):
    for hour in hours(clinic):
        arrival = Arrival.objects.select_related("clinic").get(appointment=hour.appointment)

        def ask(arrival=arrival, hour=hour):
            return waiting_room.ask_to_see(arrival, actor=i.patient_actor(hour), now=NOW)

        def show(arrival=arrival, hour=hour):
            return waiting_room.show(arrival, by=hour.clinician, actor=staff(hour.clinician), now=NOW)

        finishes = race(ask, show)
        told = [finish.refusal for finish in finishes if finish.refusal]
        assert all(isinstance(one, Overtaken | IllegalMove | DomainError) for one in told)
        assert len(told) <= 1
        assert Showing.objects.filter(arrival=arrival).count() == 1
    assert verify() == []
