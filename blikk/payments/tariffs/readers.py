"""Readers of tariffs: the open data of Helserefusjon as JSON or XML, and a CSV. Pure: bytes in, rows out."""

import csv
import io
import json
import re
import xml.etree.ElementTree as Tree
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from blikk.kernel.errors import Invalid
from blikk.payments.amounts import read_ore
from blikk.payments.tariffs.rows import PARTS, USES, Combination, TariffRow

LARGEST = 20 * 1024 * 1024
_ALL_BUT = re.compile(r"^\s*alle\s+unntatt\b[:\s]*", re.IGNORECASE)
_FOREVER = date(2100, 1, 1)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row cannot be read: its number in the file, its code if it has one, the field and what is wrong."""

    number: int
    code: str
    field: str
    why: str


@dataclass(frozen=True, slots=True)
class Read:
    """What a file held."""

    rows: tuple[TariffRow, ...]
    faults: tuple[Fault, ...]


def read(raw: bytes, *, source: str, on: date) -> Read:
    """Read a file of any of the three kinds; what it is shows in its first sign. Raises Invalid (`file`)."""
    if len(raw) > LARGEST:
        raise Invalid(file="too_large")
    text = _decoded(raw)
    start = text.lstrip()[:1]
    if start in {"[", "{"}:
        records = _from_json(text)
    elif start == "<":
        records = _from_xml(text)
    else:
        records = _from_csv(text)
    return _read_all(records, source, on)


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Invalid(file="not_utf8") from fault


def _from_json(text: str) -> list[Mapping[str, Any]]:
    """Numbers stay as they are written: 0.1 has no exact form in a computer."""
    try:
        found = json.loads(text, parse_float=str)
    except (ValueError, RecursionError) as fault:
        raise Invalid(file="not_json") from fault
    if isinstance(found, dict):
        found = next((value for value in found.values() if isinstance(value, list)), [found])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Invalid(file="not_tariffs")
    return found


def _from_xml(text: str) -> list[Mapping[str, Any]]:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Invalid(file="has_dtd")
    try:
        root = Tree.fromstring(text)  # noqa: S314 - no DTD, so nothing can be expanded
    except Tree.ParseError as fault:
        raise Invalid(file="not_xml") from fault
    found: list[Mapping[str, Any]] = []
    for element in root.iter():
        values: dict[str, Any] = {}
        for child in element:
            values[child.tag.rpartition("}")[2].lower()] = (child.text or "").strip()
        if "takstkode" in values and "fagomraade" in values:
            found.append(values)
    return found


def _from_csv(text: str) -> list[Mapping[str, Any]]:
    """A first line of names, then a line each; lines that begin with # are notes."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        return []
    divider = ";" if lines[0].count(";") >= lines[0].count(",") else ","
    reader = csv.DictReader(io.StringIO("\n".join(lines)), delimiter=divider, strict=True)
    try:
        return [{(name or "").strip().lower(): value for name, value in row.items()} for row in reader]
    except csv.Error as fault:
        raise Invalid(file="not_csv") from fault


def _read_all(records: Iterable[Mapping[str, Any]], source: str, on: date) -> Read:
    rows, faults = [], []
    for number, record in enumerate(records, start=1):
        values = {str(name).lower(): value for name, value in record.items()}
        try:
            rows.append(read_row(values, source=source, on=on))
        except Invalid as fault:
            name, why = next(iter(fault.fields.items()))
            faults.append(Fault(number, str(values.get("takstkode") or ""), name, why))
    if not rows and not faults:
        raise Invalid(file="no_tariffs")
    return Read(tuple(rows), tuple(faults))


def read_row(values: Mapping[str, Any], *, source: str, on: date) -> TariffRow:
    """One record with the names of the open register. Raises Invalid with the name of the field."""
    first, last = _day(values, "fradato"), _day(values, "tildato", optional=True)
    if first is None:
        raise Invalid(fradato="missing")
    if last is not None and last < first:
        raise Invalid(tildato="ends_before_it_begins")
    source_on = _day(values, "kildedato", optional=True)
    return TariffRow(
        field=_text(values, "fagomraade", most=6, needed=True).upper(),
        code=_text(values, "takstkode", most=20, needed=True),
        text=_text(values, "beskrivelse", most=1000) or _text(values, "takstkode", most=20),
        valid_from=first,
        valid_to=last,
        fee_ore=_ore(values, "honorar"),
        reimbursement_ore=_ore(values, "refusjon"),
        copay_ore=_ore(values, "egenandel") or 0,
        own_ore=_ore(values, "pasient_egenbetaling") or 0,
        most_repeats=_number(values, "maks_repetisjoner"),
        repeat_percent=_percent(values, "repetisjonsprosent"),
        reduced_from=_number(values, "redusert_ref_fra_repetisjon"),
        reduced_percent=_percent(values, "redusert_repetisjonsprosent"),
        for_specialist=_is_yes(values.get("spesialisttakst")),
        combination=combination_of(str(values.get("ugyldig_kombinasjon") or "")),
        needs_codes=_codes(str(values.get("krever_takst") or "")),
        needs_procedure=_is_yes(values.get("krever_prosedyre")),
        needs_diagnosis=_is_yes(values.get("krever_diagnose")),
        most_a_year=_number(values, "maks_antall_per_kalender_aar") or _number(values, "maks_antall_per_aar"),
        least_minutes=_number(values, "minimum_tidsbruk"),
        minutes_per_repeat=_number(values, "tidsbruk_per_rep"),
        use=_among(values, "use", USES),
        forms=_codes(str(values.get("forms") or "")),
        part=_among(values, "part", PARTS),
        source=_text(values, "kilde", most=400) or source,
        source_on=source_on or on,
    )


def combination_of(words: str) -> Combination:
    """Read the field of invalid combinations: "2ad, 2ak", "Alle" or "Alle unntatt 7, 100%"."""
    words = words.strip()
    if not words:
        return Combination()
    allowed = _ALL_BUT.match(words)
    if allowed:
        return Combination("only", _codes(words[allowed.end() :]))
    if words.lower().rstrip(".") == "alle":
        return Combination("only", ())
    return Combination("not", _codes(words))


def _codes(words: str) -> tuple[str, ...]:
    cut = re.split(r"[,;\s]+|\beller\b|\bog\b", words)
    return tuple(one.strip().rstrip(".") + ("%" if one.endswith("...") else "") for one in cut if one.strip())


def _text(values: Mapping[str, Any], name: str, *, most: int, needed: bool = False) -> str:
    text = " ".join(str(values.get(name) or "").split())
    if needed and not text:
        raise Invalid(**{name: "missing"})
    if len(text) > most and needed:
        raise Invalid(**{name: "too_long"})
    return text[:most]


def _day(values: Mapping[str, Any], name: str, *, optional: bool = False) -> date | None:
    text = str(values.get(name) or "").strip()[:10]
    if not text:
        if optional:
            return None
        raise Invalid(**{name: "missing"})
    try:
        day = date.fromisoformat(text)
    except ValueError as fault:
        raise Invalid(**{name: "not_a_day"}) from fault
    # Registers write a day far away for what has no end.
    return None if optional and day >= _FOREVER else day


def _ore(values: Mapping[str, Any], name: str) -> int | None:
    value = values.get(name)
    return None if value is None or str(value).strip() == "" else read_ore(value, field=name)


def _number(values: Mapping[str, Any], name: str) -> int | None:
    text = str(values.get(name) if values.get(name) is not None else "").strip()
    text = text.removesuffix(".0")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise Invalid(**{name: "not_a_number"})
    return int(text)


def _percent(values: Mapping[str, Any], name: str) -> int:
    found = _number(values, name)
    if found is not None and found > 100:
        raise Invalid(**{name: "not_a_percent"})
    return 100 if found is None else found


def _among(values: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    text = str(values.get(name) or "").strip()
    if text and text not in allowed:
        raise Invalid(**{name: "unknown"})
    return text


def _is_yes(value: object) -> bool:
    """Registers say it as true, J, Ja or 1, or by the words of what is required."""
    return str(value if value is not None else "").strip().lower() not in {"", "0", "false", "n", "nei"}
