"""Bills to the state: which are ready and what the others wait for, written to a file, credited."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from blikk.audit.services import hold, looked_at, record
from blikk.clinics.models import Clinic, Membership
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.times import local
from blikk.patients.models import NationalNumber
from blikk.patients.numbers import known_in
from blikk.payments import claims, queries
from blikk.payments.models import Charge, Claim, ClaimFile, PaymentRules
from blikk.settlement.queries import is_paid

MOST = 500


@dataclass(frozen=True, slots=True)
class Ready:
    """A charge of a finished consultation that no claim is made of; `lacks` is what it waits for."""

    charge: Charge
    lacks: tuple[str, ...]


def ready_of(clinic: Clinic) -> list[Ready]:
    """Charges that the state has a part in, in the order of their consultations."""
    found = Charge.objects.filter(
        clinic=clinic,
        status="accepted",
        kind="co_payment",
        claim__isnull=True,
        consultation__status="closed_out",
    )
    found = found.exclude(state_ore=0).select_related("consultation__clinician__user", "patient")
    rows = list(found.prefetch_related("rows").order_by("consultation__opened_at", "pk")[:MOST])
    numbered = set(
        NationalNumber.objects.filter(patient__in=[one.patient_id for one in rows]).values_list(
            "patient_id", flat=True
        )
    )
    return [Ready(one, _lacks(one, numbered)) for one in rows]


def _lacks(charge: Charge, numbered: set[int]) -> tuple[str, ...]:
    lacks = []
    if charge.patient_id not in numbered:
        lacks.append("number")
    if charge.consultation is None or not charge.consultation.clinician.hpr_number:
        lacks.append("hpr")
    if charge.state_ore is None:
        lacks.append("rate")
    return tuple(lacks)


@transaction.atomic
def make_file(clinic: Clinic, *, membership: Membership, actor: Actor, now: datetime) -> ClaimFile:
    """Write all that is ready to one file. Raises Invalid without a practice, or with nothing to send."""
    hold(clinic.pk)
    rules = PaymentRules.objects.filter(clinic=clinic).first()
    if rules is None or not rules.practice_id:
        raise Invalid(practice_id="missing")
    fresh = [one.charge for one in ready_of(clinic) if not one.lacks]
    paid = [one for one in _open(clinic) if not one.is_paid and _has_paid(one)]
    credited = list(
        Claim.objects.filter(clinic=clinic, credit_asked_at__isnull=False, credited_in__isnull=True)
    )
    if not (fresh or paid or credited):
        raise Invalid(file="nothing_to_claim")
    file = ClaimFile.objects.create(
        clinic=clinic, count=0, sum_ore=0, body="", made_at=now, made_by=membership
    )
    made = [_claim(charge, rules.last_number + place, file) for place, charge in enumerate(fresh, start=1)]
    bills = [json.loads(one.body) for one in made]
    bills += [claims.paid_of(json.loads(one.body)) for one in paid]
    bills += [claims.credit_of(json.loads(one.body)) for one in credited]
    file.sum_ore = sum(one.amount_ore for one in made) - sum(one.amount_ore for one in credited)
    file.count = len(bills)
    whole = claims.message(rules.practice_id, bills, sum_ore=file.sum_ore)
    file.body = json.dumps(whole, ensure_ascii=False, indent=2)
    file.save(update_fields=["count", "sum_ore", "body"])
    PaymentRules.objects.filter(pk=rules.pk).update(last_number=rules.last_number + len(made))
    Claim.objects.filter(pk__in=[one.pk for one in paid]).update(is_paid=True)
    Claim.objects.filter(pk__in=[one.pk for one in credited]).update(credited_in=file)
    record(
        "claim_file.made",
        actor=actor,
        about=file,
        clinic_id=clinic.pk,
        now=now,
        count=file.count,
        sum_ore=file.sum_ore,
    )
    return file


def _open(clinic: Clinic) -> Sequence[Claim]:
    found = Claim.objects.filter(clinic=clinic, is_paid=False, credit_asked_at__isnull=True)
    return list(found.select_related("charge__consultation"))


def _has_paid(claim: Claim) -> bool:
    talk = claim.charge.consultation
    return talk is not None and is_paid(talk)


def _claim(charge: Charge, number: int, file: ClaimFile) -> Claim:
    talk = charge.consultation
    if talk is None:
        raise NotFound
    known = known_in(NationalNumber.objects.get(patient=charge.patient))
    guid, paid = _guid(), is_paid(talk)
    body = claims.bill(
        guid=guid,
        number=number,
        began=local(talk.opened_at, charge.clinic.zone),
        patient=claims.Person(known.digits, known.kind),
        hpr=talk.clinician.hpr_number,
        lines=queries.lines_of(charge),
        exemption=charge.exemption,
        diagnoses=json.loads(charge.diagnoses or "[]"),
        is_paid=paid,
    )
    return Claim.objects.create(
        clinic=charge.clinic,
        charge=charge,
        number=number,
        guid=guid,
        body=json.dumps(body, ensure_ascii=False),
        amount_ore=charge.state_ore or 0,
        began_at=talk.opened_at,
        is_paid=paid,
        file=file,
    )


def _guid() -> str:
    """A random name in the form that the receiver asks for."""
    raw = secrets.token_hex(16)
    return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-a{raw[17:20]}-{raw[20:]}"


@transaction.atomic
def ask_credit(clinic: Clinic, claim_id: str, *, actor: Actor, now: datetime) -> Claim:
    """Have a whole bill credited with the next file; a second time changes nothing. Raises NotFound, Invalid."""
    hold(clinic.pk)
    claim = Claim.objects.filter(clinic=clinic, public_id=claim_id).first()
    if claim is None:
        raise NotFound
    if claim.credit_asked_at is not None:
        return claim
    if now - claim.began_at > claims.CREDIT_WITHIN:
        raise Invalid(claim="too_old_to_credit")
    claim.credit_asked_at = now
    claim.save(update_fields=["credit_asked_at"])
    record("claim.credit_asked", actor=actor, about=claim, clinic_id=clinic.pk, now=now, number=claim.number)
    return claim


@transaction.atomic
def take_file(clinic: Clinic, file_id: str, *, actor: Actor, now: datetime) -> ClaimFile:
    """The file, for who takes it with them; that they did is recorded. Raises NotFound."""
    hold(clinic.pk)
    file = ClaimFile.objects.filter(clinic=clinic, public_id=file_id).first()
    if file is None:
        raise NotFound
    looked_at("claim_file", actor=actor, about=file, clinic_id=clinic.pk, now=now)
    return file


def files_of(clinic: Clinic) -> Sequence[ClaimFile]:
    """The newest files first, without what is in them."""
    return list(ClaimFile.objects.filter(clinic=clinic).defer("body").order_by("-made_at", "-pk")[:50])


def claims_of(clinic: Clinic) -> Sequence[Claim]:
    """The newest bills first."""
    return list(Claim.objects.filter(clinic=clinic).defer("body").order_by("-number")[:100])
