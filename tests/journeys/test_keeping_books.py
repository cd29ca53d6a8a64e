"""The books outlive the visit and the patient, lead to nobody then, and go when their years are over."""

from datetime import UTC, datetime, timedelta

import pytest

from blikk.clinics import retention
from blikk.journeys.keeping import asked, due
from blikk.kernel.actors import SYSTEM
from blikk.patients.models import Patient
from blikk.payments.models import Charge, ChargeRow, Claim, PaymentRules
from blikk.scheduling.models import Appointment
from blikk.settlement.models import Bill, BillRow
from tests.builders import NOW, a_clinic, staff
from tests.kept import CANARY, a_full_visit, columns_with, night

pytestmark = pytest.mark.django_db
BOOKS = (Charge, ChargeRow, Bill, BillRow)
WHY = {"asked_by": "patient", "because": "no_longer"}


def days_to(year: int, month: int, day: int) -> float:
    return (datetime(year, month, day, 12, tzinfo=UTC) - NOW) / timedelta(days=1)


def in_the_books() -> list[int]:
    return [kind.objects.count() for kind in BOOKS]


def test_they_stay_when_the_visit_and_the_patient_go_and_lead_to_nobody():
    hour = a_full_visit()
    night(hour.clinic, 45)
    assert night(hour.clinic, 45 + 366).patients == 1
    assert (Appointment.objects.count(), Patient.objects.count()) == (0, 0)
    assert in_the_books() == [1, 1, 1, 1]
    for one in (Charge.objects.get(), Bill.objects.get()):
        assert (one.patient, one.appointment, one.consultation) == (None, None, None)


def test_an_hour_that_the_state_still_has_a_part_in_stays_until_the_bill_is_made():
    hour = a_full_visit()
    Claim.objects.all().delete()
    Charge.objects.update(kind="co_payment", state_ore=4400)
    rules, _ = PaymentRules.objects.get_or_create(clinic=hour.clinic, defaults={"changed_at": NOW})
    PaymentRules.objects.filter(pk=rules.pk).update(practice_id="12345")
    later = NOW + timedelta(days=45)
    assert due.tonight(hour.clinic, now=later).held == {"claim": 1}
    assert due.why_held(hour.appointment, now=later) == "claim"
    assert night(hour.clinic, 45).visits == 0
    # A clinic that makes its bills elsewhere, or a charge without a part of the state's, waits for nothing.
    PaymentRules.objects.filter(pk=rules.pk).update(practice_id="")
    assert due.why_held(hour.appointment, now=later) == ""
    PaymentRules.objects.filter(pk=rules.pk).update(practice_id="12345")
    Charge.objects.update(state_ore=0)
    assert night(hour.clinic, 46).visits == 1


def test_they_go_when_five_years_have_passed_from_the_end_of_the_year():
    hour = a_full_visit()
    night(hour.clinic, 45)
    night(hour.clinic, days_to(2031, 12, 31))
    assert in_the_books() == [1, 1, 1, 1]
    assert columns_with(CANARY)
    run = night(hour.clinic, days_to(2032, 1, 1))
    assert in_the_books() == [0, 0, 0, 0]
    assert (run.counts["settlement.Bill"], run.counts["payments.Charge"]) == (1, 1)
    assert run.counts["settlement.Invoice"] == 2
    assert columns_with(CANARY) == []


def test_the_year_ends_where_the_clinic_is_and_more_years_can_be_chosen():
    clinic = a_clinic()
    late = datetime(2031, 12, 31, 23, 30, tzinfo=UTC)
    assert retention.cuts_of(clinic, now=late)["money"] == datetime(2026, 12, 31, 23, tzinfo=UTC)
    retention.choose(clinic, {"money": 7}, actor=SYSTEM, now=NOW)
    assert retention.cuts_of(clinic, now=late)["money"].year == 2024
    assert retention.cuts_of(clinic, now=late)["claim"].year == 2026


def test_a_bill_that_is_not_settled_keeps_the_patient_and_itself_however_old_it_is():
    hour = a_full_visit()
    Bill.objects.update(status="open", settled_at=None)
    night(hour.clinic, 45)
    assert night(hour.clinic, days_to(2040, 1, 1)).patients == 0
    assert Bill.objects.get().patient == hour.patient
    later = NOW + timedelta(days=days_to(2040, 1, 2))
    act = {"actor": staff(hour.clinician), "now": later}
    assert [one.why for one in asked.deletable(hour.clinic, hour.patient.public_id, now=later).stays] == [
        "bill"
    ]
    assert not asked.delete(hour.clinic, hour.patient.public_id, **WHY, **act)[1]
    Bill.objects.update(status="paid", settled_at=later)
    assert asked.delete(hour.clinic, hour.patient.public_id, **WHY, **act)[1]
    assert Bill.objects.get().patient is None
