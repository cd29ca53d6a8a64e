"""What was deleted does not come back from the journal system, and what would come back is not deleted."""

from datetime import timedelta

import pytest

from blikk.documentation.models import RecordAppointment
from blikk.journeys import booking
from blikk.journeys.keeping import asked
from blikk.kernel.actors import SYSTEM
from blikk.patients.models import Patient
from blikk.scheduling.models import Appointment
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, a_patient, staff
from tests.journeys.test_incoming import KARI, cancelled, hears, said
from tests.kept import night

pytestmark = pytest.mark.django_db
WHY = {"asked_by": "patient", "because": "objection"}


@pytest.fixture
def kari():
    return a_member(a_clinic(), "clinician", "Kari Nordmann", hpr_number=KARI)


def stays_of(clinic, *, now=NOW):
    patient = Patient.objects.get(clinic=clinic, family_name="Hansen")
    return [one.why for one in asked.deletable(clinic, patient.public_id, now=now).stays]


def deleted(clinic, *, now=NOW):
    patient = Patient.objects.get(clinic=clinic, family_name="Hansen")
    return asked.delete(clinic, patient.public_id, **WHY, actor=staff(clinic.memberships.first()), now=now)


def test_an_old_hour_that_the_journal_touches_later_does_not_come_back(kari):
    clinic, late = kari.clinic, NOW + timedelta(days=40)
    hears(clinic, said())
    assert night(clinic, 40).visits == 1
    hears(clinic, said(tick=99), now=late)
    assert RecordAppointment.objects.count() == 0
    assert Appointment.objects.count() == 0
    hears(clinic, said("a2", at=timedelta(days=41), tick=99), now=late)
    assert Appointment.objects.get().patient == Patient.objects.get()


def test_an_hour_that_the_journal_still_plans_is_not_deleted_when_somebody_asks(kari):
    clinic = kari.clinic
    hears(clinic, said())
    hour = Appointment.objects.get()
    booking.cancel(clinic, hour.public_id, version=hour.version, actor=SYSTEM, now=NOW)
    assert stays_of(clinic) == ["journal"]
    run, is_gone = deleted(clinic)
    assert (run.visits, is_gone) == (0, False)
    hears(clinic, cancelled(tick=5))
    assert stays_of(clinic) == []
    run, is_gone = deleted(clinic)
    assert (run.visits, is_gone) == (1, True)
    hears(clinic, cancelled(tick=6))
    assert (Appointment.objects.count(), Patient.objects.count()) == (0, 0)


def test_a_patient_whom_the_journal_plans_an_hour_for_stays_though_there_is_none_here(kari):
    clinic = kari.clinic
    other = a_patient(clinic, "Annen Pasient", phone="+4791234567", email="")
    taken = a_booked_hour(clinic, clinician=kari, patient=other)
    at = taken.appointment.starts_at - NOW
    hears(clinic, said(at=at))
    word = RecordAppointment.objects.get()
    assert (word.notice, word.appointment) == ("taken", None)
    assert stays_of(clinic) == ["journal"]
    assert not deleted(clinic)[1]
    assert stays_of(clinic, now=NOW + timedelta(days=2)) == []
    assert deleted(clinic, now=NOW + timedelta(days=2))[1]
