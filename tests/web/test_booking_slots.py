"""Booking from the timetable: free slots that are held meanwhile, and series with their dates seen first."""

from datetime import date, time, timedelta

import pytest

from blikk.invitations.models import Invitation
from blikk.patients.models import Patient
from blikk.scheduling.models import Appointment, Series, SlotHold
from tests import builders, timetables
from tests.builders import NOW
from tests.people import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_tuesday")]
# Thirteen o'clock in Oslo: NOW is ten.
AFTERNOON = {"starts": time(13), "ends": time(15)}


@pytest.fixture
def a_tuesday(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def doctor():
    member = builders.a_member(builders.a_clinic())
    timetables.a_period(member.clinic, member, **AFTERNOON)
    return member


def asked(doctor, patient=None, **more: object) -> dict[str, object]:
    return {
        "mode": "known",
        "patient": patient.public_id if patient else "",
        "clinician": doctor.public_id,
        "day": NOW.date().isoformat(),
        "at": "13:00",
        "minutes": 20,
        "channels": ["sms"],
        **more,
    }


def slots_on(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('name="slot" value="')[1:] if not part.startswith('"')]


def test_the_free_slots_of_the_week_are_offered(doctor):
    page = signed_in(doctor).post("/time/ny/ledige", asked(doctor)).content.decode()
    assert len(slots_on(page)) == 6
    builders.a_booked_hour(doctor.clinic, clinician=doctor, starts_in=timedelta(hours=3))
    page = signed_in(doctor).post("/time/ny/ledige", asked(doctor)).content.decode()
    assert len(slots_on(page)) == 5


def test_a_chosen_slot_is_held_and_others_see_it_taken(doctor):
    colleague = signed_in(builders.a_member(doctor.clinic, "secretary", "Siv Bakke"))
    browser = signed_in(doctor)
    slot = slots_on(browser.post("/time/ny/ledige", asked(doctor)).content.decode())[0]
    answer = browser.post("/time/ny/hold", {"slot": slot})
    assert "Holdt av for deg til 10:10" in answer.content.decode()
    assert slot not in slots_on(colleague.post("/time/ny/ledige", asked(doctor)).content.decode())
    assert slot in slots_on(browser.post("/time/ny/ledige", asked(doctor)).content.decode())
    refused = colleague.post("/time/ny/hold", {"slot": slot})
    assert refused.status_code == 422
    assert "data-why" in refused.content.decode()


def test_who_holds_a_slot_books_it_and_lets_it_go(doctor):
    browser = signed_in(doctor)
    patient = builders.a_patient(doctor.clinic)
    slot = slots_on(browser.post("/time/ny/ledige", asked(doctor)).content.decode())[1]
    browser.post("/time/ny/hold", {"slot": slot})
    held = SlotHold.objects.get()
    answer = browser.post("/time/ny", asked(doctor, patient, at="", day="", slot=slot, hold=held.public_id))
    assert answer.status_code == 200
    assert Appointment.objects.get().starts_at == held.starts_at
    held.refresh_from_db()
    assert held.let_go_at is not None


def test_a_slot_that_somebody_else_holds_is_refused_and_what_was_typed_is_kept(doctor):
    patient = builders.a_patient(doctor.clinic)
    colleague = signed_in(builders.a_member(doctor.clinic, "secretary", "Siv Bakke"))
    slot = slots_on(colleague.post("/time/ny/ledige", asked(doctor)).content.decode())[0]
    colleague.post("/time/ny/hold", {"slot": slot})
    browser = signed_in(doctor)
    answer = browser.post("/time/ny", asked(doctor, patient, slot=slot))
    assert answer.status_code == 422
    assert "Noen holder på å bestille denne tiden." in answer.content.decode()
    assert 'value="13:00"' in answer.content.decode()
    assert browser.post("/time/ny", asked(doctor, patient, at="13:20")).status_code == 200


def test_without_script_the_slots_come_by_a_button(doctor):
    page = signed_in(doctor).post("/time/ny", asked(doctor, free="1"))
    assert page.status_code == 200
    assert len(slots_on(page.content.decode())) == 6
    assert Appointment.objects.count() == 0


def series(doctor, patient=None, **more: object) -> dict[str, object]:
    return asked(doctor, patient, repeats="on", every_weeks=1, count=3, **more)


def days_of(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('name="offered" value="')[1:]]


def test_the_dates_of_a_series_are_seen_with_what_stands_in_their_way(doctor):
    builders.a_booked_hour(doctor.clinic, clinician=doctor, starts_in=timedelta(days=7, hours=3))
    page = signed_in(doctor).post("/time/ny/serie", series(doctor)).content.decode()
    assert days_of(page) == ["2026-11-24", "2026-12-01", "2026-12-08"]
    assert "Opptatt: behandleren har en annen time" in page
    assert page.count(" checked") == 2
    assert page.count(" disabled") == 1


def test_a_series_is_booked_when_its_dates_were_seen(doctor):
    browser = signed_in(doctor)
    patient = builders.a_patient(doctor.clinic)
    page = browser.post("/time/ny", series(doctor, patient))
    assert page.status_code == 200
    assert Appointment.objects.count() == 0
    offered = days_of(page.content.decode())
    chosen = {"offered": offered, "days": offered[:2]}
    answer = browser.post("/time/ny", series(doctor, patient, **chosen))
    assert "Timene er bestilt" in answer.content.decode()
    assert Appointment.objects.filter(series=Series.objects.get()).count() == 2
    assert Invitation.objects.count() == 2


def test_a_series_for_a_new_patient_registers_them_once(doctor):
    person = {
        "mode": "new",
        "ny-given_name": "Nils",
        "ny-family_name": "Holm",
        "ny-birth_on": "01.02.1950",
        "ny-language": "nb",
        "ny-phone": "90 00 00 41",
        "ny-phone_said": "+4790000041",
        "ny-phone_part": ["0", "1", "2", "3"],
        "ny-email": "",
    }
    days = [(date(2026, 11, 24) + timedelta(weeks=week)).isoformat() for week in range(3)]
    wrong = series(doctor, **person, offered=days, days=["2026-11-25"])
    browser = signed_in(doctor)
    assert browser.post("/time/ny", wrong).status_code == 422
    assert Patient.objects.count() == 0
    right = series(doctor, **person, offered=days, days=days)
    assert "Timene er bestilt" in browser.post("/time/ny", right).content.decode()
    assert Patient.objects.get().name == "Nils Holm"
    assert Appointment.objects.count() == 3


@pytest.mark.parametrize(
    ("wrong", "field"), [({"count": "1"}, "count"), ({"count": "tre"}, "count"), ({"count": ""}, "count")]
)
def test_what_is_wrong_with_a_series_stands_beside_the_field(doctor, wrong, field):
    patient = builders.a_patient(doctor.clinic)
    typed = series(doctor, patient, offered=["2026-11-24"], days=["2026-11-24"])
    answer = signed_in(doctor).post("/time/ny", {**typed, **wrong})
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert Appointment.objects.count() == 0


def test_thirty_slots_cost_as_many_queries_as_six(django_assert_max_num_queries):
    seen = []
    for hours in (1, 8):
        doctor = builders.a_member(builders.a_clinic())
        timetables.a_period(doctor.clinic, doctor, starts=time(12), ends=time(12 + hours))
        browser = signed_in(doctor)
        browser.post("/time/ny/ledige", asked(doctor))
        with django_assert_max_num_queries(40) as queries:
            page = browser.post("/time/ny/ledige", asked(doctor)).content.decode()
        assert len(slots_on(page)) == hours * 3
        seen.append(len(queries))
    assert seen[0] == seen[1]


def test_a_series_may_begin_in_the_slot_that_one_holds(doctor):
    browser = signed_in(doctor)
    patient = builders.a_patient(doctor.clinic)
    slot = slots_on(browser.post("/time/ny/ledige", asked(doctor)).content.decode())[0]
    browser.post("/time/ny/hold", {"slot": slot})
    held = SlotHold.objects.get().public_id
    page = browser.post("/time/ny/serie", series(doctor, slot=slot)).content.decode()
    assert page.count(" checked") == 3
    days = {"offered": days_of(page), "days": days_of(page)}
    answer = browser.post("/time/ny", series(doctor, patient, slot=slot, hold=held, **days))
    assert "Timene er bestilt" in answer.content.decode()
    assert Appointment.objects.count() == 3
