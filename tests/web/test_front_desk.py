"""The desk with everybody side by side, and hours that go from one clinician to another."""

from datetime import timedelta

import pytest
from django.urls import reverse

from blikk.journeys import door
from blikk.notifications.models import Message
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


def test_the_desk_says_for_a_clinician_that_they_are_late_and_the_answers_lead_on(hour, secretary):
    answers = {}
    for answer, name in (("phone", "Ring Meg"), ("new_time", "Ny Tid"), ("wait", "Venter Gjerne")):
        one = builders.a_booked_hour(
            hour.clinic,
            clinician=hour.clinician,
            patient=builders.a_patient(hour.clinic, name, phone="+4790000055"),
            starts_in=timedelta(hours=2 + len(answers)),
        )
        answers[answer] = one
    address = reverse("late_for", args=[hour.clinician.public_id])
    assert address in secretary.get("/skranke/").content.decode()
    assert "er forsinket" in secretary.get(address).content.decode()
    assert secretary.post(address, {"minutes": "7"}).status_code == 422
    assert secretary.post(address, {"minutes": "15"}).status_code == 302
    assert Message.objects.filter(kind="late").count() == 4
    for answer, one in answers.items():
        builders.proven(one)
        door.answer_late(one.invitation.public_id, one.device, answer=answer, where="192.0.2.7", now=NOW)
    for browser, page in ((secretary, "/skranke/"), (signed_in(hour.clinician), "/dag/")):
        shown = browser.get(page).content.decode()
        assert '<a href="tel:+4790000055">Vil heller bli ringt: 90 00 00 55</a>' in shown
        new_time = answers["new_time"].appointment.public_id
        assert f'<a href="/time/{new_time}#move">Ber om ny time</a>' in shown
        assert "Venter gjerne" in shown
    assert "15 min forsinket" in secretary.get("/skranke/").content.decode()
    secretary.post(address, {"minutes": "0"})
    assert "15 min forsinket" not in secretary.get("/skranke/").content.decode()
    assert Message.objects.filter(kind="late").count() == 4
    other = builders.a_member(builders.a_clinic("Nabolaget"))
    assert secretary.post(reverse("late_for", args=[other.public_id]), {"minutes": "15"}).status_code == 404


def test_a_word_to_who_waits_for_their_hour_stands_on_their_screen_and_is_sent_to_nobody(hour, secretary):
    now = NOW + timedelta(minutes=50)
    view = builders.waiting(hour, now=now)
    address = reverse("tell_waiting", args=[view.arrival])
    assert f"{address}?til=skranke" in secretary.get("/skranke/").content.decode()
    assert address in signed_in(hour.clinician).get("/dag/").content.decode()
    before = Message.objects.count()
    empty = secretary.post(address, {"code": "", "words": ""})
    assert empty.status_code == 422
    assert "Fyll ut dette feltet" in empty.content.decode()
    sent = secretary.post(address, {"code": "", "words": "Legen er straks klar", "til": "skranke"})
    assert sent["Location"] == "/skranke/"
    shown = door.door_of(hour.invitation.public_id, hour.device, now=now).words
    assert [word["words"] for word in shown] == ["Legen er straks klar"]
    assert Message.objects.count() == before
    door.leave(hour.invitation.public_id, hour.device, where="192.0.2.7", now=now)
    assert secretary.post(address, {"code": "soon"}).status_code == 409
