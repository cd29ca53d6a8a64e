"""Acts on contact points: keep one, verify it, doubt it, and the rule that an invitation needs a verified one."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import models, transaction

from blikk.audit.services import record
from blikk.bus.services import announce
from blikk.kernel.actors import Actor
from blikk.kernel.errors import NotFound, Overtaken
from blikk.patients.errors import ContactNotVerified
from blikk.patients.models import (
    ContactChange,
    ContactExemption,
    ContactKind,
    ContactPoint,
    ContactState,
    Patient,
)
from blikk.patients.states import EXEMPTION, ExemptionStatus

KIND_OF = {"sms": ContactKind.PHONE, "email": ContactKind.EMAIL}
# How long leave that was given may wait for its one message.
LEAVE_LASTS = timedelta(hours=24)


@transaction.atomic
def keep(patient: Patient, reach: Mapping[str, str], *, actor: Actor, now: datetime) -> list[ContactPoint]:
    """Keep what somebody gave, kind by kind; the same as before stays as it is. Gives the ones that were replaced."""
    replaced = []
    for kind, value in reach.items():
        running = find(patient, kind)
        if running is not None and running.value == value:
            continue
        if running is not None:
            running.retired_at = now
            running.save(update_fields=["retired_at"])
            _note(running, "retired", actor=actor, now=now)
            replaced.append(running)
        if value:
            point = ContactPoint.objects.create(patient=patient, kind=kind, value=value, created_at=now)
            _note(point, "added", actor=actor, now=now)
    return replaced


@transaction.atomic
def read_back(patient: Patient, values: Mapping[str, str], *, actor: Actor, now: datetime) -> None:
    """Note that these were read back to the patient, sign by sign, and were right.

    Raises Overtaken where somebody changed one of them in between: what was read aloud is not what stands there.
    """
    for kind, value in values.items():
        verify(patient, kind, value, ContactState.READ_BACK, actor=actor, now=now)


@transaction.atomic
def verify(
    patient: Patient, kind: str, value: str, how: ContactState, *, actor: Actor, now: datetime
) -> ContactPoint:
    """Trust a contact point from now on. Raises Overtaken if it is not the one in use."""
    point = find(patient, kind)
    if point is None or point.value != value:
        raise Overtaken(f"{kind} of {patient} is another one now")
    rows = ContactPoint.objects.filter(pk=point.pk, retired_at__isnull=True, value=value)
    if rows.update(state=how, verified_at=now, doubt="") != 1:
        raise Overtaken(f"{point} is not in use any more")
    point.state, point.verified_at, point.doubt = how, now, ""
    _note(point, str(how), actor=actor, now=now)
    record(
        "contact.read_back" if how == ContactState.READ_BACK else "contact.self_submitted",
        actor=actor,
        about=patient,
        clinic_id=patient.clinic_id,
        now=now,
        kind=str(point.kind),
    )
    return point


@transaction.atomic
def doubt(point: ContactPoint, *, because: str, actor: Actor, now: datetime) -> bool:
    """Stop trusting a contact point until somebody verifies it again; False if it was in doubt already."""
    rows = ContactPoint.objects.filter(pk=point.pk, retired_at__isnull=True)
    if not rows.exclude(state=ContactState.UNVERIFIED, doubt=because).update(
        state=ContactState.UNVERIFIED, verified_at=None, doubt=because
    ):
        return False
    point.state, point.verified_at, point.doubt = ContactState.UNVERIFIED, None, because
    _note(point, "doubted", because=because, actor=actor, now=now)
    patient = point.patient
    record(
        "contact.doubted",
        actor=actor,
        about=patient,
        clinic_id=patient.clinic_id,
        now=now,
        kind=str(point.kind),
        because=because,
    )
    announce(f"day:{patient.clinic.public_id}", "day")
    return True


@transaction.atomic
def require_verified(patient: Patient, channels: Collection[str], *, actor: Actor, now: datetime) -> None:
    """Require that each channel leads to a verified contact point; leave from an administrator is used up by it.

    Raises ContactNotVerified.
    """
    unsure = []
    for channel in channels:
        point = find(patient, KIND_OF[channel])
        if point is None or not (point.is_verified or _use_leave(point, actor=actor, now=now)):
            unsure.append(str(KIND_OF[channel]))
    if unsure:
        raise ContactNotVerified(*unsure)


def verified_channels(patient: Patient, channels: Collection[str]) -> tuple[str, ...]:
    """Those of the channels that lead to a verified contact point; one that leads to none, a letter, is sure."""
    sure = {
        point.kind for point in patient.contact_points.filter(retired_at__isnull=True) if point.is_verified
    }
    return tuple(channel for channel in channels if KIND_OF.get(channel) in {*sure, None})


def find(patient: Patient, kind: str) -> ContactPoint | None:
    """The contact point of a kind that is in use."""
    return patient.contact_points.filter(kind=kind, retired_at__isnull=True).select_related("patient").first()


def get(patient: Patient, kind: str) -> ContactPoint:
    """The contact point of a kind that is in use; raises NotFound."""
    point = find(patient, kind)
    if point is None:
        raise NotFound
    return point


def _use_leave(point: ContactPoint, *, actor: Actor, now: datetime) -> bool:
    leave = ContactExemption.objects.filter(
        point=point, status=ExemptionStatus.ALLOWED, decided_at__gt=now - LEAVE_LASTS
    ).first()
    if leave is None:
        return False
    EXEMPTION.make(leave, ExemptionStatus.USED, used_at=now)
    record(
        "contact.exemption_used",
        actor=actor,
        about=point.patient,
        clinic_id=leave.clinic_id,
        now=now,
        kind=str(point.kind),
    )
    return True


def _note(point: ContactPoint, what: str, *, because: str = "", actor: Actor, now: datetime) -> models.Model:
    return ContactChange.objects.create(
        point=point, what=what, because=because, actor_kind=actor.kind, actor_id=actor.id[:64], at=now
    )
