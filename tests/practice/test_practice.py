"""Practising touches nothing real: what lies in a practice place is in no list, no message, and gone after a day."""

from datetime import timedelta

import pytest
from django.test import Client

from blikk.audit import queries as audit
from blikk.clinics.models import Clinic, Membership
from blikk.clinics.queries import memberships_of
from blikk.journeys import companions, door, practice, talk
from blikk.journeys.day import day_of
from blikk.journeys.errors import TalkIsRunning
from blikk.kernel.ids import new_secret
from blikk.notifications.models import Message
from blikk.patients.agreements import Person
from blikk.patients.models import Patient
from blikk.patients.queries import search
from blikk.practice.models import Place, Practice
from blikk.practice.services import empty, things_in
from blikk.scheduling.models import Appointment
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db
WHERE = "192.0.2.7"


@pytest.fixture
def member() -> Membership:
    return builders.a_member(builders.a_clinic())


def begin(member: Membership, now=NOW) -> practice.Begun:
    return practice.begin(member, place_name="Øving", actor=builders.staff(member), now=now)


def let_in(member: Membership, begun: practice.Begun) -> str:
    """The simulated patient waits, and the clinician lets them in."""
    secret = new_secret()
    view = door.open_link(begun.link.partition("#")[2], device_secret=secret, where=WHERE, now=NOW)
    door.answer_birth_date(view.invitation, secret, born=practice.BORN, where=WHERE, now=NOW)
    view = door.arrive(view.invitation, secret, where=WHERE, now=NOW)
    own = Place.objects.get(membership=member).own
    return talk.admit(
        own.clinic, view.arrival, membership=own, actor=builders.staff(member), now=NOW
    ).public_id


def test_a_practice_leaves_the_real_clinic_exactly_as_it_was_but_for_who_practised(member):
    hour = builders.a_booked_hour(member.clinic, clinician=member)
    before = things_in(member.clinic)
    begun = begin(member)
    let_in(member, begun)
    place = Place.objects.get(membership=member)
    assert things_in(member.clinic) == before
    # The control: all of that did happen, somewhere else.
    there = {model._meta.label for model in things_in(place.own.clinic)}
    assert {"consultations.Consultation", "patients.Patient", "waiting_room.Arrival"} <= there
    assert "notifications.Message" not in there
    assert (
        Message.objects.count()
        == Message.objects.filter(about__endswith=hour.invitation.public_id).count()
        > 0
    )


def test_the_simulated_patient_is_in_no_day_and_no_search_of_the_clinic(member):
    builders.a_booked_hour(member.clinic, clinician=member)
    begun = begin(member)
    own = Place.objects.get(membership=member).own
    real = [row.patient_name for row in day_of(member.clinic, day=begun.day, now=NOW).rows]
    assert real == ["Ola Hansen"]
    assert [row.patient_name for row in day_of(own.clinic, day=begun.day, now=NOW).rows] == ["Nora Øvesen"]
    assert list(search(member.clinic, "Øvesen")) == []
    assert len(search(own.clinic, "Øvesen")) == 1


def test_a_practice_place_is_nobodys_place_of_work(member):
    begin(member)
    assert [one.clinic for one in memberships_of(member.user)] == [member.clinic]
    place = Clinic.objects.get(is_practice=True)
    assert not place.is_public
    assert Membership.objects.filter(clinic=place).count() == 1


def test_emptying_takes_all_of_the_place_and_nothing_else(member):
    builders.a_booked_hour(member.clinic, clinician=member)
    other = builders.a_member(member.clinic, name="Anders Lunde")
    mine, theirs = begin(member), begin(other)
    let_in(member, mine)
    before, of_other = things_in(member.clinic), things_in(Clinic.objects.get(public_id=theirs.clinic))
    place = Place.objects.get(membership=member)
    assert empty(place, now=NOW) > 5
    assert things_in(place.own.clinic) == {}
    assert things_in(member.clinic) == before
    assert things_in(Clinic.objects.get(public_id=theirs.clinic)) == of_other
    assert list(audit.verify()) == []


def test_nobody_is_written_to_from_a_practice_place(member):
    hour = builders.a_booked_hour(member.clinic, clinician=member)
    begin(member)
    place = Place.objects.get(membership=member).own.clinic
    there = Appointment.objects.get(clinic=place)
    for clinic, appointment, more in ((place, there, 0), (member.clinic, hour.appointment, 1)):
        before = Message.objects.count()
        companions.invite(
            clinic,
            appointment.public_id,
            role="relative",
            person=Person("Lise Øvesen", "+4790000002", read_back=True),
            said_yes=True,
            actor=builders.staff(member),
            now=NOW,
        )
        assert Message.objects.count() == before + more


def test_a_real_clinic_is_never_emptied(member):
    hour = builders.a_booked_hour(member.clinic, clinician=member)
    with pytest.raises(ValueError, match="practice"):
        empty(Place(membership=member, own=member), now=NOW)
    assert Appointment.objects.filter(pk=hour.appointment.pk).exists()


def test_the_worker_empties_it_after_a_day_and_keeps_who_practised_what(member):
    let_in(member, begin(member))
    assert practice.clear_old(now=NOW + timedelta(hours=23)) == 0
    assert Patient.objects.count() == 1
    assert practice.clear_old(now=NOW + timedelta(hours=25)) > 5
    assert Patient.objects.count() == 0
    kept = Practice.objects.get()
    assert kept.steps == ["waiting"]
    assert kept.emptied_at == NOW + timedelta(hours=25)


def test_one_may_practise_again_at_any_time_and_what_was_done_before_is_kept(member):
    let_in(member, begin(member))
    begin(member, now=NOW + timedelta(minutes=1))
    first, second = Practice.objects.order_by("pk")
    assert (first.steps, second.steps) == (["waiting"], [])
    assert Patient.objects.count() == 1
    assert Place.objects.count() == 1


def test_nobody_leaves_a_real_conversation_to_practise(member):
    hour = builders.a_booked_hour(member.clinic, clinician=member, starts_in=timedelta(minutes=5))
    consultation = builders.admitted(hour)
    seat = talk.place_of_member(member.clinic, consultation, membership=member)
    talk.sit_down(seat, tab="a", epoch="a", move=False, actor=builders.staff(member), now=NOW)
    with pytest.raises(TalkIsRunning):
        begin(member)
    assert begin(member, now=NOW + timedelta(minutes=10)).link


def test_nothing_about_the_practice_place_is_told_to_a_stranger(member):
    begun = begin(member)
    place = Clinic.objects.get(public_id=begun.clinic)
    assert Client().get(f"/k/{place.slug}").status_code == 404
