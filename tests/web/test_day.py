"""The day page: rows in the order of need, one thing to do on each, and nothing of anybody else's."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blikk.audit.models import Entry
from blikk.clinics.models import Membership
from blikk.consultations.models import Consultation
from blikk.invitations.models import Invitation
from blikk.journeys import talk
from blikk.notifications.models import Message
from tests import builders
from tests.companions import invited
from tests.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def hour():
    return builders.a_booked_hour(now=timezone.now())


def page_of(member: Membership, address: str = "/dag/") -> str:
    answer = signed_in(member).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_who_waits_stands_with_name_and_birth_date_beside_the_button(hour):
    view = builders.waiting(hour, now=timezone.now())
    page = page_of(hour.clinician)
    row = page[page.index('data-test="arrived-row"') :]
    row = row[: row.index("</li>")]
    assert "Ola Hansen" in row
    assert "17.05.1944" in row
    assert f'data-admit="{view.arrival}"' in row
    assert "Slipp inn" in row


def test_the_key_is_on_the_longest_waiting_of_my_own_patients(hour):
    now = timezone.now()
    other = builders.a_member(hour.clinic, name="Per Lie")
    theirs = builders.a_booked_hour(
        hour.clinic, clinician=other, patient=builders.a_patient(hour.clinic, "Eva Moe"), now=now
    )
    builders.waiting(theirs, now=now - timedelta(minutes=5))
    builders.waiting(hour, now=now)
    page = page_of(hour.clinician, "/dag/?hvem=alle")
    assert page.count("data-shortcut") == 1
    first = page[: page.index("data-shortcut")]
    assert first.rindex("Slipp inn Ola Hansen") > first.rindex("Slipp inn Eva Moe")


def test_a_secretary_sees_who_waits_but_lets_nobody_in(hour):
    builders.waiting(hour, now=timezone.now())
    secretary = builders.a_member(hour.clinic, "secretary", "Siv Bakke")
    page = page_of(secretary)
    assert "Ola Hansen" in page
    assert "data-admit" not in page
    assert "Slipp inn" in page_of(hour.clinician)


def test_another_clinic_sees_nobody(hour):
    stranger = builders.a_member(builders.a_clinic("Skogli"), name="Tone Vik")
    assert "Ola Hansen" not in page_of(stranger, "/dag/?hvem=alle")
    assert "Ola Hansen" in page_of(hour.clinician, "/dag/?hvem=alle")


def test_a_fault_of_the_patients_camera_is_said_in_words(hour):
    now = timezone.now()
    builders.waiting(hour, now=now)
    from blikk.journeys import door

    found = {"camera": "denied", "microphone": "ok", "network": "ok", "sound": "not_tried"}
    door.report_devices(hour.invitation.public_id, hour.device, found=found, where="", now=now)
    page = page_of(hour.clinician)
    assert "Kameraet er ikke tillatt" in page
    assert "Virker: mikrofon, nett" in page
    assert "Hører ikke lyden" not in page


@pytest.mark.parametrize(
    ("status", "words"), [("failed", "SMS kom ikke fram."), ("uncertain", "Vi vet ikke om SMS kom fram.")]
)
def test_a_message_in_trouble_is_red_with_what_to_do(hour, status, words):
    assert words not in page_of(hour.clinician)
    Message.objects.update(status=status, settled_at=timezone.now())
    page = page_of(hour.clinician)
    assert words in page
    assert 'href="tel:+4790123456"' in page
    assert reverse("send_again", args=[hour.invitation.public_id]) in page


def test_a_message_in_trouble_is_shown_whatever_day_it_is_for(hour):
    Message.objects.update(status="failed", settled_at=timezone.now())
    other_day = "/dag/?dag=2020-01-01"
    assert "Nådde ikke fram" in page_of(hour.clinician, other_day)
    colleague = builders.a_member(hour.clinic, name="Per Lie")
    assert "Nådde ikke fram" not in page_of(colleague, other_day)
    Invitation.objects.update(status="ended")
    assert "Nådde ikke fram" not in page_of(hour.clinician, other_day)


def test_what_is_not_finished_stands_on_the_page_until_it_is(hour):
    now = timezone.now()
    consultation = builders.admitted(hour, now=now)
    talk.end(
        hour.clinic, consultation, membership=hour.clinician, actor=builders.staff(hour.clinician), now=now
    )
    assert "Ikke gjort ferdig" in page_of(hour.clinician)
    assert "Ikke gjort ferdig" in page_of(hour.clinician, "/dag/?dag=2020-01-01")
    Consultation.objects.update(
        status="closed_out", closed_out_at=now, outcome="completed", follow_up="none", fee="exempt"
    )
    assert "Ikke gjort ferdig" not in page_of(hour.clinician)


def test_a_running_conversation_is_one_click_away_from_its_clinician_only(hour):
    consultation = builders.admitted(hour, now=timezone.now())
    address = reverse("conversation", args=[consultation])
    colleague = builders.a_member(hour.clinic, name="Per Lie")
    assert address in page_of(hour.clinician)
    assert address not in page_of(colleague, "/dag/?hvem=alle")


def test_the_rows_alone_are_the_rows_of_the_page(hour):
    page, rows = page_of(hour.clinician), page_of(hour.clinician, "/dag/rader")
    assert "<html" not in rows
    mark = rows[rows.index("data-mark") :][:40]
    assert mark in page


def test_a_row_keeps_its_mark_while_only_the_minutes_go_by(hour, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    builders.waiting(hour, now=timezone.now())
    client = signed_in(hour.clinician)

    def mark() -> str:
        rows = client.get("/dag/rader").content.decode()
        return rows[rows.index("data-mark") :][:40]

    before = mark()
    time_machine.shift(120)
    assert mark() == before


def test_a_look_at_the_day_is_recorded_once_in_ten_minutes(hour):
    client = signed_in(hour.clinician)
    for _ in range(3):
        client.get("/dag/rader")
    assert Entry.objects.filter(act="day.looked_at").count() == 1


def test_the_long_way_round_lets_in_too_when_scripts_do_not_run(hour):
    view = builders.waiting(hour, now=timezone.now())
    answer = signed_in(hour.clinician).post(
        reverse("admit", args=[view.arrival]), {"version": view_version(view)}
    )
    assert answer.status_code == 302
    assert answer["Location"] == reverse("conversation", args=[Consultation.objects.get().public_id])


def test_the_second_who_admits_is_told(hour):
    view = builders.waiting(hour, now=timezone.now())
    address = reverse("admit", args=[view.arrival])
    version = {"version": view_version(view)}
    colleague = builders.a_member(hour.clinic, name="Per Lie")
    assert signed_in(hour.clinician).post(address, version).status_code == 302
    assert signed_in(colleague).post(address, version).status_code == 409


def view_version(view) -> int:
    from blikk.waiting_room.models import Arrival

    return Arrival.objects.get(public_id=view.arrival).version


def fill(clinic, clinician, count: int) -> None:
    now = timezone.now()
    for number in range(count):
        patient = builders.a_patient(clinic, f"Pasient Nummer{number}")
        at = now - timedelta(hours=2)
        hour = builders.a_booked_hour(
            clinic,
            clinician=clinician,
            patient=patient,
            minutes=5,
            starts_in=timedelta(minutes=90 + 5 * number),
            now=at,
        )
        invited(hour, "Tolk Tolkesen", "+4790123457", role="interpreter", now=now)
        if number % 2:
            builders.waiting(hour, now=now)


def queries_for(client: Client, address: str, django_assert_max_num_queries) -> int:
    with django_assert_max_num_queries(60) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


@pytest.mark.parametrize("address", ["/dag/", "/dag/rader", "/dag/?hvem=alle"])
def test_thirty_rows_cost_as_many_queries_as_three(address, django_assert_max_num_queries, time_machine):
    time_machine.move_to(builders.NOW, tick=False)
    few = builders.a_clinic("Liten", opens_before_minutes=240)
    many = builders.a_clinic("Stor", opens_before_minutes=240)
    doctor, busy = builders.a_member(few), builders.a_member(many)
    fill(few, doctor, 3)
    fill(many, busy, 30)
    small = queries_for(signed_in(doctor), address, django_assert_max_num_queries)
    large = queries_for(signed_in(busy), address, django_assert_max_num_queries)
    assert large == small
