"""The journal of a clinic's money in words, sums and plots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from blikk.web.presenters.amounts import kroner
from blikk.web.presenters.plots import Lying, Steps, highest, plot_lying, plot_steps

if TYPE_CHECKING:
    from blikk.journeys.money import Age, Flow, Journal

METHODS: dict[str, Promise] = {
    "vipps": _("Vipps"),
    "card": _("Kort på nett"),
    "stripe": _("Kort på nett"),
    "terminal": _("Terminal"),
    "cash": _("Kontant"),
    "bank": _("Overføring til kontoen"),
}
STEPS: tuple[tuple[str, Promise], ...] = (("day", _("Dag")), ("week", _("Uke")), ("month", _("Måned")))
# How far back the page looks by itself: this week and the eleven before it.
WEEKS = 12


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A row of the table."""

    name: str
    billed: str
    credited: str
    paid: str
    refunded: str
    outstanding: str
    claimed: str


@dataclass(frozen=True, slots=True)
class ShownSum:
    """A sum with its name, and a word more about it."""

    name: str
    amount: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class ShownJournal:
    """The page."""

    period: str
    is_empty: bool
    # Nothing happened and nothing was owed: then there is no sum to look at.
    has_sums: bool
    sums: Sequence[ShownSum]
    methods: Sequence[tuple[str, str]]
    ages: Sequence[tuple[str, str, str]]
    steps: Sequence[ShownStep]
    step: str
    unsettled: str
    unplaced: str
    claims: Sequence[ShownSum]
    over_time: Steps
    by_method: Lying | None


def periods(today: date) -> list[tuple[str, str]]:
    """Periods that are often wanted, with the query that shows each."""
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    year = today.replace(month=1, day=1)
    wanted = (
        (gettext("Denne måneden"), month, today, "week"),
        (gettext("Forrige måned"), before.replace(day=1), before, "week"),
        (gettext("Hittil i år"), year, today, "month"),
    )
    return [
        (name, urlencode({"fra": first.isoformat(), "til": last.isoformat(), "trinn": step}))
        for name, first, last, step in wanted
    ]


def first_period(today: date) -> dict[str, object]:
    """What is shown where nobody has asked for a period."""
    monday = today - timedelta(days=today.weekday())
    return {"fra": monday - timedelta(weeks=WEEKS - 1), "til": today, "trinn": "week"}


def show_journal(journal: Journal) -> ShownJournal:
    """Put the money of a period into words."""
    whole = journal.whole
    paid = sorted(((ore, name) for name, ore in whole.paid.items() if ore), reverse=True)
    methods = [(str(METHODS.get(name, name)), ore, _kr(ore)) for ore, name in paid]
    return ShownJournal(
        period=_days(journal.first, journal.last),
        is_empty=journal.is_empty,
        has_sums=not journal.is_empty or bool(journal.end.outstanding_ore),
        sums=_sums(journal),
        methods=[(name, amount) for name, _ore, amount in methods],
        ages=[(_age(one), str(one.count), _kr(one.ore)) for one in journal.ages if one.count],
        steps=[_step(part, journal.step) for part in journal.parts],
        step=str(dict(STEPS)[journal.step]),
        unsettled=_kr(journal.end.unsettled_ore) if journal.end.unsettled_ore else "",
        unplaced=_kr(journal.unplaced_ore) if journal.unplaced_count else "",
        claims=_claims(journal),
        over_time=_over_time(journal),
        by_method=plot_lying(methods) if methods else None,
    )


def _sums(journal: Journal) -> list[ShownSum]:
    whole = journal.whole
    bills = ngettext("%(count)s regning", "%(count)s regninger", whole.billed_count)
    more = [bills % {"count": whole.billed_count}]
    if whole.fees_ore:
        more.append(gettext("av dette %(amount)s i purregebyr") % {"amount": _kr(whole.fees_ore)})
    return [
        ShownSum(gettext("Regninger"), _kr(whole.billed_ore), ", ".join(more)),
        ShownSum(gettext("Trukket tilbake"), _kr(whole.credited_ore)),
        ShownSum(gettext("Betalt"), _kr(whole.paid_ore)),
        ShownSum(gettext("Betalt tilbake"), _kr(whole.refunded_ore)),
        ShownSum(
            gettext("Ikke betalt ved slutten"),
            _kr(journal.end.outstanding_ore),
            gettext("%(amount)s ved begynnelsen") % {"amount": _kr(journal.start.outstanding_ore)},
        ),
    ]


def _claims(journal: Journal) -> list[ShownSum]:
    whole = journal.whole
    if not (whole.claimed_count or whole.claims_credited_ore or whole.state_paid_ore):
        return []
    count = ngettext("%(count)s krav", "%(count)s krav", whole.claimed_count) % {"count": whole.claimed_count}
    paid = ngettext("%(count)s krav", "%(count)s krav", journal.claims_paid_count)
    rejected = ngettext("%(count)s krav", "%(count)s krav", journal.claims_rejected_count)
    return [
        ShownSum(gettext("Krav til staten"), _kr(whole.claimed_ore), count),
        ShownSum(
            gettext("Av dem med betalt egenandel"),
            _kr(journal.claims_paid_ore),
            paid % {"count": journal.claims_paid_count},
        ),
        ShownSum(gettext("Krav som er kreditert"), _kr(whole.claims_credited_ore)),
        ShownSum(
            gettext("Avvist av staten"),
            _kr(journal.claims_rejected_ore),
            rejected % {"count": journal.claims_rejected_count},
        ),
        ShownSum(gettext("Utbetalt av staten"), _kr(whole.state_paid_ore)),
    ]


def _age(one: Age) -> str:
    if one.upto is None:
        return gettext("Mer enn 60 dager")
    since = {14: 0, 30: 15, 60: 31}[one.upto]
    return gettext("%(since)s–%(upto)s dager") % {"since": since, "upto": one.upto}


def _step(part: Flow, step: str) -> ShownStep:
    return ShownStep(
        name=_name(part, step),
        billed=_kr(part.billed_ore),
        credited=_kr(part.credited_ore),
        paid=_kr(part.paid_ore),
        refunded=_kr(part.refunded_ore),
        outstanding=_kr(part.outstanding_ore),
        claimed=_kr(part.claimed_ore),
    )


def _name(part: Flow, step: str) -> str:
    if step == "week":
        said = {"week": part.first.isocalendar().week, "year": part.first.isocalendar().year}
        return gettext("Uke %(week)s, %(year)s") % said
    return formats.date_format(part.first, "F Y" if step == "month" else "j. F Y")


def _short(part: Flow, step: str) -> str:
    if step == "week":
        return gettext("uke %(week)s") % {"week": part.first.isocalendar().week}
    return formats.date_format(part.first, "M" if step == "month" else "j.n.")


def _over_time(journal: Journal) -> Steps:
    parts = journal.parts
    billed = [part.billed_ore for part in parts]
    paid = [part.paid_ore for part in parts]
    owed = [part.outstanding_ore for part in parts]
    # Whole hundreds of kroner: nobody reads an øre from a plot.
    top = max(highest([*billed, *paid, *owed]), 10_000)
    marks = [(ore, kroner(ore)) for ore in (0, top // 2, top)]
    return plot_steps([_short(part, journal.step) for part in parts], billed, paid, owed, marks)


def _days(first: date, last: date) -> str:
    if first == last:
        return formats.date_format(first, "j. F Y")
    return f"{formats.date_format(first, 'j. F Y')} – {formats.date_format(last, 'j. F Y')}"


def _kr(ore: int) -> str:
    return kroner(ore, to_the_ore=True)
