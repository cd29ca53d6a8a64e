"""Which patients have nothing left here, and what goes when they are forgotten."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from blikk.clinics.models import Clinic
from blikk.kernel.forgetting import Forgotten
from blikk.patients.models import (
    Agreement,
    Companion,
    ContactAnswer,
    ContactChange,
    ContactExemption,
    ContactPoint,
    ContactRequest,
    NationalNumber,
    Patient,
)


def visits_gone(patients: Collection[int], *, now: datetime) -> None:
    """Note when the last of what they came for was deleted: from then on their own time runs."""
    Patient.objects.filter(pk__in=patients).update(visit_gone_at=now)


def quiet_before(clinic: Clinic, *, before: datetime) -> "QuerySet[Patient]":
    """The patients about whom nothing was done since a moment; whether they have visits others know."""
    mine = OuterRef("pk")
    return (
        Patient.objects.filter(clinic=clinic, created_at__lt=before)
        .exclude(visit_gone_at__gte=before)
        .exclude(Exists(ContactChange.objects.filter(point__patient=mine, at__gte=before)))
        .exclude(Exists(ContactRequest.objects.filter(patient=mine, created_at__gte=before)))
        .exclude(Exists(Agreement.objects.filter(patient=mine).filter(_touched_since(before))))
        .order_by("pk")
    )


def _touched_since(before: datetime) -> Q:
    return Q(recorded_at__gte=before) | Q(ended_at__gte=before)


def phones_of(patients: Collection[int]) -> list[str]:
    """Every phone that these patients had here."""
    points = ContactPoint.objects.filter(patient__in=patients, kind="phone").values_list("value", flat=True)
    asked = ContactRequest.objects.filter(patient__in=patients).values_list("phone", "asked_phone")
    return sorted({*points, *(phone for both in asked for phone in both)} - {""})


def forget_patients(patients: Collection[int], gone: Forgotten) -> None:
    """Delete these patients with how to reach them, their numbers and their agreements."""
    gone.take(ContactAnswer.objects.filter(request__patient__in=patients))
    gone.take(ContactRequest.objects.filter(patient__in=patients))
    gone.take(ContactExemption.objects.filter(point__patient__in=patients))
    gone.take(ContactChange.objects.filter(point__patient__in=patients))
    for kind in (ContactPoint, NationalNumber, Agreement):
        gone.take(kind._default_manager.filter(patient__in=patients))
    gone.take(Patient.objects.filter(pk__in=patients))


def companions_alone(clinic: Clinic, *, before: datetime) -> "QuerySet[Companion]":
    """Those who come along with nobody any more; whether they are invited somewhere others know."""
    rows = Companion.objects.filter(clinic=clinic, created_at__lt=before, agreements__isnull=True)
    return rows.order_by("pk")


def forget_companions(companions: Collection[int], gone: Forgotten) -> None:
    """Delete these people who came along."""
    gone.take(Companion.objects.filter(pk__in=companions))
