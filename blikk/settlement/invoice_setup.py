"""Acts on what a clinic's invoices say, and on the organisations that pay for its patients."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from blikk.audit.services import hold, record
from blikk.clinics.models import Clinic
from blikk.kernel.actors import Actor
from blikk.kernel.check_digits import is_org_number
from blikk.kernel.errors import Invalid, NotFound
from blikk.settlement.links import FREE_HOURS
from blikk.settlement.models import InvoiceSetup, MoneySetup, Payer
from blikk.settlement.numbers import (
    FEWEST_DIGITS,
    KID_CHECKS,
    LONGEST_KID,
    SHORTEST_KID,
    KidCheck,
    KidRules,
    digits_of,
    is_account,
)

FEWEST_DAYS, MOST_DAYS = 14, 60
MOST_REMINDERS = 2


@dataclass(frozen=True, slots=True)
class Terms:
    """What an administrator decides about invoices."""

    name: str
    org_number: str
    address: str
    account: str
    is_on: bool = True
    is_in_vat_register: bool = False
    is_in_business_register: bool = False
    kid_length: int = 10
    kid_check: KidCheck = "mod10"
    kid_prefix: str = ""
    free_hours: int = FREE_HOURS
    due_days: int = FEWEST_DAYS
    reminders_most: int = 1
    takes_reminder_fee: bool = False


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who pays for patients, as it was typed."""

    name: str
    org_number: str
    address: str
    reference: str = ""


def invoices_of(clinic: Clinic) -> InvoiceSetup | None:
    """What a clinic has decided about invoices; None before it has an account."""
    return InvoiceSetup.objects.filter(clinic=clinic).first()


def kid_rules(setup: InvoiceSetup) -> KidRules:
    """What the clinic has agreed with its bank."""
    return KidRules(setup.kid_length, setup.kid_check, setup.kid_prefix)  # type: ignore[arg-type]


def free_hours_of(clinic_id: int) -> int:
    """For how many hours a patient pays before an invoice is made."""
    found = MoneySetup.objects.filter(clinic_id=clinic_id).values_list("free_hours", flat=True).first()
    return FREE_HOURS if found is None else found


@transaction.atomic
def set_terms(clinic: Clinic, terms: Terms, *, actor: Actor, now: datetime) -> InvoiceSetup:
    """Decide about invoices. What is issued already stays as it is. Raises Invalid."""
    hold(clinic.pk)
    setup = invoices_of(clinic) or InvoiceSetup(clinic=clinic)
    if faults := _faults(terms, setup):
        raise Invalid(**faults)
    setup.name, setup.address = terms.name.strip(), terms.address.strip()
    setup.org_number, setup.account = digits_of(terms.org_number), digits_of(terms.account)
    setup.is_in_vat_register = terms.is_in_vat_register
    setup.is_in_business_register = terms.is_in_business_register
    setup.kid_length, setup.kid_check, setup.kid_prefix = terms.kid_length, terms.kid_check, terms.kid_prefix
    setup.due_days, setup.reminders_most = terms.due_days, terms.reminders_most
    setup.takes_reminder_fee = terms.takes_reminder_fee
    if terms.is_on and not setup.is_on:
        setup.on_since = now
    setup.is_on, setup.changed_at = terms.is_on, now
    setup.save()
    MoneySetup.objects.update_or_create(
        clinic=clinic, defaults={"free_hours": terms.free_hours}, create_defaults=_money(terms, now)
    )
    record(
        "money.invoices_set",
        actor=actor,
        about=setup,
        clinic_id=clinic.pk,
        now=now,
        is_on=terms.is_on,
        account=setup.account,
        due_days=terms.due_days,
    )
    return setup


def _money(terms: Terms, now: datetime) -> dict[str, object]:
    return {"free_hours": terms.free_hours, "changed_at": now}


def _faults(terms: Terms, setup: InvoiceSetup) -> dict[str, str]:
    faults: dict[str, str] = {}
    for name in ("name", "address"):
        if not getattr(terms, name).strip():
            faults[name] = "missing"
    if not is_org_number(digits_of(terms.org_number)):
        faults["org_number"] = "not_an_org_number"
    if not is_account(digits_of(terms.account)):
        faults["account"] = "not_an_account"
    faults |= _kid_faults(terms, setup.last_number)
    if not 24 <= terms.free_hours <= 48:
        faults["free_hours"] = "not_a_number"
    if not FEWEST_DAYS <= terms.due_days <= MOST_DAYS:
        faults["due_days"] = "not_enough_days"
    if not 0 <= terms.reminders_most <= MOST_REMINDERS:
        faults["reminders_most"] = "not_a_number"
    return faults


def _kid_faults(terms: Terms, last_number: int) -> dict[str, str]:
    if terms.kid_check not in KID_CHECKS:
        return {"kid_check": "missing"}
    if terms.kid_prefix and not (terms.kid_prefix.isdecimal() and terms.kid_prefix.isascii()):
        return {"kid_prefix": "not_a_number"}
    if not SHORTEST_KID <= terms.kid_length <= LONGEST_KID:
        return {"kid_length": "not_a_kid_length"}
    rules = KidRules(terms.kid_length, terms.kid_check, terms.kid_prefix)
    if rules.room < max(FEWEST_DIGITS, len(str(last_number + 1000))):
        return {"kid_length": "kid_too_short"}
    return {}


def payers_of(clinic: Clinic) -> list[Payer]:
    """The organisations that pay for patients of a clinic."""
    return list(Payer.objects.filter(clinic=clinic, ended_at__isnull=True).order_by("name", "pk"))


@transaction.atomic
def add_payer(clinic: Clinic, typed: Organisation, *, actor: Actor, now: datetime) -> Payer:
    """Have an organisation that can pay for patients. One with the same number is put right. Raises Invalid."""
    hold(clinic.pk)
    faults = {name: "missing" for name in ("name", "address") if not getattr(typed, name).strip()}
    number = digits_of(typed.org_number)
    if not is_org_number(number):
        faults["org_number"] = "not_an_org_number"
    if faults:
        raise Invalid(**faults)
    payer, _ = Payer.objects.update_or_create(
        clinic=clinic,
        org_number=number,
        ended_at=None,
        defaults={
            "name": typed.name.strip()[:120],
            "address": typed.address.strip()[:200],
            "reference": typed.reference.strip()[:60],
        },
    )
    record("money.payer_set", actor=actor, about=payer, clinic_id=clinic.pk, now=now, org_number=number)
    return payer


@transaction.atomic
def end_payer(clinic: Clinic, payer_id: str, *, actor: Actor, now: datetime) -> None:
    """Choose an organisation no more; its bills and invoices stay. Raises NotFound."""
    hold(clinic.pk)
    payer = Payer.objects.filter(clinic=clinic, public_id=payer_id, ended_at__isnull=True).first()
    if payer is None:
        raise NotFound
    payer.ended_at = now
    payer.save(update_fields=["ended_at"])
    record("money.payer_ended", actor=actor, about=payer, clinic_id=clinic.pk, now=now)
