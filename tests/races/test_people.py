from datetime import date, time, timedelta
from itertools import count

from blikk.audit.queries import verify
from blikk.consultations.errors import Elsewhere, Over, RoomFull
from blikk.consultations.models import Consultation, Participant
from blikk.invitations.models import Invitation
from blikk.invitations.services import TRIES
from blikk.journeys import booking, door, talk
from blikk.journeys.errors import NotAtThisStep, TalkIsRunning
from blikk.kernel.errors import DomainError, IllegalMove, Invalid, NotFound, Overtaken
from blikk.notifications.models import Message
from blikk.scheduling.models import Appointment
from blikk.waiting_room import services as waiting_room
from blikk.waiting_room.models import Arrival
from tests.builders import (
    NOW,
    Hour,
    a_booked_hour,
    a_clinic,
    a_member,
    a_patient,
    admitted,
    open_link,
    proven,
    staff,
    waiting,
)
from tests.companions import come, invited
from tests.races.racing import ROUNDS, only_winner, race


def hours(clinic, rounds: int = ROUNDS, **more):
    """One booked hour after the other, each with a clinician of its own, so that they never overlap."""
    for _ in range(rounds):
        yield a_booked_hour(clinic, clinician=a_member(clinic), **more)


def companion_waiting(hour: Hour, number: int) -> door.DoorView:
    return come(invited(hour, f"Pårørende {number}", f"+4790000{number:03}").invitation).view


def admit(hour: Hour, arrival: str, member, version: int | None = None):
    return lambda: talk.admit(
        hour.clinic, arrival, version=version, membership=member, actor=staff(member), now=NOW
    )


def test_of_two_clinicians_who_admit_one_lets_the_patient_in(clinic):
    other = a_member(clinic, name="Anders Lunde")
    for hour in hours(clinic):
        arrival = waiting(hour).arrival
        version = Arrival.objects.get(public_id=arrival).version
        finishes = race(admit(hour, arrival, hour.clinician, version), admit(hour, arrival, other, version))
        only_winner(finishes, Overtaken, IllegalMove)
        assert Consultation.objects.filter(appointment=hour.appointment).count() == 1
        assert Participant.objects.filter(consultation__appointment=hour.appointment).count() == 2
    assert verify() == []


def test_the_move_itself_lets_one_through_even_without_the_clinics_queue(clinic):
    for hour in hours(clinic):
        arrival = Arrival.objects.get(public_id=waiting(hour).arrival)
        stale = [Arrival.objects.get(pk=arrival.pk) for _ in range(2)]
        actor = staff(hour.clinician)
        finishes = race(
            *(lambda one=one: waiting_room.admit(one, version=None, actor=actor, now=NOW) for one in stale)
        )
        only_winner(finishes, Overtaken)


def test_of_two_bookings_of_one_slot_one_is_made(clinic):
    patients = [a_patient(clinic, f"Pasient {name}") for name in ("En", "To")]
    clinician = a_member(clinic)
    start = count()
    for _ in range(ROUNDS):
        minutes = next(start) * 30
        day, at = date(2026, 12, 1) + timedelta(days=minutes // 480), minutes % 480
        # Not the same start, but over each other.
        acts = [
            (
                lambda patient=patient, late=late: booking.book(
                    clinic,
                    patient=patient,
                    clinician=clinician,
                    day=day,
                    at=time(8 + (at + late) // 60, (at + late) % 60),
                    minutes=20,
                    channels=("sms",),
                    actor=staff(clinician),
                    now=NOW,
                )
            )
            for late, patient in zip((0, 5), patients, strict=True)
        ]
        finishes = race(*acts)
        won = only_winner(finishes, Invalid)
        (refusal,) = [finish.refusal for finish in finishes if finish.refusal]
        assert isinstance(refusal, Invalid)
        assert refusal.fields == {"starts_at": "taken"}
        told = Message.objects.filter(about__endswith=won.given.invitation.public_id)
        assert told.filter(kind="invited").count() == 1
    told = Message.objects.filter(kind="invited")
    assert Appointment.objects.count() == Invitation.objects.count() == told.count() == ROUNDS


def test_when_the_end_comes_while_somebody_joins_nobody_is_left_inside(clinic):
    for hour in hours(clinic):
        consultation = admitted(hour)
        place = door_place(hour)
        actor = staff(hour.clinician)
        finishes = race(
            lambda: talk.sit_down(place, tab="t", epoch="e", move=False, actor=actor, now=NOW),
            lambda: talk.end(clinic, consultation, membership=hour.clinician, actor=actor, now=NOW),
        )
        joined, ended = finishes
        assert ended.has_won
        assert joined.has_won or isinstance(joined.refusal, Over)
        assert not Participant.objects.filter(consultation__public_id=consultation).exclude(seat="").exists()
        assert door.door_of(hour.invitation.public_id, hour.device, now=NOW).step == "ended"
        late = race(lambda: talk.sit_down(place, tab="t", epoch="e", move=True, actor=actor, now=NOW))
        assert isinstance(late[0].refusal, Over)
    assert verify() == []


def door_place(hour: Hour) -> Participant:
    return talk.place_at_the_door(hour.invitation.public_id, hour.device, now=NOW)


def test_when_the_end_comes_while_somebody_is_let_in_they_are_sent_home_or_out(clinic):
    for hour in hours(clinic, ROUNDS // 2):
        consultation = admitted(hour)
        view = companion_waiting(hour, 1)
        actor = staff(hour.clinician)
        let_in, ended = race(
            admit(hour, view.arrival, hour.clinician),
            lambda: talk.end(clinic, consultation, membership=hour.clinician, actor=actor, now=NOW),
        )
        assert ended.has_won
        assert let_in.has_won or isinstance(let_in.refusal, (Over, IllegalMove, Overtaken, NotFound))
        assert not Participant.objects.filter(
            consultation__public_id=consultation, left_at__isnull=True
        ).exists()
        assert not Arrival.objects.filter(
            appointment=hour.appointment, status__in=("waiting", "admitted", "at_the_door")
        ).exists()
    assert verify() == []


def test_of_two_ends_one_is_made(clinic):
    for hour in hours(clinic, ROUNDS):
        consultation = admitted(hour)
        actor = staff(hour.clinician)
        finishes = race(
            *[lambda: talk.end(clinic, consultation, membership=hour.clinician, actor=actor, now=NOW)] * 2
        )
        only_winner(finishes, Overtaken, IllegalMove)


def test_of_two_who_would_be_the_fourth_one_gets_in(clinic):
    for hour in hours(clinic, ROUNDS // 2):
        consultation = admitted(hour)
        first, *both = [companion_waiting(hour, number) for number in range(3)]
        admit(hour, first.arrival, hour.clinician)()
        finishes = race(*(admit(hour, view.arrival, hour.clinician) for view in both))
        only_winner(finishes, RoomFull, Overtaken)
        inside = Participant.objects.filter(consultation__public_id=consultation, left_at__isnull=True)
        assert inside.count() == 4


def test_ten_answers_at_once_are_five_tries(clinic):
    for hour in hours(clinic, ROUNDS // 4):
        open_link(hour)

        def guess(number: int, hour: Hour = hour):
            return lambda: door.answer_birth_date(
                hour.invitation.public_id,
                hour.device,
                born=date(1990, 1, 1 + number),
                where="192.0.2.9",
                now=NOW,
            )

        race(*(guess(number) for number in range(10)))
        invitation = Invitation.objects.get(pk=hour.invitation.pk)
        assert invitation.tries == TRIES == 5
        (late,) = race(
            lambda hour=hour: door.answer_birth_date(
                hour.invitation.public_id, hour.device, born=hour.patient.birth_on, where="192.0.2.9", now=NOW
            )
        )
        assert isinstance(late.refusal, NotAtThisStep)


def test_two_tabs_that_arrive_are_one_person_at_the_door(clinic):
    for hour in hours(clinic, ROUNDS // 2):
        proven(hour)
        Arrival.objects.filter(appointment=hour.appointment).delete()
        finishes = race(
            *[lambda hour=hour: door.arrive(hour.invitation.public_id, hour.device, where="w", now=NOW)] * 2
        )
        assert all(finish.has_won for finish in finishes), [repr(finish.refusal) for finish in finishes]
        assert Arrival.objects.filter(appointment=hour.appointment).count() == 1


def test_of_two_tabs_that_sit_down_one_gets_the_place(clinic):
    for hour in hours(clinic):
        admitted(hour)
        place, actor = door_place(hour), staff(hour.clinician)
        finishes = race(
            *(
                lambda tab=tab: talk.sit_down(place, tab=tab, epoch=tab, move=False, actor=actor, now=NOW)
                for tab in ("one", "two")
            )
        )
        only_winner(finishes, Elsewhere)


def test_an_hour_is_moved_or_cancelled_never_both(clinic):
    for hour in hours(clinic, ROUNDS // 2, starts_in=timedelta(days=2)):
        version, actor = hour.appointment.version, staff(hour.clinician)
        mine = hour.appointment.public_id
        finishes = race(
            lambda: booking.move(
                clinic,
                mine,
                version=version,
                day=date(2026, 12, 3),
                at=time(12),
                minutes=20,
                actor=actor,
                now=NOW,
            ),
            lambda: booking.cancel(clinic, mine, version=version, actor=actor, now=NOW),
        )
        only_winner(finishes, Overtaken, IllegalMove, TalkIsRunning)
        live = Invitation.objects.filter(appointment=hour.appointment, status="open").count()
        assert live == (1 if finishes[0].has_won else 0)


def test_many_acts_in_two_clinics_leave_two_whole_records():
    clinics = [a_clinic(), a_clinic("Skogli")]

    def book(clinic, number: int):
        clinician, patient = a_member(clinic), a_patient(clinic)
        return lambda: [
            booking.book(
                clinic,
                patient=patient,
                clinician=clinician,
                day=date(2026, 12, 1 + turn),
                at=time(8 + number),
                minutes=20,
                channels=("sms", "email"),
                actor=staff(clinician),
                now=NOW,
            )
            for turn in range(5)
        ]

    finishes = race(*(book(clinic, number) for clinic in clinics for number in range(4)))
    assert all(finish.has_won for finish in finishes), [str(f.refusal) for f in finishes]
    assert Appointment.objects.count() == 40
    assert verify() == []


def test_a_race_sees_a_defect(clinic):
    """Positive control: an act that looks and then saves lets both through."""
    doubled = 0
    for hour in hours(clinic, ROUNDS // 2):
        arrival = waiting(hour).arrival

        def look_then_save(arrival: str = arrival) -> None:
            found = Arrival.objects.get(public_id=arrival)
            if found.status != "waiting":
                raise DomainError
            found.status, found.admitted_at = "admitted", NOW
            found.save()

        doubled += sum(finish.has_won for finish in race(look_then_save, look_then_save)) == 2
    assert doubled > 0
