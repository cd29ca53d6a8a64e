"""Those who come along in a queue, before there is an hour; and a group, whose members see no full names."""

import pytest

from blikk.consultations.models import Participant
from blikk.invitations.models import Invitation
from blikk.journeys import along, closing, companions, door, queue, talk
from blikk.journeys.errors import PatientFirst
from blikk.kernel.errors import Invalid, NotFound, Overtaken
from blikk.notifications.models import Message
from blikk.patients.agreements import Terms, agree
from blikk.scheduling.models import Appointment
from blikk.waiting_room.models import Arrival
from blikk.waiting_room.queries import queue_of
from blikk.web.presenters.note_draft import drafted
from tests import queues
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, admitted, staff, waiting
from tests.companions import WHERE, a_person, come, invited

pytestmark = pytest.mark.django_db


@pytest.fixture
def standing():
    """A clinician who serves, and somebody who waits in the queue."""
    clinic = a_clinic()
    clinician = a_member(clinic)
    opening = queues.an_opening(clinic, clinicians=(clinician,))
    return clinician, queues.sit(queues.enter(opening, "Ola Hansen"))


def beside(clinician, guest, **more):
    asked = {"role": "relative", "person": a_person(), **more}
    return companions.invite_beside(
        clinician.clinic, guest.arrival.public_id, **asked, actor=staff(clinician), now=NOW
    ).invitation


def take(clinician, guest):
    return queue.take(
        clinician.clinic,
        guest.arrival.public_id,
        version=guest.arrival.version,
        reason="known",
        membership=clinician,
        actor=staff(clinician),
        now=NOW,
    )


def test_somebody_beside_a_patient_in_a_queue_takes_no_place_in_it(standing):
    clinician, guest = standing
    invitation = beside(clinician, guest)
    letter = Message.objects.get(about__endswith=invitation.public_id)
    assert letter.kind == "along"
    friend = come(invitation)
    assert friend.view.step == "waiting"
    assert friend.view.place == 0
    assert len(queue_of(guest.opening, now=NOW).rows) == 1
    assert [one["name"] for one in guest.look().along] == ["Liv Hansen"]


def test_who_waited_beside_a_patient_waits_for_the_hour_that_begins(standing):
    clinician, guest = standing
    friend = come(beside(clinician, guest, said_yes=True))
    by = {"membership": clinician, "actor": staff(clinician), "now": NOW}
    with pytest.raises(PatientFirst):
        talk.admit(clinician.clinic, friend.arrival, **by)
    consultation = take(clinician, guest)
    assert Arrival.objects.get(public_id=friend.arrival).appointment == consultation.appointment
    talk.admit(clinician.clinic, friend.arrival, **by)
    assert Participant.objects.filter(role="relative").count() == 1
    talk.end(clinician.clinic, consultation.public_id, **by)
    assert door.door_of(friend.invitation.public_id, friend.device, now=NOW).step == "ended"


def test_who_comes_after_the_conversation_began_is_let_in_too(standing):
    clinician, guest = standing
    invitation = beside(clinician, guest, said_yes=True)
    take(clinician, guest)
    friend = come(invitation)
    talk.admit(clinician.clinic, friend.arrival, membership=clinician, actor=staff(clinician), now=NOW)
    assert Participant.objects.filter(role="relative").count() == 1


def test_a_patient_in_a_queue_asks_somebody_in_and_answers_about_them(standing):
    clinician, guest = standing
    view = along.ask_in(
        guest.view.invitation,
        guest.device,
        name="Randi Hansen",
        phone="90 00 00 81",
        role="carer",
        where=WHERE,
        now=NOW,
    )
    assert [(one["name"], one["answer"]) for one in view.along] == [("Randi Hansen", "yes")]
    assert Invitation.objects.get(role="carer").beside == guest.invitation
    with pytest.raises(Invalid):
        beside(clinician, guest, person=a_person("Randi Hansen", "90 00 00 81"))


def test_an_agreement_is_enough_beside_a_queue_too(standing):
    clinician, guest = standing
    patient = guest.invitation.patient
    agreement = agree(
        clinician.clinic,
        patient.public_id,
        terms=Terms("relative", NOW.date(), None, NOW.date()),
        person=a_person(),
        by="Kari",
        actor=staff(clinician),
        now=NOW,
    )
    beside(clinician, guest, person=None, agreement_id=agreement.public_id)
    assert guest.look().along[0]["is_agreed"]


def test_another_clinic_asks_nobody_in_beside_our_patient(standing):
    _clinician, guest = standing
    stranger = a_member(a_clinic("Skogli"))
    with pytest.raises(NotFound):
        companions.invite_beside(
            stranger.clinic,
            guest.arrival.public_id,
            role="relative",
            person=a_person(),
            actor=staff(stranger),
            now=NOW,
        )


# A group


@pytest.fixture
def group():
    hour = a_booked_hour()
    companions.make_group(
        hour.clinic,
        hour.appointment.public_id,
        version=hour.appointment.version,
        is_group=True,
        actor=staff(hour.clinician),
        now=NOW,
    )
    hour.appointment.refresh_from_db()
    return hour


def member(hour, name, phone, alias=""):
    return companions.invite(
        hour.clinic,
        hour.appointment.public_id,
        role="member",
        person=a_person(name, phone),
        alias=alias,
        actor=staff(hour.clinician),
        now=NOW,
    ).invitation


def test_a_group_lists_first_names_and_aliases(group):
    friends = [
        come(member(group, "Per Vik", "+4790000061")),
        come(member(group, "Nora Moe Lie", "+4790000062", "Stjernen")),
    ]
    view = waiting(group)
    assert (view.along, view.alias) == ((), "Ola")
    by = {"membership": group.clinician, "actor": staff(group.clinician), "now": NOW}
    consultation = talk.admit(group.clinic, view.arrival, **by).public_id
    for friend in friends:
        talk.admit(
            group.clinic, friend.arrival, membership=group.clinician, actor=staff(group.clinician), now=NOW
        )
    kept = Participant.objects.exclude(role="clinician").order_by("pk")
    assert [(one.name, one.alias) for one in kept] == [
        ("Ola Hansen", "Ola"),
        ("Per Vik", "Per"),
        ("Nora Moe Lie", "Stjernen"),
    ]
    note = drafted(
        closing.draft_of(closing.consultation_of(group.clinic, consultation, membership=group.clinician)),
        "nb",
    )
    assert "2 andre i gruppen" in note
    assert "Per" not in note
    assert "Nora" not in note
    assert friends[1].view.alias == "Stjernen"


def test_only_a_group_has_members(group):
    single = a_booked_hour()
    with pytest.raises(Invalid) as fault:
        member(single, "Per Vik", "+4790000061")
    assert fault.value.fields == {"role": "unknown"}
    with pytest.raises(Invalid) as fault:
        member(group, "Per Vik", "+4790000061", "x" * 41)
    assert fault.value.fields == {"alias": "too_long"}


def test_nothing_becomes_a_group_while_people_talk_who_know_each_others_names():
    hour = a_booked_hour()
    asked = {"actor": staff(hour.clinician), "now": NOW}
    name = hour.appointment.public_id
    with pytest.raises(Overtaken):
        companions.make_group(hour.clinic, name, version=9, is_group=True, **asked)
    admitted(hour)
    version = Appointment.objects.get(pk=hour.appointment.pk).version
    with pytest.raises(NotFound):
        companions.make_group(hour.clinic, name, version=version, is_group=True, **asked)


def test_outside_a_group_everybody_has_a_whole_name():
    hour = a_booked_hour()
    friend = come(invited(hour).invitation)
    admitted(hour)
    talk.admit(hour.clinic, friend.arrival, membership=hour.clinician, actor=staff(hour.clinician), now=NOW)
    assert set(Participant.objects.values_list("alias", flat=True)) == {""}
