"""A message carries the closed list of fields and nothing else (law 6)."""

from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blikk.invitations.models import Invitation
from blikk.invitations.words import Kind, compose, grouped, staff_alert
from tests.builders import a_booked_hour, a_clinic, a_member, a_patient

pytestmark = pytest.mark.django_db
KINDS = get_args(Kind)
CANARY = "Kanarifugl"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_no_name_or_specialty_is_in_any_message(kind, language):
    clinic = a_clinic(f"{CANARY} psykiatriske klinikk")
    hour = a_booked_hour(
        clinic,
        clinician=a_member(clinic, name=f"{CANARY} Lege", title=CANARY, profession=CANARY),
        patient=a_patient(clinic, f"{CANARY} Hansen", language=language),
    )
    words = compose(
        kind,
        hour.invitation,
        base_url="https://v.example.no",
        token="T" * 43,
        typed_code="0123456789",
        digits="123456",
    )
    assert CANARY not in words.subject + words.body
    assert "1944" not in words.subject + words.body
    assert "Legekontoret" in words.body


@given(name=st.text(min_size=1, max_size=60))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_name_can_break_out(hour_in_memory, name):
    hour_in_memory.name = name
    plain = compose("invited", hour_in_memory, base_url="https://v.example.no", token="T" * 43)
    hour_in_memory.name = "somebody else"
    assert plain == compose("invited", hour_in_memory, base_url="https://v.example.no", token="T" * 43)


@pytest.fixture
def hour_in_memory():
    hour = a_booked_hour()
    return Invitation.objects.select_related("clinic", "appointment").get(pk=hour.invitation.pk)


def test_the_link_keeps_its_secret_in_the_fragment():
    hour = a_booked_hour()
    body = compose("invited", hour.invitation, base_url="https://v.example.no", token="T" * 43).body
    assert f"https://v.example.no/m#{'T' * 43}" in body
    assert "?" not in body.split("https://v.example.no/m#")[1].split()[0]


def test_a_phone_number_is_written_as_people_read_it():
    assert grouped("+4755550100") == "55 55 01 00"
    assert grouped("+46701234567") == "+46 70 123 45 67"
    assert grouped("helse") == "helse"


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_an_alert_to_the_staff_names_nobody(language):
    clinic = a_clinic(f"{CANARY} psykiatriske klinikk")
    words = staff_alert(clinic, minutes=10, language=language, base_url="https://v.example.no")
    assert CANARY not in words.subject + words.body
    assert "https://v.example.no/dag/" in words.body
    assert "10" in words.body
