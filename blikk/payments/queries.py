"""Questions about tariffs, prices and what a clinic has decided about payment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from blikk.clinics.models import Clinic, Membership
from blikk.consultations.models import Consultation
from blikk.payments.combinations import rates_on
from blikk.payments.models import (
    Ceiling,
    Charge,
    DiagnosisCode,
    MemberRates,
    PaymentRules,
    PrivatePrice,
    Tariff,
)
from blikk.payments.sums import Line
from blikk.payments.tariffs.rows import Combination, TariffRow

OLD_AFTER = timedelta(days=365)
_LISTS = ("needs_codes", "forms")
_PLAIN = (
    "most_repeats",
    "repeat_percent",
    "reduced_from",
    "reduced_percent",
    "for_specialist",
    "needs_procedure",
    "needs_diagnosis",
    "most_a_year",
    "least_minutes",
    "minutes_per_repeat",
    "use",
    "part",
)
_COLUMNS = (
    "field",
    "code",
    "text",
    "valid_from",
    "valid_to",
    "fee_ore",
    "reimbursement_ore",
    "copay_ore",
    "own_ore",
    "source",
    "source_on",
)


def as_row(kept: Tariff) -> TariffRow:
    """A tariff as it is compared and reckoned with."""
    rules = kept.rules
    mode, codes = rules.get("combination", ["any", []])
    values: dict[str, Any] = {name: getattr(kept, name) for name in _COLUMNS}
    values |= {name: rules[name] for name in _PLAIN if name in rules}
    values |= {name: tuple(rules.get(name, ())) for name in _LISTS}
    return TariffRow(**values, combination=Combination(mode, tuple(codes)))


def as_values(row: TariffRow) -> dict[str, object]:
    """A row as it is kept: its columns, and its rules as they differ from none."""
    plain = {name: getattr(row, name) for name in _PLAIN}
    fresh = TariffRow("", "", "", row.valid_from, None, None, None, 0)
    rules: dict[str, object] = {name: value for name, value in plain.items() if value != getattr(fresh, name)}
    rules |= {name: list(getattr(row, name)) for name in _LISTS if getattr(row, name)}
    if row.combination != Combination():
        rules["combination"] = [row.combination.mode, list(row.combination.codes)]
    return {**{name: getattr(row, name) for name in _COLUMNS}, "rules": rules}


def all_tariffs() -> list[TariffRow]:
    """Every row that was taken in, of every day."""
    return [as_row(kept) for kept in Tariff.objects.order_by("field", "code", "valid_from")]


def rates_of(field: str, day: date) -> dict[str, TariffRow]:
    """What holds for a trade on a day, by code in small letters."""
    held = Tariff.objects.filter(field=field, valid_from__lte=day).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=day)
    )
    return rates_on((as_row(kept) for kept in held), field, day)


def is_old(row: TariffRow, on: date) -> bool:
    """Whether a rate should be looked up again: what its source said is more than a year old."""
    return row.source_on is None or on - row.source_on > OLD_AFTER


def ceiling_on(day: date) -> Ceiling | None:
    """The ceiling of the year; the newest before it where that year's is not known."""
    return Ceiling.objects.filter(year__lte=day.year).order_by("-year").first()


def rules_of(clinic: Clinic) -> PaymentRules | None:
    """What the clinic has decided; None where nothing about money is done in Blikk."""
    return PaymentRules.objects.filter(clinic=clinic).first()


def senders() -> Sequence[tuple[str, str]]:
    """The organisations whose claims go by themselves, with their practices."""
    found = PaymentRules.objects.filter(sends_claims=True, is_on=True).exclude(organisation="")
    return list(found.order_by("organisation").values_list("organisation", "practice_id").distinct())


def late_ore_of(clinic: Clinic) -> int:
    """What a late cancellation may cost; told also where the clinic takes its money elsewhere."""
    rules = rules_of(clinic)
    return rules.late_ore if rules is not None else 0


def charges_here(clinic: Clinic) -> bool:
    rules = rules_of(clinic)
    return rules is not None and rules.is_on


@dataclass(frozen=True, slots=True)
class Trade:
    """By which tariffs a clinician is paid."""

    field: str
    is_specialist: bool = False


def trade_of(membership: Membership, rules: PaymentRules | None) -> Trade:
    """The clinician's own trade, or the clinic's."""
    own = MemberRates.objects.filter(membership=membership).first()
    if own is not None:
        return Trade(own.field, own.is_specialist)
    return Trade(rules.field if rules else "LE")


def trades_at(clinic: Clinic) -> Mapping[int, MemberRates]:
    """Who differs from the clinic, by membership."""
    return {one.membership_id: one for one in MemberRates.objects.filter(membership__clinic=clinic)}


def prices_on(clinic: Clinic, day: date) -> Sequence[PrivatePrice]:
    """The clinic's own prices on a day, by length and name."""
    held = PrivatePrice.objects.filter(clinic=clinic, valid_from__lte=day)
    held = held.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))
    return list(held.order_by("minutes", "name", "pk"))


def prices_of(clinic: Clinic) -> Sequence[PrivatePrice]:
    """Every price that holds or will."""
    return list(PrivatePrice.objects.filter(clinic=clinic).order_by("name", "valid_from", "pk"))


def charge_of(consultation: Consultation) -> Charge | None:
    """The charge that stands for a consultation."""
    return _standing(consultation.clinic_id).filter(consultation=consultation).first()


def charge_about(clinic_id: int, appointment_id: int) -> Charge | None:
    """The charge that stands for an appointment."""
    return _standing(clinic_id).filter(appointment_id=appointment_id).first()


def _standing(clinic_id: int) -> QuerySet[Charge]:
    found = Charge.objects.filter(clinic_id=clinic_id, status="accepted")
    return found.select_related("accepted_by__user").prefetch_related("rows")


def lines_of(charge: Charge) -> tuple[Line, ...]:
    """A charge line by line, as it was accepted."""
    return tuple(
        Line(
            row.code,
            row.text,
            row.times,
            row.fee_ore,
            row.reimbursement_ore,
            row.copay_ore,
            row.own_ore,
        )
        for row in charge.rows.all()
    )


# A municipality's physiotherapists give no diagnosis (behandlerkravmelding_json.md). Doctors in specialist practice use
# ICD-10, which nothing here tells apart.
DIAGNOSES_OF = {"LE": "icpc2", "PS": "icd10", "PO": "icd10", "FY": "icpc2", "KI": "icpc2", "JO": "icpc2"}
SYSTEM_OIDS = {"icpc2": "2.16.578.1.12.4.1.1.7170", "icd10": "2.16.578.1.12.4.1.1.7110"}


def diagnoses_asked(field: str, rules: PaymentRules | None) -> str:
    """The code system of the diagnosis that a claim must have; '' where it must have none."""
    if field == "FY" and rules is not None and rules.is_municipal:
        return ""
    return DIAGNOSES_OF.get(field, "")


def find_diagnoses(system: str, words: str, day: date, *, most: int = 20) -> Sequence[DiagnosisCode]:
    """Codes that begin so, or whose words hold all of these, among those in force on a day."""
    held = DiagnosisCode.objects.filter(system=system, valid_from__lte=day)
    held = held.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))
    for word in words.lower().split():
        held = held.filter(Q(search__contains=word))
    return list(held.order_by("code")[:most])


def diagnosis_on(system: str, code: str, day: date) -> DiagnosisCode | None:
    """The code as it is in force on a day."""
    held = DiagnosisCode.objects.filter(system=system, code__iexact=code.strip(), valid_from__lte=day)
    return held.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day)).order_by("-valid_from").first()
