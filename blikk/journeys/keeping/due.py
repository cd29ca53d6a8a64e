"""What has been kept long enough, and what keeps the rest: nothing that the journal has not got is ever due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from blikk.audit.trimming import older_than
from blikk.clinics.models import Clinic, KeptKind
from blikk.clinics.retention import cuts_of
from blikk.consultations.models import Consultation
from blikk.documentation import keeping as documentation
from blikk.documentation.queries import is_delivered
from blikk.invitations import keeping as invitations
from blikk.invitations.models import Invitation
from blikk.patients import keeping as patients
from blikk.patients.models import Companion, Patient
from blikk.payments import keeping as payments
from blikk.scheduling import keeping as scheduling
from blikk.scheduling.models import Appointment
from blikk.settlement import owing
from blikk.writing import keeping as writing
from blikk.writing.models import Case


@dataclass(frozen=True, slots=True)
class Tonight:
    """What a night would delete at a clinic, and what is old and stays."""

    visits: int
    places: int
    patients: int
    entries: int
    held: dict[str, int]


def visits_due(clinic: Clinic, *, before: datetime) -> "QuerySet[Appointment]":
    """The hours that are over, whose journal had everything before a moment, and about which nothing is open."""
    mine = Consultation.objects.filter(appointment=OuterRef("pk"))
    delivered = documentation.delivered_before(before).filter(appointment=OuterRef("pk"))
    return scheduling.over_before(clinic, before=before).exclude(
        writing.still_open()
        | writing.closed_since(before)
        | scheduling.has_open_task()
        | scheduling.done_since(before)
        | scheduling.leads_on(before)
        | documentation.planned_there(before)
        | payments.waits_for_claim()
        | (Exists(mine) & ~Exists(delivered))
    )


def is_there(appointment: Appointment) -> bool:
    """Whether the journal surely has what was written about an hour: asked once more before it is deleted."""
    talk = Consultation.objects.filter(appointment=appointment).select_for_update(skip_locked=True).first()
    if talk is None:
        return not Consultation.objects.filter(appointment=appointment).exists()
    return is_delivered(talk)


def places_due(clinic: Clinic, *, before: datetime) -> "QuerySet[Invitation]":
    """The places in queues of days long gone, of people who were never let in."""
    return invitations.of_a_queue(clinic, before=before)


def patients_due(clinic: Clinic, *, before: datetime) -> "QuerySet[Patient]":
    """The patients who have had no visit here for so long, and have none before them."""
    return patients.quiet_before(clinic, before=before).exclude(has_visits(before))


def has_visits(moment: datetime) -> Q:
    """That a patient has an hour, an invitation, a case or a bill to settle, or that the journal plans an hour."""
    mine = OuterRef("pk")
    return Q(
        Exists(Appointment.objects.filter(patient=mine))
        | Exists(Invitation.objects.filter(patient=mine))
        | Exists(Case.objects.filter(patient=mine))
        | documentation.planned_there(moment, "patient")
        | owing.still_owes()
    )


def companions_due(clinic: Clinic, *, before: datetime) -> "QuerySet[Companion]":
    """Those who come along with nobody any more, and are invited nowhere."""
    invited = Exists(Invitation.objects.filter(companion=OuterRef("pk")))
    return patients.companions_alone(clinic, before=before).exclude(invited)


def why_held(appointment: Appointment, *, now: datetime) -> str:
    """What keeps an hour from being deleted now, whatever its age; empty where nothing does."""
    if appointment.ends_at >= now and appointment.cancelled_at is None:
        return "ahead"
    asked = Appointment.objects.filter(pk=appointment.pk)
    talk = Consultation.objects.filter(appointment=appointment).first()
    if talk is not None and talk.closed_out_at is None:
        return "close_out" if talk.ended_at else "talking"
    if talk is not None and not is_delivered(talk):
        return "delivery"
    held = (
        ("case", writing.still_open()),
        ("task", scheduling.has_open_task()),
        ("meeting", scheduling.leads_on(now)),
        ("claim", payments.waits_for_claim()),
        ("journal", documentation.planned_there(now)),
    )
    return next((code for code, holds in held if asked.filter(holds).exists()), "")


def tonight(clinic: Clinic, *, now: datetime) -> Tonight:
    """What would be deleted if the night came now, and what is old and stays; a fixed number of questions."""
    cuts = cuts_of(clinic, now=now)
    before = cuts[KeptKind.VISIT]
    return Tonight(
        visits=visits_due(clinic, before=before).count(),
        places=places_due(clinic, before=before).count(),
        patients=patients_due(clinic, before=cuts[KeptKind.PATIENT]).count(),
        entries=older_than(clinic.pk, cuts[KeptKind.AUDIT]),
        held=_held(clinic, before),
    )


def _held(clinic: Clinic, before: datetime) -> dict[str, int]:
    old = scheduling.over_before(clinic, before=before)
    talk = Consultation.objects.filter(appointment=OuterRef("pk"))
    there = documentation.delivered_before(before).filter(appointment=OuterRef("pk"))
    late = documentation.late_at(before).filter(appointment=OuterRef("pk"))
    questions: Sequence[tuple[str, QuerySet[Appointment]]] = (
        ("close_out", old.filter(Exists(talk.filter(closed_out_at__isnull=True)))),
        (
            "delivery",
            old.filter(Exists(talk.filter(closed_out_at__isnull=False)), ~Exists(there), ~Exists(late)),
        ),
        ("case", old.filter(writing.still_open())),
        ("task", old.filter(scheduling.has_open_task())),
        ("claim", old.filter(payments.waits_for_claim())),
    )
    return {code: count for code, rows in questions if (count := rows.count())}
