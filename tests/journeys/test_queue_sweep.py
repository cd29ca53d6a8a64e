"""What happens in a queue by itself, and what a late clinician sets going."""

from datetime import timedelta

import pytest

from blikk.audit.queries import verify
from blikk.journeys import door, queue
from blikk.journeys.errors import NotAtThisStep
from blikk.journeys.queue import sweep
from blikk.kernel.errors import Invalid, NotFound
from blikk.notifications.models import Message
from blikk.scheduling.models import Opening
from blikk.waiting_room.models import Arrival, Notice, Serving
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, open_link, proven, staff, token_in, waiting
from tests.queues import WHERE, a_queue, an_opening, enter, sit

pytestmark = pytest.mark.django_db


def sent(kind):
    return [message for message in Message.objects.order_by("pk") if message.kind == kind]


def serve(opening, member, *, now=NOW):
    queue.serve(opening.clinic, opening.public_id, membership=member, actor=staff(member), now=now)


def words(guest, now):
    return [word["code"] for word in guest.look(now=now).words]


def test_those_who_wait_are_told_in_time_that_the_queue_closes_soon():
    opening, (doctor,), (first,) = a_queue(1)
    serve(opening, doctor)
    before = opening.closes_at - timedelta(minutes=16)
    sweep(now=before)
    assert "closing_soon" not in words(first, before)
    soon = opening.closes_at - timedelta(minutes=14)
    sweep(now=soon)
    sweep(now=soon)
    assert words(first, soon).count("closing_soon") == 1


def test_at_closing_time_nobody_waits_for_nobody():
    opening, _, guests = a_queue(2)
    sweep(now=opening.closes_at)
    assert {guest.arrival.status for guest in guests} == {"declined"}
    assert sorted(message.to for message in sent("queue_closed")) == sorted(guest.phone for guest in guests)
    view = guests[0].look(now=opening.closes_at)
    assert (view.step, view.gone) == ("queue_closed", "declined")
    opening.refresh_from_db()
    assert (opening.status, opening.closed_because) == ("closed", "time")
    sweep(now=opening.closes_at)
    assert len(sent("queue_closed")) == 2
    assert verify() == []


def test_whoever_is_in_the_queue_at_closing_time_is_served_while_somebody_serves_but_not_for_ever():
    opening, (doctor,), (first, second) = a_queue(2)
    serve(opening, doctor)
    sweep(now=opening.closes_at)
    assert first.arrival.status == second.arrival.status == "waiting"
    late = opening.closes_at + timedelta(minutes=61)
    sweep(now=late)
    assert first.arrival.status == "declined"
    assert not Serving.objects.filter(until__isnull=True).exists()


def test_an_empty_queue_closes_with_its_day():
    opening = an_opening()
    sweep(now=opening.closes_at - timedelta(seconds=1))
    assert Opening.objects.get().status == "open"
    sweep(now=opening.closes_at)
    assert Opening.objects.get().status == "closed"
    assert Message.objects.count() == 0


def test_those_in_a_queue_that_staff_closed_are_served_and_at_its_end_told():
    opening, (doctor,), (first, second) = a_queue(2)
    queue.close_queue(opening.clinic, opening.public_id, actor=staff(doctor), now=NOW)
    assert first.look().place == 1
    assert queue.take_next(opening.clinic, opening.public_id, membership=doctor, actor=staff(doctor), now=NOW)
    queue.stop_serving(opening.clinic, opening.public_id, membership=doctor, actor=staff(doctor), now=NOW)
    sweep(now=opening.closes_at)
    assert second.arrival.status == "declined"


def test_everybody_is_sent_home_with_words_when_the_queue_is_given_up():
    opening, (doctor,), guests = a_queue(2)
    act = {"actor": staff(doctor), "now": NOW}
    queue.close_queue(opening.clinic, opening.public_id, send_everybody_home=True, **act)
    assert len(sent("queue_closed")) == 2
    assert guests[0].look().step == "queue_closed"
    queue.open_queue(opening.clinic, opening.public_id, **act)
    assert guests[0].look().step == "check"


def test_one_person_can_be_sent_home():
    opening, (doctor,), (first, second) = a_queue(2)
    queue.send_home(opening.clinic, first.arrival.public_id, actor=staff(doctor), now=NOW)
    assert [message.to for message in sent("queue_closed")] == [first.phone]
    assert second.look().place == 1


def test_staff_are_told_when_nobody_in_the_queue_was_told_anything_for_long():
    opening, (doctor,), (first,) = a_queue(1)
    sweep(now=NOW + timedelta(minutes=9))
    assert sent("staff_alert") == []
    late = NOW + timedelta(minutes=11)
    sweep(now=late)
    sweep(now=late)
    (message,) = sent("staff_alert")
    assert (message.channel, message.to) == ("email", doctor.user.email)
    assert first.name.split()[0] not in message.subject + message.body
    assert first.look(now=late).words == ()
    queue.tell(opening.clinic, opening_id=opening.public_id, code="soon", actor=staff(doctor), now=late)
    sweep(now=late + timedelta(minutes=9))
    assert len(sent("staff_alert")) == 1


def test_a_clinician_is_told_of_a_booked_patient_who_was_forgotten():
    hour = a_booked_hour(starts_in=timedelta(minutes=10))
    waiting(hour)
    sweep(now=NOW + timedelta(minutes=19))
    assert sent("staff_alert") == []
    sweep(now=NOW + timedelta(minutes=21))
    sweep(now=NOW + timedelta(minutes=21))
    (message,) = sent("staff_alert")
    assert message.to == hour.clinician.user.email


def test_a_clinician_who_said_how_late_they_are_is_left_in_peace_for_so_long():
    hour = a_booked_hour(starts_in=timedelta(minutes=1))
    waiting(hour)
    act = {"membership": hour.clinician, "actor": staff(hour.clinician), "now": NOW}
    queue.late(hour.clinic, minutes=30, **act)
    sweep(now=NOW + timedelta(minutes=40))
    assert sent("staff_alert") == []
    sweep(now=NOW + timedelta(minutes=42))
    assert len(sent("staff_alert")) == 1


def test_a_clinic_may_do_without_alerts():
    clinic = a_clinic(alert_after_minutes=0)
    opening = an_opening(clinic, clinicians=(a_member(clinic),))
    sit(enter(opening))
    sweep(now=NOW + timedelta(minutes=50))
    assert sent("staff_alert") == []


def test_a_delay_tells_all_who_are_booked_and_the_answer_is_kept():
    hour = a_booked_hour()
    later = a_booked_hour(hour.clinic, clinician=hour.clinician, starts_in=timedelta(minutes=60))
    other = a_booked_hour(hour.clinic, starts_in=timedelta(minutes=10))
    act = {"membership": hour.clinician, "actor": staff(hour.clinician), "now": NOW}
    with pytest.raises(Invalid):
        queue.late(hour.clinic, minutes=241, **act)
    queue.late(hour.clinic, minutes=15, **act)
    told = {message.about.rpartition(":")[2] for message in sent("late")}
    assert told == {hour.invitation.public_id, later.invitation.public_id}
    (message,) = [one for one in sent("late") if one.about.endswith(hour.invitation.public_id)]
    assert "15 minutter" in message.body
    hour.token = token_in(message)
    assert open_link(hour).step == "birth_date"
    assert proven(hour).late_minutes == 15
    proven(other)
    mine, theirs = hour.invitation.public_id, other.invitation.public_id
    with pytest.raises(NotAtThisStep):
        door.answer_late(theirs, other.device, answer="wait", where=WHERE, now=NOW)
    with pytest.raises(Invalid):
        door.answer_late(mine, hour.device, answer="never", where=WHERE, now=NOW)
    assert door.answer_late(mine, hour.device, answer="phone", where=WHERE, now=NOW).late_answer == "phone"
    queue.late(hour.clinic, minutes=30, **act)
    view = door.door_of(mine, hour.device, now=NOW)
    assert (view.late_minutes, view.late_answer) == (30, "")


def test_who_has_an_hour_later_in_the_day_can_answer_at_once():
    hour = a_booked_hour(starts_in=timedelta(hours=4))
    assert open_link(hour).step == "early"
    queue.late(hour.clinic, membership=hour.clinician, minutes=15, actor=staff(hour.clinician), now=NOW)
    (message,) = sent("late")
    hour.token = token_in(message)
    assert proven(hour).late_minutes == 15
    mine = hour.invitation.public_id
    assert door.answer_late(mine, hour.device, answer="new_time", where=WHERE, now=NOW).late_answer
    tomorrow = a_booked_hour(hour.clinic, clinician=hour.clinician, starts_in=timedelta(days=1))
    assert open_link(tomorrow).step == "early"


def test_only_a_clinician_of_the_clinic_can_be_late():
    hour = a_booked_hour()
    for member in (a_member(hour.clinic, "secretary"), a_member(a_clinic("Nabolaget"))):
        with pytest.raises(NotFound):
            queue.late(hour.clinic, membership=member, minutes=15, actor=staff(member), now=NOW)


def test_the_sweep_does_nothing_where_nothing_is_due():
    a_queue(3)
    assert sweep(now=NOW) == 0
    assert Arrival.objects.filter(status="waiting").count() == 3
    assert Notice.objects.count() == 0
