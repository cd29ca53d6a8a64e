"""The journal of money as a file that a Norwegian spreadsheet opens: semicolons, commas, a mark of UTF-8."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from blikk.kernel.times import local
from blikk.web.presenters.money import METHODS
from blikk.web.presenters.till import KINDS

if TYPE_CHECKING:
    from blikk.journeys.money_lines import MoneyLine

AT_A_TIME = 200
WHAT: dict[str, Promise] = {
    "billed": _("Regning laget"),
    "fee": _("Purregebyr"),
    "credited": _("Regning trukket tilbake"),
    "paid": _("Betalt"),
    "refunded": _("Betalt tilbake"),
    "claimed": _("Krav til staten"),
    "claim_credited": _("Krav kreditert"),
}
# A sum stands in the column of what it is, so that none has to be written below nothing.
COLUMNS = tuple(WHAT)


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for something to reckon out, whoever wrote it."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else cell


def amount(ore: int) -> str:
    """1234,50: a comma and no spaces, which a spreadsheet reads as a number."""
    return f"{ore // 100},{ore % 100:02d}"


def written(lines: Iterator[MoneyLine], *, zone: str, with_names: bool) -> Iterator[str]:
    """The file, some lines at a time."""
    language = get_language() or "nb"
    yield "\ufeff" + _text([_heads(with_names=with_names)])
    while rows := list(islice(lines, AT_A_TIME)):
        with override(language):
            yield _text([_cells(line, zone=zone, with_names=with_names) for line in rows])


async def beside(rows: Iterator[str]) -> AsyncIterator[str]:
    """The same, read beside the loop: the database is waited for elsewhere."""
    while part := await sync_to_async(_next)(rows):
        yield part


def _next(rows: Iterator[str]) -> str:
    return next(rows, "")


def _heads(*, with_names: bool) -> list[str]:
    heads = [gettext("Dato"), gettext("Klokkeslett"), gettext("Hva"), gettext("Gjelder"), gettext("Måte")]
    heads += [gettext("Regning"), gettext("Referanse")]
    heads += [gettext("%(what)s (kr)") % {"what": WHAT[what]} for what in COLUMNS]
    return [*heads, gettext("Navn")] if with_names else heads


def _cells(line: MoneyLine, *, zone: str, with_names: bool) -> list[str]:
    at = local(line.at, zone)
    words = [
        at.strftime("%Y-%m-%d"),
        at.strftime("%H:%M"),
        str(WHAT[line.what]),
        str(KINDS.get(line.kind, "")),
        str(METHODS.get(line.method, line.method)),
        line.bill,
        line.reference,
        *(amount(line.ore) if line.what == what else "" for what in COLUMNS),
    ]
    return [*words, line.name] if with_names else words


def _text(rows: list[list[str]]) -> str:
    lines = io.StringIO()
    csv.writer(lines, delimiter=";", lineterminator="\r\n").writerows(
        [[harmless(cell) for cell in row] for row in rows]
    )
    return lines.getvalue()
