"""What a patient may ask for: everything that is kept, who has seen it, and that it is deleted."""

from datetime import timedelta

import pytest

from blikk.audit.models import Entry
from blikk.audit.queries import verify
from blikk.audit.services import looked_at
from blikk.clinics.models import Deletion
from blikk.invitations.models import Invitation
from blikk.journeys.keeping import asked, told
from blikk.journeys.keeping.looks import looks_of
from blikk.kernel.errors import Invalid, NotFound
from blikk.patients.models import Patient
from blikk.scheduling.models import Appointment
from tests import queues
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, a_patient, staff
from tests.documentation.conversations import a_full_conversation
from tests.kept import CANARY, a_full_visit, closed, columns_with, night

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=3)
WHY = {"asked_by": "patient", "because": "no_longer"}


def boss_of(hour):
    return staff(a_member(hour.clinic, "administrator", "Anne Admin"))


def test_everything_that_is_kept_is_told_and_companions_apart():
    hour = a_full_visit()
    kept = told.kept_of(hour.clinic, hour.patient.public_id)
    missing = set(told.WAYS) - set(kept.own)
    assert missing == set()
    assert set(kept.companions) >= {"patients.Agreement", "patients.Companion", "invitations.Invitation"}
    assert all(one.startswith(b"\xff\xd8") for one in kept.photos.values())
    assert len(kept.photos) == 1
    roles = {row["role"] for row in kept.own["consultations.Participant"]}
    assert roles == {"patient", "clinician"}
    assert CANARY in kept.own["writing.Message"][0]["words"]
    assert kept.own["documentation.NoteVersion"][0]["text"].startswith(CANARY)


def test_no_secret_and_no_digest_is_told():
    hour = a_full_visit()
    kept = told.kept_of(hour.clinic, hour.patient.public_id)
    columns = {
        name for rows in (kept.own, kept.companions) for row in rows.values() for one in row for name in one
    }
    assert not {name for name in columns if "digest" in name or "key" in name or name in ("seat", "epoch")}
    assert {"starts_at", "phone", "words"} <= columns


def test_nothing_of_another_patient_is_told():
    hour = a_full_conversation()
    other = a_patient(hour.clinic, "Annen Pasient", phone="+4791234567", email="annen@example.no")
    closed(hour)
    Invitation.objects.filter(pk=hour.invitation.pk).update(role="patient")
    hour.appointment.invitations.create(
        clinic=hour.clinic,
        role="member",
        patient=other,
        name="Annen Pasient",
        token_digest="t" * 40,
        code_key="c" * 40,
        created_at=NOW,
    )
    said = repr(told.kept_of(hour.clinic, hour.patient.public_id))
    assert "Annen" not in said
    assert "91234567" not in said
    assert "Annen" in repr(told.kept_of(hour.clinic, other.public_id))
    with pytest.raises(NotFound):
        told.kept_of(a_clinic("Nabo"), hour.patient.public_id)


def test_who_asked_for_the_file_and_why_is_recorded():
    hour = a_full_conversation()
    boss = boss_of(hour)
    with pytest.raises(Invalid):
        told.hand_out(hour.clinic, hour.patient.public_id, asked_by="", because="access", actor=boss, now=NOW)
    told.hand_out(
        hour.clinic, hour.patient.public_id, asked_by="guardian", because="access", actor=boss, now=NOW
    )
    entry = Entry.objects.get(act="patient.handed_out")
    assert '"asked_by":"guardian"' in entry.details
    assert (entry.actor_id, entry.about) == (boss.id, f"patients.Patient:{hour.patient.public_id}")


def test_what_is_in_the_journal_is_deleted_at_once_when_somebody_asks():
    hour = a_full_visit()
    found = asked.deletable(hour.clinic, hour.patient.public_id, now=LATER)
    assert (found.visits, found.places, found.is_whole) == (1, 0, True)
    run, is_gone = asked.delete(hour.clinic, hour.patient.public_id, **WHY, actor=boss_of(hour), now=LATER)
    assert is_gone
    assert (run.kind, run.status, run.patients) == ("asked", "done", 1)
    in_the_accounts = f"settlement.Invoice.paper: {CANARY}"
    assert columns_with("Ola", "Hansen", "90123456", CANARY) == [in_the_accounts]
    assert verify() == []
    assert hour.patient.public_id not in Entry.objects.get(act="keeping.deleted").details


def test_what_is_not_in_the_journal_stays_and_says_why():
    hour = a_full_conversation()
    soon = a_booked_hour(hour.clinic, patient=hour.patient, starts_in=timedelta(days=9))
    gone = a_booked_hour(hour.clinic, patient=hour.patient, starts_in=timedelta(days=1))
    found = asked.deletable(hour.clinic, hour.patient.public_id, now=LATER)
    assert [one.why for one in found.stays] == ["close_out", "ahead"]
    assert found.visits == 1
    run, is_gone = asked.delete(hour.clinic, hour.patient.public_id, **WHY, actor=boss_of(hour), now=LATER)
    assert not is_gone
    assert run.visits == 1
    left = set(Appointment.objects.values_list("pk", flat=True))
    assert left == {hour.appointment.pk, soon.appointment.pk}
    assert gone.appointment.pk not in left
    assert Patient.objects.filter(pk=hour.patient.pk).exists()


def test_a_place_in_a_queue_of_today_stays_until_the_queue_is_closed():
    clinic = a_clinic()
    guest = queues.enter(queues.an_opening(clinic), "Kø Person")
    patient = Patient.objects.get(family_name="Person")
    assert [one.why for one in asked.deletable(clinic, patient.public_id, now=NOW).stays] == ["ahead"]
    assert asked.deletable(clinic, patient.public_id, now=LATER).is_whole
    assert guest.view.invitation


def test_another_clinics_administrator_deletes_nothing():
    hour = a_full_conversation()
    with pytest.raises(NotFound):
        asked.delete(a_clinic("Nabo"), hour.patient.public_id, **WHY, actor=boss_of(hour), now=LATER)
    assert Deletion.objects.count() == 0


def test_the_log_says_who_saw_also_after_the_visit_and_the_patient_are_deleted():
    hour = a_full_conversation()
    doctor = staff(hour.clinician)
    looked_at("consultation", actor=doctor, about=consultation(hour), clinic_id=hour.clinic.pk, now=NOW)
    closed(hour)
    patient = hour.patient.public_id
    before = [(line.act, line.at) for line in looks_of(hour.clinic, patient)]
    assert ("consultation.looked_at", NOW) in before
    assert {line.actor_kind for line in looks_of(hour.clinic, patient)} == {"staff"}
    night(hour.clinic, 40)
    after_visit = [(line.act, line.at) for line in looks_of(hour.clinic, patient)]
    assert after_visit == before
    asked.delete(hour.clinic, patient, **WHY, actor=boss_of(hour), now=NOW + timedelta(days=41))
    after_all = [(line.act, line.at) for line in looks_of(hour.clinic, patient)]
    assert [one for one in after_all if one in before] == before
    assert after_all[0][0] == "patient.deleted"
    with pytest.raises(NotFound):
        looks_of(a_clinic("Nabo"), patient)
    with pytest.raises(NotFound):
        looks_of(hour.clinic, "A" * 22)


def consultation(hour):
    return hour.appointment.consultation


def test_the_log_is_read_with_as_many_questions_however_long_it_is(django_assert_max_num_queries):
    hour = a_full_conversation()
    with django_assert_max_num_queries(24) as few:
        looks_of(hour.clinic, hour.patient.public_id)
    for number in range(30):
        now = NOW + timedelta(seconds=number)
        looked_at(
            "patient", actor=staff(hour.clinician), about=hour.patient, clinic_id=hour.clinic.pk, now=now
        )
    with django_assert_max_num_queries(len(few)):
        assert len(looks_of(hour.clinic, hour.patient.public_id)) > 30
