"""Where an act and the deletion meet, that one thing waits for another night, and the night goes on."""

from datetime import timedelta

import pytest
from django.db import OperationalError

from blikk.clinics import deletions
from blikk.clinics.models import Clinic, Deletion
from blikk.consultations.models import Consultation
from blikk.documentation import keeping as documentation
from blikk.documentation.models import Note
from blikk.jobs import keeping as job
from blikk.journeys.keeping import night as nightly
from blikk.patients.models import Patient
from blikk.scheduling.models import Appointment
from tests.builders import NOW, a_booked_hour, a_clinic, a_patient
from tests.documentation.conversations import a_full_conversation
from tests.kept import closed, night

pytestmark = pytest.mark.django_db(transaction=True)
NOTES = "blikk.journeys.keeping.forgetting.documentation.forget_notes"


def three_visits():
    """Old visits of three patients at one clinic, all in the journal."""
    clinic = a_clinic()
    hours = []
    for number in (1, 4, 7):
        reach = {"phone": f"+479012340{number}", "email": "", "read_back": ("phone",)}
        patient = a_patient(clinic, f"Pasient {number}", **reach)
        hours.append(a_full_conversation(a_booked_hour(clinic, patient=patient), has_number=False))
        closed(hours[-1])
    return clinic, hours


def test_a_row_that_is_added_between_reading_and_deleting_postpones_that_visit_alone(monkeypatch):
    clinic, hours = three_visits()
    late, real = hours[1].appointment, documentation.forget_notes

    def and_somebody_writes(consultations, gone):
        real(consultations, gone)
        talk = Consultation.objects.filter(pk__in=consultations, appointment=late).first()
        if talk is not None:
            Note.objects.create(clinic=clinic, consultation=talk, free_text="Kom til", written_at=NOW)

    monkeypatch.setattr(NOTES, and_somebody_writes)
    run = night(clinic, 40)
    assert (run.status, run.visits, run.postponed) == ("done", 2, 1)
    assert list(Appointment.objects.values_list("pk", flat=True)) == [late.pk]
    assert late.consultation.note.free_text != "Kom til"
    monkeypatch.undo()
    run = night(clinic, 41)
    assert (run.visits, run.postponed) == (1, 0)


def test_a_night_that_is_gone_on_with_counts_what_is_left_once(monkeypatch):
    clinic, _ = three_visits()
    now = NOW + timedelta(days=40)

    def busy(*_, **__):
        raise OperationalError("somebody has it")

    monkeypatch.setattr(NOTES, busy)
    run = deletions.claim(clinic, now.date(), worker="w", now=now)
    run = nightly._visits(run, lambda: now)
    assert run.postponed == 3
    run = nightly.keep(clinic, worker="w", clock=lambda: now)
    assert (run.status, run.postponed) == ("done", 3)
    monkeypatch.undo()
    assert night(clinic, 41).visits == 3


def test_a_sweep_that_meets_somebody_is_left_and_the_night_is_finished(monkeypatch):
    clinic, _ = three_visits()

    def busy(*_, **__):
        raise OperationalError("somebody has it")

    monkeypatch.setattr(nightly, "forget_days", busy)
    monkeypatch.setattr(nightly, "trim", busy)
    run = night(clinic, 40)
    assert (run.status, run.visits, run.postponed) == ("done", 3, 2)


def test_a_fault_at_one_clinic_takes_nothing_from_another(monkeypatch):
    bad, good = a_clinic("Feil"), a_clinic("Nabo")
    real = job.keep

    def stumbling(clinic, **more):
        if clinic.pk == bad.pk:
            raise RuntimeError("a fault of our own")
        return real(clinic, worker=more["worker"], clock=lambda: NOW + timedelta(days=40))

    monkeypatch.setattr(job, "keep", stumbling)
    assert job.keep_all("w") == 1
    assert [run.clinic for run in Deletion.objects.all()] == [good]
    assert Clinic.objects.count() == 2
    assert Patient.objects.count() == 0
