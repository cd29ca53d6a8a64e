"""Contact points: an invitation goes to a verified one only, and who made it so is kept."""

from datetime import timedelta

import pytest

from blikk.audit.models import Entry
from blikk.invitations.models import Invitation
from blikk.journeys import booking
from blikk.kernel.errors import Invalid, Overtaken
from blikk.patients import contact_points
from blikk.patients.models import ContactPoint
from blikk.patients.queries import get, history
from blikk.patients.services import reach_by
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, a_patient, staff

pytestmark = pytest.mark.django_db


def test_an_invitation_goes_to_a_verified_contact_point_only():
    clinic = a_clinic()
    patient = a_patient(clinic, read_back=())
    with pytest.raises(Invalid) as refusal:
        a_booked_hour(clinic, patient=patient)
    assert refusal.value.fields == {"phone": "contact_not_verified"}
    assert not Invitation.objects.exists()
    actor = staff(a_member(clinic, "secretary", "Siv Bakke"))
    contact_points.read_back(patient, {"phone": "+4790123456"}, actor=actor, now=NOW)
    assert a_booked_hour(clinic, patient=patient).invitation.phone == "+4790123456"


def test_both_channels_must_be_verified_where_both_are_asked_for():
    patient = a_patient(a_clinic(), read_back=("phone",))
    with pytest.raises(Invalid) as refusal:
        a_booked_hour(patient.clinic, patient=patient, channels=("sms", "email"))
    assert refusal.value.fields == {"email": "contact_not_verified"}
    assert a_booked_hour(patient.clinic, patient=patient).invitation.sent_by == "sms"


def test_who_read_back_and_when_is_kept_and_recorded():
    clinic = a_clinic()
    patient, secretary = a_patient(clinic, read_back=()), a_member(clinic, "secretary", "Siv Bakke")
    later = NOW + timedelta(minutes=3)
    contact_points.read_back(patient, {"phone": "+4790123456"}, actor=staff(secretary), now=later)
    change = history(patient)[0]
    assert (change.what, change.actor_id, change.at) == ("read_back", secretary.user.public_id, later)
    entry = Entry.objects.get(act="contact.read_back")
    assert (entry.actor_id, entry.details) == (secretary.user.public_id, '{"kind":"phone"}')


def test_what_was_read_aloud_must_be_what_stands_there():
    patient = a_patient(a_clinic(), read_back=())
    actor = staff(a_member(patient.clinic))
    with pytest.raises(Overtaken):
        contact_points.read_back(patient, {"phone": "+4790123457"}, actor=actor, now=NOW)
    assert not ContactPoint.objects.exclude(state="unverified").exists()


def test_a_changed_contact_point_is_a_new_unverified_one_and_the_other_stays():
    patient = a_patient(a_clinic())
    actor = staff(a_member(patient.clinic))
    reach_by(patient.clinic, patient.public_id, {"phone": "40000001"}, actor=actor, now=NOW)
    points = {point.kind: point for point in get(patient.clinic, patient.public_id).reachable_by}
    assert (points["phone"].value, points["phone"].is_verified) == ("+4740000001", False)
    assert points["email"].is_verified
    assert [change.what for change in history(patient)][:2] == ["added", "retired"]


def test_a_doubted_contact_point_takes_no_invitation_until_it_is_read_back_again():
    hour = a_booked_hour()
    point = contact_points.get(hour.patient, "phone")
    actor = staff(hour.clinician)
    assert contact_points.doubt(point, because="not_in_use", actor=actor, now=NOW)
    assert not contact_points.doubt(point, because="not_in_use", actor=actor, now=NOW)
    with pytest.raises(Invalid):
        booking.send_again(hour.clinic, hour.invitation.public_id, actor=actor, now=NOW)
    contact_points.read_back(hour.patient, {"phone": point.value}, actor=actor, now=NOW)
    assert booking.send_again(hour.clinic, hour.invitation.public_id, actor=actor, now=NOW)


def test_a_moved_hour_is_told_by_the_way_that_is_still_sure():
    hour = a_booked_hour(channels=("sms", "email"))
    actor = staff(hour.clinician)
    contact_points.doubt(
        contact_points.get(hour.patient, "phone"), because="not_in_use", actor=actor, now=NOW
    )
    moved = booking.move(
        hour.clinic,
        hour.appointment.public_id,
        version=hour.appointment.version,
        day=hour.appointment.starts_at.date() + timedelta(days=1),
        at=hour.appointment.starts_at.time(),
        minutes=20,
        actor=actor,
        now=NOW,
    )
    assert moved.invitation.sent_by == "email"
