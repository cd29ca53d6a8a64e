"""Appointments read from a real FHIR server: in pages, with who is who, and through everything that can break."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from blikk.clinics.models import Membership
from blikk.documentation import incoming as room
from blikk.documentation.ehr import connections, keys
from blikk.documentation.models import Feed, RecordAppointment
from blikk.journeys.incoming_read import read_once
from blikk.kernel.actors import SYSTEM
from blikk.patients.models import ContactPoint, Patient
from blikk.scheduling.models import Appointment
from blikk.scheduling.states import FILLS_TIME
from tests.builders import a_clinic, a_member
from tests.smart_journal import HALF, TestJournal, patient, practitioner

pytestmark = pytest.mark.django_db
VIRTUAL = "http://hl7.no/fhir/StructureDefinition/no-basis-virtual-service"


class Clock:
    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return timezone.now() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kari(journal: TestJournal) -> Membership:
    member = a_member(a_clinic(), "clinician", "Kari Nordmann", hpr_number="9144900")
    row = connections.choose(
        member.clinic, kind="fhir", base_url=journal.base, client_id="feed", actor=SYSTEM, now=timezone.now()
    )
    journal.knows_client("feed", keys.public_keys(row), grants=("client_credentials",))
    room.change_feed(
        member.clinic,
        is_on=True,
        codes=["urn:x|VIDEO"],
        ahead_days=60,
        invites=True,
        actor=SYSTEM,
        now=timezone.now(),
    )
    journal.put(practitioner())
    journal.put(patient(telecom=[{"system": "phone", "value": "90 12 34 56", "use": "mobile"}]))
    return member


def appointment(name: str = "a1", *, hours: float = 3, status: str = "booked", **more: Any) -> dict[str, Any]:
    starts = timezone.now().replace(microsecond=0, second=0) + timedelta(days=1, hours=hours)
    return {
        "resourceType": "Appointment",
        "id": name,
        "status": status,
        "extension": [{"url": VIRTUAL}],
        "start": starts.isoformat(),
        "end": (starts + timedelta(minutes=20)).isoformat(),
        "participant": [
            {"actor": {"reference": "Patient/p1"}, "status": "accepted"},
            {"actor": {"reference": "Practitioner/kari"}, "status": "accepted"},
        ],
        **more,
    }


def reads(clock: Clock, *, later: int = 61) -> Feed:
    clock.ahead += timedelta(seconds=later)
    assert read_once("w", clock=clock)
    return Feed.objects.get()


def live() -> list[Appointment]:
    return list(Appointment.objects.filter(status__in=FILLS_TIME).order_by("starts_at"))


def test_what_is_booked_moved_and_cancelled_there_is_so_here(journal, kari, clock):
    there = journal.put(appointment())
    feed = reads(clock)
    assert (feed.fault, feed.read_at is not None) == ("", True)
    hour = Appointment.objects.get()
    assert hour.starts_at.isoformat() == there["start"]
    assert (hour.clinician, hour.patient.name) == (kari, "Ola Hansen")
    assert ContactPoint.objects.get().state == "unverified"
    assert RecordAppointment.objects.get().notice == "needs_contact"

    moved = journal.put(appointment(hours=5))
    reads(clock)
    assert [each.starts_at.isoformat() for each in live()] == [moved["start"]]
    journal.put(appointment(hours=5, status="cancelled"))
    reads(clock)
    assert live() == []
    before = len(journal.asked)
    reads(clock)
    asked = [path for _, path, _, _ in journal.asked[before:]]
    assert len(asked) == 1, "nothing new is one question, and no patient is read again"
    assert "_lastUpdated=ge" in asked[0]


def test_video_is_what_the_record_marks_so_or_the_administrator_said(journal, kari, clock):
    plain = {"extension": []}
    coded = {"appointmentType": {"coding": [{"system": "urn:x", "code": "VIDEO"}]}}
    other = {"serviceType": [{"coding": [{"system": "urn:y", "code": "VIDEO"}]}]}
    journal.put(appointment("a1", hours=1))
    journal.put(appointment("a2", hours=2, **plain))
    journal.put(appointment("a3", hours=3, **plain, **coded))
    journal.put(appointment("a4", hours=4, **plain, **other))
    reads(clock)
    assert [each.record_appointment.record_id for each in live()] == ["a1", "a3"]
    journal.put(appointment("a1", hours=1, **plain))
    reads(clock)
    assert [each.record_appointment.record_id for each in live()] == ["a3"]
    assert RecordAppointment.objects.get(record_id="a1").notice == "not_video"


def test_many_come_in_pages_and_a_page_elsewhere_is_not_fetched(journal, kari, clock):
    for number in range(45):
        journal.put(appointment(f"a{number}", hours=number))
    reads(clock)
    assert len(live()) == 45
    assert Patient.objects.count() == 1

    def elsewhere(said: Any) -> Any:
        return {**said, "link": [{"relation": "next", "url": "https://169.254.169.254/fhir/Appointment?x=1"}]}

    journal.answers("/fhir/Appointment", elsewhere)
    feed = reads(clock)
    assert feed.fault == "host_not_allowed"
    assert len(live()) == 45


@pytest.mark.parametrize(
    ("bend", "reason"),
    [
        (lambda journal: setattr(journal, "is_down", True), "no_answer"),
        (lambda journal: setattr(journal, "pace", HALF), "no_answer"),
        (lambda journal: journal.answers("/fhir/Appointment", lambda said: b"<html>"), "not_fhir"),
        (
            lambda journal: journal.answers("/fhir/Appointment", lambda said: {}, status=503),
            "server_troubled",
        ),
        (lambda journal: journal.answers("/fhir/Appointment", lambda said: {}, status=403), "not_allowed"),
    ],
)
def test_a_server_that_fails_changes_nothing_and_is_tried_again(journal, kari, clock, bend, reason):
    journal.put(appointment())
    reads(clock)
    journal.put(appointment(hours=5))
    bend(journal)
    feed = reads(clock)
    assert feed.fault == reason
    assert len(live()) == 1
    assert not read_once("w", clock=clock), "not at once"
    journal.bend, journal.is_down, journal.pace = (lambda method, path, answer: answer), False, ""
    feed = reads(clock, later=300)
    assert feed.fault == ""
    assert len(live()) == 1
    assert RecordAppointment.objects.get().done_digest == RecordAppointment.objects.get().said_digest


def test_what_was_deleted_there_is_said_and_not_taken_away(journal, kari, clock):
    journal.put(appointment())
    reads(clock)
    journal.delete("Appointment/a1")
    reads(clock)
    assert RecordAppointment.objects.get().notice == "needs_contact"
    reads(clock, later=3700)
    assert RecordAppointment.objects.get().notice == "gone"
    assert len(live()) == 1


@pytest.mark.parametrize(
    ("change", "notice"),
    [
        ({"start": "2030-01-04T10:00:00"}, "unreadable"),
        ({"end": None}, "unreadable"),
        ({"participant": []}, "no_patient"),
        (
            {"participant": [{"actor": {"reference": "Patient/p1"}}, {"actor": {"reference": "Patient/p2"}}]},
            "no_patient",
        ),
        ({"participant": [{"actor": {"reference": "Patient/p1"}}]}, "unknown_clinician"),
        (
            {"participant": [{"actor": {"reference": "https://elsewhere.example/fhir/Patient/p1"}}]},
            "no_patient",
        ),
    ],
)
def test_what_cannot_become_an_hour_is_said_in_words(journal, kari, clock, change, notice):
    journal.put({key: value for key, value in appointment(**change).items() if value is not None})
    reads(clock)
    assert live() == []
    assert RecordAppointment.objects.get().notice == notice


def test_two_workers_do_not_read_the_same_feed(journal, kari, clock):
    assert room.lease_due("one", now=clock()) is not None
    assert room.lease_due("two", now=clock()) is None
    assert room.lease_due("two", now=clock() + timedelta(minutes=11)) is not None
