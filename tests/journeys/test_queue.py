"""The drop-in queue from the clinic's page to the conversation."""

from datetime import date, timedelta

import pytest

from blikk.audit.models import Entry, Words
from blikk.audit.queries import verify
from blikk.invitations.errors import ProofMissing
from blikk.invitations.models import Invitation
from blikk.journeys import booking, door, queue, talk
from blikk.journeys.day import day_of
from blikk.journeys.errors import NotAtThisStep
from blikk.journeys.queue import sweep
from blikk.kernel.errors import Invalid, NotFound, Overtaken
from blikk.kernel.ids import new_secret
from blikk.notifications.models import Message
from blikk.patients.models import Patient
from blikk.scheduling.models import Appointment
from blikk.waiting_room import queries, services
from blikk.waiting_room.errors import NobodyReady, NotTheirTurn, QueueClosed, QueueFull
from blikk.waiting_room.models import Arrival, Serving
from tests.builders import (
    BORN,
    NOW,
    a_booked_hour,
    a_clinic,
    a_member,
    a_patient,
    staff,
    token_in,
    waiting,
)
from tests.queues import (
    WHERE,
    a_queue,
    an_opening,
    away_from_page,
    enter,
    prove,
    prove_by_sms,
    sit,
    waiting_guests,
)

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(minutes=3)


def next_of(opening, member, *, now=NOW):
    return queue.take_next(opening.clinic, opening.public_id, membership=member, actor=staff(member), now=now)


def places(opening):
    return [row.name for row in queries.queue_of(opening, now=NOW).rows]


def sent(kind):
    return [message for message in Message.objects.order_by("pk") if message.kind == kind]


def test_who_proved_the_phone_has_the_last_place_and_an_sms_with_the_way_back():
    opening = an_opening()
    first, second = enter(opening, "Anne Berg"), enter(opening, "Per Dahl")
    assert (first.view.step, first.view.place) == ("check", 1)
    assert (second.view.place, second.view.ahead) == (2, 1)
    (message,) = [one for one in sent("queued") if one.to == first.phone]
    found = door.open_link(token_in(message), device_secret=new_secret(), where=WHERE, now=NOW)
    assert found.invitation == first.view.invitation
    assert found.step == "birth_date"
    assert verify() == []


def test_a_code_by_sms_proves_the_phone_once():
    opening, browser = an_opening(), new_secret()
    assert prove_by_sms(opening.clinic, "+4790000000", browser)
    person = {"given_name": "Anne", "family_name": "Berg", "birth_on": BORN, "phone": "900 00 000"}
    entered = queue.enter(opening.clinic, opening, **person, browser=browser, where=WHERE, now=NOW)
    assert entered.view.place == 1
    with pytest.raises(ProofMissing):
        queue.enter(opening.clinic, opening, **person, browser=browser, where=WHERE, now=NOW)
    with pytest.raises(ProofMissing):
        queue.enter(opening.clinic, opening, **person, browser=new_secret(), where=WHERE, now=NOW)


def test_the_same_person_on_another_phone_page_takes_the_same_place():
    opening = an_opening()
    first = enter(opening, "Anne Berg", phone="+4790000001")
    enter(opening, "Per Dahl", phone="+4790000002")
    again = enter(opening, "anne  berg", phone="+4790000001", now=SOON)
    assert (again.view.invitation, again.view.arrival) == (first.view.invitation, first.view.arrival)
    assert again.view.place == 1
    assert Arrival.objects.count() == 2
    assert first.look(now=SOON).step == again.look(now=SOON).step == "check"
    assert len(sent("queued")) == 2


def test_only_name_birth_date_and_phone_together_are_a_known_patient():
    opening = an_opening()
    known = a_patient(opening.clinic, "Anne Berg", phone="+4790000001")
    assert enter(opening, "Anne Berg", phone="+4790000001").invitation.patient == known
    for name, phone, born in (
        ("Anne Berg", "+4790000009", BORN),
        ("Anna Berg", "+4790000001", BORN),
        ("Anne Berg", "+4790000001", date(1990, 1, 1)),
    ):
        assert enter(opening, name, phone=phone, born=born).invitation.patient != known
    assert Patient.objects.count() == 4


def test_nobody_enters_before_it_opens_after_the_last_entry_when_full_or_closed():
    opening = an_opening(capacity=2)
    for moment in (opening.opens_at - timedelta(seconds=1), opening.last_entry_at):
        with pytest.raises(QueueClosed):
            enter(opening, now=moment)
    first = enter(opening, "Anne Berg")
    enter(opening, "Per Dahl")
    with pytest.raises(QueueFull):
        enter(opening, "Kari Lie")
    assert enter(opening, "Anne Berg", phone=first.phone).view.place == 1
    actor = staff(a_member(opening.clinic))
    queue.close_queue(opening.clinic, opening.public_id, actor=actor, now=NOW)
    opening.refresh_from_db()
    with pytest.raises(QueueClosed):
        enter(opening, "Kari Lie")
    assert places(opening) == ["Anne Berg", "Per Dahl"]


def test_a_phone_that_is_none_and_another_clinics_queue_are_refused():
    opening, browser = an_opening(), new_secret()
    with pytest.raises(Invalid) as refusal:
        queue.enter(
            opening.clinic, opening, given_name="A", family_name="B", birth_on=BORN, phone="12", browser=browser,
            where=WHERE, now=NOW,
        )  # fmt: skip
    assert refusal.value.fields == {"phone": "not_a_phone"}
    other = a_clinic("Nabolaget")
    prove(other, "+4790000001", browser)
    with pytest.raises(NotFound):
        queue.enter(
            other, opening, given_name="A", family_name="B", birth_on=BORN, phone="+4790000001",
            browser=browser, where=WHERE, now=NOW,
        )  # fmt: skip


def test_the_kind_of_help_is_one_of_the_clinics_own():
    opening, browser = an_opening(a_clinic(help_kinds=[{"slug": "resept", "label": "Resept"}])), new_secret()
    prove(opening.clinic, "+4790000001", browser)
    person = {"given_name": "A", "family_name": "B", "birth_on": BORN, "phone": "+4790000001"}
    come = {**person, "browser": browser, "where": WHERE, "now": NOW}
    with pytest.raises(Invalid) as refusal:
        queue.enter(opening.clinic, opening, help_kind="hjerteinfarkt", **come)
    assert refusal.value.fields == {"help_kind": "unknown"}
    assert queue.enter(opening.clinic, opening, help_kind="resept", **come).view.help_kind == "resept"


def test_the_next_is_the_first_who_is_there_and_becomes_an_hour_of_today():
    opening, (doctor,), (first, second, _) = a_queue()
    consultation = next_of(opening, doctor)
    assert consultation.appointment.patient == first.invitation.patient
    appointment = Appointment.objects.get()
    assert (appointment.drop_in, appointment.status, appointment.clinician) == (True, "arrived", doctor)
    assert first.look().step == "admitted"
    assert second.look().place == 1
    assert Serving.objects.get().status == "busy"
    talk.end(opening.clinic, consultation.public_id, membership=doctor, actor=staff(doctor), now=SOON)
    assert first.look(now=SOON).step == "ended"
    assert Serving.objects.get().status == "here"
    assert queries.pace_of(opening, now=SOON).lengths == (3.0,)


def test_only_clinicians_of_the_clinic_take_the_next():
    opening, (doctor,), _ = a_queue()
    strangers = [a_member(opening.clinic, "secretary"), a_member(a_clinic("Nabolaget"))]
    for member in strangers:
        with pytest.raises(NotFound):
            next_of(opening, member)
    assert next_of(opening, doctor)


def test_who_stepped_away_keeps_the_place_is_called_and_comes_first_when_back():
    opening, (doctor,), (first, second, third) = a_queue()
    door.step_away(first.view.invitation, first.device, where=WHERE, now=NOW)
    assert (first.look().step, first.look().is_away, first.look().place) == ("waiting", True, 1)
    assert next_of(opening, doctor).appointment.patient == second.invitation.patient
    assert first.look().called_until == NOW + services.CALL_LASTS
    (call,) = sent("your_turn")
    back = door.open_link(token_in(call), device_secret=first.device, where=WHERE, now=NOW)
    assert back.place == 1
    assert Entry.objects.filter(act="arrival.passed_over", about__endswith=first.view.arrival).count() == 1
    door.come_back(first.view.invitation, first.device, where=WHERE, now=SOON)
    sweep(now=SOON + timedelta(seconds=1))
    assert places(opening) == [first.name, third.name]
    assert first.arrival.missed == 0


def test_a_locked_phone_is_called_and_not_let_into_an_empty_room():
    opening, (doctor,), (only,) = a_queue(1)
    away_from_page(only)
    with pytest.raises(NobodyReady):
        next_of(opening, doctor)
    assert len(sent("your_turn")) == 1
    with pytest.raises(NobodyReady):
        next_of(opening, doctor)
    assert len(sent("your_turn")) == 1
    services.take_seat(only.arrival, tab="tab-of-theirs", move=False, now=NOW)
    assert only.arrival.called_until is None
    assert next_of(opening, doctor)


def test_who_misses_a_call_moves_one_place_back_and_after_the_second_is_out_with_an_offer():
    opening, (doctor,), (first, second, third) = a_queue()
    door.step_away(first.view.invitation, first.device, where=WHERE, now=NOW)
    queue.call(opening.clinic, first.arrival.public_id, actor=staff(doctor), now=NOW)
    assert sweep(now=NOW + timedelta(minutes=1)) == 1  # the turn is near
    sweep(now=SOON)
    assert places(opening) == [second.name, first.name, third.name]
    view = first.look(now=SOON)
    assert (view.place, view.pushed, view.missed) == (2, "missed_call", 1)
    assert [word["code"] for word in view.words] == ["missed_call"]
    queue.call(opening.clinic, first.arrival.public_id, actor=staff(doctor), now=SOON)
    later = SOON + timedelta(minutes=3)
    sweep(now=later)
    assert places(opening) == [second.name, third.name]
    view = first.look(now=later)
    assert (view.step, view.gone) == ("check", "missed")
    assert len(sent("missed")) == 1
    assert door.arrive(first.view.invitation, first.device, where=WHERE, now=later).place == 3


def test_the_one_who_is_away_is_told_once_when_two_are_left():
    opening, (doctor,), guests = a_queue(5)
    last = guests[-1]
    door.step_away(last.view.invitation, last.device, where=WHERE, now=NOW)
    sweep(now=NOW)
    assert sent("two_left") == []
    next_of(opening, doctor)
    sweep(now=NOW)
    assert sent("two_left") == []
    next_of(opening, doctor)
    assert last.look().ahead == 2
    sweep(now=NOW)
    sweep(now=NOW)
    assert [message.to for message in sent("two_left")] == [last.phone]


def test_priority_needs_a_reason_and_everybody_who_is_passed_is_told_why():
    opening, (doctor,), (first, second, third) = a_queue()
    act = {"actor": staff(doctor), "now": NOW}
    with pytest.raises(Invalid):
        queue.prioritise(opening.clinic, third.arrival.public_id, reason=" ", **act)
    queue.prioritise(opening.clinic, third.arrival.public_id, reason="Tung pust", **act)
    assert places(opening) == [third.name, first.name, second.name]
    assert [guest.look().pushed for guest in (first, second, third)] == ["priority", "priority", ""]
    entry = Entry.objects.get(act="arrival.prioritised")
    assert "Tung pust" not in entry.details
    assert "Tung pust" in Words.objects.get(number=entry.number).text


def test_who_is_chosen_out_of_turn_needs_a_reason_that_is_written_down_for_each_who_is_passed():
    opening, (doctor,), (first, second, third) = a_queue()
    act = {"membership": doctor, "actor": staff(doctor), "now": NOW}
    with pytest.raises(NotTheirTurn):
        talk.admit(opening.clinic, third.arrival.public_id, **act)
    with pytest.raises(Invalid):
        queue.take(opening.clinic, third.arrival.public_id, reason="", **act)
    with pytest.raises(Overtaken):
        queue.take(opening.clinic, third.arrival.public_id, reason="Kjent", version=99, **act)
    queue.take(opening.clinic, third.arrival.public_id, reason="Kjent pasient", **act)
    passed = Entry.objects.filter(act="arrival.passed_over")
    assert {entry.about.rpartition(":")[2] for entry in passed} == {first.view.arrival, second.view.arrival}
    said = Words.objects.filter(number__in=passed.values("number"))
    assert [one.text for one in said] == ["Kjent pasient"] * 2
    assert talk.admit(opening.clinic, first.arrival.public_id, **act)


def test_who_is_on_hold_sees_the_words_keeps_the_place_and_is_not_taken():
    opening, (doctor,), (first, second) = a_queue(2)
    act = {"actor": staff(doctor), "now": NOW}
    queue.hold(opening.clinic, first.arrival.public_id, words="Ta\u202e tempen\nimens", **act)
    view = first.look()
    assert (view.on_hold, view.hold_words, view.place) == (True, "Ta tempen imens", 1)
    assert next_of(opening, doctor).appointment.patient == second.invitation.patient
    queue.unhold(opening.clinic, first.arrival.public_id, **act)
    assert next_of(opening, doctor).appointment.patient == first.invitation.patient


def test_a_transfer_keeps_the_time_of_arrival_and_tells_those_it_passes():
    opening, (doctor,), (early,) = a_queue(1)
    other = an_opening(opening.clinic, name="Sykepleier", clinicians=(doctor,))
    before = waiting_guests(other, 1, now=NOW - timedelta(minutes=5))[0]
    after = sit(enter(other, "Sen Gjest", now=SOON), now=SOON)
    act = {"actor": staff(doctor), "now": SOON}
    queue.transfer(opening.clinic, early.arrival.public_id, opening_id=other.public_id, **act)
    assert places(other) == [before.name, early.name, after.name]
    assert (after.look(now=SOON).pushed, before.look(now=SOON).pushed) == ("transferred_in", "")
    view = early.look(now=SOON)
    assert (view.place, view.opening_name, view.waiting_since) == (2, "Sykepleier", NOW)
    assert (early.arrival.came_at, early.arrival.seat) == (NOW, "tab-of-theirs")
    with pytest.raises(Invalid):
        queue.transfer(opening.clinic, early.arrival.public_id, opening_id=other.public_id, **act)


def test_who_was_handed_to_a_colleague_waits_for_that_one_until_they_stop():
    opening, (doctor, colleague), (first, second) = a_queue(2, servers=2)
    act = {"actor": staff(doctor), "now": NOW}
    queue.transfer(opening.clinic, first.arrival.public_id, membership_id=colleague.public_id, **act)
    assert next_of(opening, doctor).appointment.patient == second.invitation.patient
    with pytest.raises(NobodyReady):
        next_of(opening, doctor)
    assert sent("your_turn") == []
    queue.serve(opening.clinic, opening.public_id, membership=colleague, **act)
    queue.stop_serving(opening.clinic, opening.public_id, membership=colleague, **act)
    assert next_of(opening, doctor).appointment.patient == first.invitation.patient


def test_words_go_to_one_or_to_all_on_the_screen_and_never_by_sms():
    opening, (doctor,), (first, second) = a_queue(2)
    before = Message.objects.count()
    act = {"actor": staff(doctor), "now": NOW}
    queue.tell(opening.clinic, opening_id=opening.public_id, code="delayed", **act)
    queue.tell(opening.clinic, arrival_id=first.arrival.public_id, words="Finn fram medisinlisten", **act)
    assert [(word["code"], word["words"]) for word in first.look().words] == [
        ("delayed", ""),
        ("", "Finn fram medisinlisten"),
    ]
    assert [word["code"] for word in second.look().words] == ["delayed"]
    assert Message.objects.count() == before
    for nothing in ({"words": " "}, {"code": "made_up"}):
        with pytest.raises(Invalid):
            queue.tell(opening.clinic, opening_id=opening.public_id, **nothing, **act)


def test_another_clinic_has_no_such_person_and_no_such_queue():
    opening, (doctor,), (first,) = a_queue(1)
    elsewhere = a_member(a_clinic("Nabolaget"))
    act = {"actor": staff(elsewhere), "now": NOW}
    arrival, mine = first.arrival.public_id, elsewhere.clinic
    for attempt in (
        lambda: queue.hold(mine, arrival, **act),
        lambda: queue.call(mine, arrival, **act),
        lambda: queue.prioritise(mine, arrival, reason="x", **act),
        lambda: queue.take(mine, arrival, reason="x", membership=elsewhere, **act),
        lambda: queue.transfer(mine, arrival, opening_id=opening.public_id, **act),
        lambda: queue.tell(mine, arrival_id=arrival, words="x", **act),
        lambda: queue.close_queue(mine, opening.public_id, **act),
        lambda: queue.send_home(mine, arrival, **act),
        lambda: queue.serve(mine, opening.public_id, membership=elsewhere, **act),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert queue.hold(opening.clinic, arrival, actor=staff(doctor), now=NOW)


def test_leaving_gives_the_place_up_and_coming_again_is_at_the_end():
    _, _, (first, second) = a_queue(2)
    assert door.leave(first.view.invitation, first.device, where=WHERE, now=NOW).gone == "left"
    assert second.look().place == 1
    with pytest.raises(NotAtThisStep):
        door.step_away(first.view.invitation, first.device, where=WHERE, now=NOW)
    assert door.arrive(first.view.invitation, first.device, where=WHERE, now=SOON).place == 2
    assert Invitation.objects.count() == 2


def test_who_is_chosen_while_away_from_the_page_gets_an_sms():
    opening, (doctor,), (first, second) = a_queue(2)
    away_from_page(second)
    act = {"membership": doctor, "actor": staff(doctor), "now": NOW}
    queue.take(opening.clinic, second.arrival.public_id, reason="Avtalt", **act)
    assert [message.about.rpartition(":")[2] for message in sent("your_turn")] == [second.view.invitation]
    queue.take(opening.clinic, first.arrival.public_id, **act)
    assert len(sent("your_turn")) == 1


def test_a_booked_patient_who_is_moved_to_a_queue_keeps_the_hour_and_is_sent_home_with_it():
    hour = a_booked_hour()
    view = waiting(hour)
    opening = an_opening(hour.clinic, clinicians=(hour.clinician,))
    act = {"actor": staff(hour.clinician), "now": NOW}
    moved = queue.transfer(hour.clinic, view.arrival, opening_id=opening.public_id, **act)
    shown = door.door_of(view.invitation, hour.device, now=NOW)
    assert (shown.step, shown.place, shown.arrival) == ("waiting", 1, moved.public_id)
    (row,) = day_of(hour.clinic, day=NOW.date(), now=NOW).rows
    assert [person.arrival for person in row.waiting] == [moved.public_id]
    services.take_seat(moved, tab="t", move=True, now=NOW)
    talk_ = next_of(opening, hour.clinician)
    assert talk_.appointment == hour.appointment
    assert Appointment.objects.count() == 1


def test_a_cancelled_hour_takes_its_patient_out_of_the_queue_they_were_moved_to():
    hour = a_booked_hour()
    view = waiting(hour)
    opening = an_opening(hour.clinic, clinicians=(hour.clinician,))
    act = {"actor": staff(hour.clinician), "now": NOW}
    queue.transfer(hour.clinic, view.arrival, opening_id=opening.public_id, **act)
    hour.appointment.refresh_from_db()
    Appointment.objects.update(status="booked")
    version = hour.appointment.version
    booking.cancel(hour.clinic, hour.appointment.public_id, version=version, **act)
    assert places(opening) == []
