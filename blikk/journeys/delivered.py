"""What the journal system has and has not: who sees it, and what they can do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from blikk.audit.services import hold, looked_at, record
from blikk.clinics.models import Clinic, Membership
from blikk.documentation.ehr import check as trying
from blikk.documentation.ehr import connections, queue
from blikk.documentation.models import Delivery, EhrConnection, EhrKind
from blikk.documentation.states import DeliveryStatus
from blikk.journeys.closing import consultation_of
from blikk.kernel.actors import Actor
from blikk.kernel.errors import NotFound

# The clinic has chosen another way since it was signed.
NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A conversation of which the journal system does not have everything yet."""

    consultation: str
    patient_name: str
    clinician: str
    clinician_name: str
    ended_at: datetime | None
    fault: str
    is_stopped: bool


def undelivered(clinic: Clinic, *, clinician: Membership | None = None) -> list[Undelivered]:
    """What is not there yet, one line for each conversation, oldest first, in one query."""
    rows = queue.open_of(clinic)
    if clinician is not None:
        rows = rows.filter(consultation__clinician=clinician)
    found: dict[str, Undelivered] = {}
    for row in rows:
        talk = row.consultation
        is_stopped = row.status == DeliveryStatus.STOPPED
        if talk.public_id in found and not is_stopped:
            continue
        found[talk.public_id] = Undelivered(
            talk.public_id,
            talk.appointment.patient.name,
            talk.clinician.public_id,
            talk.clinician.name,
            talk.ended_at,
            row.fault if is_stopped or row.connection.kind == EhrKind.FHIR else NOT_SENT,
            is_stopped,
        )
    return list(found.values())


@transaction.atomic
def deliveries_of(
    clinic: Clinic, consultation_id: str, *, membership: Membership, actor: Actor, now: datetime
) -> Sequence[Delivery]:
    """What is not in the journal yet of one conversation, for its clinician; the look is recorded. Raises NotFound."""
    hold(clinic.pk)
    consultation = consultation_of(clinic, consultation_id, membership=membership)
    looked_at("delivery", actor=actor, about=consultation, clinic_id=clinic.pk, now=now)
    return queue.open_about(consultation)


@transaction.atomic
def delivery_of(clinic: Clinic, delivery_id: str, *, actor: Actor, now: datetime) -> Delivery:
    """One delivery with what was refused, for an administrator; the look is recorded. Raises NotFound."""
    hold(clinic.pk)
    delivery = queue.get(clinic, delivery_id)
    looked_at("delivery", actor=actor, about=delivery.consultation, clinic_id=clinic.pk, now=now)
    return delivery


def check(clinic: Clinic, *, actor: Actor, now: datetime) -> str:
    """Try the clinic's connection; the reason that it fails, or ''. Raises NotFound where there is none."""
    connection = connections.fhir_connection_of(clinic)
    if connection is None:
        raise NotFound
    reason = trying.check(connection, now=now)
    with transaction.atomic():
        hold(clinic.pk)
        if not reason:
            rows = EhrConnection.objects.filter(pk=connection.pk)
            rows.update(fault="", fault_at=None, attempts=0, next_at=now)
        record("ehr.checked", actor=actor, about=connection, clinic_id=clinic.pk, now=now, reason=reason)
    return reason
