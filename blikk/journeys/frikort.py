"""Asking the register for exemption cards, at the close-out and never before; the answer is kept for half an hour.

What it said is gone once the charge is accepted: there the exemption stands, if the clinician decided so.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import transaction

from blikk.audit.services import hold, record
from blikk.clinics.models import Clinic, Membership
from blikk.consultations.models import Consultation
from blikk.consultations.states import ConsultationStatus
from blikk.journeys.closing import consultation_of
from blikk.kernel.actors import Actor
from blikk.kernel.errors import IllegalMove, Invalid
from blikk.kernel.secrets import KeyIsMissing, seal, unseal
from blikk.kernel.times import local
from blikk.patients.numbers import known_of as number_of
from blikk.patients.numbers import type_in
from blikk.payments import queries
from blikk.payments.frikort import SERVICES, Answer, Card, FrikortRegister, register_for

KEPT_FOR = timedelta(minutes=30)
# The register knows people by these numbers only.
_KINDS = frozenset({"birth", "d"})


@dataclass(frozen=True, slots=True)
class Known:
    """What the register said, and when."""

    card: Card
    reason: str
    at: datetime

    @property
    def has_card(self) -> bool:
        return self.card == Card.HAS


def can_ask(consultation: Consultation) -> bool:
    """Whether the register can be asked here, about the services of this clinician."""
    return _register(consultation) is not None


def known_of(consultation: Consultation) -> Known | None:
    """What the register said a little while ago."""
    place = _place(consultation)
    sealed = cache.get(place)
    if not sealed:
        return None
    try:
        said = json.loads(unseal(sealed, place))
    except (KeyIsMissing, ValueError):
        return None
    return Known(Card(said["card"]), said["reason"], datetime.fromisoformat(said["at"]))


def forget(consultation: Consultation) -> None:
    """It is decided: what the register said is needed no longer."""
    cache.delete(_place(consultation))


def ask(
    clinic: Clinic,
    consultation_id: str,
    *,
    number: str = "",
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Known | None:
    """Ask about the patient of an ended conversation; None where there is nobody to ask.

    `number` is the national number, where it was typed just now. Raises NotFound, Invalid (`number`), IllegalMove.
    No transaction is open while the register is waited for.
    """
    consultation = consultation_of(clinic, consultation_id, membership=membership)
    if consultation.status != ConsultationStatus.ENDED:
        raise IllegalMove(consultation.status, "asked about a card")
    register = _register(consultation)
    if register is None:
        return None
    patient = consultation.appointment.patient
    if number.strip():
        type_in(patient, number, actor=actor, now=now)
    known = number_of(patient)
    if known is None:
        raise Invalid(number="number_for_card")
    field, day = _field(consultation), local(consultation.opened_at, clinic.zone).date()
    if known.kind in _KINDS:
        answer = register.ask(known.digits, day, field=field, now=now)
    else:
        answer = Answer(Card.UNKNOWN, "cannot_be_asked")
    _note(consultation, answer, actor=actor, now=now)
    return Known(answer.card, answer.reason, now)


@transaction.atomic
def _note(consultation: Consultation, answer: Answer, *, actor: Actor, now: datetime) -> None:
    """That it was asked is in the record for good, what was answered is not."""
    hold(consultation.clinic_id)
    place = _place(consultation)
    said = json.dumps({"card": answer.card, "reason": answer.reason, "at": now.isoformat()})
    cache.set(place, seal(said, place), KEPT_FOR.total_seconds())
    is_answered = answer.card != Card.UNKNOWN
    record(
        "frikort.asked",
        actor=actor,
        about=consultation,
        clinic_id=consultation.clinic_id,
        now=now,
        is_answered=is_answered,
    )


def _register(consultation: Consultation) -> FrikortRegister | None:
    rules = queries.rules_of(consultation.clinic)
    if rules is None or not rules.is_on or rules.is_private or _field(consultation) not in SERVICES:
        return None
    return register_for(rules.organisation)


def _field(consultation: Consultation) -> str:
    return queries.trade_of(consultation.clinician, queries.rules_of(consultation.clinic)).field


def _place(consultation: Consultation) -> str:
    return f"frikort:{consultation.public_id}"
