"""Questions about patients."""

from collections.abc import Sequence
from datetime import date

from django.db.models import F, Prefetch, Q, QuerySet

from blikk.clinics.models import Clinic
from blikk.kernel.errors import NotFound
from blikk.patients.models import Agreement, Companion, ContactChange, ContactPoint, Patient


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


def agreements_of(patient: Patient) -> QuerySet[Agreement]:
    """The patient's agreements with those who come along; those in force first, then the newest."""
    found = Agreement.objects.filter(patient=patient).select_related("companion", "patient")
    return found.order_by(F("ended_at").desc(nulls_first=True), "-from_on", "-pk")


def agreements_on(patient: Patient, day: date) -> list[Agreement]:
    """The agreements that are in force on a day; one that has run out is not offered."""
    return [one for one in agreements_of(patient) if one.holds_on(day)]


def get_agreement(clinic: Clinic, agreement_id: str) -> Agreement:
    """The agreement of that name with a patient of this clinic; raises NotFound."""
    found = (
        Agreement.objects.filter(patient__clinic=clinic, public_id=agreement_id)
        .select_related("companion", "patient__clinic")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def get_companion(clinic: Clinic, companion_id: str) -> Companion:
    """The companion of that name at this clinic; raises NotFound."""
    found = Companion.objects.filter(clinic=clinic, public_id=companion_id).first()
    if found is None:
        raise NotFound
    return found


def search_companions(clinic: Clinic, typed: str, *, number: str = "", most: int = 10) -> list[Companion]:
    """Those who come along with somebody at this clinic, by name or number; never with whom."""
    found = Companion.objects.filter(clinic=clinic)
    if number:
        return list(found.filter(phone=number).order_by("name", "pk")[:most])
    for word in typed.split():
        found = found.filter(name__icontains=word)
    return list(found.order_by("name", "pk")[:most])


def age_on(born: date, day: date) -> int:
    """Whole years on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
