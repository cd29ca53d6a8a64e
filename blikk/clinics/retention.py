"""How long a clinic keeps each kind of data: the usual periods, their bounds, and what the clinic has chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction

from blikk.audit.services import record
from blikk.clinics.keeping_tables import KeptKind, Retention
from blikk.clinics.models import Clinic
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid
from blikk.kernel.times import local, wall_time


@dataclass(frozen=True, slots=True)
class Rule:
    """The usual period of a kind, and the least and the most that a clinic may choose."""

    usual: int
    least: int
    most: int
    is_years: bool = False
    # Books: the years are counted from the end of the one in which something was written.
    is_books: bool = False


RULES: dict[str, Rule] = {
    KeptKind.VISIT: Rule(usual=30, least=1, most=365),
    KeptKind.PATIENT: Rule(usual=365, least=30, most=1095),
    KeptKind.AUDIT: Rule(usual=2, least=2, most=10, is_years=True),
    KeptKind.MONEY: Rule(usual=5, least=5, most=10, is_years=True, is_books=True),
    KeptKind.CLAIM: Rule(usual=5, least=5, most=10, is_years=True, is_books=True),
}


def amounts_of(clinic: Clinic) -> dict[str, int]:
    """How long the clinic keeps each kind, in the kind's own unit."""
    chosen = dict(Retention.objects.filter(clinic=clinic).values_list("kind", "amount"))
    return {kind: chosen.get(kind, rule.usual) for kind, rule in RULES.items()}


def cut(kind: str, amount: int, now: datetime, zone: str) -> datetime:
    """The moment before which a kind has been kept long enough."""
    rule = RULES[kind]
    if rule.is_books:
        new_year = date(local(now, zone).year - amount, 1, 1)
        return wall_time(new_year, time.min, zone)
    return years_before(now, amount) if rule.is_years else now - timedelta(days=amount)


def years_before(now: datetime, years: int) -> datetime:
    """The same day so many years ago; the last of February has no other in most years."""
    try:
        return now.replace(year=now.year - years)
    except ValueError:
        return now.replace(year=now.year - years, day=28)


def cuts_of(clinic: Clinic, *, now: datetime) -> dict[str, datetime]:
    """The moments of all kinds."""
    return {kind: cut(kind, amount, now, clinic.zone) for kind, amount in amounts_of(clinic).items()}


@transaction.atomic
def choose(clinic: Clinic, amounts: Mapping[str, int], *, actor: Actor, now: datetime) -> dict[str, int]:
    """Keep these kinds so long from now on. Raises Invalid: `kept_too_short` or `kept_too_long` by kind."""
    wrong = {kind: fault for kind, amount in amounts.items() if (fault := _fault(kind, amount))}
    if wrong:
        raise Invalid(**wrong)
    current = Clinic.objects.select_for_update().get(pk=clinic.pk)
    before = amounts_of(current)
    for kind, amount in amounts.items():
        if amount == before[kind]:
            continue
        values = {"amount": amount, "changed_at": now}
        Retention.objects.update_or_create(clinic=current, kind=kind, defaults=values)
        record(
            "clinic.setting_changed",
            actor=actor,
            about=current,
            clinic_id=current.pk,
            now=now,
            setting=f"retention_{kind}",
            before=before[kind],
            after=amount,
        )
    return amounts_of(current)


def _fault(kind: str, amount: int) -> str:
    rule = RULES[kind]
    if amount < rule.least:
        return "kept_too_short"
    return "kept_too_long" if amount > rule.most else ""
