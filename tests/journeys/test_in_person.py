"""Coming in person instead: from each place an hour can be in, with nothing half done."""

from datetime import timedelta

import pytest

from blikk.audit.models import Entry
from blikk.invitations.models import Invitation, Wish
from blikk.invitations.queries import find_by_token
from blikk.journeys import booking, closing, door, from_the_link, in_person, talk
from blikk.journeys.day import day_of, row_of
from blikk.journeys.errors import AlreadyArranged, AlreadyClosedOut, NotAtThisStep, TalkIsRunning
from blikk.journeys.self_booking import slots_for_patients
from blikk.kernel.errors import IllegalMove, Invalid, NotFound, Overtaken
from blikk.notifications.models import Message
from blikk.scheduling.models import Appointment, Turn
from blikk.scheduling.queries import periods_of
from blikk.scheduling.services import change_period
from blikk.waiting_room.models import Arrival
from tests import builders as b
from tests.meetings import at, meet, physical_hours, physical_slots

pytestmark = pytest.mark.django_db


def fresh(hour: b.Hour) -> Appointment:
    hour.appointment.refresh_from_db()
    return hour.appointment


def sent(kind: str) -> list[Message]:
    return list(Message.objects.filter(kind=kind, status="queued"))


def step(hour: b.Hour) -> str:
    return door.door_of(hour.invitation.public_id, hour.device, now=b.NOW).step


def an_offer(hour: b.Hour) -> tuple[str, ...]:
    """Two times to choose between, by name."""
    physical_hours(hour.clinic, hour.clinician)
    first, second = physical_slots(hour.clinic)[:2]
    turn = meet(hour, slots=(first.name, second.name))
    return tuple(time.public_id for time in turn.times.all())


def choose(hour: b.Hour, time: str, *, invitation: str = "", device: str = "") -> None:
    from_the_link.choose_time(
        invitation or hour.invitation.public_id, device or hour.device, time=time, where="", now=b.NOW
    )


# The start times the state: booked, at the door, waiting, and each of the three ways of giving a time.


@pytest.mark.parametrize("state", ["booked", "at_the_door", "waiting"])
@pytest.mark.parametrize("way", ["same_time", "typed", "slot"])
def test_before_anybody_talked_it_is_the_same_hour_moved(state, way):
    hour = b.a_booked_hour()
    {"booked": b.open_link, "at_the_door": b.proven, "waiting": b.waiting}[state](hour)
    before = fresh(hour).starts_at
    physical_hours(hour.clinic, hour.clinician)
    slot = physical_slots(hour.clinic)[0]
    asked = {"same_time": {"same_time": True}, "typed": {}, "slot": {"slots": (slot.name,)}}[way]
    turn = meet(hour, **asked)
    now = fresh(hour)
    assert (now.form, now.status, turn.status, turn.meeting) == ("in_person", "booked", "settled", now)
    assert (now.starts_at == before) == (way == "same_time")
    assert step(hour) == "in_person"
    assert not Arrival.objects.filter(status__in=["at_the_door", "waiting"]).exists()
    told = sent("in_person" if way == "same_time" else "meet")
    assert len(told) == 1
    assert not sent("invited")
    assert not sent("reminder")
    assert "/m#" not in told[0].body
    assert Appointment.objects.count() == 1


def test_why_is_for_staff_alone_and_stands_in_no_message_and_no_log():
    hour = b.a_booked_hour(channels=("sms", "email"))
    turn = meet(hour, reason="samples", words="Kanarifugl i prøven")
    assert (turn.reason, turn.words) == ("samples", "Kanarifugl i prøven")
    everything = " ".join(f"{m.subject} {m.body} {m.calendar}" for m in Message.objects.all())
    assert "Kanarifugl" not in everything
    logged = " ".join(str(entry.details) for entry in Entry.objects.all())
    assert "Kanarifugl" not in logged
    assert "samples" not in logged
    assert Entry.objects.filter(act="turn.made").count() == 1


def test_the_calendar_entry_stays_the_same_one_and_says_where_in_neutral_words():
    hour = b.a_booked_hour(channels=("email",))
    meet(hour)
    calendar = sent("meet")[0].calendar
    assert "LOCATION:Legekontoret" in calendar
    assert "METHOD:PUBLISH" in calendar
    assert "/m#" not in calendar


def test_a_running_conversation_is_ended_and_followed_by_an_hour_of_its_own():
    hour = b.a_booked_hour()
    consultation = b.admitted(hour)
    turn = meet(hour, place="talk")
    assert fresh(hour).status == "fulfilled"
    meeting = turn.meeting
    assert meeting is not None
    assert meeting.pk != hour.appointment.pk
    assert (meeting.form, meeting.status, meeting.patient) == ("in_person", "booked", hour.patient)
    assert step(hour) == "ended"
    ended = closing.consultation_of(hour.clinic, consultation, membership=hour.clinician)
    assert ended.status == "ended"
    assert closing.prefilled(ended) == {"outcome": "in_person_needed", "follow_up": "in_person"}
    assert closing.draft_of(ended).turn == turn
    assert len(sent("meet")) == 1


def test_a_conversation_that_has_ended_is_followed_in_the_same_way():
    hour = b.a_booked_hour()
    consultation = b.admitted(hour)
    talk.end(hour.clinic, consultation, membership=hour.clinician, actor=b.staff(hour.clinician), now=b.NOW)
    turn = meet(hour, place="close_out")
    assert turn.meeting is not None
    assert turn.meeting.form == "in_person"
    with pytest.raises(AlreadyArranged):
        meet(hour)
    assert Turn.objects.count() == 1


def test_a_secretary_does_not_end_a_conversation_and_a_colleague_does_not_see_it():
    hour = b.a_booked_hour()
    consultation = b.admitted(hour)
    secretary = b.a_member(hour.clinic, "secretary", "Siri Skranke")
    colleague = b.a_member(hour.clinic, "clinician", "Kollega Lege")
    for other in (secretary, colleague):
        with pytest.raises(TalkIsRunning):
            meet(hour, by=other)
    talk.end(hour.clinic, consultation, membership=hour.clinician, actor=b.staff(hour.clinician), now=b.NOW)
    with pytest.raises(NotFound):
        meet(hour, by=colleague)
    # The control: who leads it may.
    assert meet(hour).meeting is not None


def test_too_late_is_said_in_a_way_that_can_be_put_into_words():
    cancelled = b.a_booked_hour()
    booking.cancel(
        cancelled.clinic,
        cancelled.appointment.public_id,
        version=1,
        actor=b.staff(cancelled.clinician),
        now=b.NOW,
    )
    with pytest.raises(IllegalMove):
        meet(cancelled)
    assert fresh(cancelled).form == "video"


def test_a_finished_consultation_is_followed_by_an_ordinary_booking():
    hour = b.a_booked_hour()
    consultation = b.admitted(hour)
    by = {"membership": hour.clinician, "actor": b.staff(hour.clinician), "now": b.NOW}
    talk.end(hour.clinic, consultation, **by)
    closing.sign_note(hour.clinic, consultation, version=1, drafted="Samtale", **by)
    ended = closing.consultation_of(hour.clinic, consultation, membership=hour.clinician)
    closing.close_out(
        hour.clinic,
        consultation,
        version=ended.version,
        outcome="completed",
        follow_up="none",
        fee="no_charge",
        **by,
    )
    with pytest.raises(AlreadyClosedOut):
        meet(hour)


def test_what_another_changed_meanwhile_is_not_overwritten():
    hour = b.a_booked_hour()
    meet(hour, same_time=True)
    with pytest.raises(Overtaken):
        in_person.come_in_person(
            hour.clinic,
            hour.appointment.public_id,
            in_person.Asked(reason="other", typed=at()),
            version=1,
            membership=hour.clinician,
            actor=b.staff(hour.clinician),
            now=b.NOW,
        )


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"reason": "because", "typed": at()}, "reason"),
        ({"same_time": False}, "times"),
        ({"words": "x" * 501, "typed": at()}, "words"),
        ({"typed": at(-2)}, "starts_at"),
        ({"slots": ("202611250900-AAAAAAAAAAAAAAAAAAAAAA",)}, "slots"),
    ],
)
def test_what_cannot_be_is_refused_field_by_field_and_changes_nothing(asked, field):
    hour = b.a_booked_hour()
    with pytest.raises(Invalid) as refused:
        meet(hour, **asked)
    assert field in refused.value.fields
    assert fresh(hour).form == "video"
    assert not Turn.objects.exists()


def test_another_clinic_has_no_such_hour():
    hour, other = b.a_booked_hour(), b.a_booked_hour(b.a_clinic("Annet senter"))
    other.appointment = hour.appointment
    with pytest.raises(NotFound):
        meet(other)


# Several times


def test_of_several_times_the_patient_chooses_and_the_video_hour_stands_until_then():
    hour = b.a_booked_hour()
    b.proven(hour)
    times = an_offer(hour)
    assert (fresh(hour).form, hour.appointment.status) == ("video", "booked")
    assert step(hour) == "check"
    link = b.token_in(sent("meet_offer")[0])
    found = find_by_token(link)
    assert found is not None
    assert found.pk == hour.invitation.pk
    view = from_the_link.change_of(hour.invitation.public_id, hour.device, now=b.NOW)
    assert {one.id for one in view.offers} == set(times)
    choose(hour, times[1])
    assert fresh(hour).form == "in_person"
    turn = Turn.objects.get()
    assert (turn.status, turn.meeting) == ("settled", hour.appointment)
    assert hour.appointment.starts_at == turn.times.all()[1].starts_at
    assert len(sent("meet")) == 1
    with pytest.raises(NotAtThisStep):
        choose(hour, times[0])


def test_after_a_conversation_the_link_to_the_times_never_opens_a_room():
    hour = b.a_booked_hour()
    b.admitted(hour)
    times = an_offer(hour)
    meeting = Appointment.objects.exclude(pk=hour.appointment.pk).get()
    assert (meeting.form, meeting.status) == ("in_person", "proposed")
    link = b.token_in(sent("meet_offer")[0])
    view = door.open_link(link, device_secret="ny-enhet", where="", now=b.NOW)
    assert view.step == "in_person"
    with pytest.raises(NotAtThisStep):
        door.arrive(view.invitation, "ny-enhet", where="", now=b.NOW)
    with pytest.raises(NotAtThisStep):
        choose(hour, times[0], invitation=view.invitation, device="ny-enhet")
    from_the_link.answer_birth_date(view.invitation, "ny-enhet", born=b.BORN, where="", now=b.NOW)
    choose(hour, times[1], invitation=view.invitation, device="ny-enhet")
    meeting.refresh_from_db()
    assert meeting.status == "booked"
    assert Turn.objects.get().meeting == meeting
    assert not Invitation.objects.filter(status="open").exists()


def test_a_time_that_was_taken_meanwhile_is_not_offered_any_more_and_cannot_be_had():
    hour = b.a_booked_hour()
    b.proven(hour)
    times = an_offer(hour)
    taken = Turn.objects.get().times.get(public_id=times[0])
    start = taken.starts_at - b.NOW
    b.a_booked_hour(
        hour.clinic,
        clinician=hour.clinician,
        patient=b.a_patient(hour.clinic, "Annen Pasient", phone="+4790999888"),
        starts_in=start,
    )
    view = from_the_link.change_of(hour.invitation.public_id, hour.device, now=b.NOW)
    assert [one.id for one in view.offers] == [times[1]]
    with pytest.raises(Invalid) as refused:
        choose(hour, times[0])
    assert refused.value.fields == {"time": "slot_taken"}
    assert fresh(hour).form == "video"
    choose(hour, times[1])
    assert fresh(hour).form == "in_person"


def test_an_offer_is_taken_back_and_the_video_hour_stands():
    hour = b.a_booked_hour()
    b.proven(hour)
    times = an_offer(hour)
    in_person.withdraw_offer(
        hour.clinic, hour.appointment.public_id, version=1, actor=b.staff(hour.clinician), now=b.NOW
    )
    assert not sent("meet_offer")
    assert fresh(hour).form == "video"
    with pytest.raises(NotAtThisStep):
        choose(hour, times[0])
    assert step(hour) == "check"


def test_an_offer_after_a_conversation_is_cancelled_with_a_message():
    hour = b.a_booked_hour()
    b.admitted(hour)
    an_offer(hour)
    meeting = Appointment.objects.exclude(pk=hour.appointment.pk).get()
    in_person.withdraw_offer(
        hour.clinic, meeting.public_id, version=meeting.version, actor=b.staff(hour.clinician), now=b.NOW
    )
    meeting.refresh_from_db()
    assert meeting.status == "cancelled"
    assert Turn.objects.get().status == "taken_back"
    assert not sent("cancelled")


# Afterwards


def test_it_can_be_on_video_again_with_new_links_for_everybody():
    hour = b.a_booked_hour()
    meet(hour, same_time=True)
    in_person.back_to_video(
        hour.clinic,
        hour.appointment.public_id,
        version=fresh(hour).version,
        actor=b.staff(hour.clinician),
        now=b.NOW,
    )
    assert (fresh(hour).form, hour.appointment.status) == ("video", "booked")
    assert Turn.objects.get().status == "taken_back"
    anew = Invitation.objects.get(status="open")
    assert anew.patient == hour.patient
    assert len(sent("invited")) == 1
    assert (
        door.open_link(b.token_in(sent("invited")[0]), device_secret="x", where="", now=b.NOW).step
        == "birth_date"
    )


def test_it_is_moved_and_cancelled_as_any_other_hour_with_its_own_words():
    hour = b.a_booked_hour()
    meet(hour, same_time=True)
    act = {"actor": b.staff(hour.clinician), "now": b.NOW}
    typed = at(48)
    booking.move(
        hour.clinic,
        hour.appointment.public_id,
        version=fresh(hour).version,
        day=typed.day,
        at=typed.at,
        minutes=30,
        **act,
    )
    assert len(sent("meet")) == 1
    assert not sent("moved")
    booking.cancel(hour.clinic, hour.appointment.public_id, version=fresh(hour).version, **act)
    assert len(sent("meet_cancelled")) == 1
    assert not sent("cancelled")


def test_an_hour_in_person_is_booked_right_away_without_a_link():
    hour = b.a_booked_hour()
    typed = at(48)
    made = booking.book(
        hour.clinic,
        patient=hour.patient,
        clinician=hour.clinician,
        day=typed.day,
        at=typed.at,
        minutes=30,
        channels=("sms",),
        form="in_person",
        actor=b.staff(hour.clinician),
        now=b.NOW,
    )
    assert (made.appointment.form, made.typed_code, made.invitation.status) == ("in_person", "", "revoked")
    assert "/m#" not in sent("meet")[0].body


# The patient's own wish


def test_the_patient_asks_from_the_waiting_room_and_keeps_the_place():
    hour = b.a_booked_hour()
    view = b.waiting(hour)
    from_the_link.rather_in_person(hour.invitation.public_id, hour.device, where="", now=b.NOW)
    now = door.door_of(hour.invitation.public_id, hour.device, now=b.NOW)
    assert (now.step, now.wish, now.arrival) == ("waiting", "in_person", view.arrival)
    assert day_of(hour.clinic, day=b.NOW.date(), now=b.NOW).rows[0].people[0].wish == "in_person"
    from_the_link.take_back(hour.invitation.public_id, hour.device, where="", now=b.NOW)
    assert door.door_of(hour.invitation.public_id, hour.device, now=b.NOW).wish == ""


def test_the_patient_asks_from_the_conversation_which_goes_on():
    hour = b.a_booked_hour()
    b.admitted(hour)
    from_the_link.rather_in_person(hour.invitation.public_id, hour.device, where="", now=b.NOW)
    view = door.door_of(hour.invitation.public_id, hour.device, now=b.NOW)
    assert (view.step, view.wish) == ("admitted", "in_person")
    # Cancelling one's hour from there is another thing, and is not possible.
    with pytest.raises(TalkIsRunning):
        from_the_link.cannot_come(hour.invitation.public_id, hour.device, where="", now=b.NOW)
    meet(hour, reason="wish")
    assert Wish.objects.get().status == "agreed"


@pytest.mark.parametrize("several", [False, True])
def test_staff_answer_a_wish_with_the_same_act(several):
    hour = b.a_booked_hour()
    b.waiting(hour)
    from_the_link.rather_in_person(hour.invitation.public_id, hour.device, where="", now=b.NOW)
    if several:
        an_offer(hour)
        assert door.door_of(hour.invitation.public_id, hour.device, now=b.NOW).wish == "offered"
        assert row_of(hour.clinic, hour.appointment.public_id, now=b.NOW).is_offered
    else:
        meet(hour, reason="wish", same_time=True)
    assert Wish.objects.get().status == "agreed"


def test_what_patients_book_themselves_is_on_video_alone():
    clinic = b.a_clinic(is_public=True, allows_self_booking=True)
    clinician = b.a_member(clinic)
    physical_hours(clinic, clinician)
    assert slots_for_patients(clinic, first=b.NOW.date(), days=7, now=b.NOW) == []
    assert physical_slots(clinic)
    (period,) = periods_of(clinic)
    with pytest.raises(Invalid) as refused:
        change_period(
            clinic,
            period.public_id,
            version=period.version,
            booked_by="both",
            actor=b.staff(clinician),
            now=b.NOW,
        )
    assert refused.value.fields == {"booked_by": "only_video"}


def test_the_door_of_an_hour_that_was_turned_is_as_before_for_the_next_one():
    """The control: another hour of the same clinic is untouched."""
    hour = b.a_booked_hour()
    other = b.a_booked_hour(
        hour.clinic,
        clinician=hour.clinician,
        patient=b.a_patient(hour.clinic, "Annen Pasient", phone="+4790999888"),
        starts_in=timedelta(minutes=40),
    )
    meet(hour)
    b.open_link(other, now=b.NOW + timedelta(minutes=30))
    assert fresh(other).form == "video"
