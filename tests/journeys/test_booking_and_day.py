"""Booking with its message in one transaction, and the day page's questions."""

from datetime import time, timedelta

import pytest
from django.db import transaction

from blikk.audit.models import Entry
from blikk.audit.queries import verify
from blikk.invitations.models import Invitation
from blikk.journeys import booking, door
from blikk.journeys.day import day_of
from blikk.kernel.errors import Invalid, NotFound
from blikk.notifications.models import Message
from blikk.scheduling.models import Appointment
from tests.builders import (
    NOW,
    a_booked_hour,
    a_clinic,
    a_member,
    a_patient,
    admitted,
    open_link,
    staff,
    token_in,
    waiting,
)

pytestmark = pytest.mark.django_db


def test_the_message_lives_and_dies_with_the_booking():
    clinic = a_clinic()
    clinician, patient = a_member(clinic), a_patient(clinic)

    @transaction.atomic
    def book_and_die() -> None:
        a_booked_hour(clinic, clinician=clinician, patient=patient)
        raise RuntimeError("the server died")

    with pytest.raises(RuntimeError):
        book_and_die()
    assert not Message.objects.exists()
    assert not Appointment.objects.exists()
    a_booked_hour(clinic, clinician=clinician, patient=patient)
    assert Message.objects.count() == 1


def test_one_message_per_channel_each_with_its_own_key():
    a_booked_hour(channels=("sms", "email"))
    messages = list(Message.objects.order_by("channel"))
    assert [message.channel for message in messages] == ["email", "sms"]
    assert len({message.key for message in messages}) == 2
    assert token_in(messages[0]) == token_in(messages[1])


def test_a_patient_without_a_phone_cannot_be_invited_by_sms():
    clinic = a_clinic()
    patient = a_patient(clinic, phone="")
    with pytest.raises(Invalid) as refusal:
        a_booked_hour(clinic, patient=patient)
    assert refusal.value.fields == {"channels": "no_way_to_reach"}
    assert not Appointment.objects.exists()
    a_booked_hour(clinic, patient=patient, channels=("email",))


def test_moving_sends_a_new_link_and_the_old_one_explains():
    hour = a_booked_hour()
    old = open_link(hour)
    booking.move(
        hour.clinic,
        hour.appointment.public_id,
        version=1,
        day=NOW.date(),
        at=time(10, 25),
        minutes=20,
        actor=staff(hour.clinician),
        now=NOW,
    )
    assert door.door_of(old.invitation, hour.device, now=NOW).step == "moved"
    message = Message.objects.get(kind="moved")
    view = door.open_link(token_in(message), device_secret=hour.device, where="", now=NOW)
    assert view.step == "birth_date"
    assert Message.objects.get(kind="invited").status == "withdrawn"


def test_strangers_patients_and_clinicians_cannot_be_booked():
    clinic, other = a_clinic(), a_clinic("Nabolaget")
    for wrong in (
        {"patient": a_patient(other)},
        {"clinician": a_member(other)},
        {"clinician": a_member(clinic, "secretary")},
    ):
        with pytest.raises(NotFound):
            a_booked_hour(clinic, **wrong)
    a_booked_hour(clinic)


def test_the_day_needs_as_many_queries_for_thirty_as_for_three(django_assert_num_queries):
    clinic = a_clinic()
    clinician = a_member(clinic)

    def fill(count: int) -> None:
        for _ in range(count):
            number = Appointment.objects.count()
            a_booked_hour(
                clinic,
                clinician=clinician,
                patient=a_patient(clinic, f"Pasient Nummer{number}"),
                starts_in=timedelta(minutes=10 + 10 * number),
                minutes=10,
            )

    fill(3)
    for count in (0, 27):
        fill(count)
        with django_assert_num_queries(16):
            day = day_of(clinic, day=NOW.date(), now=NOW)
    assert len(day.rows) == 30


def test_the_day_shows_who_waits_and_how_they_were_reached():
    hour = a_booked_hour()
    waiting(hour)
    row = day_of(hour.clinic, day=NOW.date(), now=NOW).rows[0]
    person = row.waiting[0]
    assert (person.name, person.birth_on, person.waiting_since) == ("Ola Hansen", hour.patient.birth_on, NOW)
    assert [(message.kind, message.status) for message in person.messages] == [("invited", "queued")]
    assert day_of(a_clinic("Nabolaget"), day=NOW.date(), now=NOW).rows == []


def test_the_record_of_a_whole_story_holds_together():
    hour = a_booked_hour()
    admitted(hour)
    assert [entry.act for entry in Entry.objects.filter(chain=hour.clinic.pk).order_by("number")] == [
        "patient.registered",
        "contact.read_back",
        "contact.read_back",
        "appointment.booked",
        "invitation.issued",
        "invitation.opened",
        "device.trusted",
        "arrival.came",
        "arrival.waiting",
        "appointment.arrived",
        "arrival.admitted",
        "consultation.opened",
        "participant.taken_in",
        "participant.taken_in",
    ]
    assert list(verify()) == []


def test_a_new_link_can_be_sent_instead_of_a_locked_one():
    hour = a_booked_hour()
    Invitation.objects.filter(pk=hour.invitation.pk).update(tries=5)
    booking.send_again(hour.clinic, hour.invitation.public_id, actor=staff(hour.clinician), now=NOW)
    message = Message.objects.filter(kind="invited").order_by("-id").first()
    view = door.open_link(token_in(message), device_secret=hour.device, where="", now=NOW)
    assert (view.step, view.tries_left) == ("birth_date", 5)
