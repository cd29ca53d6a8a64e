"""The money of a consultation: what is proposed from how it was really held, and what the clinician accepts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from blikk.audit.services import hold
from blikk.clinics.models import Clinic, Membership
from blikk.consultations.channels import stretches_of, was_unreachable
from blikk.consultations.models import Consultation, ParticipantRole
from blikk.consultations.states import ConsultationStatus
from blikk.documentation.forms import form_of
from blikk.journeys import frikort
from blikk.journeys.closing import consultation_of
from blikk.kernel.actors import Actor
from blikk.kernel.errors import IllegalMove, Invalid
from blikk.kernel.times import local
from blikk.patients.numbers import masked_of, type_in
from blikk.payments import queries, services
from blikk.payments.combinations import About, Fault, Pick, faults_of
from blikk.payments.errors import NotCharged
from blikk.payments.exemptions import Proposed, allowed_for, needs_reason, proposed
from blikk.payments.models import Charge, ChargeKind, DiagnosisCode, PaymentRules, PrivatePrice
from blikk.payments.occasion import Occasion, propose
from blikk.payments.sums import Line, Total, line_of, patient_of, state_of, total
from blikk.payments.tariffs.rows import TariffRow
from blikk.scheduling.queries import holiday_name
from blikk.settlement.lines import HIGHEST_ORE, BillLine
from blikk.settlement.models import Bill
from blikk.settlement.services import open_bill, undo
from blikk.settlement.states import GONE

MISSED = "missed"
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the clinician chose. None stands for what Blikk proposes."""

    kind: str | None = None
    picks: tuple[Pick, ...] | None = None
    exemption: str | None = None
    reason: str = ""
    diagnosis: str = ""
    price: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What a charge would be: its lines and sums, what speaks against it, and what can be chosen."""

    kind: str
    kinds: tuple[str, ...]
    day: date
    occasion: Occasion
    picks: tuple[Pick, ...]
    lines: tuple[Line, ...]
    total: Total
    faults: tuple[Fault, ...]
    exemption: str
    proposed: tuple[Proposed, ...]
    allowed: tuple[str, ...]
    asks_reason: bool
    system: str
    diagnoses: tuple[DiagnosisCode, ...]
    # What was typed fits several; one of them is to be chosen.
    candidates: tuple[DiagnosisCode, ...]
    prices: Sequence[PrivatePrice]
    rates: Mapping[str, TariffRow]
    number: str
    # A rate whose source is more than a year old.
    oldest: TariffRow | None
    # What the register of exemption cards said, and whether it can be asked.
    card: frikort.Known | None = None
    asks_card: bool = False

    @property
    def seen(self) -> str:
        """What one screen shows and one key accepts: if it is another sum by then, nothing is accepted."""
        state = "" if self.total.state_ore is None else self.total.state_ore
        return f"{self.kind}:{self.total.patient_ore}:{state}:{self.exemption}"

    @property
    def is_claim(self) -> bool:
        return self.kind == ChargeKind.CO_PAYMENT and self.total.state_ore != 0


def occasion_of(consultation: Consultation, trade: queries.Trade) -> Occasion:
    """How a consultation was really held, from what was recorded while it was."""
    used = stretches_of(consultation)
    roles = set(consultation.participants.filter(joined_at__isnull=False).values_list("role", flat=True))
    began = local(consultation.opened_at, consultation.clinic.zone)
    # Whole minutes of talking; a wait between two rounds is none.
    seconds = sum(stretch.seconds for stretch in used)
    if not seconds and consultation.ended_at:
        seconds = max((consultation.ended_at - consultation.opened_at).total_seconds(), 0)
    return Occasion(
        field=trade.field,
        form=str(form_of(consultation.appointment.form, used)),
        began=began,
        minutes=int(seconds // 60),
        is_holiday=bool(holiday_name(began.date())),
        is_specialist=trade.is_specialist,
        has_interpreter=ParticipantRole.INTERPRETER in roles,
        has_relatives=bool(roles & {ParticipantRole.RELATIVE, ParticipantRole.GUARDIAN}),
    )


def reckon(consultation: Consultation, wanted: Wanted) -> Reckoned:
    """Work out a charge. Changes nothing. Raises NotCharged where the clinic charges nothing in Blikk."""
    rules = _rules_in_force(consultation.clinic)
    trade = queries.trade_of(consultation.clinician, rules)
    occasion = occasion_of(consultation, trade)
    day = occasion.began.date()
    kinds = _kinds(rules)
    kind = wanted.kind if wanted.kind in kinds else _likely(consultation, kinds)
    rates = queries.rates_of(trade.field, day) if not rules.is_private else {}
    prices = queries.prices_on(consultation.clinic, day) if rules.is_private else []
    card, seen = _seen(consultation, day, trade.field)
    system = queries.diagnoses_asked(trade.field, rules)
    diagnoses, candidates = _diagnoses(system, wanted.diagnosis, day)
    is_codes = kind == ChargeKind.CO_PAYMENT
    picks = _picks(occasion, rates, wanted) if is_codes else ()
    exemption = _exemption(wanted, seen) if is_codes else ""
    lines = _lines(kind, picks, rates, prices, wanted.price, rules)
    return Reckoned(
        kind=kind,
        kinds=kinds,
        day=day,
        occasion=occasion,
        picks=picks,
        lines=lines,
        total=total(lines, is_exempt=bool(exemption)) if lines else Total(0, 0),
        faults=faults_of(picks, rates, About(occasion.minutes, trade.is_specialist, bool(diagnoses))),
        exemption=exemption,
        proposed=seen,
        allowed=allowed_for(trade.field),
        asks_reason=is_codes and needs_reason(exemption, seen),
        system=system if is_codes else "",
        diagnoses=diagnoses,
        candidates=candidates,
        prices=prices,
        rates=rates,
        number=masked_of(consultation.appointment.patient),
        oldest=_oldest(lines, rates, day),
        card=card,
        asks_card=is_codes and frikort.can_ask(consultation),
    )


def _seen(
    consultation: Consultation, day: date, field: str
) -> tuple[frikort.Known | None, tuple[Proposed, ...]]:
    """What the register of cards has said, and the exemptions that Blikk sees."""
    card = frikort.known_of(consultation)
    born, has_card = consultation.appointment.patient.birth_on, card is not None and card.has_card
    return card, proposed(born, day, field, has_free_card=has_card)


def _exemption(wanted: Wanted, seen: Sequence[Proposed]) -> str:
    return seen[0].code if wanted.exemption is None and seen else wanted.exemption or ""


def _oldest(lines: Sequence[Line], rates: Mapping[str, TariffRow], day: date) -> TariffRow | None:
    used = [rates[line.code.lower()] for line in lines if line.code.lower() in rates]
    return next((row for row in used if queries.is_old(row, day)), None)


def _rules_in_force(clinic: Clinic) -> PaymentRules:
    rules = queries.rules_of(clinic)
    if rules is None or not rules.is_on:
        raise NotCharged
    return rules


def _picks(occasion: Occasion, rates: Mapping[str, TariffRow], wanted: Wanted) -> tuple[Pick, ...]:
    return propose(occasion, rates) if wanted.picks is None else wanted.picks


def _kinds(rules: PaymentRules) -> tuple[str, ...]:
    main = ChargeKind.PRIVATE if rules.is_private else ChargeKind.CO_PAYMENT
    return (str(main), MISSED) if rules.missed_ore else (str(main),)


def _likely(consultation: Consultation, kinds: tuple[str, ...]) -> str:
    return MISSED if MISSED in kinds and was_unreachable(consultation) else kinds[0]


def _lines(
    kind: str,
    picks: Sequence[Pick],
    rates: Mapping[str, TariffRow],
    prices: Sequence[PrivatePrice],
    price: str,
    rules: PaymentRules,
) -> tuple[Line, ...]:
    if kind == MISSED:
        return (Line("", "missed", 1, rules.missed_ore, 0, 0, rules.missed_ore),)
    if kind == ChargeKind.PRIVATE:
        chosen = next((one for one in prices if one.public_id == price), None)
        return (
            (Line("", chosen.name, 1, chosen.price_ore, 0, 0, chosen.price_ore),)
            if chosen is not None
            else ()
        )
    known = [(rates[pick.code.lower()], pick.times) for pick in picks if pick.code.lower() in rates]
    return tuple(line_of(row, times) for row, times in known if 1 <= times <= 99)


def _diagnoses(
    system: str, typed: str, day: date
) -> tuple[tuple[DiagnosisCode, ...], tuple[DiagnosisCode, ...]]:
    """The codes that were typed; or where words were, the codes that they fit."""
    typed = typed.strip()
    if not system or not typed:
        return (), ()
    exact = [queries.diagnosis_on(system, one, day) for one in typed.replace(";", ",").split(",")]
    found = tuple(one for one in exact if one is not None)
    if found and len(found) == len(exact):
        return found, ()
    matching = tuple(queries.find_diagnoses(system, typed, day, most=8))
    return (matching, ()) if len(matching) == 1 else ((), matching)


@transaction.atomic
def accept(
    clinic: Clinic,
    consultation_id: str,
    *,
    wanted: Wanted,
    seen: str,
    missed_words: str = "",
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Charge:
    """Accept a charge as it was shown: the charge and the patient's bill, both or neither.

    Raises Invalid by field, NotCharged, Overtaken if one stands already, IllegalMove after the close-out.
    `missed_words` is what a missed hour is called on the bill.
    """
    hold(clinic.pk)
    consultation = consultation_of(clinic, consultation_id, membership=membership)
    if consultation.status != ConsultationStatus.ENDED:
        raise IllegalMove(consultation.status, "charged")
    patient = consultation.appointment.patient
    if wanted.number.strip():
        type_in(patient, wanted.number, actor=actor, now=now)
    charge_of = reckon(consultation, wanted)
    _refuse(charge_of, wanted, seen)
    kept = services.keep_charge(
        clinic,
        appointment=consultation.appointment,
        consultation=consultation,
        kind=charge_of.kind,
        field=charge_of.occasion.field,
        lines=charge_of.lines,
        total=charge_of.total,
        exemption=charge_of.exemption,
        exemption_reason=wanted.reason.strip()[:LONGEST_REASON],
        diagnoses=[(one.system, one.code) for one in charge_of.diagnoses],
        membership=membership,
        actor=actor,
        now=now,
    )
    open_bill(
        clinic,
        patient=patient,
        consultation=consultation,
        kind=charge_of.kind,
        lines=bill_lines(charge_of.lines, is_exempt=bool(charge_of.exemption), missed_words=missed_words),
        actor=actor,
        now=now,
    )
    transaction.on_commit(lambda: frikort.forget(consultation))
    return kept


def _refuse(charge: Reckoned, wanted: Wanted, seen: str) -> None:
    """Raises Invalid, field by field."""
    wrong: dict[str, str] = {}
    if not charge.lines:
        wrong["price" if charge.kind == ChargeKind.PRIVATE else "codes"] = "missing"
    elif [one for one in charge.faults if one.why != "needs_diagnosis"]:
        wrong["codes"] = "codes_do_not_fit"
    elif charge.total.patient_ore > HIGHEST_ORE or (charge.total.state_ore or 0) > HIGHEST_ORE:
        wrong["codes"] = "not_an_amount"
    if charge.exemption and charge.exemption not in charge.allowed:
        wrong["exemption"] = "unknown"
    if charge.asks_reason and not wanted.reason.strip():
        wrong["reason"] = "missing"
    if charge.system and not charge.diagnoses:
        wrong["diagnosis"] = "choose_diagnosis" if charge.candidates else "diagnosis_missing"
    if not wrong and charge.seen != seen:
        wrong["codes"] = "sum_is_new"
    if wrong:
        raise Invalid(**wrong)


def bill_lines(lines: Sequence[Line], *, is_exempt: bool, missed_words: str = "") -> tuple[BillLine, ...]:
    """The charge as the patient's bill has it: what is theirs, and what the state pays beside it."""
    made: list[BillLine] = []
    for line in lines:
        text = (missed_words or line.text) if line.text == "missed" and not line.code else line.text
        made.append(
            BillLine(line.code, text[:300], line.times, patient_of(line, is_exempt=is_exempt), "patient")
        )
        state = state_of(line, is_exempt=is_exempt)
        if state:
            made.append(BillLine(line.code, text[:300], line.times, state, "state"))
    return tuple(made)


@transaction.atomic
def take_back(
    clinic: Clinic, consultation_id: str, *, version: int, membership: Membership, actor: Actor, now: datetime
) -> Charge:
    """Take an accepted charge back before the close-out, and its bill with it: an invoice by a credit note, money by
    giving it back. Raises NotCharged, Overtaken, and BeingPaid while a payment that the patient approved is taken.
    """
    hold(clinic.pk)
    consultation = consultation_of(clinic, consultation_id, membership=membership)
    charge = queries.charge_of(consultation)
    if charge is None:
        raise NotCharged
    if consultation.status != ConsultationStatus.ENDED:
        raise IllegalMove(consultation.status, "charge withdrawn")
    taken = services.withdraw(charge, version=version, actor=actor, now=now)
    bill = (
        Bill.objects.filter(clinic=clinic, consultation=consultation, kind=charge.kind)
        .exclude(status__in=GONE)
        .first()
    )
    if bill is not None:
        undo(bill, why="charge_withdrawn", actor=actor, now=now)
    return taken
