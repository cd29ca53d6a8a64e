"""Acts on patients: register, correct, and say how to reach them."""

import re
from datetime import date, datetime

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from blikk.audit.services import record
from blikk.clinics.models import Clinic
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid
from blikk.patients.models import ContactKind, ContactPoint, ContactState, Patient
from blikk.patients.queries import get

LANGUAGES = ("nb", "nn", "en")
_TAKES_SMS = (
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,  # North America does not tell them apart
    phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]")


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
    actor: Actor,
    now: datetime,
) -> Patient:
    """Register a patient with the contact points they gave. Raises Invalid, field by field."""
    person = _person(given_name, family_name, birth_on, language, now)
    reach = _reach(phone, email)
    patient = Patient.objects.create(clinic=clinic, created_at=now, **person)
    for kind, value in reach.items():
        if value:
            ContactPoint.objects.create(patient=patient, kind=kind, value=value, created_at=now)
    record("patient.registered", actor=actor, about=patient, clinic_id=clinic.pk, now=now)
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
    patient.contact_points.update(state=ContactState.SELF_SUBMITTED)
    return patient


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
    actor: Actor,
    now: datetime,
) -> Patient:
    """Correct a patient's particulars; a changed contact point is a new, unverified one.."""
    patient = get(clinic, patient_id)
    person = _person(given_name, family_name, birth_on, language, now)
    reach = _reach(phone, email)
    Patient.objects.filter(pk=patient.pk).update(**person)
    for kind, value in reach.items():
        running = ContactPoint.objects.filter(patient=patient, kind=kind, retired_at__isnull=True)
        if running.filter(value=value).exists():
            continue
        running.update(retired_at=now)
        if value:
            ContactPoint.objects.create(patient=patient, kind=kind, value=value, created_at=now)
    record("patient.corrected", actor=actor, about=patient, clinic_id=clinic.pk, now=now)
    return get(clinic, patient_id)


def normal_phone(typed: str) -> str:
    """Write a phone number as E.164; the empty string for none. Raises Invalid (`phone: not_a_phone`)."""
    if not typed.strip():
        return ""
    try:
        number = phonenumbers.parse(typed, "NO")
    except phonenumbers.NumberParseException as fault:
        raise Invalid(phone="not_a_phone") from fault
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise Invalid(phone="not_a_phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normal_mobile(typed: str) -> str:
    """Write the number of a phone that can take an SMS as E.164.

    Raises Invalid (`phone`): missing, not_a_phone or not_a_mobile.
    """
    number = normal_phone(typed)
    if not number:
        raise Invalid(phone="missing")
    kind = phonenumbers.number_type(phonenumbers.parse(number))
    if kind not in _TAKES_SMS:
        raise Invalid(phone="not_a_mobile")
    return number


def normal_email(typed: str) -> str:
    """Write an e-mail address in the one form it is kept in. Raises Invalid (`email: not_an_email`)."""
    address = typed.strip()
    if not address:
        return ""
    try:
        validate_email(address)
    except ValidationError as fault:
        raise Invalid(email="not_an_email") from fault
    local, _, host = address.rpartition("@")
    return f"{local}@{host.lower()}"


def clean_name(typed: str) -> str:
    """Take out of a name what no name has: control signs, and signs that turn the direction of writing."""
    return " ".join(_CONTROL.sub(" ", typed).split())


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


def _reach(phone: str, email: str) -> dict[str, str]:
    faults: dict[str, str] = {}
    reach = {}
    for kind, normal, typed in (
        (ContactKind.PHONE, normal_phone, phone),
        (ContactKind.EMAIL, normal_email, email),
    ):
        try:
            reach[str(kind)] = normal(typed)
        except Invalid as fault:
            faults.update(fault.fields)
    if faults:
        raise Invalid(**faults)
    return reach
