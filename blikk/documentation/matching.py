"""Which patient of ours somebody in a journal is: by number, by what was decided before, by name and birth date."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from blikk.clinics.models import Clinic
from blikk.documentation.launches import linked_patient
from blikk.documentation.smart.persons import RecordPerson
from blikk.patients import numbers
from blikk.patients.models import Patient
from blikk.patients.services import clean_name


@dataclass(frozen=True, slots=True)
class Match:
    """What was found: one `patient` who is sure, or `candidates` of whom a person must say which; or nobody.

    `differs` says what is not the same in the two places: name, birth_on, number.
    """

    patient: Patient | None = None
    candidates: Sequence[Patient] = ()
    differs: Sequence[str] = field(default=())

    @property
    def is_sure(self) -> bool:
        return self.patient is not None and not self.differs


def match(clinic: Clinic, server: str, person: RecordPerson) -> Match:
    """Find the one patient; whatever speaks against it is said, and nobody is made."""
    found = numbers.find(clinic.pk, person.number) if person.number else None
    by_number = found.patient if found else None
    linked = linked_patient(clinic, server, person.id)
    if by_number and linked and by_number.pk != linked.pk:
        # The number says one and an earlier decision another: a person must look.
        return Match(None, [by_number, linked], ["number"])
    one = by_number or linked
    if one is not None:
        return Match(one, [one], differences(one, person))
    alike = _alike(clinic, person)
    if len(alike) == 1 and not differences(alike[0], person):
        return Match(alike[0], alike)
    return Match(
        None, alike, ["number"] if any("number" in differences(each, person) for each in alike) else []
    )


def differences(patient: Patient, person: RecordPerson) -> list[str]:
    """What is not the same here and in the journal."""
    found = []
    if not _same_name(patient, person):
        found.append("name")
    if person.birth_on != patient.birth_on:
        found.append("birth_on")
    if person.number and numbers.is_number_of(patient, person.number) is False:
        found.append("number")
    return found


def _alike(clinic: Clinic, person: RecordPerson) -> list[Patient]:
    """Those of the same name and birth date, whose number is not known to be another."""
    if not person.is_whole or person.birth_on is None:
        return []
    rows = Patient.objects.filter(clinic=clinic, birth_on=person.birth_on).order_by("pk")
    return [each for each in rows[:200] if _same_name(each, person)][:10]


def _same_name(patient: Patient, person: RecordPerson) -> bool:
    """Whether the family name is the same and one given name at least: people go by their middle names."""
    ours, theirs = clean_name(patient.given_name).casefold(), person.given.casefold()
    is_family = clean_name(patient.family_name).casefold() == person.family.casefold()
    return is_family and bool(set(ours.split()) & set(theirs.split()))
