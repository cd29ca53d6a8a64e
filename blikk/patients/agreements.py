"""Acts on those who come along with patients: agree, change the person, change the time, end."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from blikk.audit.services import hold, record
from blikk.clinics.models import Clinic
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid
from blikk.kernel.times import local
from blikk.patients.models import (
    Agreement,
    Companion,
    CompanionRole,
    ContactState,
    Ended,
    Extent,
    Ground,
    Qualification,
)
from blikk.patients.queries import get, get_agreement, get_companion
from blikk.patients.services import LANGUAGES, clean_name, normal_email, normal_phone

LONGEST_NAME, LONGEST_LANGUAGE, LONGEST_WORDS = 80, 40, 300


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who comes along, as they are typed."""

    name: str
    phone: str = ""
    email: str = ""
    language: str = "nb"
    # Of an interpreter.
    spoken: str = ""
    qualification: str = ""
    # The number or address was read back to whoever gave it.
    read_back: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed."""

    role: str
    from_on: date
    until_on: date | None
    agreed_on: date
    ground: str = Ground.CONSENT
    extent: str = Extent.WHOLE
    words: str = ""


def checked(person: Person, *, role: str) -> Person:
    """The same person in the form that is kept. Raises Invalid, field by field.

    A link may only go where somebody has made sure that it goes to the right one.
    """
    faults: dict[str, str] = {}
    name = clean_name(person.name)
    if not name:
        faults["name"] = "missing"
    elif len(name) > LONGEST_NAME:
        faults["name"] = "too_long"
    number, address = _reach(person, faults)
    if not (number or address) and not {"phone", "email"} & faults.keys():
        faults["phone"] = "no_way_to_reach"
    if person.language not in LANGUAGES:
        faults["language"] = "unknown"
    if not person.read_back:
        faults["read_back"] = "not_read_back"
    spoken, qualification = "", ""
    if role == CompanionRole.INTERPRETER:
        spoken, qualification = clean_name(person.spoken), person.qualification
        if not spoken:
            faults["spoken"] = "missing"
        elif len(spoken) > LONGEST_LANGUAGE:
            faults["spoken"] = "too_long"
        if qualification not in Qualification.values:
            faults["qualification"] = "missing" if not qualification else "unknown"
    if faults:
        raise Invalid(**faults)
    return Person(name, number, address, person.language, spoken, qualification, read_back=True)


@transaction.atomic
def agree(
    clinic: Clinic,
    patient_id: str,
    *,
    terms: Terms,
    person: Person | None = None,
    companion_id: str = "",
    is_another: bool = False,
    by: str,
    actor: Actor,
    now: datetime,
) -> Agreement:
    """Write down whom a patient takes along from now on: a person who is known already, or one who is typed.

    Who is typed with the name and number of somebody known is that person. Raises Invalid, field by field:
    `name: other_name` where the number belongs to another name and nobody said that they share it.
    """
    hold(clinic.pk)
    patient = get(clinic, patient_id)
    wanted = _terms(terms, today=local(now, clinic.zone).date())
    if companion_id:
        companion = get_companion(clinic, companion_id)
    elif person is not None:
        companion = _known_or_new(clinic, checked(person, role=terms.role), is_another=is_another, now=now)
    else:
        raise Invalid(name="missing")
    if terms.role == CompanionRole.INTERPRETER and not (companion.spoken and companion.qualification):
        raise Invalid(spoken="missing")
    if Agreement.objects.filter(patient=patient, companion=companion, ended_at__isnull=True).exists():
        raise Invalid(name="already_agreed")
    agreement = Agreement.objects.create(
        patient=patient, companion=companion, recorded_at=now, recorded_by=by[:160], **wanted
    )
    _record("agreement.made", agreement, actor=actor, now=now, role=terms.role, ground=terms.ground)
    return agreement


@transaction.atomic
def change_agreement(
    clinic: Clinic,
    agreement_id: str,
    *,
    person: Person,
    until_on: date | None,
    actor: Actor,
    now: datetime,
) -> Agreement:
    """Correct who it is and how they are reached, in all their agreements, and until when this one holds.

    Raises Invalid, field by field.
    """
    hold(clinic.pk)
    agreement = get_agreement(clinic, agreement_id)
    if agreement.ended_at is not None:
        raise Invalid(until_on="already_ended")
    if until_on is not None and until_on < agreement.from_on:
        raise Invalid(until_on="ends_before_it_starts")
    companion = agreement.companion
    states = {"phone_state": companion.phone_state, "email_state": companion.email_state}
    is_same = _reach(person, {}) == (companion.phone, companion.email)
    # What is as it was need not be read back again; what is new must be.
    kept = checked(replace(person, read_back=person.read_back or is_same), role=agreement.role)
    if agreement.role != CompanionRole.INTERPRETER:
        # As what else they come along elsewhere is not this page's to forget.
        spoken = {"spoken": companion.spoken, "qualification": companion.qualification}
    else:
        spoken = {"spoken": kept.spoken, "qualification": kept.qualification}
    reached = states if is_same and not person.read_back else {}
    Companion.objects.filter(pk=companion.pk).update(**{**_particulars(kept), **spoken, **reached})
    Agreement.objects.filter(pk=agreement.pk).update(until_on=until_on)
    _record("agreement.changed", agreement, actor=actor, now=now)
    return get_agreement(clinic, agreement_id)


@transaction.atomic
def end_agreement(
    clinic: Clinic, agreement_id: str, *, because: str, by: str, actor: Actor, now: datetime
) -> Agreement:
    """End an agreement, for a reason; from now on it is offered no more and says yes to nothing."""
    hold(clinic.pk)
    agreement = get_agreement(clinic, agreement_id)
    if because not in Ended.values:
        raise Invalid(because="missing")
    running = Agreement.objects.filter(pk=agreement.pk, ended_at__isnull=True)
    if running.update(ended_at=now, ended_because=because, ended_by=by[:160]) != 1:
        raise Invalid(because="already_ended")
    _record("agreement.ended", agreement, actor=actor, now=now, because=because)
    return get_agreement(clinic, agreement_id)


def _known_or_new(clinic: Clinic, person: Person, *, is_another: bool, now: datetime) -> Companion:
    """The one person with this number or address and this name; made where there is none."""
    for field, value in (("phone", person.phone), ("email", person.email)):
        if not value:
            continue
        same = list(Companion.objects.filter(clinic=clinic, **{field: value}).order_by("pk"))
        for companion in same:
            if clean_name(companion.name).casefold() == person.name.casefold():
                return _brought_up_to_date(companion, person)
        if same and not is_another:
            raise Invalid(name="other_name")
    return Companion.objects.create(
        clinic=clinic,
        created_at=now,
        spoken=person.spoken,
        qualification=person.qualification,
        **_particulars(person),
    )


def _brought_up_to_date(companion: Companion, person: Person) -> Companion:
    """Add what was not known; what was known and not typed now stays."""
    companion.phone, companion.email = person.phone or companion.phone, person.email or companion.email
    companion.phone_state = ContactState.READ_BACK if person.phone else companion.phone_state
    companion.email_state = ContactState.READ_BACK if person.email else companion.email_state
    companion.language = person.language
    companion.spoken = person.spoken or companion.spoken
    companion.qualification = person.qualification or companion.qualification
    companion.save()
    return companion


def _particulars(person: Person) -> dict[str, str]:
    def state(value: str) -> str:
        return str(ContactState.READ_BACK if value else ContactState.UNVERIFIED)

    return {
        "name": person.name,
        "phone": person.phone,
        "phone_state": state(person.phone),
        "email": person.email,
        "email_state": state(person.email),
        "language": person.language,
    }


def _reach(person: Person, faults: dict[str, str]) -> tuple[str, str]:
    number, address = "", ""
    try:
        number = normal_phone(person.phone)
    except Invalid as fault:
        faults.update(fault.fields)
    try:
        address = normal_email(person.email)
    except Invalid as fault:
        faults.update(fault.fields)
    return number, address


def _terms(terms: Terms, *, today: date) -> dict[str, object]:
    faults = {}
    if terms.role not in CompanionRole.values:
        faults["role"] = "unknown"
    is_guardian = terms.role == CompanionRole.GUARDIAN
    if terms.ground not in Ground.values or (not is_guardian and terms.ground != Ground.CONSENT):
        faults["ground"] = "only_for_guardians"
    if is_guardian and not terms.ground:
        faults["ground"] = "missing"
    if terms.extent not in Extent.values:
        faults["extent"] = "unknown"
    if terms.until_on is not None and terms.until_on < terms.from_on:
        faults["until_on"] = "ends_before_it_starts"
    if terms.agreed_on > today:
        faults["agreed_on"] = "in_the_future"
    words = clean_name(terms.words)
    if len(words) > LONGEST_WORDS:
        faults["words"] = "too_long"
    if faults:
        raise Invalid(**faults)
    return {
        "role": terms.role,
        "ground": terms.ground,
        "extent": terms.extent,
        "words": words,
        "from_on": terms.from_on,
        "until_on": terms.until_on,
        "agreed_on": terms.agreed_on,
    }


def _record(act: str, agreement: Agreement, *, actor: Actor, now: datetime, **details: str) -> None:
    clinic_id = agreement.patient.clinic_id
    record(act, actor=actor, about=agreement, clinic_id=clinic_id, now=now, **details)
