"""People at the door: nobody is let in by accident, and nobody loses their place."""

from datetime import timedelta

import pytest

from blikk.bus.hub import hub
from blikk.journeys import door, talk
from blikk.journeys.day import day_of
from blikk.journeys.errors import NotAtThisStep
from blikk.kernel.errors import IllegalMove, NotFound, Overtaken
from blikk.waiting_room import services
from blikk.waiting_room.models import Arrival
from blikk.waiting_room.queries import get
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, admitted, open_link, proven, staff, waiting

pytestmark = pytest.mark.django_db
WHERE = "192.0.2.7"


def test_nobody_waits_before_the_proof():
    hour = a_booked_hour()
    open_link(hour)
    with pytest.raises(NotAtThisStep):
        door.arrive(hour.invitation.public_id, hour.device, where=WHERE, now=NOW)
    proven(hour)
    assert door.arrive(hour.invitation.public_id, hour.device, where=WHERE, now=NOW).step == "waiting"


def test_a_reload_keeps_the_place_and_the_time_of_arrival():
    hour = a_booked_hour()
    first = waiting(hour)
    later = NOW + timedelta(minutes=7)
    again = door.arrive(hour.invitation.public_id, hour.device, where=WHERE, now=later)
    assert (again.arrival, again.waiting_since) == (first.arrival, NOW)
    assert Arrival.objects.count() == 1


def test_the_clinic_is_told(monkeypatch, django_capture_on_commit_callbacks):
    said = []
    monkeypatch.setattr(hub, "publish", lambda topic, payload: said.append((topic, payload["event"])))
    with django_capture_on_commit_callbacks(execute=True):
        hour = a_booked_hour()
        waiting(hour)
    assert (f"day:{hour.clinic.public_id}", "arrived") in said


def test_the_coming_of_a_clinician_admits_nobody():
    hour = a_booked_hour()
    view = waiting(hour)
    other = a_booked_hour(
        hour.clinic, clinician=hour.clinician, patient=hour.patient, starts_in=timedelta(minutes=40)
    )
    admitted(other, now=NOW + timedelta(minutes=30))
    assert door.door_of(view.invitation, hour.device, now=NOW).step == "waiting"
    with pytest.raises(NotFound):
        talk.place_at_the_door(view.invitation, hour.device, now=NOW)


def test_two_clinicians_cannot_admit_the_same_person():
    hour = a_booked_hour()
    view = waiting(hour)
    colleague = a_member(hour.clinic, name="Per Lege")
    version = get(hour.clinic, view.arrival).version
    talk.admit(
        hour.clinic,
        view.arrival,
        version=version,
        membership=hour.clinician,
        actor=staff(hour.clinician),
        now=NOW,
    )
    with pytest.raises((Overtaken, IllegalMove)):
        talk.admit(
            hour.clinic, view.arrival, version=version, membership=colleague, actor=staff(colleague), now=NOW
        )


@pytest.mark.parametrize("role", ["secretary", "administrator"])
def test_only_a_clinician_of_the_clinic_admits(role):
    hour = a_booked_hour()
    view = waiting(hour)
    elsewhere = a_member(a_clinic("Nabolaget"))
    for member in (a_member(hour.clinic, role), elsewhere):
        with pytest.raises(NotFound):
            talk.admit(hour.clinic, view.arrival, membership=member, actor=staff(member), now=NOW)
    with pytest.raises(NotFound):
        talk.admit(elsewhere.clinic, view.arrival, membership=elsewhere, actor=staff(elsewhere), now=NOW)
    talk.admit(hour.clinic, view.arrival, membership=hour.clinician, actor=staff(hour.clinician), now=NOW)


def test_who_left_can_come_again():
    hour = a_booked_hour()
    first = waiting(hour)
    assert door.leave(first.invitation, hour.device, where=WHERE, now=NOW).step == "check"
    again = door.arrive(first.invitation, hour.device, where=WHERE, now=NOW + timedelta(minutes=1))
    assert again.step == "waiting"
    assert again.arrival != first.arrival


def test_what_the_device_check_found_is_kept_within_bounds():
    hour = a_booked_hour()
    proven(hour)
    found = {
        "camera": "denied",
        "microphone": "ok",
        "clinic": "2",
        "status": "admitted",
        "network": "x" * 500,
    }
    door.report_devices(hour.invitation.public_id, hour.device, found=found, where=WHERE, now=NOW)
    arrival = Arrival.objects.get()
    assert (arrival.camera, arrival.microphone, arrival.status) == ("denied", "ok", "at_the_door")
    assert len(arrival.network) == 20


def test_a_check_that_ends_between_the_look_and_the_press_stops_nobody_from_being_let_in():
    hour = a_booked_hour()
    view = waiting(hour)
    seen = get(hour.clinic, view.arrival).version
    door.report_devices(
        hour.invitation.public_id, hour.device, found={"network": "failed"}, where=WHERE, now=NOW
    )
    who = {"membership": hour.clinician, "actor": staff(hour.clinician), "now": NOW}
    talk.admit(hour.clinic, view.arrival, version=seen, **who)
    arrival = get(hour.clinic, view.arrival)
    assert (arrival.status, arrival.network) == ("admitted", "failed")
    with pytest.raises(Overtaken):
        services.report_devices(
            Arrival(pk=arrival.pk, status="waiting"), found={"network": "ok"}, actor=who["actor"], now=NOW
        )


def test_a_second_tab_must_ask_for_the_seat_and_the_first_loses_it():
    hour = a_booked_hour()
    arrival = get(hour.clinic, waiting(hour).arrival)
    assert services.take_seat(arrival, tab="first", move=False, now=NOW)
    assert not services.take_seat(arrival, tab="second", move=False, now=NOW)
    assert services.take_seat(arrival, tab="second", move=True, now=NOW)
    assert not services.keep_seats([(arrival.pk, "first")], now=NOW)
    assert services.keep_seats([(arrival.pk, "second")], now=NOW)


def test_many_seats_are_kept_at_once_and_only_for_those_who_hold_them(django_assert_num_queries):
    clinic = a_clinic()
    there = [get(clinic, waiting(a_booked_hour(clinic)).arrival) for _ in range(3)]
    for arrival in there:
        services.take_seat(arrival, tab=f"tab-{arrival.pk}", move=False, now=NOW)
    later = NOW + timedelta(seconds=40)
    gone, *kept = there
    said = [(gone.pk, "another"), *((arrival.pk, f"tab-{arrival.pk}") for arrival in kept)]
    with django_assert_num_queries(2):
        found = services.keep_seats(said, now=later)
    assert found == {(arrival.pk, f"tab-{arrival.pk}"): arrival.version for arrival in kept}
    seen = [Arrival.objects.get(pk=arrival.pk).seat_seen_at for arrival in there]
    assert seen == [NOW, later, later]


def test_a_seat_that_went_cold_is_free():
    hour = a_booked_hour()
    arrival = get(hour.clinic, waiting(hour).arrival)
    services.take_seat(arrival, tab="first", move=False, now=NOW)
    assert services.take_seat(arrival, tab="second", move=False, now=NOW + timedelta(minutes=1))


def test_the_day_page_knows_whose_page_lost_touch():
    hour = a_booked_hour()
    arrival = get(hour.clinic, waiting(hour).arrival)

    def connected(now=NOW):
        return day_of(hour.clinic, day=NOW.date(), now=now).rows[0].waiting[0].is_connected

    assert not connected()
    services.take_seat(arrival, tab="first", move=False, now=NOW)
    assert connected()
    assert not connected(NOW + timedelta(minutes=1))
    services.give_up_seat(arrival.pk, tab="first", clinic_id=arrival.clinic.public_id)
    assert not connected()
