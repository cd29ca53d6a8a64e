"""Who is who in an hour that came from a journal system: the clinician by number, the patient by all that is known."""

from datetime import datetime

from django.db import transaction

from blikk.audit.services import hold
from blikk.clinics.models import Clinic, Membership
from blikk.clinics.queries import clinicians_of
from blikk.documentation import incoming
from blikk.documentation.incoming import FROM_RECORD, notice
from blikk.documentation.incoming_tables import RecordAppointment
from blikk.documentation.launches import link_patient
from blikk.documentation.matching import differences, match
from blikk.documentation.smart.persons import RecordPerson
from blikk.journeys.launch import keep_number
from blikk.kernel.actors import Actor
from blikk.kernel.errors import NotFound
from blikk.patients import contact_points
from blikk.patients.models import Patient
from blikk.patients.queries import get as get_patient
from blikk.patients.services import register


def clinician_of(row: RecordAppointment) -> Membership | None:
    if not row.hpr_number:
        return None
    return next((one for one in clinicians_of(row.clinic) if one.hpr_number == row.hpr_number), None)


def patient_of(row: RecordAppointment, *, now: datetime) -> Patient | None:
    """Who it is here; a new patient where nobody is like them, and None where a person must say."""
    person = incoming.person_of(row)
    if person is None or not person.is_whole:
        return None
    found = match(row.clinic, row.server, person)
    if found.candidates and not found.is_sure:
        return None
    patient = found.patient or _registered(row.clinic, person, actor=FROM_RECORD, now=now)
    _linked(row, patient, person, actor=FROM_RECORD, now=now)
    return patient


def _registered(clinic: Clinic, person: RecordPerson, *, actor: Actor, now: datetime) -> Patient:
    """Register somebody as the journal has them; how they are reached is kept, and nobody has verified it."""
    if person.birth_on is None:
        raise NotFound
    return register(
        clinic,
        given_name=person.given,
        family_name=person.family,
        birth_on=person.birth_on,
        language=clinic.language,
        phone=person.phone,
        email=person.email,
        actor=actor,
        now=now,
    )


def _linked(
    row: RecordAppointment, patient: Patient, person: RecordPerson, *, actor: Actor, now: datetime
) -> None:
    """Keep who is whom, the number, and ways to reach them that we had none of; none that we have is replaced."""
    link_patient(row.clinic, row.server, row.patient_ref, patient, actor=actor, now=now)
    if person.number and not differences(patient, person):
        keep_number(patient, person.number, actor=actor, now=now)
    for kind, value in (("phone", person.phone), ("email", person.email)):
        if value and contact_points.find(patient, kind) is None:
            contact_points.keep(patient, {kind: value}, actor=actor, now=now)


@transaction.atomic
def say_who(clinic: Clinic, row_id: str, patient_id: str, *, actor: Actor, now: datetime) -> None:
    """Say which of our patients the one in the journal is; empty registers a new one. Raises NotFound."""
    hold(clinic.pk)
    row = incoming.get_word(clinic, row_id)
    person = incoming.person_of(row)
    if person is None or not person.is_whole or row.patient is not None:
        raise NotFound
    if patient_id:
        row.patient = get_patient(clinic, patient_id)
        link_patient(clinic, row.server, row.patient_ref, row.patient, actor=actor, now=now)
    else:
        row.patient = _registered(clinic, person, actor=actor, now=now)
        _linked(row, row.patient, person, actor=actor, now=now)
    row.save(update_fields=["patient"])
    notice(row, "", now=now)
