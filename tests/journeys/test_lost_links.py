"""A lost link goes again to who is registered, and the asking tells nobody anything."""

from datetime import timedelta

import pytest

from blikk.audit.models import Entry
from blikk.invitations.models import LostLink
from blikk.journeys import door
from blikk.journeys.lost_links import TOO_OLD, answer_lost_links, ask
from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import Invalid
from blikk.kernel.ids import new_secret
from blikk.notifications.models import Message
from blikk.patients.services import correct
from tests import builders as b

pytestmark = pytest.mark.django_db


def again() -> list[Message]:
    return list(Message.objects.filter(kind="link_again").order_by("pk"))


def asked(*typed: str, now=b.NOW) -> list[Message]:
    for one in typed:
        ask(one, where="192.0.2.9", now=now)
    answer_lost_links(now=now)
    return again()


def test_the_link_goes_to_the_registered_number_and_the_old_one_still_works():
    hour = b.a_booked_hour(starts_in=timedelta(days=2))
    (message,) = asked("901 23 456")
    assert (message.channel, message.to) == ("sms", "+4790123456")
    for token in (hour.token, b.token_in(message)):
        view = door.open_link(token, device_secret=new_secret(), where="", now=b.NOW)
        assert view.invitation == hour.invitation.public_id
    assert Entry.objects.filter(act="invitation.link_sent_again").count() == 1
    assert not LostLink.objects.exists()


def test_nobody_and_somebody_cost_the_page_the_same_row():
    b.a_booked_hour(starts_in=timedelta(days=2))
    ask("90123456", where="", now=b.NOW)
    ask("90999999", where="", now=b.NOW)
    assert LostLink.objects.count() == 2
    assert not again()
    assert answer_lost_links(now=b.NOW) == 1
    assert not LostLink.objects.exists()


def test_a_link_by_e_mail_asks_for_a_code_though_the_first_went_by_sms():
    hour = b.a_booked_hour()
    (message,) = asked("Ola.Hansen@example.no")
    hour.token = b.token_in(message)
    assert b.proven(hour).step == "code"


def test_a_link_by_sms_is_trusted_as_the_first_was():
    hour = b.a_booked_hour()
    (message,) = asked("90123456")
    hour.token = b.token_in(message)
    assert b.proven(hour).step == "check"


def test_what_is_over_or_cancelled_is_not_sent():
    hour = b.a_booked_hour(starts_in=timedelta(minutes=5))
    late = b.NOW + timedelta(hours=1)
    assert asked("90123456", now=late) == []
    assert len(asked("90123456")) == 1
    assert hour.appointment.ends_at < late


def test_the_old_number_of_somebody_who_has_a_new_one_gets_nothing():
    hour = b.a_booked_hour(starts_in=timedelta(days=2))
    patient = hour.patient
    correct(
        hour.clinic,
        patient.public_id,
        given_name=patient.given_name,
        family_name=patient.family_name,
        birth_on=patient.birth_on,
        language=patient.language,
        phone="+4790000077",
        email="ola.hansen@example.no",
        actor=SYSTEM,
        now=b.NOW,
    )
    assert asked("90123456") == []


def test_only_the_soonest_three_and_only_three_times_a_day():
    clinic = b.a_clinic()
    clinician, patient = b.a_member(clinic), b.a_patient(clinic)
    for days in range(1, 6):
        b.a_booked_hour(clinic, clinician=clinician, patient=patient, starts_in=timedelta(days=days))
    assert len(asked("90123456")) == 3
    assert len(asked("90123456", "90123456", "90123456")) == 9


def test_what_was_asked_for_long_ago_is_forgotten():
    b.a_booked_hour(starts_in=timedelta(days=2))
    ask("90123456", where="", now=b.NOW - TOO_OLD - timedelta(minutes=1))
    assert answer_lost_links(now=b.NOW) == 0
    assert not LostLink.objects.exists()


@pytest.mark.parametrize(("typed", "code"), [("", "missing"), ("hei", "not_a_phone"), ("a@", "not_an_email")])
def test_what_can_be_neither_number_nor_address_is_said(typed, code):
    with pytest.raises(Invalid) as fault:
        ask(typed, where="", now=b.NOW)
    assert fault.value.fields == {"to": code}
