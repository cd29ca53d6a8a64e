"""Questions about patients."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from blikk.clinics.models import Clinic
from blikk.kernel.errors import NotFound
from blikk.patients.models import ContactChange, ContactPoint, Patient


def of(clinic: Clinic) -> QuerySet[Patient]:
    """The clinic's patients, each with the contact points in use."""
    in_use = ContactPoint.objects.filter(retired_at__isnull=True)
    return Patient.objects.filter(clinic=clinic).prefetch_related(
        Prefetch("contact_points", queryset=in_use, to_attr="reachable_by")
    )


def find(clinic: Clinic, patient_id: str) -> Patient | None:
    """The patient of that name at this clinic."""
    return of(clinic).filter(public_id=patient_id).first()


def get(clinic: Clinic, patient_id: str) -> Patient:
    """The patient of that name at this clinic; raises NotFound."""
    patient = find(clinic, patient_id)
    if patient is None:
        raise NotFound
    return patient


def contact(patient: Patient, kind: str) -> str:
    """The phone number or e-mail address in use, or the empty string."""
    points = getattr(patient, "reachable_by", None)
    if points is None:
        points = patient.contact_points.filter(retired_at__isnull=True)
    return next((point.value for point in points if point.kind == kind), "")


def reach(patient: Patient) -> dict[str, str]:
    """How the patient is reached, kind by kind."""
    points = patient.contact_points.filter(retired_at__isnull=True)
    return {point.kind: point.value for point in points}


def history(patient: Patient) -> Sequence[ContactChange]:
    """What happened to the patient's contact points, newest first."""
    changes = ContactChange.objects.filter(point__patient=patient).select_related("point")
    return list(changes.order_by("-at", "-pk"))


def newest_change(point: ContactPoint) -> ContactChange | None:
    """What happened to a contact point last."""
    return point.changes.order_by("-at", "-pk").first()


def search(clinic: Clinic, words: str, *, born: date | None = None, most: int = 20) -> Sequence[Patient]:
    """Patients whose names begin with the words, or who were born on that day, by family name."""
    found = of(clinic)
    if born is not None:
        found = found.filter(birth_on=born)
    for word in words.split():
        found = found.filter(Q(given_name__icontains=word) | Q(family_name__icontains=word))
    return list(found.order_by("family_name", "given_name", "pk")[:most])
