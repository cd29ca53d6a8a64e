"""Deleting what is kept of one patient because somebody asked: what can go goes now, and the rest says why."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from blikk.audit.services import hold, named, record
from blikk.audit.trimming import tie
from blikk.clinics import deletions
from blikk.clinics.models import Clinic, Deletion
from blikk.documentation import keeping as documentation
from blikk.invitations.models import Invitation
from blikk.journeys.keeping import due, forgetting
from blikk.journeys.keeping.told import ASKED_BY, require_known
from blikk.kernel.actors import Actor
from blikk.kernel.errors import NotFound
from blikk.kernel.forgetting import Forgotten, empty_the_journal, overwrite_what_is_deleted
from blikk.kernel.times import local
from blikk.patients.models import Patient
from blikk.scheduling.models import Appointment
from blikk.settlement import keeping as settlement

DELETE_BECAUSE = ("no_longer", "mistake", "twice", "objection", "other")


@dataclass(frozen=True, slots=True)
class Stays:
    """An hour that cannot be deleted, and why."""

    day: date
    why: str


@dataclass(frozen=True, slots=True)
class Deletable:
    """What would go if somebody said yes, and what would stay."""

    patient: Patient
    visits: int
    places: int
    stays: tuple[Stays, ...]

    @property
    def has_any(self) -> bool:
        """Whether there is anything to delete."""
        return bool(self.visits or self.places) or self.is_whole

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the patient would be left."""
        return not self.stays


def deletable(clinic: Clinic, patient_id: str, *, now: datetime) -> Deletable:
    """What can be deleted of a patient now. Raises NotFound."""
    patient = Patient.objects.filter(clinic=clinic, public_id=patient_id).first()
    if patient is None:
        raise NotFound
    hours, places = _hours_of(patient), _places_of(patient)
    why = {one.pk: due.why_held(one, now=now) for one in hours}
    stays = [Stays(local(one.starts_at, clinic.zone).date(), why[one.pk]) for one in hours if why[one.pk]]
    planned = documentation.days_planned(patient.pk, after=now)
    stays += [Stays(local(at, clinic.zone).date(), "journal") for at in planned]
    owed = settlement.days_owed(patient.pk)
    stays += [Stays(local(at, clinic.zone).date(), "bill") for at in owed]
    stays += [Stays(one.opening.day, "ahead") for one in places if _is_ahead(one, now) and one.opening]
    return Deletable(
        patient,
        visits=sum(1 for one in hours if not why[one.pk]),
        places=sum(1 for one in places if not _is_ahead(one, now)),
        stays=tuple(sorted(stays, key=lambda one: one.day)),
    )


def delete(
    clinic: Clinic, patient_id: str, *, asked_by: str, because: str, actor: Actor, now: datetime
) -> tuple[Deletion, bool]:
    """Delete what can be deleted of a patient; gives the proof, and whether nothing is left.

    Raises Invalid, NotFound, and SomethingIsLeft while a message is being sent; then nothing is deleted.
    """
    require_known(asked_by=(asked_by, ASKED_BY), because=(because, DELETE_BECAUSE))
    overwrite_what_is_deleted()
    done = _delete(clinic, patient_id, asked_by, because, actor=actor, now=now)
    empty_the_journal()
    return done


@transaction.atomic
def _delete(
    clinic: Clinic, patient_id: str, asked_by: str, because: str, *, actor: Actor, now: datetime
) -> tuple[Deletion, bool]:
    hold(clinic.pk)
    patient = Patient.objects.select_for_update().filter(clinic=clinic, public_id=patient_id).first()
    if patient is None:
        raise NotFound
    run, gone, visits = deletions.asked(clinic, on=local(now, clinic.zone).date(), now=now), Forgotten(), 0
    # Recorded first: the line about the patient is then tied to them with all the others.
    why = {"asked_by": asked_by, "because": because}
    record("patient.deleted", actor=actor, about=patient, clinic_id=clinic.pk, now=now, **why)
    for hour in _hours_of(patient):
        if not due.why_held(hour, now=now):
            gone.add(forgetting.forget_visit(clinic, hour, now=now))
            visits += 1
    for place in _places_of(patient):
        if not _is_ahead(place, now):
            gone.add(forgetting.forget_place(clinic, place, now=now))
            visits += 1
    is_gone = not Patient.objects.filter(due.has_visits(now), pk=patient.pk).exists()
    if is_gone:
        tie(clinic.pk, [named(patient)], whose=named(run), now=now)
        gone.add(forgetting.forget_patient(clinic, patient, now=now))
    deletions.count(run, gone, visits=visits, patients=int(is_gone), now=now)
    return deletions.finish(run, actor=actor, now=now), is_gone


def _hours_of(patient: Patient) -> list[Appointment]:
    return list(Appointment.objects.filter(patient=patient).select_related("patient").order_by("starts_at"))


def _places_of(patient: Patient) -> list[Invitation]:
    rows = Invitation.objects.filter(patient=patient, appointment__isnull=True)
    return list(rows.select_related("patient", "opening").order_by("pk"))


def _is_ahead(place: Invitation, now: datetime) -> bool:
    return place.opening is not None and place.opening.closes_at >= now
