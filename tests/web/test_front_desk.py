"""The desk with everybody side by side, and hours that go from one clinician to another."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests import builders
from tests.builders import NOW
from tests.people import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_tuesday")]


@pytest.fixture
def a_tuesday(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def hour():
    return builders.a_booked_hour(starts_in=timedelta(hours=1))


@pytest.fixture
def secretary(hour):
    return signed_in(builders.a_member(hour.clinic, "secretary", "Siv Bakke"))


def test_everybody_has_a_column_with_their_own_hours(hour, secretary):
    builders.a_member(hour.clinic, name="Per Lie")
    page = secretary.get("/skranke/").content.decode()
    assert page.count('data-test="person-day"') == 2
    kari, per = (page.index(f'id="person-{one}"') for one in members(page))
    row = page.index("Ola Hansen")
    assert kari < row < per
    assert "Ingen timer denne dagen." in page[per:]


def members(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('data-member="')[1:]]


def test_who_waits_is_seen_at_the_desk_and_rings(hour, secretary):
    builders.waiting(hour, now=NOW + timedelta(minutes=30))
    page = secretary.get("/skranke/").content.decode()
    assert 'data-state="waiting"' in page
    assert "Pasient venter" in page
    assert 'data-rings=""' not in page


def test_another_clinic_has_a_desk_of_its_own(hour, secretary):
    stranger = builders.a_member(builders.a_clinic("Skogli"), "secretary", "Tone Vik")
    assert "Ola Hansen" not in signed_in(stranger).get("/skranke/").content.decode()
    assert "Ola Hansen" in secretary.get("/skranke/").content.decode()


def test_an_hour_is_given_to_a_colleague(hour, secretary):
    colleague = builders.a_member(hour.clinic, name="Per Lie")
    address = reverse("hand_over", args=[hour.appointment.public_id])
    assert "Per Lie" in secretary.get(address).content.decode()
    typed = {"clinician": colleague.public_id, "version": hour.appointment.version}
    assert secretary.post(address, typed).status_code == 302
    hour.appointment.refresh_from_db()
    assert hour.appointment.clinician == colleague


def test_a_busy_colleague_is_refused_beside_the_field(hour, secretary):
    colleague = builders.a_member(hour.clinic, name="Per Lie")
    builders.a_booked_hour(
        hour.clinic, clinician=colleague, patient=hour.patient, starts_in=timedelta(hours=1)
    )
    address = reverse("hand_over", args=[hour.appointment.public_id])
    typed = {"clinician": colleague.public_id, "version": hour.appointment.version}
    answer = secretary.post(address, typed)
    assert answer.status_code == 422
    assert 'id="hand_clinician_error"' in answer.content.decode()
    hour.appointment.refresh_from_db()
    assert hour.appointment.clinician == hour.clinician


def test_the_second_who_moves_an_hour_is_told(hour, secretary):
    colleague = builders.a_member(hour.clinic, name="Per Lie")
    address = reverse("hand_over", args=[hour.appointment.public_id])
    typed = {"clinician": colleague.public_id, "version": hour.appointment.version}
    third = builders.a_member(hour.clinic, name="Åse Moe")
    assert secretary.post(address, typed).status_code == 302
    assert secretary.post(address, {**typed, "clinician": third.public_id}).status_code == 409


def test_the_parts_alone_are_the_parts_of_the_page(hour, secretary):
    page = secretary.get("/skranke/").content.decode()
    parts = secretary.get("/skranke/deler").content.decode()
    assert "<html" not in parts
    mark = parts[parts.index("data-mark") :][:40]
    assert mark in page


def test_a_busy_desk_costs_as_many_queries_as_a_quiet_one(django_assert_max_num_queries):
    seen = []
    for count in (1, 6):
        clinic = builders.a_clinic()
        for number in range(count):
            builders.a_booked_hour(
                clinic,
                clinician=builders.a_member(clinic, name=f"Lege {number}"),
                patient=builders.a_patient(clinic, f"Pasient Nummer{number}"),
                starts_in=timedelta(hours=1),
            )
        browser = signed_in(builders.a_member(clinic, "secretary", "Siv Bakke"))
        browser.get("/skranke/")
        with django_assert_max_num_queries(60) as queries:
            page = browser.get("/skranke/").content.decode()
        assert page.count('data-test="hour"') == count
        seen.append(len(queries))
    assert seen[0] == seen[1]
