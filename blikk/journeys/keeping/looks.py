"""Who has seen or changed a patient's data: the record's lines about everything that is or was the patient's."""

from collections.abc import Sequence

from django.db.models import Model

from blikk.audit.queries import Line, entries_of, names_tied_to
from blikk.clinics.models import Clinic
from blikk.documentation.models import Delivery
from blikk.invitations.models import Invitation, Wish
from blikk.journeys.trail import things_about
from blikk.kernel.errors import NotFound
from blikk.patients.models import Agreement, Patient
from blikk.scheduling.models import Task, Turn
from blikk.writing.models import Case, Photo

# What the administrators' search does without, and a patient must be told of.
_MORE: tuple[tuple[type[Model], str], ...] = (
    (Agreement, "patient"),
    (Turn, "appointment__patient"),
    (Task, "appointment__patient"),
    (Invitation, "beside__patient"),
    (Wish, "invitation__patient"),
    (Delivery, "consultation__appointment__patient"),
    (Case, "patient"),
    (Photo, "case__patient"),
)
# Those who are not the patient's own devices, and not the program by itself.
PEOPLE = ("staff", "machine")


def looks_of(
    clinic: Clinic, patient_id: str, *, before: int | None = None, most: int | None = None
) -> Sequence[Line]:
    """What people at the clinic saw and did of a patient's, newest first; of a deleted patient too.

    Raises NotFound where there is no such patient, and never was.
    """
    patient = Patient.objects.filter(clinic=clinic, public_id=patient_id).first()
    name = f"{Patient._meta.label}:{patient_id}"
    tied = names_tied_to(clinic.pk, name)
    names = {name, *tied, *(things_about(clinic, [patient]) if patient else [])}
    if patient is not None:
        names |= more_about(patient)
    lines = entries_of(clinic.pk, things=names, actor_kinds=PEOPLE, before=before, limit=most)
    if patient is None and not lines and before is None:
        raise NotFound
    return lines


def more_about(patient: Patient) -> set[str]:
    """The names of what the administrators' search does without."""
    return {
        f"{kind._meta.label}:{public_id}"
        for kind, way in _MORE
        for public_id in kind._default_manager.filter(**{way: patient}).values_list("public_id", flat=True)
    }
