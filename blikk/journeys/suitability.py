"""Is video right: what speaks for and against it, from facts and from what was ticked, and who judged what."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Max, Q

from blikk.audit.services import hold
from blikk.clinics.models import Clinic, Membership
from blikk.consultations.frame_lights import worse_since_booking
from blikk.consultations.models import Consultation
from blikk.consultations.states import ConsultationStatus
from blikk.invitations.models import Invitation, PersonRole
from blikk.invitations.states import InvitationStatus
from blikk.kernel.actors import Actor
from blikk.patients.models import Patient
from blikk.scheduling import queries as planned
from blikk.scheduling import services as scheduling
from blikk.scheduling.models import Appointment, Judgement, Suitability
from blikk.scheduling.states import FILLS_TIME

HELD = (ConsultationStatus.ENDED, ConsultationStatus.CLOSED_OUT)


@dataclass(frozen=True, slots=True)
class Known:
    """How well the clinic knows a patient: consultations that were held here, and how many with this clinician."""

    talks: int = 0
    with_clinician: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What was noted at one time."""

    points: tuple[str, ...]
    judgement: str
    reason: str
    by: str
    at: datetime
    place: str


@dataclass(frozen=True, slots=True)
class SuitabilityFacts:
    """All that the clinician sees before judging. `worse` is the patient's own answer, None where they gave none."""

    known: Known
    points: tuple[str, ...] = ()
    interpreter_invited: bool = False
    worse: bool | None = None
    wants_in_person: bool = False
    # Newest first.
    noted: Sequence[Judged] = ()

    @property
    def newest(self) -> Judged | None:
        return self.noted[0] if self.noted else None


@dataclass(frozen=True, slots=True)
class NotedAbout:
    """What was noted last about some hours, and which of them wait for the patient to choose a time."""

    noted: dict[int, Suitability]
    offered: frozenset[int]


def noted_about(appointments: Collection[int]) -> NotedAbout:
    """For the rows of a day, in two queries."""
    return NotedAbout(planned.newest_suitabilities(appointments), planned.with_open_turns(appointments))


def known_patient(
    clinic: Clinic, patient: Patient, *, clinician: Membership | None = None, but: Appointment | None = None
) -> Known:
    """How well a patient is known here, in one query."""
    held = Consultation.objects.filter(clinic=clinic, appointment__patient=patient, status__in=HELD)
    if but is not None:
        held = held.exclude(appointment=but)
    found = held.aggregate(
        talks=Count("pk"), mine=Count("pk", filter=Q(clinician=clinician)), last=Max("opened_at")
    )
    return Known(found["talks"], found["mine"] if clinician else 0, found["last"])


def suitability_of(
    clinic: Clinic,
    appointment: Appointment,
    *,
    wants_in_person: bool = False,
) -> SuitabilityFacts:
    """What speaks for and against video for an hour, with what the patient answered about getting worse since."""
    noted = [_judged(one) for one in planned.suitabilities_of(appointment)]
    interpreter = Invitation.objects.filter(
        appointment=appointment, role=PersonRole.INTERPRETER, status=InvitationStatus.OPEN
    )
    return SuitabilityFacts(
        known=known_patient(clinic, appointment.patient, clinician=appointment.clinician, but=appointment),
        points=noted[0].points if noted else (),
        interpreter_invited=interpreter.exists(),
        worse=worse_since_booking(appointment),
        wants_in_person=wants_in_person,
        noted=noted,
    )


def _judged(one: Suitability) -> Judged:
    return Judged(tuple(one.points), one.judgement, one.reason, one.noted_by.name, one.noted_at, one.place)


@transaction.atomic
def note(
    clinic: Clinic,
    appointment_id: str,
    *,
    points: Collection[str],
    judgement: str = "",
    reason: str = "",
    place: str,
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Suitability:
    """Note what was ticked, and a clinician's own judgement. Raises Invalid, NotFound."""
    hold(clinic.pk)
    appointment = planned.get(clinic, appointment_id)
    return scheduling.note_suitability(
        appointment,
        points=points,
        judgement=judgement,
        reason=reason,
        place=place,
        by=membership,
        actor=actor,
        now=now,
    )


@transaction.atomic
def confirm_video(
    clinic: Clinic, appointment_id: str, *, place: str, membership: Membership, actor: Actor, now: datetime
) -> Suitability:
    """Judge that video is right, with what was ticked before. A second press says nothing new and notes nothing."""
    hold(clinic.pk)
    appointment = planned.get(clinic, appointment_id)
    newest = planned.newest_suitability(appointment)
    is_said = newest is not None and newest.judgement == Judgement.VIDEO
    if newest is not None and is_said and newest.noted_by == membership and newest.place == place:
        return newest
    return scheduling.note_suitability(
        appointment,
        points=newest.points if newest else (),
        judgement=Judgement.VIDEO,
        reason=newest.reason if newest and is_said else "",
        place=place,
        by=membership,
        actor=actor,
        now=now,
    )


def may_be_noted(appointment: Appointment) -> bool:
    """Whether there is still something to judge: hours that were cancelled or missed are not."""
    return appointment.status in FILLS_TIME or appointment.status == "fulfilled"
