"""Leave to send one invitation to a contact point that is not verified: the desk asks, an administrator gives it."""

from datetime import datetime

from django.db import transaction

from blikk.audit.services import record
from blikk.clinics.models import Clinic
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.patients.contact_points import LEAVE_LASTS, get
from blikk.patients.models import ContactExemption, ContactPoint, Patient
from blikk.patients.reading import HIDDEN
from blikk.patients.states import EXEMPTION, ExemptionStatus

LONGEST_REASON = 200


@transaction.atomic
def ask(patient: Patient, kind: str, *, because: str, actor: Actor, now: datetime) -> ContactExemption:
    """Ask the administrator for leave; one that was asked for already stays. Raises Invalid (`because`), NotFound."""
    point = get(patient, kind)
    reason = _reason(because)
    if point.is_verified:
        raise NotFound
    lapse_old(point, actor=actor, now=now)
    running = ContactExemption.objects.filter(
        point=point, status__in=[ExemptionStatus.ASKED, ExemptionStatus.ALLOWED]
    ).first()
    if running is not None:
        return running
    asked = ContactExemption.objects.create(
        point=point,
        clinic_id=patient.clinic_id,
        asked_by=actor.id[:64],
        asked_because=reason,
        asked_at=now,
    )
    _record("contact.exemption_asked", asked, actor=actor, now=now, said=reason)
    return asked


@transaction.atomic
def decide(
    clinic: Clinic, exemption_id: str, *, allow: bool, because: str, version: int, actor: Actor, now: datetime
) -> ContactExemption:
    """Give leave for one invitation within a day, or refuse it; the reason is kept and recorded.

    Raises Invalid (`because`), NotFound, Overtaken.
    """
    asked = ContactExemption.objects.filter(clinic=clinic, public_id=exemption_id).first()
    if asked is None:
        raise NotFound
    reason = _reason(because)
    target = ExemptionStatus.ALLOWED if allow else ExemptionStatus.REFUSED
    EXEMPTION.make(
        asked,
        target,
        version=version,
        decided_by=actor.id[:64],
        decided_because=reason,
        decided_at=now,
    )
    _record(
        "contact.exemption_allowed" if allow else "contact.exemption_refused",
        asked,
        actor=actor,
        now=now,
        said=reason,
    )
    return asked


@transaction.atomic
def lapse_old(point: ContactPoint, *, actor: Actor, now: datetime) -> None:
    """Leave that was not used within its day is over."""
    old = ContactExemption.objects.filter(
        point=point, status=ExemptionStatus.ALLOWED, decided_at__lte=now - LEAVE_LASTS
    )
    for leave in old:
        EXEMPTION.make(leave, ExemptionStatus.LAPSED)


def asked_of(clinic: Clinic) -> list[ContactExemption]:
    """What the administrator is asked for, oldest first."""
    waiting = ContactExemption.objects.filter(
        clinic=clinic, status=ExemptionStatus.ASKED, point__retired_at__isnull=True
    )
    return list(waiting.select_related("point__patient").order_by("asked_at", "pk"))


def running_of(patient: Patient, *, now: datetime) -> list[ContactExemption]:
    """Leave that was asked for or given for this patient's contact points."""
    found = ContactExemption.objects.filter(
        point__patient=patient,
        point__retired_at__isnull=True,
        status__in=[ExemptionStatus.ASKED, ExemptionStatus.ALLOWED],
    ).select_related("point")
    return [one for one in found if one.decided_at is None or one.decided_at > now - LEAVE_LASTS]


def _reason(typed: str) -> str:
    reason = " ".join(HIDDEN.sub(" ", typed).split())
    if not reason:
        raise Invalid(because="missing")
    if len(reason) > LONGEST_REASON:
        raise Invalid(because="too_long")
    return reason


def _record(act: str, leave: ContactExemption, *, actor: Actor, now: datetime, said: str) -> None:
    record(
        act,
        actor=actor,
        about=leave.point.patient,
        clinic_id=leave.clinic_id,
        now=now,
        kind=str(leave.point.kind),
        said=said,
    )
