"""Acts on patients' national numbers: keep one sealed, show it to who asks, find out whose it is."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction

from blikk.audit.services import hold, looked_at, record
from blikk.clinics.models import Clinic
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.secrets import blinds
from blikk.patients.models import NationalNumber, NumberSource, Patient
from blikk.patients.national_numbers import Reading, masked, read, spaced

_FIELD = NationalNumber._meta.get_field("number")


@transaction.atomic
def keep(patient: Patient, reading: Reading, *, source: NumberSource, actor: Actor, now: datetime) -> bool:
    """Keep a patient's number, instead of another; False if it was kept before.

    The record says that it happened, never which number. Raises Invalid (`national_number: number_is_anothers`).
    """
    hold(patient.clinic_id)
    whose = find(patient.clinic_id, reading.digits)
    if whose is not None and whose.patient_id != patient.pk:
        raise Invalid(national_number="number_is_anothers")
    if whose is not None and source in {whose.source, NumberSource.TYPED, NumberSource.RECORD}:
        # What an eID has said is not made into something that was merely typed or taken over.
        return False
    row = NationalNumber.objects.filter(patient=patient).first() or NationalNumber(patient=patient)
    row.clinic_id, row.kind, row.source, row.kept_at = patient.clinic_id, str(reading.kind), source, now
    row.index = _indexes(patient.clinic_id, reading.digits)[0]
    _FIELD.put(row, reading.digits)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as fault:
        raise Invalid(national_number="number_is_anothers") from fault
    record(
        "national_number.kept",
        actor=actor,
        about=patient,
        clinic_id=patient.clinic_id,
        now=now,
        source=source,
    )
    return True


@transaction.atomic
def forget(patient: Patient, *, actor: Actor, now: datetime) -> None:
    """Throw a patient's number away, such as one that was typed for the wrong person."""
    count, _ = NationalNumber.objects.filter(patient=patient).delete()
    if count:
        record("national_number.forgotten", actor=actor, about=patient, clinic_id=patient.clinic_id, now=now)


def type_in(patient: Patient, typed: str, *, actor: Actor, now: datetime) -> bool:
    """Keep the number that staff typed. Raises Invalid (`national_number`), also number_says_another_day."""
    reading = read(typed)
    if reading.fits(patient.birth_on) is False:
        raise Invalid(national_number="number_says_another_day")
    return keep(patient, reading, source=NumberSource.TYPED, actor=actor, now=now)


def masked_of(patient: Patient) -> str:
    """The number as it is shown to everybody who may see the patient; empty where there is none."""
    row = NationalNumber.objects.filter(patient=patient).first()
    return masked(_FIELD.text_in(row)) if row else ""


@transaction.atomic
def reveal(clinic: Clinic, patient: Patient, *, actor: Actor, now: datetime) -> str:
    """The whole number, for somebody who asked to see it; that they did is recorded. Raises NotFound."""
    row = NationalNumber.objects.filter(clinic=clinic, patient=patient).first()
    if row is None:
        raise NotFound
    looked_at("national_number", actor=actor, about=patient, clinic_id=clinic.pk, now=now)
    return spaced(_FIELD.text_in(row))


def is_number_of(patient: Patient, digits: str) -> bool | None:
    """Whether it is the number that we have of this patient; None where we have none."""
    row = NationalNumber.objects.filter(patient=patient).first()
    return row.index in _indexes(patient.clinic_id, digits) if row else None


def find(clinic_id: int, digits: str) -> NationalNumber | None:
    """Whose number it is at this clinic; by the digest of whichever key it was kept with."""
    return NationalNumber.objects.filter(clinic_id=clinic_id, index__in=_indexes(clinic_id, digits)).first()


def renew_indexes() -> int:
    """Write the digests anew with the newest key; says how many."""
    renewed = 0
    for row in NationalNumber.objects.order_by("pk").iterator():
        index = _indexes(row.clinic_id, _FIELD.text_in(row))[0]
        if index != row.index:
            renewed += NationalNumber.objects.filter(pk=row.pk, index=row.index).update(index=index)
    return renewed


def _indexes(clinic_id: int, digits: str) -> list[str]:
    return blinds("patients.national_number", f"{clinic_id}:{digits}")


@dataclass(frozen=True, slots=True)
class KnownNumber:
    """A patient's national number on its way to the patient's own journal; it does not show itself when printed."""

    digits: str = field(repr=False)
    kind: str


def known_of(patient: Patient) -> KnownNumber | None:
    """The whole number, for what is delivered to the clinic's own journal system; whoever delivers records that."""
    row = NationalNumber.objects.filter(patient=patient).first()
    return known_in(row) if row else None


def known_in(row: NationalNumber) -> KnownNumber:
    """The same of a row that was read along with its patient."""
    return KnownNumber(_FIELD.text_in(row), row.kind)
