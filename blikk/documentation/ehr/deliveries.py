"""Delivering to journal systems: what is due is sent under a lease, and settled by what the other side says.

A worker may die anywhere, and an answer may be lost: everything is sent by names that never change, with conditional
creates, so that sending again finds what is there. One worker at a time sends for a clinic. What the server as a whole
is to blame for lets the clinic's deliveries rest, longer and longer, for as long as it takes; what is wrong with one
of them stops that one, and waits for a person.
"""

import json
import logging
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction as one_transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from blikk.audit.services import hold, record
from blikk.bus.services import announce
from blikk.documentation.ehr import bundle as bundles
from blikk.documentation.ehr.answers import names_in, who_is_twice
from blikk.documentation.ehr.client import Ehr
from blikk.documentation.ehr.faults import Fault, Reason
from blikk.documentation.ehr.notes import pdf_of, versions_of
from blikk.documentation.ehr_tables import Delivery, DeliveryKind, EhrConnection, EhrKind, PatientThere
from blikk.documentation.fhir.names import by_urn
from blikk.documentation.models import RecordAppointment
from blikk.documentation.states import DELIVERY, DeliveryStatus
from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import IllegalMove, Overtaken
from blikk.patients.national_numbers import masked
from blikk.patients.numbers import known_of

LEASE = timedelta(seconds=240)
# So much of the lease must be left for one more delivery: a token, the transaction, and who is there twice.
ENOUGH = timedelta(seconds=150)
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 600.0
# One that fails so often while others go is to blame itself.
MOST_ATTEMPTS = 20
# Who refuses something is there, and heard us.
ANSWERED = frozenset({Reason.REFUSED, Reason.PATIENT_TWICE, Reason.SOMETHING_TWICE})
_RELATED = (
    "connection",
    "consultation__clinic",
    "consultation__clinician__user",
    "consultation__clinician__clinic",
    "consultation__appointment__patient__clinic",
    "consultation__appointment__clinician__user",
)

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


def deliver_once(worker_id: str, *, clock: Clock) -> int:
    """Send what is due for one clinic; says how many deliveries were tried."""
    connection = _claim(worker_id, now=clock())
    if connection is None:
        return 0
    tried = 0
    try:
        with Ehr(connection) as ehr:
            while _is_mine(connection, clock()) and (delivery := _next(connection, clock())) is not None:
                tried += 1
                if not _deliver(ehr, delivery, clock):
                    break
    finally:
        _let_go(connection)
    return tried


def _claim(worker_id: str, *, now: datetime) -> EhrConnection | None:
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    rested = Q(next_at__isnull=True) | Q(next_at__lte=now)
    due = Delivery.objects.filter(connection=OuterRef("pk"), status=DeliveryStatus.WAITING, next_at__lte=now)
    rows = EhrConnection.objects.filter(free, rested, Exists(due), kind=EhrKind.FHIR)
    for pk in rows.order_by("next_at", "pk").values_list("pk", flat=True)[:10]:
        mine = EhrConnection.objects.filter(free, rested, pk=pk)
        if mine.update(leased_by=worker_id, lease_until=now + LEASE):
            return EhrConnection.objects.select_related("clinic").get(pk=pk)
    return None


def _next(connection: EhrConnection, now: datetime) -> Delivery | None:
    """What is due and has nothing before it: the versions of a note go one after the other."""
    earlier = Delivery.objects.filter(
        consultation=OuterRef("consultation"), status=DeliveryStatus.WAITING, pk__lt=OuterRef("pk")
    )
    due = Delivery.objects.filter(connection=connection, status=DeliveryStatus.WAITING, next_at__lte=now)
    found = due.exclude(Exists(earlier)).order_by("next_at", "pk")
    return found.select_related(*_RELATED).first()


def _deliver(ehr: Ehr, delivery: Delivery, clock: Clock) -> bool:
    """Try one. False where the server is not to be asked for anything more now."""
    sent: Mapping[str, Any] = {}
    try:
        sent = bundle_of(delivery)
        try:
            answer = ehr.transaction(sent, now=clock())
        except Fault as fault:
            if fault.reason != Reason.PATIENT_TWICE:
                raise
            raise who_is_twice(ehr, sent, fault, now=clock()) from fault
        names = names_in(sent, answer)
    except Fault as fault:
        return _failed(delivery, fault, sent, clock())
    except Exception:
        log.exception("ehr.delivery_broken", extra={"delivery": delivery.public_id})
        return _failed(delivery, Fault(Reason.BROKEN), {}, clock())
    _settle(delivery, names, clock())
    return True


def bundle_of(delivery: Delivery) -> dict[str, Any]:
    """What is sent for a delivery, made from what is so now. Raises Fault (`no_number`)."""
    consultation, connection = delivery.consultation, delivery.connection
    there = names_there(delivery)
    _require_known(delivery, there)
    base_url = settings.BLIKK_BASE_URL
    if delivery.kind == DeliveryKind.VISIT:
        return bundles.visit_only(consultation, base_url=base_url, there=there)
    versions = {version.number: version for version in versions_of(consultation)}
    version, before = versions[delivery.of_version], versions.get(delivery.of_version - 1)
    return bundles.transaction(
        consultation,
        version,
        pdf=pdf_of(consultation, version, kind=connection.document_kind),
        base_url=base_url,
        there=there,
        before=before,
        pdf_before=pdf_of(consultation, before, kind=connection.document_kind) if before else b"",
        is_news=before is not None,
        is_superseded=version.number < max(versions),
        document_kind=connection.document_kind,
    )


def names_there(delivery: Delivery) -> dict[str, str]:
    """What the other side calls things that are there already under no name of ours: its own hours and patients."""
    connection, appointment = delivery.connection, delivery.consultation.appointment
    patient = by_urn("Patient", appointment.patient.public_id)
    names: dict[str, str] = {}
    found = PatientThere.objects.filter(connection=connection, patient=appointment.patient).first()
    from_there = RecordAppointment.objects.filter(
        clinic=connection.clinic_id, server=connection.base_url, appointment=appointment
    ).first()
    if from_there is not None:
        names[by_urn("Appointment", appointment.public_id)] = f"Appointment/{from_there.record_id}"
        if from_there.patient_ref:
            names[patient] = f"Patient/{from_there.patient_ref.rpartition('/')[2]}"
    if found is not None:
        names[patient] = found.reference
    return names


def _require_known(delivery: Delivery, there: Mapping[str, str]) -> None:
    """A journal in which one person is two is worse than a note that waits."""
    patient = delivery.consultation.appointment.patient
    if delivery.connection.makes_patients or by_urn("Patient", patient.public_id) in there:
        return
    if known_of(patient) is None:
        raise Fault(Reason.NO_NUMBER)


def _settle(delivery: Delivery, names: dict[str, str], now: datetime) -> None:
    connection = delivery.connection
    with one_transaction.atomic():
        hold(connection.clinic_id)
        try:
            DELIVERY.make(
                delivery,
                DeliveryStatus.DELIVERED,
                settled_at=now,
                attempts=delivery.attempts + 1,
                names=names,
                **_nothing_wrong(),
            )
        except (Overtaken, IllegalMove):
            # Somebody said meanwhile that it was done by hand: it is there now too, and nothing is lost.
            log.warning("ehr.overtaken", extra={"delivery": delivery.public_id})
            return
        _settle_earlier(delivery, now)
        _remember_patient(delivery, names, now)
        EhrConnection.objects.filter(pk=connection.pk).update(
            delivered_at=now, attempts=0, next_at=None, fault="", fault_at=None
        )
        _record("delivery.made", delivery, now, kind=str(delivery.kind), of_version=delivery.of_version)
    connection.attempts, connection.delivered_at = 0, now


def _settle_earlier(delivery: Delivery, now: datetime) -> None:
    """A correction takes the version before it along: one that had stopped has come with it."""
    earlier = Delivery.objects.filter(
        consultation=delivery.consultation,
        kind=DeliveryKind.NOTE,
        of_version=delivery.of_version - 1,
        status=DeliveryStatus.STOPPED,
    )
    if delivery.kind == DeliveryKind.NOTE:
        changes = {"status": DeliveryStatus.DELIVERED, "settled_at": now, "version": F("version") + 1}
        earlier.update(**changes, **_nothing_wrong())


def _remember_patient(delivery: Delivery, names: Mapping[str, str], now: datetime) -> None:
    """Of a patient whom Blikk had made there: which one, so that a number that is known later makes no second one."""
    patient = delivery.consultation.appointment.patient
    made = names.get(by_urn("Patient", patient.public_id))
    if made and known_of(patient) is None:
        PatientThere.objects.get_or_create(
            connection=delivery.connection, patient=patient, defaults={"reference": made, "at": now}
        )


def _failed(delivery: Delivery, fault: Fault, sent: Mapping[str, Any], now: datetime) -> bool:
    """Note what went wrong, and when to try again, or that a person must look at it."""
    is_last = fault.is_of_resource or _is_to_blame(delivery)
    attempts = delivery.attempts + 1
    changes: dict[str, Any] = {
        "attempts": attempts,
        "fault": str(fault.reason),
        "fault_at": delivery.fault_at or now,
        "words": fault.detail,
        "candidates": fault.candidates,
        "refused": _readable(delivery, sent) if is_last and sent else "",
        "next_at": now + _pause(attempts, fault.wait),
    }
    with one_transaction.atomic():
        hold(delivery.connection.clinic_id)
        try:
            if is_last:
                DELIVERY.make(delivery, DeliveryStatus.STOPPED, **changes)
                _record("delivery.stopped", delivery, now, reason=str(fault.reason))
            else:
                _note(delivery, **changes)
        except (Overtaken, IllegalMove):
            log.warning("ehr.overtaken", extra={"delivery": delivery.public_id})
            return True
        if fault.is_of_resource or fault.reason == Reason.BROKEN:
            if fault.reason in ANSWERED:
                _mine(delivery.connection).update(fault="", fault_at=None, attempts=0)
            return True
        _rest(delivery.connection, fault, now)
    return False


def _is_to_blame(delivery: Delivery) -> bool:
    went = delivery.connection.delivered_at
    others_go = went is not None and delivery.fault_at is not None and went > delivery.fault_at
    return delivery.attempts + 1 >= MOST_ATTEMPTS and (others_go or delivery.fault == Reason.BROKEN)


def _note(delivery: Delivery, **changes: Any) -> None:
    rows = Delivery.objects.filter(pk=delivery.pk, status=delivery.status, version=delivery.version)
    if rows.update(**changes, version=delivery.version + 1) != 1:
        raise Overtaken


def _rest(connection: EhrConnection, fault: Fault, now: datetime) -> None:
    """Leave the server alone for a while."""
    attempts = connection.attempts + 1
    _mine(connection).update(
        attempts=attempts,
        next_at=now + _pause(attempts, fault.wait),
        fault=str(fault.reason),
        fault_at=connection.fault_at if connection.fault == fault.reason else now,
    )


def _pause(attempts: int, wait: float) -> timedelta:
    """Longer and longer, not all at the same moment, and not sooner than the other side asked for."""
    seconds = min(FIRST_PAUSE * 2.0 ** min(attempts - 1, 20), LONGEST_PAUSE)
    return timedelta(seconds=max(seconds * secrets.SystemRandom().uniform(0.8, 1.2), wait))


def _is_mine(connection: EhrConnection, now: datetime) -> bool:
    return connection.lease_until is not None and now < connection.lease_until - ENOUGH


def _let_go(connection: EhrConnection) -> None:
    _mine(connection).update(lease_until=None)


def _mine(connection: EhrConnection) -> QuerySet[EhrConnection]:
    return EhrConnection.objects.filter(
        pk=connection.pk, leased_by=connection.leased_by, lease_until=connection.lease_until
    )


def _nothing_wrong() -> dict[str, Any]:
    return {"fault": "", "fault_at": None, "words": "", "refused": "", "candidates": ""}


def _readable(delivery: Delivery, sent: Mapping[str, Any]) -> str:
    """What was refused, as a person looks at it: without files, and without what makes a number this person's."""
    text = json.dumps(_without_files(sent), ensure_ascii=False, indent=1)
    known = known_of(delivery.consultation.appointment.patient)
    return text.replace(known.digits, masked(known.digits)) if known else text


def _without_files(sent: Any) -> Any:
    if isinstance(sent, dict):
        cut = {key: _without_files(value) for key, value in sent.items()}
        if "contentType" in cut and isinstance(cut.get("data"), str):
            cut["data"] = f"({len(cut['data'])})"
        return cut
    return [_without_files(each) for each in sent] if isinstance(sent, list) else sent


def _record(act: str, delivery: Delivery, now: datetime, **details: str | int) -> None:
    clinic = delivery.connection.clinic
    about = delivery.consultation
    record(act, actor=SYSTEM, about=about, clinic_id=clinic.pk, now=now, **details)
    announce(f"day:{clinic.public_id}", "day")
