"""The queue on the staff's pages: taken from, waited in, moved between, told, closed."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from blikk.audit.models import Entry
from blikk.consultations.models import Consultation
from blikk.notifications.models import Message
from blikk.scheduling.models import Opening
from blikk.waiting_room.models import Arrival, Notice, Serving
from tests import builders, queues, timetables
from tests.builders import NOW
from tests.people import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_tuesday")]


@pytest.fixture
def a_tuesday(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def queue():
    opening, (doctor,), guests = queues.a_queue(3)
    return opening, doctor, guests


def act(name: str, guest, **typed: object) -> tuple[str, dict[str, object]]:
    return reverse(f"queue_{name}", args=[guest.arrival.public_id]), typed


def test_the_day_shows_the_queue_with_its_places_and_the_next_is_one_press_away(queue):
    opening, doctor, _guests = queue
    browser = signed_in(doctor)
    browser.post(reverse("queue_serve", args=[opening.public_id]), {"status": "start"})
    page = browser.get("/dag/").content.decode()
    assert page.count('data-test="queue-row"') == 3
    assert "Gjest Nummer0" in page
    assert page.count("data-shortcut-next") == 1
    answer = browser.post(reverse("queue_next", args=[opening.public_id]))
    talk = Consultation.objects.get()
    assert answer["Location"] == reverse("conversation", args=[talk.public_id])
    assert talk.appointment.patient.name == "Gjest Nummer0"
    assert browser.get("/dag/").content.decode().count('data-test="queue-row"') == 2


def test_colleagues_see_who_serves_whom(queue):
    opening, doctor, _guests = queue
    colleague = builders.a_member(opening.clinic, name="Per Lie")
    browser = signed_in(doctor)
    browser.post(reverse("queue_serve", args=[opening.public_id]), {"status": "start"})
    browser.post(reverse("queue_next", args=[opening.public_id]))
    page = signed_in(colleague).get("/skranke/").content.decode()
    assert f"{doctor.name}: i samtale med Gjest Nummer0" in page


def test_nobody_ready_is_said_in_words(queue):
    opening, doctor, guests = queue
    for guest in guests:
        queues.away_from_page(guest)
    answer = signed_in(doctor).post(reverse("queue_next", args=[opening.public_id]))
    assert answer.status_code in {409, 422}
    assert "Ingen er klare akkurat nå" in answer.content.decode()
    queues.sit(guests[0])
    assert signed_in(doctor).post(reverse("queue_next", args=[opening.public_id])).status_code == 302


def test_somebody_is_taken_out_of_turn_only_with_a_reason(queue):
    _opening, doctor, guests = queue
    browser = signed_in(doctor)
    address, _ = act("take", guests[2])
    answer = browser.post(address, {"reason": ""})
    assert answer.status_code == 422
    assert 'id="take_reason_error"' in answer.content.decode()
    assert Consultation.objects.count() == 0
    assert browser.post(address, {"reason": "urgent"}).status_code == 302
    assert Consultation.objects.get().appointment.patient.name == "Gjest Nummer2"


def test_who_stands_first_needs_no_reason(queue):
    _opening, doctor, guests = queue
    address, _ = act("take", guests[0])
    page = signed_in(doctor).get(reverse("queue_place", args=[guests[0].arrival.public_id]))
    assert "take_reason" not in page.content.decode()
    assert signed_in(doctor).post(address).status_code == 302


def test_somebody_is_put_on_hold_with_a_word_and_let_back(queue):
    _opening, doctor, guests = queue
    browser = signed_in(doctor)
    browser.post(act("hold", guests[0])[0], {"words": "Vi venter på tolken.", "til": "skranke"})
    assert guests[0].arrival.status == "on_hold"
    assert "Vi venter på tolken." in browser.get("/dag/").content.decode()
    answer = browser.post(act("unhold", guests[0])[0], {"til": "skranke"})
    assert answer["Location"] == "/skranke/"
    assert guests[0].arrival.status == "waiting"


def test_words_that_are_too_long_are_refused_and_kept(queue):
    _opening, doctor, guests = queue
    long = "Ord " * 100
    answer = signed_in(doctor).post(act("hold", guests[0])[0], {"words": long})
    assert answer.status_code == 422
    assert 'id="hold_words_error"' in answer.content.decode()
    assert long.strip() in answer.content.decode()
    assert guests[0].arrival.status == "waiting"


def test_putting_somebody_first_needs_a_reason_and_tells_the_others(queue):
    _opening, doctor, guests = queue
    browser = signed_in(doctor)
    address = act("push", guests[2])[0]
    assert browser.post(address, {"reason": ""}).status_code == 422
    assert guests[2].look().place == 3
    assert browser.post(address, {"reason": "urgent"}).status_code == 302
    assert [guest.look().place for guest in guests] == [2, 3, 1]
    assert guests[0].look().pushed == "priority"
    assert Entry.objects.filter(act="arrival.prioritised").count() == 1


def test_somebody_is_handed_to_another_queue_and_keeps_their_time(queue):
    opening, doctor, guests = queue
    other = queues.an_opening(opening.clinic, name="Sykepleier")
    browser = signed_in(doctor)
    address = act("transfer", guests[1])[0]
    assert browser.post(address, {"to": ""}).status_code == 422
    came = guests[1].arrival.came_at
    assert browser.post(address, {"to": f"queue:{other.public_id}"}).status_code == 302
    arrival = guests[1].arrival
    assert (arrival.opening, arrival.came_at) == (other, came)


def test_somebody_is_handed_to_a_colleague(queue):
    opening, doctor, guests = queue
    colleague = builders.a_member(opening.clinic, name="Per Lie")
    signed_in(doctor).post(act("transfer", guests[1])[0], {"to": f"person:{colleague.public_id}"})
    assert guests[1].arrival.meant_for == colleague


def test_a_word_to_one_and_to_all_stands_on_the_screen_and_is_sent_to_nobody(queue):
    opening, doctor, guests = queue
    browser = signed_in(doctor)
    sent = Message.objects.count()
    browser.post(act("tell", guests[0])[0], {"code": "soon"})
    browser.post(
        reverse("queue_tell_all", args=[opening.public_id]), {"code": "", "words": "Vi tar en pause."}
    )
    assert set(Notice.objects.values_list("code", "words")) == {("soon", ""), ("", "Vi tar en pause.")}
    assert Message.objects.count() == sent
    assert browser.post(act("tell", guests[0])[0], {"code": "", "words": ""}).status_code == 422
    assert Notice.objects.count() == 2


def test_who_serves_says_so_and_stops(queue):
    opening, doctor, _guests = queue
    browser = signed_in(doctor)
    address = reverse("queue_serve", args=[opening.public_id])
    for status, shown in (("start", "Her"), ("pause", "Pause")):
        browser.post(address, {"status": status})
        page = browser.get(reverse("queue_opening", args=[opening.public_id])).content.decode()
        assert f'aria-pressed="true">{shown}<' in page
    browser.post(address, {"status": "stop"})
    assert not Serving.objects.filter(until__isnull=True).exists()


def test_a_closed_queue_takes_nobody_in_until_it_is_opened(queue):
    opening, doctor, guests = queue
    browser = signed_in(doctor)
    browser.post(reverse("queue_close", args=[opening.public_id]))
    assert Opening.objects.get().status == "closed"
    assert guests[0].arrival.status == "waiting"
    browser.post(reverse("queue_open", args=[opening.public_id]))
    assert Opening.objects.get().status == "open"


def test_a_planned_queue_is_made_by_who_begins_to_serve_it():
    doctor = builders.a_member(builders.a_clinic())
    period = timetables.a_drop_in(doctor.clinic, doctor)
    browser = signed_in(doctor)
    assert reverse("queue_start", args=[period.public_id]) in browser.get("/dag/").content.decode()
    assert Opening.objects.count() == 0
    browser.post(reverse("queue_start", args=[period.public_id]))
    assert Opening.objects.get().servings.get().membership == doctor


def test_a_secretary_moves_people_but_takes_nobody_in(queue):
    opening, doctor, guests = queue
    secretary = signed_in(builders.a_member(opening.clinic, "secretary", "Siv Bakke"))
    page = secretary.get("/skranke/").content.decode()
    assert 'data-test="place"' in page
    assert 'data-test="next"' not in page
    assert secretary.post(act("take", guests[0])[0]).status_code == 404
    assert secretary.post(act("hold", guests[0])[0]).status_code == 302
    assert 'data-test="next"' in signed_in(doctor).get("/skranke/").content.decode()


def test_another_clinic_reaches_nobody_in_the_queue(queue):
    _opening, doctor, guests = queue
    stranger = signed_in(builders.a_member(builders.a_clinic("Skogli"), name="Tone Vik"))
    for name in ("hold", "push", "transfer", "tell", "call", "send_home"):
        assert stranger.post(act(name, guests[0])[0], {"reason": "urgent"}).status_code == 404
    assert Arrival.objects.filter(status="waiting").count() == 3
    assert signed_in(doctor).post(act("send_home", guests[0])[0]).status_code == 302


def test_a_clinician_who_is_late_tells_those_booked():
    hour = builders.a_booked_hour(starts_in=timedelta(hours=1))
    browser = signed_in(hour.clinician)
    browser.post("/dag/forsinket", {"minutes": "15"})
    assert Message.objects.filter(kind="late").count() == 1
    assert "du er 15 minutter forsinket" in browser.get("/dag/").content.decode()
    hour.invitation.late_answer = "phone"
    hour.invitation.save()
    assert "Vil heller bli ringt" in browser.get("/dag/").content.decode()


@pytest.mark.parametrize("address", ["/dag/", "/skranke/"])
def test_a_long_queue_costs_as_many_queries_as_a_short_one(address, django_assert_max_num_queries):
    seen = []
    for count in (2, 8):
        _opening, (doctor,), _guests = queues.a_queue(count)
        browser = signed_in(doctor)
        browser.get(address)
        with django_assert_max_num_queries(60) as queries:
            page = browser.get(address).content.decode()
        assert page.count('data-test="queue-row"') == count
        seen.append(len(queries))
    assert seen[0] == seen[1]


def test_a_queue_can_be_closed_for_those_in_it_too(queue):
    opening, doctor, guests = queue
    signed_in(doctor).post(reverse("queue_close", args=[opening.public_id]), {"everybody": "on"})
    assert not Arrival.objects.filter(status="waiting").exists()
    assert Message.objects.filter(kind="queue_closed").count() == len(guests)


def test_only_the_act_that_was_refused_stands_open(queue):
    _opening, doctor, guests = queue
    browser = signed_in(doctor)
    page = browser.get(reverse("queue_place", args=[guests[0].arrival.public_id])).content.decode()
    assert page.count('name="acts" open') == 1
    refused = browser.post(act("tell", guests[0])[0], {"code": "", "words": ""}).content.decode()
    assert refused.count('name="acts" open') == 1
    assert 'id="tell_words_error"' in refused


def test_somebody_in_the_queue_is_called_in_from_their_place_with_the_patient_filled_in(queue):
    _opening, doctor, (guest, *_) = queue
    browser = signed_in(doctor)
    patient = guest.arrival.invitation.patient
    href = f"{reverse('book')}?pasient={patient.public_id}&form=in_person"
    page = browser.get(reverse("queue_place", args=[guest.arrival.public_id])).content.decode()
    assert href.replace("&", "&amp;") in page
    booking = browser.get(href).content.decode()
    assert patient.family_name in booking
    assert re.search(r'value="in_person"[^>]*\schecked', booking)
    assert not re.search(r'value="video"[^>]*\schecked', booking)
