"""Tariffs from the command line: what a file would change, and then that it does."""

import argparse
import sys
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from django.utils import timezone

from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import Invalid
from blikk.payments import decisions, queries, services
from blikk.payments.samples import sample
from blikk.payments.tariffs import ceilings, readers
from blikk.payments.tariffs.plan import Plan, plan
from blikk.payments.tariffs.rows import TariffRow

REGISTER = "https://opne-data-api.helserefusjon.no/v1/takstkoder"
MOST_LINES = 40


def take_in(given: argparse.Namespace) -> int:
    """Show what a file or an address of tariffs would change; with --apply, do it."""
    now = timezone.now()
    try:
        raw, source = _raw(given.file, is_sample=given.sample)
        found = readers.read(raw, source=source, on=now.date())
    except Invalid as fault:
        print(f"blikk: this file cannot be read as tariffs: {fault}", file=sys.stderr)
        return 2
    except (OSError, httpx.HTTPError) as fault:
        print(f"blikk: it cannot be had: {fault}", file=sys.stderr)
        return 2
    for wrong in found.faults:
        print(f"UNREADABLE  row {wrong.number} {wrong.code}: {wrong.field} is {wrong.why}")
    what = plan(queries.all_tariffs(), found.rows)
    show(what)
    if found.faults or what.overlaps:
        print("Nothing was taken in. Put the rows above right, and try again.")
        return 1
    if not given.apply:
        if not what.is_empty:
            print("Nothing was changed. Do it with --apply.")
        return 0
    services.take_in(found.rows, actor=SYSTEM, now=now)
    if given.sample:
        _take_in_the_rest()
    print("Taken in.")
    return 0


def _take_in_the_rest() -> None:
    now = timezone.now()
    services.take_in_ceilings(ceilings.read_ceilings(sample("ceilings")), actor=SYSTEM, now=now)
    rows = ceilings.read_codes(sample("diagnoses"), source="sample", on=now.date())
    decisions.take_in_codes(rows, actor=SYSTEM, now=now)


def codes(given: argparse.Namespace) -> int:
    """Take a dated file of diagnosis codes in."""
    now = timezone.now()
    try:
        text = given.file.read_text(encoding="utf-8-sig")
        rows = ceilings.read_codes(text, source=given.file.name, on=now.date())
    except (OSError, UnicodeDecodeError, Invalid) as fault:
        print(f"blikk: this file cannot be read as codes: {fault}", file=sys.stderr)
        return 2
    count = decisions.take_in_codes(rows, actor=SYSTEM, now=now)
    print(f"{len(rows)} codes read, {count} new or changed.")
    return 0


def ceiling(given: argparse.Namespace) -> int:
    """Take the yearly ceilings in from a file."""
    try:
        rows = ceilings.read_ceilings(given.file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, Invalid) as fault:
        print(f"blikk: this file cannot be read as ceilings: {fault}", file=sys.stderr)
        return 2
    count = services.take_in_ceilings(rows, actor=SYSTEM, now=timezone.now())
    print(f"{len(rows)} years read, {count} new or changed.")
    return 0


def _raw(file: str | None, *, is_sample: bool) -> tuple[bytes, str]:
    if is_sample:
        return sample("tariffs").encode(), "sample"
    asked = file or REGISTER
    if "://" not in asked:
        return Path(asked).read_bytes(), Path(asked).name
    if urlsplit(asked).scheme != "https" and urlsplit(asked).hostname not in {"127.0.0.1", "localhost"}:
        raise Invalid(file="not_https")
    answer = httpx.get(asked, headers={"Accept": "application/json"}, timeout=60, follow_redirects=False)
    answer.raise_for_status()
    return answer.content, asked


def show(what: Plan) -> None:
    """Print a plan, so that somebody can say yes to it."""
    print(
        f"{len(what.added)} new, {len(what.changed)} changed, {len(what.ended)} ended, {what.same} as before"
    )
    _few([f"NEW      {_row(row)}" for row in what.added])
    _few(
        [f"CHANGED  {_row(one.after)} ({', '.join(_differs(one.before, one.after))})" for one in what.changed]
    )
    _few([f"ENDED    {_row(one.after)}, because a newer row follows" for one in what.ended])
    _few(
        [
            f"GAP      {hole.field} {hole.code} has no rate from {hole.first} to {hole.last}: "
            "nothing is proposed for a consultation on those days"
            for hole in what.holes
        ]
    )
    for one in what.overlaps:
        until = one.last or "any later day"
        print(
            f"OVERLAP  {one.field} {one.code} would have two rates from {one.first} to {until}: "
            f"the rows that begin on {one.one} and on {one.other}. Give the first of them a last day."
        )


def _few(lines: list[str]) -> None:
    for line in lines[:MOST_LINES]:
        print(line)
    if len(lines) > MOST_LINES:
        print(f"         … and {len(lines) - MOST_LINES} more of these")


def _row(row: TariffRow) -> str:
    until = row.valid_to or "further notice"
    return f"{row.field} {row.code} {row.valid_from} until {until}: patient {_kroner(row.copay_ore + row.own_ore)}"


def _differs(before: TariffRow, after: TariffRow) -> list[str]:
    said = []
    for name in sorted(set(TariffRow.__slots__) - {"source", "source_on"}):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            is_money = name.endswith("_ore")
            said.append(f"{name} {_kroner(old) if is_money else old} → {_kroner(new) if is_money else new}")
    return said


def _kroner(ore: int | None) -> str:
    return "unknown" if ore is None else f"{ore // 100},{ore % 100:02d}"


def show_list(given: argparse.Namespace) -> int:
    """List the rates of a day."""
    day = date.fromisoformat(given.on) if given.on else timezone.now().date()
    for row in sorted(queries.rates_of(given.field, day).values(), key=lambda one: one.code):
        print(f"{_row(row)}  {row.text[:60]}  ({row.source}, {row.source_on})")
    return 0
