"""The yearly ceiling of co-payments, and codes of diagnoses: dated rows from a CSV with their source. Pure."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from blikk.kernel.errors import Invalid
from blikk.payments.amounts import read_ore


@dataclass(frozen=True, slots=True)
class CeilingRow:
    """What somebody pays in one year at most."""

    year: int
    amount_ore: int
    source: str
    source_on: date


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code of a diagnosis with its days."""

    system: str
    code: str
    text: str
    valid_from: date
    valid_to: date | None
    source: str
    source_on: date


def read_ceilings(text: str) -> list[CeilingRow]:
    """Columns year, amount, source, source_on. Raises Invalid."""
    return [
        CeilingRow(
            int(_needed(row, "year")),
            read_ore(row.get("amount"), field="amount"),
            _needed(row, "source"),
            _day(row, "source_on"),
        )
        for row in _records(text)
    ]


def read_codes(text: str, *, source: str, on: date) -> list[CodeRow]:
    """Columns system (icpc2, icd10), code, text, valid_from, valid_to. Raises Invalid with the number of the line."""
    found = []
    for number, row in enumerate(_records(text), start=1):
        try:
            system = _needed(row, "system").lower()
            if system not in {"icpc2", "icd10"}:
                raise Invalid(system="unknown")
            last = _day(row, "valid_to") if row.get("valid_to") else None
            found.append(
                CodeRow(
                    system,
                    _needed(row, "code")[:12],
                    _needed(row, "text")[:300],
                    _day(row, "valid_from"),
                    last,
                    (row.get("source") or source)[:400],
                    _day(row, "source_on") if row.get("source_on") else on,
                )
            )
        except Invalid as fault:
            told = {f"line {number}, {name}": why for name, why in fault.fields.items()}
            raise Invalid(**told) from fault
    return found


def _records(text: str) -> list[Mapping[str, str]]:
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip() and not line.startswith("#")]
    divider = ";" if lines and lines[0].count(";") >= lines[0].count(",") else ","
    reader = csv.DictReader(io.StringIO("\n".join(lines)), delimiter=divider)
    return [
        {str(name).strip().lower(): (value or "").strip() for name, value in row.items()} for row in reader
    ]


def _needed(row: Mapping[str, str], name: str) -> str:
    if not row.get(name):
        raise Invalid(**{name: "missing"})
    return row[name]


def _day(row: Mapping[str, str], name: str) -> date:
    try:
        return date.fromisoformat(_needed(row, name))
    except ValueError as fault:
        raise Invalid(**{name: "not_a_day"}) from fault
