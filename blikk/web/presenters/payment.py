"""Prices and tariffs in the words of the administrator's page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from blikk.payments.queries import is_old
from blikk.payments.tariffs.rows import TariffRow
from blikk.web.presenters import words
from blikk.web.presenters.amounts import kroner

if TYPE_CHECKING:
    from blikk.payments.models import PrivatePrice

MOST = 200


@dataclass(frozen=True, slots=True)
class ShownPrice:
    """One price."""

    id: str
    name: str
    price: str
    days: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class ShownRate:
    """One tariff of today."""

    code: str
    text: str
    copay: str
    refund: str
    source: str


@dataclass(frozen=True, slots=True)
class ShownRates:
    """What holds today, how much more there is, and whether it must be looked up again."""

    rows: Sequence[ShownRate]
    more: int
    old: str


def show_prices(prices: Iterable[PrivatePrice], today: date) -> list[ShownPrice]:
    """Every price with its days."""
    return [
        ShownPrice(
            one.public_id,
            one.name,
            kroner(one.price_ore),
            _days(one.valid_from, one.valid_to),
            one.valid_to is not None,
        )
        for one in prices
        if one.valid_to is None or one.valid_to >= today
    ]


def show_rates(rates: Iterable[TariffRow], today: date) -> ShownRates:
    """The tariffs of a trade on a day."""
    rows = sorted(rates, key=lambda row: row.code)
    aged = [row.source_on for row in rows if row.source_on and is_old(row, today)]
    old = ""
    if aged:
        old = gettext(
            "Satser her er fra %(day)s, altså mer enn et år gamle. Hent nye med «blikk tariffs import»."
        ) % {"day": words.born(min(aged))}
    shown = [
        ShownRate(
            row.code,
            row.text,
            kroner(row.copay_ore + row.own_ore),
            kroner(row.reimbursement_ore),
            f"{row.source}, {words.born(row.source_on)}" if row.source_on else row.source,
        )
        for row in rows[:MOST]
    ]
    return ShownRates(shown, max(len(rows) - MOST, 0), old)


def _days(first: date, last: date | None) -> str:
    if last is None:
        return gettext("fra %(first)s") % {"first": words.born(first)}
    return gettext("%(first)s til %(last)s") % {"first": words.born(first), "last": words.born(last)}
