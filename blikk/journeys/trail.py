"""Which lines of the record are about which patient: a patient's appointments, invitations and notes are too."""

from collections.abc import Iterable

from django.db.models import Model

from blikk.clinics.models import Clinic
from blikk.consultations.models import Consultation
from blikk.documentation.models import Note
from blikk.invitations.models import Invitation
from blikk.patients.models import ContactRequest, Patient
from blikk.scheduling.models import Appointment
from blikk.waiting_room.models import Arrival

# From each kind of thing, the way to its patient.
WAYS: tuple[tuple[type[Model], str], ...] = (
    (Patient, ""),
    (ContactRequest, "patient__"),
    (Appointment, "patient__"),
    (Invitation, "appointment__patient__"),
    (Invitation, "patient__"),
    (Arrival, "appointment__patient__"),
    (Arrival, "invitation__patient__"),
    (Consultation, "appointment__patient__"),
    (Note, "consultation__appointment__patient__"),
)


def things_about(clinic: Clinic, patients: Iterable[Patient]) -> list[str]:
    """The names, as the record has them, of everything that is about these patients."""
    ids = [patient.pk for patient in patients]
    found = [
        f"{kind._meta.label}:{public_id}"
        for kind, way in WAYS
        for public_id in kind._default_manager.filter(clinic=clinic, **{f"{way}pk__in": ids}).values_list(
            "public_id", flat=True
        )
    ]
    return list(dict.fromkeys(found))


def patients_behind(clinic: Clinic, names: Iterable[str]) -> dict[str, str]:
    """For each thing in the record, the name of the patient whom it is about."""
    by_label: dict[str, set[str]] = {}
    for name in names:
        label, _, public_id = name.partition(":")
        by_label.setdefault(label, set()).add(public_id)
    found: dict[str, str] = {}
    for kind, way in WAYS:
        wanted = by_label.get(kind._meta.label)
        if not wanted:
            continue
        rows = kind._default_manager.filter(clinic=clinic, public_id__in=wanted)
        rows = rows.filter(**{f"{way}given_name__isnull": False})
        for public_id, given, family in rows.values_list(
            "public_id", f"{way}given_name", f"{way}family_name"
        ):
            found[f"{kind._meta.label}:{public_id}"] = f"{given} {family}".strip()
    return found
