"""Patients and how they are reached."""

from datetime import date

import pytest

from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import Invalid, NotFound
from blikk.patients.models import ContactPoint
from blikk.patients.queries import contact, get, search
from blikk.patients.services import correct, normal_phone
from tests.builders import BORN, NOW, a_clinic, a_patient

pytestmark = pytest.mark.django_db


def test_a_patient_is_reached_by_what_they_gave():
    patient = a_patient(a_clinic(), phone="901 23 456")
    assert contact(patient, "phone") == "+4790123456"
    assert contact(patient, "email") == "ola.hansen@example.no"


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"phone": "123"}, {"phone": "not_a_phone"}),
        ({"phone": "+4790123456;ext=9"}, {"phone": "not_a_phone"}),
        ({"email": "ola@"}, {"email": "not_an_email"}),
        ({"email": "ola@example.no\nBcc: x@example.no"}, {"email": "not_an_email"}),
        ({"birth_on": date(2030, 1, 1)}, {"birth_on": "not_a_birth_date"}),
        ({"language": "xx"}, {"language": "unknown"}),
        ({"phone": "1", "email": "x"}, {"phone": "not_a_phone", "email": "not_an_email"}),
    ],
)
def test_what_cannot_be_right_is_said_field_by_field(changes, fields):
    clinic = a_clinic()
    with pytest.raises(Invalid) as refusal:
        a_patient(clinic, **changes)
    assert refusal.value.fields == fields
    a_patient(clinic)


def test_a_name_loses_what_no_name_has():
    patient = a_patient(a_clinic(), "Ola\u202e\r\n Hansen")
    assert patient.name == "Ola Hansen"


def test_a_changed_number_is_a_new_unverified_contact_point():
    clinic = a_clinic()
    patient = a_patient(clinic)
    ContactPoint.objects.filter(patient=patient).update(state="read_back")
    same = {
        "given_name": "Ola",
        "family_name": "Hansen",
        "birth_on": BORN,
        "language": "nb",
        "email": "ola.hansen@example.no",
        "actor": SYSTEM,
        "now": NOW,
    }
    correct(clinic, patient.public_id, phone="40000001", **same)
    points = {point.kind: point for point in ContactPoint.objects.filter(retired_at__isnull=True)}
    assert (points["phone"].value, points["phone"].state) == ("+4740000001", "unverified")
    assert points["email"].state == "read_back"


def test_search_finds_by_any_part_of_the_name_and_by_birth_date():
    clinic = a_clinic()
    ola, _other = a_patient(clinic), a_patient(clinic, "Åse Lie", birth_on=date(1950, 1, 2))
    assert [found.name for found in search(clinic, "han ol")] == [ola.name]
    assert [found.name for found in search(clinic, "", born=date(1950, 1, 2))] == ["Åse Lie"]
    assert search(a_clinic("Nabolaget"), "han") == []


def test_another_clinic_cannot_see_that_the_patient_exists():
    patient = a_patient(a_clinic())
    with pytest.raises(NotFound):
        get(a_clinic("Nabolaget"), patient.public_id)
    assert get(patient.clinic, patient.public_id) == patient


def test_no_number_is_no_fault():
    assert normal_phone("  ") == ""
