"""Acts of an administrator: how the clinic is paid, by which tariffs each is, and the clinic's own prices."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from blikk.audit.services import hold, record
from blikk.clinics.models import Clinic, Membership
from blikk.kernel.actors import Actor
from blikk.kernel.check_digits import is_org_number
from blikk.kernel.errors import Invalid, NotFound
from blikk.payments.amounts import HIGHEST_ORE
from blikk.payments.models import ClaimForm, DiagnosisCode, MemberRates, PaymentRules, PrivatePrice
from blikk.payments.tariffs.ceilings import CodeRow
from blikk.payments.tariffs.rows import FIELDS, day_before


@transaction.atomic
def change_rules(
    clinic: Clinic,
    *,
    is_on: bool,
    is_private: bool,
    field: str,
    missed_ore: int,
    late_ore: int = 0,
    settled_how: str,
    practice_id: str = "",
    organisation: str = "",
    claim_form: str = ClaimForm.KUHR,
    sends_claims: bool = False,
    is_municipal: bool = False,
    actor: Actor,
    now: datetime,
) -> PaymentRules:
    """Decide how the clinic is paid. Raises Invalid."""
    hold(clinic.pk)
    faults = {}
    if field not in FIELDS:
        faults["field"] = "unknown"
    for name, ore in (("missed_ore", missed_ore), ("late_ore", late_ore)):
        if not 0 <= ore <= HIGHEST_ORE:
            faults[name] = "not_an_amount"
    if practice_id and not (practice_id.isascii() and practice_id.isdigit() and len(practice_id) <= 20):
        faults["practice_id"] = "not_a_number"
    if organisation and not is_org_number(organisation):
        faults["organisation"] = "not_an_organisation"
    if claim_form not in ClaimForm.values:
        faults["claim_form"] = "unknown"
    if sends_claims and not (organisation and practice_id and claim_form == ClaimForm.KUHR):
        faults["sends_claims"] = "sending_needs"
    if len(settled_how) > 500:
        faults["settled_how"] = "too_long"
    if faults:
        raise Invalid(**faults)
    values = {
        "is_on": is_on,
        "is_private": is_private,
        "field": field,
        "missed_ore": missed_ore,
        "missed_since": _since(clinic, missed_ore, now),
        "late_ore": late_ore,
        "settled_how": settled_how.strip(),
        "practice_id": practice_id,
        "organisation": organisation,
        "claim_form": claim_form,
        "sends_claims": sends_claims,
        "is_municipal": is_municipal,
        "changed_at": now,
    }
    rules, _ = PaymentRules.objects.update_or_create(clinic=clinic, defaults=values)
    parts = ("is_on", "is_private", "field", "missed_ore", "late_ore", "sends_claims")
    told = {name: values[name] for name in parts}
    record("payment_rules.changed", actor=actor, about=clinic, clinic_id=clinic.pk, now=now, **told)  # type: ignore[arg-type]
    return rules


def _since(clinic: Clinic, missed_ore: int, now: datetime) -> datetime | None:
    """Since when it costs so much not to come; a fee that became lower was told long enough."""
    before = PaymentRules.objects.filter(clinic=clinic).first()
    if not missed_ore:
        return None
    if before is not None and before.missed_since and missed_ore <= before.missed_ore:
        return before.missed_since
    return now


@transaction.atomic
def change_trade(
    membership: Membership, *, field: str, is_specialist: bool, actor: Actor, now: datetime
) -> None:
    """Say by which tariffs a clinician is paid; an empty field is the clinic's. Raises Invalid."""
    hold(membership.clinic_id)
    if field and field not in FIELDS:
        raise Invalid(field="unknown")
    if not field and not is_specialist:
        count, _ = MemberRates.objects.filter(membership=membership).delete()
        if not count:
            return
    else:
        rules = PaymentRules.objects.filter(clinic_id=membership.clinic_id).first()
        values = {"field": field or (rules.field if rules else "LE"), "is_specialist": is_specialist}
        if MemberRates.objects.filter(membership=membership, **values).exists():
            return
        MemberRates.objects.update_or_create(membership=membership, defaults=values)
    record(
        "trade.changed",
        actor=actor,
        about=membership,
        clinic_id=membership.clinic_id,
        now=now,
        field=field,
        is_specialist=is_specialist,
    )


@transaction.atomic
def set_price(
    clinic: Clinic,
    *,
    name: str,
    minutes: int | None,
    price_ore: int,
    valid_from: date,
    actor: Actor,
    now: datetime,
) -> PrivatePrice:
    """Set a price from a day on; one of the same name ends the day before. Raises Invalid."""
    hold(clinic.pk)
    name = " ".join(name.split())
    faults = {}
    if not name or len(name) > 120:
        faults["name"] = "missing"
    if not 0 < price_ore <= HIGHEST_ORE:
        faults["price_ore"] = "not_an_amount"
    if minutes is not None and not 1 <= minutes <= 600:
        faults["minutes"] = "unlikely"
    same = PrivatePrice.objects.filter(clinic=clinic, name__iexact=name)
    if same.filter(valid_from__gte=valid_from).exists():
        faults["valid_from"] = "price_from_then"
    if faults:
        raise Invalid(**faults)
    for before in same.filter(valid_to__isnull=True) | same.filter(valid_to__gte=valid_from):
        before.valid_to = day_before(valid_from)
        before.save(update_fields=["valid_to"])
    price = PrivatePrice.objects.create(
        clinic=clinic, name=name, minutes=minutes, price_ore=price_ore, valid_from=valid_from
    )
    record("price.set", actor=actor, about=price, clinic_id=clinic.pk, now=now, price_ore=price_ore)
    return price


@transaction.atomic
def end_price(clinic: Clinic, price_id: str, *, last: date, actor: Actor, now: datetime) -> None:
    """Let a price hold until a day and no longer; one that has not begun goes. Raises NotFound."""
    hold(clinic.pk)
    price = PrivatePrice.objects.filter(clinic=clinic, public_id=price_id).first()
    if price is None:
        raise NotFound
    record("price.ended", actor=actor, about=price, clinic_id=clinic.pk, now=now)
    if price.valid_from > last:
        price.delete()
        return
    price.valid_to = last
    price.save(update_fields=["valid_to"])


@transaction.atomic
def take_in_codes(rows: Iterable[CodeRow], *, actor: Actor, now: datetime) -> int:
    """Take codes of diagnoses in; how many were new or other than before."""
    hold(None)
    there = {(one.system, one.code.lower(), one.valid_from): one for one in DiagnosisCode.objects.all()}
    made, count = [], 0
    for row in rows:
        values = {
            "text": row.text,
            "search": f"{row.code} {row.text}".lower()[:320],
            "valid_to": row.valid_to,
            "source": row.source,
            "source_on": row.source_on,
        }
        kept = there.get((row.system, row.code.lower(), row.valid_from))
        if kept is None:
            fresh = DiagnosisCode(system=row.system, code=row.code, valid_from=row.valid_from, **values)
            there[row.system, row.code.lower(), row.valid_from] = fresh
            made.append(fresh)
        elif kept.pk and (kept.text, kept.valid_to) != (row.text, row.valid_to):
            DiagnosisCode.objects.filter(pk=kept.pk).update(**values)
            count += 1
    DiagnosisCode.objects.bulk_create(made, batch_size=500)
    count += len(made)
    if count:
        record(
            "diagnoses.taken_in",
            actor=actor,
            about="payments.DiagnosisCode",
            clinic_id=None,
            now=now,
            count=count,
        )
    return count
