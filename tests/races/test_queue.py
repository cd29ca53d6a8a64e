"""Many people press at once: each patient is taken once, each place is one person's, and nobody is lost."""

from datetime import timedelta

from blikk.audit.queries import verify
from blikk.audit.services import named
from blikk.invitations.models import Invitation
from blikk.journeys import door, queue
from blikk.journeys.queue import sweep
from blikk.kernel.errors import DomainError, IllegalMove, Invalid, NotFound, Overtaken
from blikk.kernel.ids import new_secret
from blikk.notifications.models import Message
from blikk.scheduling.models import Appointment
from blikk.waiting_room import queries
from blikk.waiting_room.errors import NobodyReady
from blikk.waiting_room.models import Arrival
from tests.builders import BORN, NOW, a_member, staff
from tests.queues import WHERE, an_opening, enter, prove, waiting_guests
from tests.races.racing import only_winner, race

TURNS = 6


def take(opening, member, *, now=NOW):
    return lambda: queue.take_next(
        opening.clinic, opening.public_id, membership=member, actor=staff(member), now=now
    )


def test_ten_clinicians_who_press_next_on_a_queue_of_ten_get_ten_different_patients(clinic):
    members = [a_member(clinic, name=f"Lege {number}") for number in range(10)]
    for turn in range(TURNS):
        opening = an_opening(clinic, name=f"Kø {turn}")
        guests = waiting_guests(opening, 10)
        finishes = race(*(take(opening, member) for member in members))
        assert all(finish.has_won for finish in finishes), [repr(one.refusal) for one in finishes]
        patients = {finish.given.appointment.patient_id for finish in finishes}
        assert len(patients) == 10
        assert {guest.arrival.status for guest in guests} == {"admitted"}
        assert queries.queue_of(opening, now=NOW).rows == []
    assert Appointment.objects.filter(drop_in=True).count() == 10 * TURNS
    assert verify() == []


def test_of_eleven_who_press_next_on_a_queue_of_ten_one_is_told_that_nobody_is_left(clinic):
    members = [a_member(clinic, name=f"Lege {number}") for number in range(11)]
    opening = an_opening(clinic)
    waiting_guests(opening, 10)
    finishes = race(*(take(opening, member) for member in members))
    assert [type(one.refusal) for one in finishes if not one.has_won] == [NobodyReady]


def test_of_two_who_choose_the_same_person_one_gets_them(clinic):
    members = [a_member(clinic), a_member(clinic)]
    opening = an_opening(clinic)
    for guest in waiting_guests(opening, 2 * TURNS)[::-1]:
        arrival = guest.arrival.public_id

        def choose(member, arrival=arrival):
            act = {"membership": member, "actor": staff(member), "now": NOW}
            return lambda: queue.take(clinic, arrival, reason="Kjent", **act)

        only_winner(race(*(choose(member) for member in members)), Overtaken, IllegalMove)


def test_the_same_person_who_enters_twice_at_once_has_one_place(clinic):
    for turn in range(TURNS):
        opening, phone = an_opening(clinic, name=f"Kø {turn}"), f"+4790000{turn:03d}"
        browsers = [new_secret() for _ in range(4)]
        for browser in browsers:
            prove(clinic, phone, browser)

        def come(browser, opening=opening, phone=phone):
            return lambda: queue.enter(
                clinic, opening, given_name="Anne", family_name="Berg", birth_on=BORN, phone=phone,
                browser=browser, where=WHERE, now=NOW,
            )  # fmt: skip

        finishes = race(*(come(browser) for browser in browsers))
        assert all(finish.has_won for finish in finishes), [repr(one.refusal) for one in finishes]
        assert len({finish.given.view.arrival for finish in finishes}) == 1
        assert Arrival.objects.filter(opening=opening).count() == 1
        assert (
            Message.objects.filter(
                kind="queued", about=named(Invitation.objects.get(opening=opening))
            ).count()
            == 1
        )


def test_a_proof_is_spent_once(clinic):
    opening, browser = an_opening(clinic), new_secret()
    prove(clinic, "+4790000001", browser)

    def come(name):
        return lambda: queue.enter(
            clinic, opening, given_name=name, family_name="Berg", birth_on=BORN, phone="+4790000001",
            browser=browser, where=WHERE, now=NOW,
        )  # fmt: skip

    finishes = race(come("Anne"), come("Per"), come("Kari"))
    assert sum(finish.has_won for finish in finishes) == 1


def test_a_queue_for_two_takes_two_of_five(clinic):
    for turn in range(TURNS):
        opening = an_opening(clinic, name=f"Kø {turn}", capacity=2)
        finishes = race(
            *(lambda n=n: enter(opening, f"Gjest Nummer{n}", phone=f"+479900{turn}{n:03d}") for n in range(5))
        )
        assert sum(finish.has_won for finish in finishes) == 2
        assert [row.place for row in queries.queue_of(opening, now=NOW).rows] == [1, 2]


def test_whatever_happens_at_once_places_stay_whole(clinic):
    doctor, colleague = a_member(clinic), a_member(clinic)
    act = {"actor": staff(doctor), "now": NOW}
    for turn in range(TURNS):
        opening, other = an_opening(clinic, name=f"A {turn}"), an_opening(clinic, name=f"B {turn}")
        first, second, third, fourth, fifth = waiting_guests(opening, 5)
        ids = [guest.arrival.public_id for guest in (first, second, third, fourth, fifth)]
        finishes = race(
            take(opening, doctor),
            take(opening, colleague),
            lambda: queue.prioritise(clinic, ids[4], reason="Haster", **act),
            lambda: queue.transfer(clinic, ids[1], opening_id=other.public_id, **act),
            lambda: door.leave(third.view.invitation, third.device, where=WHERE, now=NOW),
            lambda: door.step_away(first.view.invitation, first.device, where=WHERE, now=NOW),
            lambda: queue.call(clinic, ids[3], **act),
            lambda: sweep(now=NOW),
        )
        told = (Overtaken, IllegalMove, NotFound, Invalid, DomainError)
        assert all(finish.has_won or isinstance(finish.refusal, told) for finish in finishes)
        for each in (opening, other):
            rows = queries.queue_of(each, now=NOW).rows
            assert [row.place for row in rows] == list(range(1, len(rows) + 1))
        assert (
            Arrival.objects.filter(
                invitation__opening__in=[opening, other],
                status__in=["waiting", "away", "on_hold", "admitted", "left"],
            ).count()
            == 5
        )
    assert verify() == []


def test_two_workers_that_sweep_at_once_move_back_once_and_send_once(clinic):
    doctor = a_member(clinic)
    for turn in range(TURNS):
        opening = an_opening(clinic, name=f"Kø {turn}", clinicians=(doctor,))
        first, second, _ = waiting_guests(opening, 3)
        door.step_away(first.view.invitation, first.device, where=WHERE, now=NOW)
        queue.call(clinic, first.arrival.public_id, actor=staff(doctor), now=NOW)
        late = NOW + timedelta(minutes=3)
        race(*[lambda late=late: sweep(now=late)] * 3)
        assert first.arrival.missed == 1
        assert queries.place_of(first.arrival) == 2
        assert Message.objects.filter(kind="two_left", about=named(first.invitation)).count() == 1
        race(*[lambda end=opening.closes_at: sweep(now=end)] * 3)
        assert Message.objects.filter(kind="queue_closed", about=named(second.invitation)).count() == 1


def test_a_race_sees_a_queue_that_is_not_kept_in_line(clinic):
    """Positive control: who looks for the first and then saves takes the same patient as the others."""
    doubled = 0
    for turn in range(TURNS * 4):
        opening = an_opening(clinic, name=f"Kø {turn}")
        waiting_guests(opening, 3)

        def look_then_save(opening=opening) -> str:
            found = Arrival.objects.filter(opening=opening, status="waiting").order_by("order")[0]
            found.status, found.admitted_at = "admitted", NOW
            found.save()
            return found.public_id

        taken = [finish.given for finish in race(look_then_save, look_then_save)]
        doubled += taken[0] == taken[1]
    assert doubled > 0
