"""Patients, those who work at the clinic or took part by invitation, and those who came along."""

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from blikk.audit.queries import changed_since
from blikk.audit.services import named
from blikk.clinics.models import Clinic, Membership, Role
from blikk.consultations.models import Participant
from blikk.documentation import fhir
from blikk.documentation.fhir import systems
from blikk.documentation.fhir.people import PRACTITIONERS, invited_practitioner_resource
from blikk.journeys.sharing.asked import Token, Value, When, point
from blikk.journeys.sharing.kinds import NOBODY, Kind, Made, Source, by_key, by_trail
from blikk.patients import numbers
from blikk.patients.models import ContactPoint, Patient
from blikk.patients.national_numbers import Kind as NumberKind
from blikk.scheduling.models import Appointment

_KEY = 22
_NUMBERS = {
    systems.BIRTH_NUMBER: NumberKind.BIRTH,
    systems.D_NUMBER: NumberKind.D,
    systems.FH_NUMBER: NumberKind.FH,
}
NATIONAL = frozenset(_NUMBERS)
_CAME_ALONG = ("relative", "carer", "assistant", "guardian")


def _patients(clinic: Clinic) -> QuerySet[Patient]:
    in_use = ContactPoint.objects.filter(retired_at__isnull=True).order_by("kind", "pk")
    rows = Patient.objects.filter(clinic=clinic).select_related("clinic", "national_number")
    return rows.prefetch_related(Prefetch("contact_points", queryset=in_use, to_attr="in_use"))


def _make_patients(clinic: Clinic, rows: Sequence[Any]) -> Sequence[Made]:
    last = by_trail(clinic, rows)
    made = []
    for row in rows:
        kept = getattr(row, "national_number", None)
        known = numbers.known_in(kept) if kept is not None else None
        resource = fhir.patient_resource(
            row,
            number=known.digits if known else "",
            kind=known.kind if known else "",
            contacts=row.in_use,
        )
        at = last.get(named(row), row.created_at)
        made.append(Made({"id": fhir.fhir_id(row.public_id), **resource}, at, row.public_id))
    return made


def _by_number(clinic: Clinic, token: Token) -> Q:
    kind = _NUMBERS.get(token.system or "")
    found = numbers.find(clinic.pk, token.value) if kind or token.system is None else None
    if found is None or (kind is not None and found.kind != kind):
        return NOBODY
    return Q(pk=found.patient_id)


def _begins(*columns: str) -> Any:
    def fits(_clinic: Clinic, value: Value) -> Q:
        if not isinstance(value, Token):
            return NOBODY
        return reduce(or_, (Q(**{f"{column}__istartswith": value.value}) for column in columns))

    return fits


def _born(_clinic: Clinic, value: Value) -> Q:
    """Days have no zone: the stretch is read as days on the clinic's calendar."""
    if not isinstance(value, When):
        return NOBODY
    days = When(value.compare, value.begins.date(), value.ends.date())  # type: ignore[arg-type]
    return point("birth_on", days)


def _trail(label: str) -> Any:
    def changed(clinic: Clinic, moment: datetime) -> Q:
        return Q(public_id__in=changed_since(clinic.pk, label, moment))

    return changed


PATIENTS = Source(
    rows=_patients,
    make=_make_patients,
    keyed=lambda key: Q(public_id=key),
    key_of=lambda row: row.public_id,
    fits={
        "family": _begins("family_name"),
        "given": _begins("given_name"),
        "name": _begins("family_name", "given_name"),
        "birthdate": _born,
    },
    changed=_trail("patients.Patient"),
    known_as=_by_number,
)


def _members(clinic: Clinic) -> QuerySet[Membership]:
    took_part = Participant.objects.filter(membership=OuterRef("pk"))
    was_promised = Appointment.objects.filter(clinician=OuterRef("pk"))
    rows = Membership.objects.filter(clinic=clinic).select_related("user", "clinic")
    return rows.filter(Q(role=Role.CLINICIAN) | Exists(was_promised) | Exists(took_part))


def _make_members(clinic: Clinic, rows: Sequence[Any]) -> Sequence[Made]:
    last = by_trail(clinic, rows)
    return [
        Made(
            {"id": fhir.fhir_id(row.public_id), **fhir.practitioner_resource(row)},
            last.get(named(row), row.created_at),
        )
        for row in rows
    ]


def _by_hpr(_clinic: Clinic, token: Token) -> Q:
    return Q(hpr_number=token.value) if token.system in {None, systems.HPR} and token.value else NOBODY


MEMBERS = Source(
    rows=_members,
    make=_make_members,
    keyed=lambda key: Q(public_id=key),
    key_of=lambda row: row.public_id,
    fits={"name": _begins("user__name")},
    changed=_trail("clinics.Membership"),
    known_as=_by_hpr,
)


def _first_of_each(clinic: Clinic, roles: Sequence[str]) -> QuerySet[Participant]:
    """Who took part by invitation: the same person beside the same patient once, however often they came."""
    same = Participant.objects.filter(
        role__in=roles,
        invitation__companion=OuterRef("invitation__companion"),
        consultation__appointment__patient=OuterRef("consultation__appointment__patient"),
        pk__lt=OuterRef("pk"),
    )
    rows = Participant.objects.filter(
        consultation__clinic=clinic, role__in=roles, membership__isnull=True, invitation__isnull=False
    ).filter(~Exists(same))
    return rows.select_related("invitation__companion", "consultation__appointment__patient").order_by()


def _along(key: str) -> Q:
    """A person beside a patient has a name made of both; one who is nobody's regular companion has their own."""
    if len(key) != 2 * _KEY + 1:
        return Q(public_id=key, invitation__companion__isnull=True)
    return Q(
        invitation__companion__public_id=key[:_KEY],
        consultation__appointment__patient__public_id=key[_KEY + 1 :],
    )


def _make_related(_clinic: Clinic, rows: Sequence[Any]) -> Sequence[Made]:
    made = []
    for row in rows:
        key, patient = fhir.related_person_key(row), row.consultation.appointment.patient.public_id
        resource = fhir.related_person_resource(row, key=key, patient=patient, refer=fhir.by_path)
        made.append(Made({"id": fhir.fhir_id(key), **resource}, row.admitted_at, patient))
    return made


def _make_invited(_clinic: Clinic, rows: Sequence[Any]) -> Sequence[Made]:
    made = []
    for row in rows:
        key = fhir.related_person_key(row)
        resource = invited_practitioner_resource(row, key=key)
        made.append(Made({"id": fhir.fhir_id(key), **resource}, row.admitted_at))
    return made


RELATED = Source(
    rows=lambda clinic: _first_of_each(clinic, _CAME_ALONG),
    make=_make_related,
    keyed=_along,
    key_of=fhir.related_person_key,
    fits={"patient": by_key("consultation__appointment__patient__")},
    changed=lambda _clinic, moment: Q(admitted_at__gte=moment),
)
INVITED = Source(
    rows=lambda clinic: _first_of_each(clinic, sorted(PRACTITIONERS)),
    make=_make_invited,
    keyed=_along,
    key_of=fhir.related_person_key,
    fits={"name": _begins("name")},
    changed=lambda _clinic, moment: Q(admitted_at__gte=moment),
)

PATIENT = Kind(
    "Patient",
    (PATIENTS,),
    {"birthdate": "date", "family": "string", "given": "string", "name": "string"},
)
PRACTITIONER = Kind("Practitioner", (MEMBERS, INVITED), {"name": "string"})
RELATED_PERSON = Kind("RelatedPerson", (RELATED,), {"patient": "reference:Patient"})

__all__ = ["NATIONAL", "PATIENT", "PRACTITIONER", "RELATED_PERSON"]
