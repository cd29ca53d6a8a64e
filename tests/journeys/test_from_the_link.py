"""What a patient changes from the link: cancelling, meeting instead, and taking it back."""

from datetime import timedelta

import pytest

from blikk.audit.models import Entry
from blikk.invitations.models import Wish
from blikk.journeys import door, from_the_link
from blikk.journeys.day import day_of, row_of
from blikk.journeys.errors import NotAtThisStep, TalkIsRunning
from blikk.kernel.errors import NotFound, Overtaken
from blikk.kernel.ids import new_secret
from blikk.kernel.times import local
from blikk.notifications.models import Message
from blikk.scheduling.models import Appointment
from blikk.scheduling.services.appointments import require_free
from tests import builders as b
from tests.meetings import agree
from tests.payments.charges import charges_here

pytestmark = pytest.mark.django_db
WHERE = "192.0.2.7"


def early(**more: object) -> b.Hour:
    """An hour in three days, whose patient has proven themself long before the door opens."""
    clinic = b.a_clinic(**more)
    hour = b.a_booked_hour(clinic, starts_in=timedelta(days=3))
    b.open_link(hour)
    from_the_link.answer_birth_date(
        hour.invitation.public_id, hour.device, born=b.BORN, where=WHERE, now=b.NOW
    )
    return hour


def press(act, hour: b.Hour, **more: object) -> None:
    act(hour.invitation.public_id, hour.device, where=WHERE, now=b.NOW, **more)


def seen(hour: b.Hour) -> from_the_link.Change:
    return from_the_link.change_of(hour.invitation.public_id, hour.device, now=b.NOW)


def step(hour: b.Hour) -> str:
    return door.door_of(hour.invitation.public_id, hour.device, now=b.NOW).step


def test_the_proof_can_be_given_before_the_door_opens_and_brings_nobody_to_it():
    hour = early()
    assert seen(hour).at == "open"
    assert step(hour) == "early"
    assert hour.appointment.arrivals.count() == 0


def test_who_cannot_come_cancels_at_once_and_the_slot_is_free():
    hour = early()
    press(from_the_link.cannot_come, hour)
    hour.appointment.refresh_from_db()
    assert hour.appointment.status == "cancelled"
    assert step(hour) == "given_up"
    require_free(hour.clinician, hour.appointment.starts_at, hour.appointment.ends_at, now=b.NOW)
    kinds = Message.objects.filter(status="queued").values_list("kind", flat=True)
    assert list(kinds) == ["cancelled"]
    assert Entry.objects.get(act="appointment.cancelled").actor_kind == "patient"


def test_where_the_clinic_wants_to_be_asked_the_hour_stands_until_it_has_answered():
    hour = early(cancels_online="asks")
    press(from_the_link.cannot_come, hour)
    hour.appointment.refresh_from_db()
    assert hour.appointment.status == "booked"
    assert seen(hour).wish == "cannot_come"
    press(from_the_link.take_back, hour)
    assert seen(hour).wish == ""


def test_where_the_clinic_wants_to_be_phoned_nothing_is_cancelled():
    hour = early(cancels_online="off")
    with pytest.raises(NotAtThisStep):
        press(from_the_link.cannot_come, hour)
    assert Appointment.objects.get().status == "booked"
    press(from_the_link.rather_in_person, hour)
    assert seen(hour).wish == "in_person"


@pytest.mark.parametrize(
    "act", [from_the_link.cannot_come, from_the_link.rather_in_person, from_the_link.take_back]
)
def test_nothing_happens_before_the_proof(act):
    hour = b.a_booked_hour(starts_in=timedelta(days=3))
    b.open_link(hour)
    with pytest.raises(NotAtThisStep):
        press(act, hour)
    stranger = new_secret()
    with pytest.raises(NotFound):
        act(hour.invitation.public_id, stranger, where=WHERE, now=b.NOW)
    assert (Appointment.objects.get().status, Wish.objects.count()) == ("booked", 0)


def test_in_the_waiting_room_it_works_too_and_brings_the_patient_home():
    hour = b.a_booked_hour()
    b.waiting(hour)
    press(from_the_link.cannot_come, hour)
    assert step(hour) == "given_up"
    assert {arrival.status for arrival in hour.appointment.arrivals.all()} == {"declined"}


def test_while_people_talk_nothing_is_cancelled():
    hour = b.a_booked_hour()
    b.admitted(hour)
    with pytest.raises(TalkIsRunning):
        press(from_the_link.cannot_come, hour)


def test_a_wish_to_meet_needs_no_reason_and_shows_on_the_day_page():
    hour = early()
    press(from_the_link.rather_in_person, hour)
    with pytest.raises(Overtaken):
        press(from_the_link.rather_in_person, hour)
    day = local(hour.appointment.starts_at, hour.clinic.zone).date()
    person = day_of(hour.clinic, day=day, now=b.NOW).rows[0].people[0]
    assert person.wish == "in_person"
    assert Entry.objects.filter(act="invitation.wish_asked").count() == 1


def test_staff_agree_and_the_same_hour_is_held_in_person():
    hour = early()
    press(from_the_link.rather_in_person, hour)
    before = hour.appointment.starts_at
    agree(hour)
    hour.appointment.refresh_from_db()
    assert (hour.appointment.form, hour.appointment.status) == ("in_person", "booked")
    assert hour.appointment.starts_at == before
    assert step(hour) == "in_person"
    assert Wish.objects.get().status == "agreed"
    assert list(Message.objects.filter(status="queued").values_list("kind", flat=True)) == ["in_person"]
    assert row_of(hour.clinic, hour.appointment.public_id, now=b.NOW).is_in_person


def test_staff_settle_it_by_phone_and_the_hour_stands():
    hour = early()
    press(from_the_link.rather_in_person, hour)
    wish = Wish.objects.get()
    with pytest.raises(NotFound):
        from_the_link.settle(b.a_clinic(), wish.public_id, actor=b.staff(hour.clinician), now=b.NOW)
    from_the_link.settle(hour.clinic, wish.public_id, actor=b.staff(hour.clinician), now=b.NOW)
    assert seen(hour).wish == ""
    with pytest.raises(NotAtThisStep):
        press(from_the_link.take_back, hour)
    assert Appointment.objects.get().form == "video"


def test_the_clinician_is_written_to_when_it_comes_shortly_before_and_not_long_before():
    press(from_the_link.rather_in_person, early())
    assert not Message.objects.filter(kind="staff_alert").exists()
    soon = b.a_booked_hour(starts_in=timedelta(minutes=20))
    b.proven(soon)
    press(from_the_link.rather_in_person, soon)
    alert = Message.objects.get(kind="staff_alert")
    assert alert.to == soon.clinician.user.email
    assert soon.patient.family_name not in alert.subject + alert.body


def test_a_late_cancellation_is_said_with_what_it_costs_and_one_in_time_is_not():
    late = early(cancel_until_hours=96)
    charges_here(late.clinic, is_on=False, late_ore=40_000)
    assert (seen(late).is_late, seen(late).fee_ore) == (True, 40_000)
    assert not seen(early(cancel_until_hours=48)).is_late


def test_wrong_answers_lock_the_link_here_as_at_the_door():
    hour = b.a_booked_hour(starts_in=timedelta(days=3))
    b.open_link(hour)
    for _ in range(5):
        view = from_the_link.answer_birth_date(
            hour.invitation.public_id, hour.device, born=b.NOW.date(), where=WHERE, now=b.NOW
        )
        assert view.wrong
    assert seen(hour).at == "locked"
