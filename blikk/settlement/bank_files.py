"""Reading what a bank tells of payments to an account: Nets' OCR giro file, or a table with KID, amount and day.

The OCR file has lines of eighty signs, in ISO 8859-1; positions are those of Nets' system specification.
"""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from blikk.kernel.ids import digest

LARGEST = 5 * 1024 * 1024
MOST_ROWS = 20_000
_WIDTH = 80
_KID = ("kid", "kid-nummer", "kidnummer", "kundeidentifikasjon", "betalingsreferanse")
_AMOUNT = ("beløp", "belop", "amount", "inn", "innbetalt", "kreditert")
_DAY = ("dato", "bokføringsdato", "bokført", "bokført dato", "betalingsdato", "date", "rentedato")
_REFERENCE = ("arkivreferanse", "arkivref", "referanse", "transaksjonsid", "reference", "numref")


class Unreadable(Exception):
    """Why a file cannot be taken, as a code, and the line where that is so."""

    def __init__(self, code: str, line: int = 0) -> None:
        super().__init__(f"{code} in line {line}")
        self.code, self.line = code, line


@dataclass(frozen=True, slots=True)
class Row:
    """One payment in a file. `key` is the same in whatever file the payment stands."""

    paid_on: date
    kid: str
    amount_ore: int
    key: str


@dataclass(frozen=True, slots=True)
class Read:
    """A file, read."""

    kind: Literal["ocr", "csv"]
    digest: str
    rows: tuple[Row, ...]

    @property
    def sum_ore(self) -> int:
        return sum(row.amount_ore for row in self.rows)


def read(body: bytes) -> Read:
    """Read a file from the bank. Raises Unreadable; nothing is taken of a file that is not understood whole."""
    if len(body) > LARGEST:
        raise Unreadable("too_large")
    if body.lstrip(b"\xef\xbb\xbf").startswith(b"NY000010"):
        rows, kind = _ocr(body.decode("iso-8859-1")), "ocr"
    else:
        rows, kind = _table(_text(body)), "csv"
    if not rows:
        raise Unreadable("empty")
    if len(rows) > MOST_ROWS:
        raise Unreadable("too_large")
    return Read(kind, digest(body.decode("iso-8859-1")), tuple(rows))  # type: ignore[arg-type]


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("iso-8859-1")


def _ocr(text: str) -> list[Row]:
    """The amount items (record 30) with what their second part (31) says; sums of the end records are checked."""
    lines = [line.rstrip("\r") for line in text.lstrip("\ufeffï»¿").split("\n") if line.strip()]
    found: list[Row] = []
    # Amount and count since the assignment began.
    within: list[int] = []
    account = ""
    for at, line in enumerate(lines, 1):
        if len(line) > _WIDTH or not line.startswith("NY"):
            raise Unreadable("not_ocr", at)
        line = line.ljust(_WIDTH)
        service, kind = line[2:4], line[6:8]
        if (service, kind) == ("09", "20"):
            within, account = [], line[24:35]
        elif (service, kind) == ("09", "30"):
            row = _item(line, lines[at] if at < len(lines) else "", account, at)
            within.append(row.amount_ore)
            found.append(row)
        elif (service, kind) == ("09", "88"):
            count, total = _number(line[8:16], at), _number(line[24:41], at)
            if count != len(within) or total != abs(sum(within)):
                raise Unreadable("sum_differs", at)
    if not lines or lines[-1][6:8] != "89":
        raise Unreadable("cut_off", len(lines))
    return found


def _item(line: str, second: str, account: str, at: int) -> Row:
    amount, paid_on = _number(line[32:49], at), _day(line[15:21], at)
    if line[31] == "-":
        amount = -amount
    kid = line[49:74].strip()
    # The bank's own name of the payment: its day, centre, running number, and the archive reference.
    name = f"{account}:{line[15:31]}:{second[25:34] if second[6:8] == '31' else ''}"
    return Row(paid_on, kid, amount, digest(f"ocr:{name}:{kid}:{amount}"))


def _number(text: str, at: int) -> int:
    if not (text.isdecimal() and text.isascii()):
        raise Unreadable("not_ocr", at)
    return int(text)


def _day(text: str, at: int) -> date:
    try:
        return datetime.strptime(text, "%d%m%y").date()  # noqa: DTZ007  (a day has no zone)
    except ValueError:
        raise Unreadable("not_a_day", at) from None


def _table(text: str) -> list[Row]:
    """The rows of a table that have a KID; what else stands in a statement is not for us."""
    sample = text.split("\n", 1)[0]
    mark = max(";\t,", key=sample.count)
    lines = csv.reader(io.StringIO(text), delimiter=mark)
    head = [name.strip().strip("\ufeff").lower() for name in next(lines, [])]
    kid, amount, day = (_column(head, names) for names in (_KID, _AMOUNT, _DAY))
    if kid is None or amount is None or day is None:
        raise Unreadable("no_columns", 1)
    reference = _column(head, _REFERENCE)
    found: list[Row] = []
    # The same day, KID and amount twice in one file are two payments; in two files they are the same two.
    seen: Counter[str] = Counter()
    for at, cells in enumerate(lines, 2):
        if len(cells) <= max(kid, amount, day) or not cells[kid].strip():
            continue
        paid_on, ore = _csv_day(cells[day].strip(), at), _csv_amount(cells[amount], at)
        its_kid = re.sub(r"[\s.]", "", cells[kid])[:25]
        name = cells[reference].strip() if reference is not None and len(cells) > reference else ""
        same = f"csv:{paid_on.isoformat()}:{its_kid}:{ore}:{name}"
        seen[same] += 1
        found.append(Row(paid_on, its_kid, ore, digest(f"{same}:{seen[same]}")))
    return found


def _column(head: list[str], names: tuple[str, ...]) -> int | None:
    return next((place for place, name in enumerate(head) if name in names), None)


def _csv_day(text: str, at: int) -> date:
    for pattern in ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise Unreadable("not_a_day", at)


def _csv_amount(text: str, at: int) -> int:
    """Kroner with a comma or a point before the øre."""
    plain = re.sub(r"(?i)kr|nok|[\s\u00a0\u202f']", "", text).replace("\N{MINUS SIGN}", "-")
    # Where both stand, the last one is before the øre.
    if "," in plain and "." in plain:
        plain = plain.replace("." if plain.rindex(",") > plain.rindex(".") else ",", "")
    found = re.fullmatch(r"([+-]?)(\d{1,9})(?:[,.](\d{1,2}))?", plain)
    if found is None:
        raise Unreadable("not_an_amount", at)
    sign, kroner, ore = found.groups()
    whole = int(kroner) * 100 + int((ore or "0").ljust(2, "0"))
    return -whole if sign == "-" else whole
