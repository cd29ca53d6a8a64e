"""What a patient is told about money before the consultation: how much, who is exempt, how it is paid, the ceiling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from blikk.kernel.times import local
from blikk.payments import queries
from blikk.payments.expected import Expected, expected
from blikk.payments.occasion import Occasion
from blikk.scheduling.queries import holiday_name
from blikk.web.administrator_payment_forms import FIELDS
from blikk.web.presenters import words
from blikk.web.presenters.amounts import kroner

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic, Membership
    from blikk.payments.models import PaymentRules


@dataclass(frozen=True, slots=True)
class ShownCost:
    """Sentences, in the order in which they stand."""

    # For a clinic of several trades: under which heading; empty where there is one.
    amounts: Sequence[str]
    others: Sequence[str]
    old: str = ""


def cost_of_hour(
    clinic: Clinic, clinician: Membership | None, form: str, starts_at: datetime
) -> ShownCost | None:
    """What this hour is expected to cost; None where the clinic charges nothing in Blikk."""
    rules = queries.rules_of(clinic)
    if rules is None or not rules.is_on:
        return None
    began = local(starts_at, clinic.zone)
    day = began.date()
    if rules.is_private:
        return ShownCost(_prices(clinic, day), _others(rules, clinic, day))
    trade = queries.trade_of(clinician, rules) if clinician else queries.Trade(rules.field)
    held = Occasion(trade.field, form, began, 0, is_holiday=bool(holiday_name(day)))
    found = expected(queries.rates_of(trade.field, day), form, held.part)
    if found is None:
        return ShownCost([], _others(rules, clinic, day))
    ore = found.copay_ore + (found.specialist_ore if trade.is_specialist else 0)
    amounts = [gettext("Egenandelen for denne timen er %(amount)s.") % {"amount": kroner(ore)}]
    return ShownCost([*amounts, *_for_time(found)], _others(rules, clinic, day), _old([found], day))


def cost_of_clinic(clinic: Clinic, today: date) -> ShownCost | None:
    """What video costs here, by day and evening; None where the clinic charges nothing in Blikk."""
    rules = queries.rules_of(clinic)
    if rules is None or not rules.is_on:
        return None
    if rules.is_private:
        return ShownCost(_prices(clinic, today), _others(rules, clinic, today))
    trades = list(queries.trades_at(clinic).values())
    fields = list(dict.fromkeys([rules.field, *(one.field for one in trades)]))
    special = {one.field for one in trades if one.is_specialist}
    lines: list[str] = []
    seen: list[Expected] = []
    for field in fields:
        rates = queries.rates_of(field, today)
        found = [one for part in ("day", "evening") if (one := expected(rates, "video", part))]
        title = f"{dict(FIELDS).get(field, field)}: " if len(fields) > 1 else ""
        for one in found:
            lines.append(title + _for_part(one, is_special=field in special))
        lines += list(dict.fromkeys(line for one in found for line in _for_time(one)))
        seen += found
    return ShownCost(lines, _others(rules, clinic, today), _old(seen, today))


def _for_part(one: Expected, *, is_special: bool) -> str:
    said = {"amount": kroner(one.copay_ore)}
    line = (
        gettext("Egenandelen er %(amount)s på dagtid.") % said
        if one.part == "day"
        else gettext("Egenandelen er %(amount)s på kveld og i helg.") % said
    )
    if is_special and one.specialist_ore:
        more = {"amount": kroner(one.copay_ore + one.specialist_ore)}
        line += " " + gettext("Hos spesialist er den %(amount)s.") % more
    return line


def _for_time(one: Expected) -> list[str]:
    if not (one.time_ore and one.each_minutes):
        return []
    said = {"amount": kroner(one.time_ore), "after": one.after_minutes, "each": one.each_minutes}
    return [
        gettext(
            "Varer det mer enn %(after)s minutter, kommer %(amount)s i tillegg hver gang %(each)s nye er begynt."
        )
        % said
    ]


def _prices(clinic: Clinic, day: date) -> list[str]:
    return [
        gettext("%(name)s: %(amount)s") % {"name": one.name, "amount": kroner(one.price_ore)}
        for one in queries.prices_on(clinic, day)
    ]


def _others(rules: PaymentRules, clinic: Clinic, day: date) -> list[str]:
    said = []
    if not rules.is_private:
        said.append(
            gettext(
                "Du betaler ikke egenandel hvis du er under 16 år, har frikort eller har en allmennfarlig smittsom "
                "sykdom. Det finnes flere fritak. Behandleren vurderer det sammen med deg."
            )
        )
    said.append(
        rules.settled_how
        or gettext("Du betaler etter timen. Klinikken sender deg en lenke eller en faktura.")
    )
    if rules.missed_ore:
        said.append(
            gettext("Kommer du ikke til timen, kan det koste %(amount)s, også når du har frikort.")
            % {"amount": kroner(rules.missed_ore)}
        )
    if rules.late_ore and clinic.cancel_until_hours:
        said.append(
            gettext("Avlyser du når det er mindre enn %(hours)s timer igjen, kan det koste %(amount)s.")
            % {"hours": clinic.cancel_until_hours, "amount": kroner(rules.late_ore)}
        )
    ceiling = None if rules.is_private else queries.ceiling_on(day)
    if ceiling is not None:
        said.append(
            gettext(
                "Du betaler høyst %(amount)s i egenandeler i året (taket for %(year)s). Så får du frikort."
            )
            % {"amount": kroner(ceiling.amount_ore), "year": ceiling.year}
        )
    return said


def _old(found: Sequence[Expected], day: date) -> str:
    dates = [row.source_on for one in found for row in one.rows if row.source_on and queries.is_old(row, day)]
    if not dates:
        return ""
    return gettext("Satsene er fra %(day)s og kan ha endret seg.") % {"day": words.born(min(dates))}
