"""Many signed notes for a journal system whose line fails at random, and what became of them."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from blikk.clinics.models import Clinic, Membership
from blikk.consultations.models import ChannelChange, Consultation, Participant
from blikk.documentation.ehr.deliveries import deliver_once
from blikk.documentation.fhir import systems
from blikk.documentation.models import Delivery, EhrConnection, Note, NoteVersion
from blikk.invitations.models import Invitation
from blikk.kernel.actors import SYSTEM
from blikk.kernel.ids import new_id, urn_of
from blikk.patients.models import Patient
from blikk.patients.national_numbers import read
from blikk.patients.numbers import keep
from blikk.scheduling.models import Appointment
from tests.builders import BORN
from tests.journal import FAULTS, Clock, Journal
from tests.national_numbers import closed

SEED = 20261126
MINUTES = 20


@dataclass
class Written:
    """The conversations that were signed, by their public ids."""

    consultations: list[str]
    notes: list[str]


def numbers(count: int, *, skip: int = 0) -> list[str]:
    """National numbers of different people, all born on one day in an invented year."""
    found: list[str] = []
    day = 0
    while len(found) < count + skip:
        born = BORN + timedelta(days=day)
        day += 1
        for individual in range(499, -1, -1):
            number = closed(f"{born.day:02}{born.month:02}{born.year % 100:02}{individual:03}")
            if number:
                found.append(number)
    return found[skip : count + skip]


def write(
    clinic: Clinic, clinician: Membership, count: int, *, now: datetime, delivered: bool = False
) -> Written:
    """Let a clinician have signed so many notes, each about another patient; `delivered` long ago or not yet."""
    connection = EhrConnection.objects.get(clinic=clinic)
    last = Appointment.objects.filter(clinician=clinician).aggregate(last=Max("ends_at"))["last"]
    start = last or now - timedelta(days=3000)
    digits = numbers(count, skip=Patient.objects.count())
    written = Written([], [])
    for number in range(count):
        at = start + timedelta(minutes=MINUTES * number)
        written.consultations.append(
            _one(clinic, clinician, connection, digits[number], at, delivered=delivered)
        )
    rows = NoteVersion.objects.filter(note__consultation__public_id__in=written.consultations)
    written.notes = list(rows.values_list("public_id", flat=True))
    return written


def _one(
    clinic: Clinic,
    clinician: Membership,
    connection: EhrConnection,
    number: str,
    at: datetime,
    *,
    delivered: bool,
) -> str:
    end = at + timedelta(minutes=15)
    patient = Patient.objects.create(
        clinic=clinic, given_name="Ola", family_name="Hansen", birth_on=BORN, created_at=at
    )
    keep(patient, read(number), source="typed", actor=SYSTEM, now=at)
    appointment = Appointment.objects.create(
        clinic=clinic,
        patient=patient,
        clinician=clinician,
        starts_at=at,
        ends_at=at + timedelta(minutes=MINUTES),
        zone=clinic.zone,
        status="fulfilled",
        created_at=at,
    )
    consultation = _talk(appointment, at, end)
    note = Note.objects.create(
        clinic=clinic,
        consultation=consultation,
        status="signed",
        form="video",
        written_at=end,
        signed_at=end,
        signed_by=clinician,
    )
    words = {"number": 1, "text": "Holdt på video. " * 40, "language": "nb"}
    NoteVersion.objects.create(note=note, signed_at=end, signed_by=clinician, **words)
    Delivery.objects.create(
        connection=connection,
        consultation=consultation,
        kind="note",
        of_version=1,
        status="delivered" if delivered else "waiting",
        settled_at=end if delivered else None,
        made_at=end,
        next_at=end,
    )
    return consultation.public_id


def _talk(appointment: Appointment, at: datetime, end: datetime) -> Consultation:
    clinic, clinician, patient = appointment.clinic, appointment.clinician, appointment.patient
    consultation = Consultation.objects.create(
        clinic=clinic,
        appointment=appointment,
        clinician=clinician,
        status="ended",
        opened_at=at,
        ended_at=end,
    )
    invitation = Invitation.objects.create(
        clinic=clinic,
        appointment=appointment,
        patient=patient,
        name=patient.name,
        token_digest=new_id(),
        code_key=new_id(),
        created_at=at,
    )
    common = {"consultation": consultation, "admitted_at": at, "joined_at": at}
    Participant.objects.create(role="clinician", name=clinician.name, membership=clinician, **common)
    Participant.objects.create(role="patient", name=patient.name, invitation=invitation, **common)
    ChannelChange.objects.create(consultation=consultation, channel="video", at=at, by="staff")
    return consultation


def deliver_through(journal: Journal, faults: int, *, seed: int = SEED) -> None:
    """Deliver what waits while so many random faults befall the line; what was held up arrives at random, and last."""
    chance = random.Random(seed)
    journal.faults = [chance.choice(FAULTS) for _ in range(faults)]
    while Delivery.objects.filter(status="waiting").exists():
        deliver_once("w", clock=journal.clock)
        if chance.random() < 0.3:
            journal.let_late_ones_through()
        journal.clock.later(seconds=chance.choice([5, 60, 900]))
    journal.let_late_ones_through()


def lost_and_doubled(journal: Journal, written: Written) -> tuple[int, int]:
    """How many of the encounters and documents are not there, and how many are there more than once."""
    counts = [
        len(journal.there(f"{kind}?identifier={systems.URN}|{urn_of(kind, key)}"))
        for kind, keys in (("Encounter", written.consultations), ("DocumentReference", written.notes))
        for key in keys
    ]
    return counts.count(0), sum(count > 1 for count in counts)


def fresh_clock(journal: Journal) -> None:
    journal.clock.now = Clock().now
