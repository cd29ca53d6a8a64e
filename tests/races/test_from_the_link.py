"""A patient changes an hour from the link while staff do something about it: one of them wins, the other is told."""

from functools import partial

from blikk.audit.queries import verify
from blikk.invitations.models import Wish
from blikk.journeys import booking, from_the_link, in_person
from blikk.journeys.errors import NotAtThisStep
from blikk.journeys.lost_links import answer_lost_links, ask
from blikk.kernel.errors import IllegalMove, NotFound, Overtaken
from blikk.notifications.models import Message
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, asked, proven, staff
from tests.races.racing import only_winner, race

ROUNDS = 8


def hours():
    clinic = a_clinic()
    for _ in range(ROUNDS):
        hour = a_booked_hour(clinic, clinician=a_member(clinic))
        proven(hour)
        hour.appointment.refresh_from_db()
        yield hour


def press(act, hour):
    return partial(act, hour.invitation.public_id, hour.device, where="", now=NOW)


def agree(hour):
    return partial(
        in_person.come_in_person,
        hour.clinic,
        hour.appointment.public_id,
        in_person.Asked(reason="wish", same_time=True),
        version=hour.appointment.version,
        membership=hour.clinician,
        actor=staff(hour.clinician),
        now=NOW,
    )


def test_of_two_presses_one_asks_and_of_two_cancellations_one_cancels():
    for hour in hours():
        only_winner(race(*[press(from_the_link.rather_in_person, hour)] * 2), Overtaken)
        assert Wish.objects.filter(invitation=hour.invitation, status="asked").count() == 1
        only_winner(race(*[press(from_the_link.cannot_come, hour)] * 2), NotAtThisStep, Overtaken)
        about = hour.invitation.public_id
        assert Message.objects.filter(kind="cancelled", about__endswith=about).count() == 1
    assert verify() == []


def test_a_patient_who_cancels_while_staff_agree_to_meet_leaves_one_of_both():
    for hour in hours():
        asked(hour)
        only_winner(
            race(press(from_the_link.cannot_come, hour), agree(hour)),
            *(NotAtThisStep, Overtaken, IllegalMove, NotFound),
        )
        hour.appointment.refresh_from_db()
        is_cancelled, is_in_person = (
            hour.appointment.status == "cancelled",
            hour.appointment.form == "in_person",
        )
        assert is_cancelled != is_in_person
        told = Message.objects.filter(about__endswith=hour.invitation.public_id).values_list(
            "kind", flat=True
        )
        assert ("cancelled" in told, "in_person" in told) == (is_cancelled, is_in_person)


def test_two_workers_answer_a_lost_link_once():
    for hour in hours():
        ask("90123456", where="", now=NOW)
        race(partial(answer_lost_links, now=NOW), partial(answer_lost_links, now=NOW))
        about = hour.invitation.public_id
        assert Message.objects.filter(kind="link_again", about__endswith=about).count() <= 1
        booking.cancel(
            hour.clinic,
            hour.appointment.public_id,
            version=hour.appointment.version,
            actor=staff(hour.clinician),
            now=NOW,
        )
    assert Message.objects.filter(kind="link_again").count() == ROUNDS
