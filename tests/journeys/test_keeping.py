"""At night: what was delivered goes when its time is over, and what was not stays, whatever the clock says."""

from datetime import timedelta

import pytest

from blikk.audit.models import Entry
from blikk.audit.queries import verify
from blikk.clinics import deletions, retention
from blikk.clinics.models import Deletion
from blikk.documentation.models import Delivery, EhrConnection
from blikk.invitations.models import Invitation
from blikk.journeys import closing, tasks
from blikk.journeys.errors import SomethingIsLeft
from blikk.journeys.keeping import due, forgetting
from blikk.journeys.keeping import night as nightly
from blikk.journeys.keeping.tables import KIND_OF, PATIENT, VISIT
from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import Invalid
from blikk.notifications.models import Message
from blikk.patients.models import Agreement, Companion, Patient
from blikk.scheduling.models import Appointment, Task
from tests import companions, letters, queues
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, a_patient, staff
from tests.documentation.conversations import a_full_conversation, signed
from tests.kept import CANARY, a_full_visit, closed, columns_with, every_table, night

pytestmark = pytest.mark.django_db
TRACES = ("Ola", "Hansen", "90123456", "ola.hansen", "Amal", "90000033", "90000032", "90000077", CANARY)


# What stood on an invoice belongs to the accounts, and goes with them.
STAYS = [f"settlement.Invoice.paper: {CANARY}"]


def left_of_people() -> dict[str, int]:
    """Rows in the tables that go with visits and patients."""
    counts = {one._meta.label: one._default_manager.count() for one in every_table()}
    return {label: n for label, n in counts.items() if n and KIND_OF[label] in (VISIT, PATIENT)}


def test_of_a_visit_and_a_patient_nothing_is_left_in_any_column_of_any_table():
    hour = a_full_visit()
    kinds = {label for label, kind in KIND_OF.items() if kind in (VISIT, PATIENT)}
    assert kinds - left_of_people().keys() == set()
    assert len(columns_with(CANARY)) > 40
    assert columns_with("Amal", "90123456")
    first, second = night(hour.clinic, 45), night(hour.clinic, 45 + 366)
    assert (first.visits, second.patients) == (1, 1)
    assert left_of_people() == {}
    assert columns_with(*TRACES) == STAYS
    assert verify() == []


def test_a_visit_goes_after_thirty_days_and_not_before():
    hour = a_full_conversation()
    closed(hour)
    assert night(hour.clinic, 29).visits == 0
    assert night(hour.clinic, 31).visits == 1
    assert Patient.objects.count() == 1
    assert night(hour.clinic, 31) is None


@pytest.mark.parametrize("days", [30, 3000])
def test_nothing_that_is_not_delivered_goes_however_old_it_is(days):
    clinic = a_clinic()
    unsigned = a_visit(clinic, 1)
    signed_only = a_visit(clinic, 4)
    signed(signed_only)
    not_taken = a_visit(clinic, 7)
    closed(not_taken, is_taken=False)
    taken = a_visit(clinic, 5)
    closed(taken)
    assert night(clinic, days + 1).visits == 1
    kept = set(Appointment.objects.values_list("pk", flat=True))
    assert kept == {one.appointment.pk for one in (unsigned, signed_only, not_taken)}
    held = due.tonight(clinic, now=NOW + timedelta(days=days + 1)).held
    assert held == {"close_out": 2, "delivery": 1}


def a_visit(clinic, number):
    """Another patient's, with a clinician of its own at the same time."""
    patient = a_patient(
        clinic, f"Pasient {number}", phone=f"+479012340{number}", email="", read_back=("phone",)
    )
    return a_full_conversation(a_booked_hour(clinic, patient=patient), has_number=False)


def test_a_delivery_that_waits_or_failed_keeps_the_visit():
    hour = a_full_conversation()
    talk = closed(hour)
    connection = EhrConnection.objects.create(clinic=hour.clinic, kind="copy", changed_at=NOW)
    sent = Delivery.objects.create(
        connection=connection, consultation=talk, kind="note", of_version=1, made_at=NOW, next_at=NOW
    )
    assert night(hour.clinic, 100).visits == 0
    Delivery.objects.filter(pk=sent.pk).update(status="stopped", fault="status_422", fault_at=NOW)
    assert night(hour.clinic, 101).visits == 0
    Delivery.objects.filter(pk=sent.pk).update(status="delivered", settled_at=NOW + timedelta(days=80))
    assert night(hour.clinic, 109).visits == 0
    assert night(hour.clinic, 111).visits == 1


def test_a_correction_that_is_not_taken_along_keeps_the_visit():
    hour = a_full_conversation()
    talk = closed(hour)
    act = {"membership": hour.clinician, "actor": staff(hour.clinician)}
    closing.correct_note(
        hour.clinic,
        talk.public_id,
        text="Rettet.",
        reason="Feil dose",
        number=1,
        **act,
        now=NOW + timedelta(days=20),
    )
    assert night(hour.clinic, 60).visits == 0
    closing.take_note(hour.clinic, talk.public_id, how="copy", **act, now=NOW + timedelta(days=61))
    assert night(hour.clinic, 90).visits == 0
    assert night(hour.clinic, 92).visits == 1


def test_an_open_case_an_undecided_photo_and_an_open_task_keep_the_visit():
    hour = a_full_conversation()
    one = letters.proven(letters.a_question(hour))
    closed(hour)
    assert night(hour.clinic, 50).visits == 0
    assert due.why_held(hour.appointment, now=NOW + timedelta(days=50)) == "case"
    one.case.__class__.objects.update(status="closed", closed_at=NOW)
    task = tasks.set_task(
        hour.clinic,
        hour.appointment.public_id,
        what="Ring",
        holder=hour.clinician.public_id,
        due_on=NOW.date(),
        membership=hour.clinician,
        actor=staff(hour.clinician),
        now=NOW,
    )
    assert night(hour.clinic, 51).visits == 0
    assert due.tonight(hour.clinic, now=NOW + timedelta(days=51)).held == {"task": 1}
    Task.objects.filter(pk=task.pk).update(status="done", done_at=NOW)
    assert night(hour.clinic, 52).visits == 1


def test_a_cancelled_and_a_missed_hour_and_a_place_in_a_queue_go_by_their_own_time():
    clinic = a_clinic()
    a_booked_hour(clinic)
    guest = queues.enter(queues.an_opening(clinic), "Kø Person")
    assert night(clinic, 29).visits == 0
    assert night(clinic, 32).visits == 2
    assert (Appointment.objects.count(), Invitation.objects.count()) == (0, 0)
    assert Patient.objects.filter(family_name="Person").exists()
    assert night(clinic, 32 + 366).patients == 2
    assert columns_with("Kø", guest.phone.removeprefix("+47")) == []


def test_the_clinic_decides_within_bounds():
    hour = a_full_conversation()
    closed(hour)
    usual = retention.amounts_of(hour.clinic)
    assert usual == {"visit": 30, "patient": 365, "audit": 2, "money": 5, "claim": 5}
    with pytest.raises(Invalid) as refused:
        retention.choose(
            hour.clinic, {**usual, "visit": 0, "audit": 1, "patient": 9999}, actor=SYSTEM, now=NOW
        )
    assert refused.value.fields == {
        "visit": "kept_too_short",
        "audit": "kept_too_short",
        "patient": "kept_too_long",
    }
    retention.choose(hour.clinic, {**usual, "visit": 5}, actor=SYSTEM, now=NOW)
    assert night(hour.clinic, 6).visits == 1
    changed = Entry.objects.get(act="clinic.setting_changed")
    assert '"setting":"retention_visit"' in changed.details


def test_another_clinics_data_stay():
    mine, other = a_full_conversation(), a_full_conversation(a_booked_hour(a_clinic("Nabo")))
    closed(mine)
    closed(other)
    night(mine.clinic, 40)
    assert list(Appointment.objects.values_list("pk", flat=True)) == [other.appointment.pk]


def test_it_is_not_night_before_four():
    hour = a_full_conversation()
    closed(hour)
    early = (NOW + timedelta(days=40)).replace(hour=1)
    assert nightly.keep(hour.clinic, worker="w", clock=lambda: early) is None
    assert Deletion.objects.count() == 0


def test_one_worker_has_the_night_and_another_goes_on_when_it_is_dead():
    clinic, now = a_clinic(), NOW + timedelta(days=40)
    run = deletions.claim(clinic, now.date(), worker="a", now=now)
    assert run is not None
    assert deletions.claim(clinic, now.date(), worker="b", now=now) is None
    assert nightly.keep(clinic, worker="b", clock=lambda: now + deletions.LEASE + timedelta(minutes=1))
    assert Deletion.objects.get().status == "done"


def test_the_proof_counts_rows_and_days_and_names_nobody():
    hour = a_full_visit()
    run = night(hour.clinic, 45)
    assert run.counts["scheduling.Appointment"] == 1
    assert run.counts["invitations.Invitation"] == 3
    assert (run.first_on, run.last_on) == (NOW.date(), NOW.date())
    assert len(run.digest) == 64
    line = Entry.objects.get(act="keeping.deleted")
    assert run.digest in line.details
    assert hour.patient.public_id not in line.details


def test_a_message_that_a_worker_holds_postpones_the_visit():
    hour = a_full_conversation()
    closed(hour)
    now = NOW + timedelta(days=40)
    Message.objects.filter(about__endswith=hour.invitation.public_id).update(
        status="sending", lease_until=now + timedelta(minutes=5)
    )
    with pytest.raises(SomethingIsLeft):
        forgetting.forget_visit(hour.clinic, hour.appointment, now=now)


def test_a_fault_in_one_visit_leaves_the_others_deleted_and_is_counted(monkeypatch):
    clinic = a_clinic()
    one = a_full_conversation(a_booked_hour(clinic))
    two = a_visit(clinic, 4)
    closed(one)
    closed(two)
    real = forgetting.forget_visit

    def stumbling(clinic, appointment, *, now):
        if appointment.pk == one.appointment.pk:
            raise SomethingIsLeft
        return real(clinic, appointment, now=now)

    monkeypatch.setattr(forgetting, "forget_visit", stumbling)
    run = night(clinic, 40)
    assert (run.visits, run.postponed) == (1, 1)
    monkeypatch.undo()
    assert night(clinic, 41).visits == 1


def test_a_companion_who_helps_somebody_else_too_stays():
    hour = a_full_conversation()
    closed(hour)
    other = a_booked_hour(hour.clinic, clinician=hour.clinician, starts_in=timedelta(days=500))
    daughter, alone = (
        companions.agreed(hour, *who).companion
        for who in (("Liv Hansen", "+4790000032"), ("Per Lund", "+4790000034"))
    )
    other.appointment.invitations.update(companion=daughter)
    Agreement.objects.all().delete()
    night(hour.clinic, 40 + 366)
    assert Companion.objects.filter(pk=daughter.pk).exists()
    assert not Companion.objects.filter(pk=alone.pk).exists()


def test_the_preview_says_what_the_night_does_with_a_fixed_number_of_questions(django_assert_num_queries):
    clinic = a_clinic()
    hour = a_full_conversation(a_booked_hour(clinic))
    closed(hour)
    now = NOW + timedelta(days=40)
    with django_assert_num_queries(11) as few:
        assert due.tonight(clinic, now=now).visits == 1
    for number in (4, 7):
        closed(a_visit(clinic, number))
    with django_assert_num_queries(len(few)):
        assert due.tonight(clinic, now=now).visits == 3
    assert night(clinic, 40).visits == 3


def test_what_the_bulk_question_says_is_what_the_last_word_says():
    hour = a_full_conversation()
    assert due.why_held(hour.appointment, now=NOW + timedelta(days=9)) == "close_out"
    closed(hour, is_taken=False)
    assert due.why_held(hour.appointment, now=NOW + timedelta(days=9)) == "delivery"
    EhrConnection.objects.create(clinic=hour.clinic, kind="none", changed_at=NOW)
    assert night(hour.clinic, 90).visits == 0


def test_old_entries_of_the_record_leave_and_the_rest_is_whole():
    hour = a_full_conversation()
    closed(hour)
    count = Entry.objects.count()
    night(hour.clinic, 31)
    night(hour.clinic, 732)
    assert Entry.objects.filter(chain=hour.clinic.pk).count() < count
    assert verify() == []


def test_a_practice_place_has_no_nights():
    a_member(a_clinic(is_practice=True))
    assert deletions.clinics_that_keep() == []
