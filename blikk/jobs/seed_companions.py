"""Those who come along in the demo: a daughter, two parents and an interpreter. Nobody of them exists."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from blikk.journeys import companions
from blikk.kernel.times import local
from blikk.patients import queries as patients
from blikk.patients.agreements import Person, Terms, agree

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic
    from blikk.journeys.booking import Booked
    from blikk.kernel.actors import Actor

# The patient's family name, as what, on what ground, and who.
FAMILIES = (
    ("Berge", "relative", "consent", "Liv Berge", "90 00 00 32"),
    ("Lie", "guardian", "parental", "Hanne Lie", "90 00 00 33"),
    ("Lie", "guardian", "parental", "Morten Lie", "90 00 00 34"),
)


def agree_with_families(clinic: Clinic, *, by: str, actor: Actor, now: datetime) -> None:
    """A daughter who may always come along, and a child with two parents."""
    today = local(now, clinic.zone).date()
    for patient, role, ground, name, phone in FAMILIES:
        agree(
            clinic,
            patients.search(clinic, patient)[0].public_id,
            terms=Terms(role, from_on=today, until_on=None, agreed_on=today, ground=ground),
            person=Person(name, phone, read_back=True),
            by=by,
            actor=actor,
            now=now,
        )


def take_along(clinic: Clinic, booked: Booked, *, actor: Actor, now: datetime) -> None:
    """Invite those with whom the patient has agreements."""
    appointment = booked.appointment
    for one in companions.offered(clinic, appointment.patient, appointment, now=now):
        companions.invite_agreed(clinic, appointment.public_id, one.public_id, actor=actor, now=now)


def invite_interpreter(clinic: Clinic, booked: Booked, *, actor: Actor, now: datetime) -> None:
    """An interpreter for one hour, whom the patient is still to be asked about."""
    person = Person("Zeynep Aydin", "90 00 00 31", spoken="tyrkisk", qualification="C", read_back=True)
    companions.invite(
        clinic, booked.appointment.public_id, role="interpreter", person=person, actor=actor, now=now
    )
