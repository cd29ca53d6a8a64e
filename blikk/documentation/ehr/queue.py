"""What is to be delivered, and what people do about what did not go: written down in the transaction of its cause."""

import re
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from blikk.audit.services import hold, record
from blikk.bus.services import announce
from blikk.clinics.models import Clinic
from blikk.consultations.models import Consultation
from blikk.documentation.ehr.connections import fhir_connection_of
from blikk.documentation.ehr_tables import Delivery, DeliveryKind, EhrConnection, PatientThere
from blikk.documentation.states import DELIVERY, DeliveryStatus
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound

_PATIENT = re.compile(r"(?:Patient/)?([A-Za-z0-9\-.]{1,64})")
OPEN = (DeliveryStatus.WAITING, DeliveryStatus.STOPPED)


@transaction.atomic
def queue_note(consultation: Consultation, *, of_version: int, now: datetime) -> Delivery | None:
    """A version was signed: the journal system is to have it. None where the clinic has none by FHIR."""
    return _queue(consultation, DeliveryKind.NOTE, of_version, now)


@transaction.atomic
def queue_visit(consultation: Consultation, *, now: datetime) -> Delivery | None:
    """What the conversation came to is decided: the journal system is to have that too, if it gets the note."""
    has_note = Delivery.objects.filter(consultation=consultation, kind=DeliveryKind.NOTE).exists()
    return _queue(consultation, DeliveryKind.VISIT, 0, now) if has_note else None


def open_of(clinic: Clinic) -> QuerySet[Delivery]:
    """What the journal system does not have yet, oldest first."""
    rows = Delivery.objects.filter(connection__clinic=clinic, status__in=OPEN)
    return rows.select_related(
        "connection__clinic", "consultation__appointment__patient", "consultation__clinician__user"
    ).order_by("pk")


def stopped_of(clinic: Clinic) -> QuerySet[Delivery]:
    """What waits for a person."""
    return open_of(clinic).filter(status=DeliveryStatus.STOPPED)


def last_of(clinic: Clinic, count: int) -> list[Delivery]:
    """What was settled last."""
    rows = Delivery.objects.filter(connection__clinic=clinic, settled_at__isnull=False)
    return list(
        rows.select_related("consultation__appointment__patient", "consultation__clinician__user").order_by(
            "-settled_at", "-pk"
        )[:count]
    )


def open_about(consultation: Consultation) -> list[Delivery]:
    """What the journal system does not have yet of one conversation."""
    return list(open_of(consultation.clinic).filter(consultation=consultation))


def get(clinic: Clinic, delivery_id: str) -> Delivery:
    """The delivery of that name at this clinic; raises NotFound."""
    found = Delivery.objects.select_related(
        "connection__clinic", "consultation__appointment__patient", "consultation__clinician__user"
    ).filter(connection__clinic=clinic, public_id=delivery_id)
    delivery = found.first()
    if delivery is None:
        raise NotFound
    return delivery


@transaction.atomic
def try_again(delivery: Delivery, *, version: int, actor: Actor, now: datetime) -> Delivery:
    """Send again what had stopped. Raises Overtaken, IllegalMove."""
    hold(delivery.connection.clinic_id)
    DELIVERY.make(
        delivery, DeliveryStatus.WAITING, version=version, next_at=now, attempts=0, fault="", fault_at=None
    )
    _wake(delivery.connection, now)
    _told("delivery.tried_again", delivery, actor, now)
    return delivery


@transaction.atomic
def done_by_hand(delivery: Delivery, *, version: int, actor: Actor, now: datetime) -> Delivery:
    """Somebody wrote it into the journal themselves. Raises Overtaken, IllegalMove."""
    hold(delivery.connection.clinic_id)
    DELIVERY.make(
        delivery,
        DeliveryStatus.BY_HAND,
        version=version,
        settled_at=now,
        fault="",
        fault_at=None,
        words="",
        refused="",
        candidates="",
    )
    _told("delivery.by_hand", delivery, actor, now)
    return delivery


@transaction.atomic
def say_who(delivery: Delivery, *, reference: str, version: int, actor: Actor, now: datetime) -> Delivery:
    """Say which patient of the journal system it is, and send again. Raises Invalid (`reference`), Overtaken."""
    hold(delivery.connection.clinic_id)
    found = _PATIENT.fullmatch(reference.strip())
    if found is None:
        raise Invalid(reference="missing" if not reference.strip() else "unreadable")
    PatientThere.objects.update_or_create(
        connection=delivery.connection,
        patient=delivery.consultation.appointment.patient,
        defaults={"reference": f"Patient/{found.group(1)}", "is_chosen": True, "at": now},
    )
    _told("delivery.patient_chosen", delivery, actor, now)
    return try_again(delivery, version=version, actor=actor, now=now)


def _queue(consultation: Consultation, kind: DeliveryKind, of_version: int, now: datetime) -> Delivery | None:
    connection = fhir_connection_of(consultation.clinic)
    if connection is None or consultation.clinic.is_practice:
        return None
    delivery, _ = Delivery.objects.get_or_create(
        consultation=consultation,
        kind=kind,
        of_version=of_version,
        defaults={"connection": connection, "made_at": now, "next_at": now},
    )
    return delivery


def _wake(connection: EhrConnection, now: datetime) -> None:
    """A person has looked at it: what waits need not wait any longer."""
    EhrConnection.objects.filter(pk=connection.pk).update(next_at=now, attempts=0)


def _told(act: str, delivery: Delivery, actor: Actor, now: datetime) -> None:
    clinic = delivery.connection.clinic
    record(act, actor=actor, about=delivery.consultation, clinic_id=clinic.pk, now=now)
    announce(f"day:{clinic.public_id}", "day")
