"""Claims on the state: which are ready and what the others wait for, written to a file, credited, sent again."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from blikk.audit.services import hold, looked_at, record
from blikk.clinics.models import Clinic, Membership
from blikk.consultations.models import Consultation
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.times import local
from blikk.patients.models import NationalNumber
from blikk.patients.numbers import known_in
from blikk.payments import bkm, claims, queries
from blikk.payments.filing import can_send, find
from blikk.payments.models import Charge, Claim, ClaimAnswer, ClaimFile, ClaimForm, PaymentRules
from blikk.payments.states import FileStatus
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


@dataclass(frozen=True, slots=True)
class Next:
    """What the next file holds: new bills, rejected ones again, co-payments that were paid since, and credits."""

    fresh: Sequence[Charge]
    again: Sequence[Claim]
    paid: Sequence[Claim]
    credited: Sequence[Claim]

    @property
    def count(self) -> int:
        return len(self.fresh) + len(self.again) + len(self.paid) + len(self.credited)

    @property
    def sum_ore(self) -> int:
        """What the state is asked for, with what is given back to it taken off."""
        asked = sum(one.state_ore or 0 for one in self.fresh) + sum(one.amount_ore for one in self.again)
        return asked - sum(one.amount_ore for one in self.credited)


def next_of(clinic: Clinic, ready: Sequence[Ready] | None = None) -> Next:
    """What would be written to a file now."""
    ready = ready_of(clinic) if ready is None else ready
    claims_here = Claim.objects.filter(clinic=clinic).order_by("number")
    again = claims_here.filter(resend_asked_at__isnull=False).select_related("charge__consultation")
    credited = claims_here.filter(credit_asked_at__isnull=False, credited_in__isnull=True)
    return Next(
        fresh=[one.charge for one in ready if not one.lacks],
        again=list(again),
        paid=[one for one in _open(clinic) if not one.is_paid and _has_paid(one)],
        credited=list(credited),
    )


@transaction.atomic
def make_file(clinic: Clinic, *, membership: Membership, actor: Actor, now: datetime) -> ClaimFile:
    """Write all that is ready to one file, which goes by itself where the clinic has it so.

    Raises Invalid without a practice, or with nothing to send.
    """
    hold(clinic.pk)
    rules = _rules_for_claims(clinic)
    what = next_of(clinic)
    if not what.count:
        raise Invalid(file="nothing_to_claim")
    goes = rules.sends_claims and can_send(rules)
    file = ClaimFile.objects.create(
        clinic=clinic,
        form=rules.claim_form,
        status=FileStatus.SENDING if goes else FileStatus.MADE,
        next_at=now if goes else None,
        count=what.count,
        sum_ore=what.sum_ore,
        body="",
        made_at=now,
        made_by=membership,
    )
    made = [
        _claim(charge, rules.last_number + place, file) for place, charge in enumerate(what.fresh, start=1)
    ]
    bills = [json.loads(one.body) for one in made]
    day = local(now, clinic.zone).date()
    bills += [claims.again(_again(one, file), day) for one in what.again]
    bills += [claims.paid_of(json.loads(one.body)) for one in what.paid]
    bills += [_credit(one, day) for one in what.credited]
    file.body = _written(rules, clinic, bills, sum_ore=what.sum_ore, now=now)
    file.save(update_fields=["body"])
    PaymentRules.objects.filter(pk=rules.pk).update(last_number=rules.last_number + len(made))
    Claim.objects.filter(pk__in=[one.pk for one in what.paid]).update(is_paid=True)
    Claim.objects.filter(pk__in=[one.pk for one in what.credited]).update(credited_in=file)
    counts = {"count": file.count, "sum_ore": file.sum_ore}
    record("claim_file.made", actor=actor, about=file, clinic_id=clinic.pk, now=now, **counts)
    return file


def _rules_for_claims(clinic: Clinic) -> PaymentRules:
    rules = PaymentRules.objects.filter(clinic=clinic).first()
    if rules is None or (rules.claim_form == ClaimForm.KUHR and not rules.practice_id):
        raise Invalid(practice_id="missing")
    if rules.claim_form == ClaimForm.BKM and not rules.organisation:
        raise Invalid(organisation="missing")
    return rules


def _written(
    rules: PaymentRules, clinic: Clinic, bills: Sequence[dict[str, Any]], *, sum_ore: int, now: datetime
) -> str:
    if rules.claim_form == ClaimForm.BKM:
        made = local(now, clinic.zone).isoformat(timespec="seconds")
        sender = bkm.Sender(rules.organisation, clinic.name, rules.field)
        return bkm.message(sender, bills, message_id=_guid(), made=made, sum_ore=sum_ore)
    whole = claims.message(rules.practice_id, bills, sum_ore=sum_ore)
    return json.dumps(whole, ensure_ascii=False, indent=2)


def _open(clinic: Clinic) -> Sequence[Claim]:
    found = Claim.objects.filter(clinic=clinic, is_paid=False, credit_asked_at__isnull=True)
    found = found.exclude(answer=ClaimAnswer.REJECTED)
    return list(found.select_related("charge__consultation"))


def _has_paid(claim: Claim) -> bool:
    talk = claim.charge.consultation
    return talk is not None and is_paid(talk)


def _claim(charge: Charge, number: int, file: ClaimFile) -> Claim:
    talk = charge.consultation
    if talk is None:
        raise NotFound
    guid, paid = _guid(), is_paid(talk)
    body = _bill(charge, talk, guid=guid, number=number, is_paid=paid)
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


def _again(claim: Claim, file: ClaimFile) -> dict[str, Any]:
    """A rejected bill by its own name and number, with the patient and the clinician as they are known now.

    Where the conversation is deleted by then, it goes as it was.
    """
    charge, body = claim.charge, json.loads(claim.body)
    talk = charge.consultation
    if talk is not None and NationalNumber.objects.filter(patient=charge.patient).exists():
        is_now_paid = claim.is_paid or is_paid(talk)
        body = _bill(charge, talk, guid=claim.guid, number=claim.number, is_paid=is_now_paid)
        claim.is_paid = is_now_paid
    claim.body, claim.file = json.dumps(body, ensure_ascii=False), file
    claim.answer, claim.remarks, claim.resend_asked_at = "", "", None
    claim.save(update_fields=["body", "file", "answer", "remarks", "resend_asked_at", "is_paid"])
    return dict(body)


def _credit(claim: Claim, day: date) -> dict[str, Any]:
    credit = claims.credit_of(json.loads(claim.body))
    return claims.again(credit, day) if claim.remarks else credit


def _bill(charge: Charge, talk: Consultation, *, guid: str, number: int, is_paid: bool) -> dict[str, Any]:
    known = known_in(NationalNumber.objects.get(patient=charge.patient))
    lines, is_exempt = queries.lines_of(charge), bool(charge.exemption)
    began = local(talk.opened_at, charge.clinic.zone)
    rates = queries.rates_of(charge.field, began.date())
    return claims.bill(
        guid=guid,
        number=number,
        began=began,
        patient=claims.Person(known.digits, known.kind),
        hpr=talk.clinician.hpr_number,
        lines=lines,
        firsts=[claims.first_of(one, rates.get(one.code.lower()), is_exempt=is_exempt) for one in lines],
        exemption=charge.exemption,
        diagnoses=json.loads(charge.diagnoses or "[]"),
        is_paid=is_paid,
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
    if claim.answer == ClaimAnswer.REJECTED:
        raise Invalid(claim="rejected_is_not_credited")
    if now - claim.began_at > claims.CREDIT_WITHIN:
        raise Invalid(claim="too_old_to_credit")
    claim.credit_asked_at = now
    claim.save(update_fields=["credit_asked_at"])
    record("claim.credit_asked", actor=actor, about=claim, clinic_id=clinic.pk, now=now, number=claim.number)
    return claim


@transaction.atomic
def ask_again(clinic: Clinic, claim_id: str, *, actor: Actor, now: datetime) -> Claim:
    """Have a rejected bill sent again with the next file, by its own number. Raises NotFound, Invalid."""
    hold(clinic.pk)
    claim = Claim.objects.filter(clinic=clinic, public_id=claim_id).first()
    if claim is None:
        raise NotFound
    if claim.resend_asked_at is not None:
        return claim
    if claim.answer != ClaimAnswer.REJECTED:
        raise Invalid(claim="only_rejected_again")
    claim.resend_asked_at = now
    claim.save(update_fields=["resend_asked_at"])
    record("claim.resend_asked", actor=actor, about=claim, clinic_id=clinic.pk, now=now, number=claim.number)
    return claim


@transaction.atomic
def take_file(clinic: Clinic, file_id: str, *, actor: Actor, now: datetime) -> ClaimFile:
    """The file, for who takes it with them; that they did is recorded. Raises NotFound."""
    hold(clinic.pk)
    file = find(clinic, file_id)
    looked_at("claim_file", actor=actor, about=file, clinic_id=clinic.pk, now=now)
    return file


def files_of(clinic: Clinic) -> Sequence[ClaimFile]:
    """The newest files first, without what is in them."""
    return list(ClaimFile.objects.filter(clinic=clinic).defer("body").order_by("-made_at", "-pk")[:50])


def claims_of(clinic: Clinic) -> Sequence[Claim]:
    """The newest bills first."""
    found = Claim.objects.filter(clinic=clinic).defer("body").select_related("file", "credited_in")
    return list(found.order_by("-number")[:100])
