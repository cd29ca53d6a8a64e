"""Acts on patients: register, correct, and say how to reach them."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.db import transaction

from blikk.audit.services import record
from blikk.clinics.models import Clinic
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid
from blikk.patients import contact_points
from blikk.patients.models import ContactKind, ContactState, Patient
from blikk.patients.queries import get
from blikk.patients.reading import HIDDEN
from blikk.patients.reading import normal_email as normal_email
from blikk.patients.reading import normal_mobile as normal_mobile
from blikk.patients.reading import normal_phone as normal_phone
from blikk.patients.reading import readable_email as readable_email

LANGUAGES = ("nb", "nn", "en")


@transaction.atomic
def register(
    clinic: Clinic,
    *,
    given_name: str,
    family_name: str,
    birth_on: date,
    language: str = "nb",
    phone: str = "",
    email: str = "",
    read_back: Collection[str] = (),
    actor: Actor,
    now: datetime,
) -> Patient:
    """Register a patient with the contact points they gave; those kinds that were `read_back` are verified.

    Raises Invalid, field by field.
    """
    person = _person(given_name, family_name, birth_on, language, now)
    reach = _reach(phone, email)
    patient = Patient.objects.create(clinic=clinic, created_at=now, **person)
    contact_points.keep(patient, reach, actor=actor, now=now)
    record("patient.registered", actor=actor, about=patient, clinic_id=clinic.pk, now=now)
    said = {kind: reach[kind] for kind in read_back if reach[kind]}
    contact_points.read_back(patient, said, actor=actor, now=now)
    return patient


@transaction.atomic
def recognise(
    clinic: Clinic,
    *,
    given_name: str,
    family_name: str,
    birth_on: date,
    phone: str,
    language: str,
    actor: Actor,
    now: datetime,
) -> Patient:
    """Find the patient whom somebody says they are, by name, birth date and a phone they have proven.

    Who fits in all three is the same person; everybody else is registered. Raises Invalid, field by field.
    """
    person = _person(given_name, family_name, birth_on, language, now)
    number = _reach(phone, "")["phone"]
    if not number:
        raise Invalid(phone="missing")
    known = Patient.objects.filter(
        clinic=clinic,
        birth_on=birth_on,
        contact_points__kind=ContactKind.PHONE,
        contact_points__value=number,
        contact_points__retired_at__isnull=True,
    ).order_by("pk")
    typed = f"{person['given_name']} {person['family_name']}".casefold()
    for patient in known:
        if clean_name(patient.name).casefold() == typed:
            _trust_proven(patient, number, actor=actor, now=now)
            return patient
    patient = register(
        clinic,
        given_name=given_name,
        family_name=family_name,
        birth_on=birth_on,
        language=language,
        phone=number,
        actor=actor,
        now=now,
    )
    _trust_proven(patient, number, actor=actor, now=now)
    return patient


def _trust_proven(patient: Patient, number: str, *, actor: Actor, now: datetime) -> None:
    """A code that came to the phone has proven it better than reading it aloud would."""
    if not contact_points.get(patient, ContactKind.PHONE).is_verified:
        contact_points.verify(
            patient, ContactKind.PHONE, number, ContactState.SELF_SUBMITTED, actor=actor, now=now
        )


@transaction.atomic
def correct(
    clinic: Clinic,
    patient_id: str,
    *,
    given_name: str,
    family_name: str,
    birth_on: date,
    language: str,
    phone: str,
    email: str,
    read_back: Collection[str] = (),
    actor: Actor,
    now: datetime,
) -> Patient:
    """Correct a patient's particulars; a changed contact point is a new one, unverified unless it was `read_back`."""
    patient = get(clinic, patient_id)
    person = _person(given_name, family_name, birth_on, language, now)
    reach = _reach(phone, email)
    Patient.objects.filter(pk=patient.pk).update(**person)
    record("patient.corrected", actor=actor, about=patient, clinic_id=clinic.pk, now=now)
    return reach_by(clinic, patient_id, reach, read_back=read_back, actor=actor, now=now)


@transaction.atomic
def reach_by(
    clinic: Clinic,
    patient_id: str,
    reach: Mapping[str, str],
    *,
    read_back: Collection[str] = (),
    actor: Actor,
    now: datetime,
) -> Patient:
    """Keep how a patient is reached, kind by kind, and which of them were read back. Raises Invalid, field by field."""
    patient = get(clinic, patient_id)
    kept = _reach(reach.get("phone"), reach.get("email"))
    if contact_points.keep(patient, kept, actor=actor, now=now):
        record("contact.changed", actor=actor, about=patient, clinic_id=clinic.pk, now=now)
    said = {kind: kept[kind] for kind in read_back if kept.get(kind)}
    contact_points.read_back(patient, said, actor=actor, now=now)
    return get(clinic, patient_id)


def clean_name(typed: str) -> str:
    """Take out of a name what no name has: control signs, signs that nobody sees, and those that turn the writing."""
    return " ".join(HIDDEN.sub(" ", typed).split())


def _person(
    given_name: str, family_name: str, birth_on: date, language: str, now: datetime
) -> dict[str, object]:
    given, family = clean_name(given_name), clean_name(family_name)
    faults = {}
    if not given:
        faults["given_name"] = "missing"
    if not family:
        faults["family_name"] = "missing"
    if birth_on > now.date() or birth_on.year < now.year - 130:
        faults["birth_on"] = "not_a_birth_date"
    if language not in LANGUAGES:
        faults["language"] = "unknown"
    if faults:
        raise Invalid(**faults)
    return {
        "given_name": given[:80],
        "family_name": family[:80],
        "birth_on": birth_on,
        "language": language,
    }


def _reach(phone: str | None, email: str | None) -> dict[str, str]:
    faults: dict[str, str] = {}
    reach: dict[str, str] = {}
    for kind, normal, typed in (
        (ContactKind.PHONE, normal_phone, phone),
        (ContactKind.EMAIL, normal_email, email),
    ):
        if typed is None:
            continue
        try:
            reach[str(kind)] = normal(typed)
        except Invalid as fault:
            faults.update(fault.fields)
    if faults:
        raise Invalid(**faults)
    return reach


@transaction.atomic
def set_uses_text(patient: Patient, *, uses_text: bool, actor: Actor, now: datetime) -> Patient:
    """Note whether a patient reads and writes in a conversation; said by themself or by staff."""
    if patient.uses_text == uses_text:
        return patient
    Patient.objects.filter(pk=patient.pk).update(uses_text=uses_text)
    patient.uses_text = uses_text
    record(
        "patient.text_need_noted",
        actor=actor,
        about=patient,
        clinic_id=patient.clinic_id,
        now=now,
        uses_text=uses_text,
    )
    return patient
