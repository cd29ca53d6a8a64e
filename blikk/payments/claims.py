"""The claim in the JSON form of KUHR, as its published description has it. Pure.

The fields and rules are read from github.com/navikt/kuhr-krav-api-dokumentasjon, behandlerkravmelding_json.md, April
2026; `data/kuhr.schema.json` is derived from it, for no official schema was found. The older form in XML, `bkm.py`, is
written from the same bills.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from blikk.payments.queries import SYSTEM_OIDS
from blikk.payments.sums import Line, line_of, state_of
from blikk.payments.tariffs.rows import TariffRow

# A bill that is older cannot be credited.
CREDIT_WITHIN = timedelta(days=3 * 365)
_ID_TYPES = {"birth": "FNR", "d": "DNR", "h": "HNR", "d_and_h": "HNR"}


@dataclass(frozen=True, slots=True)
class Person:
    """A patient's number, and of which kind it is."""

    number: str
    kind: str


def kroner(ore: int) -> float:
    """An amount as the form has it. The nearest fraction to whole øre reads back as just those øre."""
    return ore / 100


def bill(
    *,
    guid: str,
    number: int,
    began: datetime,
    patient: Person,
    hpr: str,
    lines: Sequence[Line],
    firsts: Sequence[int],
    exemption: str,
    diagnoses: Sequence[Mapping[str, str]],
    is_paid: bool,
) -> dict[str, Any]:
    """One bill. `began` is the clinic's wall clock, with its offset.

    A tariff stands with what its first time is worth (`firsts`) and how often; the receiver works out the rest. The
    bill stands with its whole sum.
    """
    rows = [(line, state_of(line, is_exempt=bool(exemption)) or 0) for line in lines]
    made: dict[str, Any] = {
        "guid": guid,
        "korrigeringBetaltEgenandel": False,
        "betaltEgenandel": is_paid,
        "kreditering": False,
        "regningsnummer": str(number),
        "tidspunkt": began.isoformat(timespec="seconds"),
        "pasient": {"identifikasjon": {"id": patient.number, "type": _ID_TYPES.get(patient.kind, "UID")}},
        "utforendeBehandler": {"id": hpr, "type": "HPR"},
        "diagnoser": [{"kodeverk": SYSTEM_OIDS[one["system"]], "kode": one["code"]} for one in diagnoses],
        "takster": [
            {"kode": line.code, "antall": line.times, "belop": kroner(first)}
            for line, first in zip(lines, firsts, strict=True)
        ],
        "belop": kroner(sum(ore for _, ore in rows)),
    }
    if exemption:
        made["arsakFriEgenandel"] = exemption
    return made


def first_of(line: Line, row: TariffRow | None, *, is_exempt: bool) -> int:
    """What the first time of a tariff is worth to the state: from its rate, as long as the charge was by that one."""
    whole = state_of(line, is_exempt=is_exempt) or 0
    if line.times == 1 or row is None or line_of(row, line.times) != line:
        return whole if line.times == 1 else whole // line.times
    return state_of(line_of(row, 1), is_exempt=is_exempt) or 0


def credit_of(sent: Mapping[str, Any]) -> dict[str, Any]:
    """The same bill again, whole, with its amounts below nothing."""
    rows = [{**row, "belop": -row["belop"]} for row in sent["takster"]]
    return {**sent, "kreditering": True, "takster": rows, "belop": -sent["belop"]}


def again(said: Mapping[str, Any], day: date) -> dict[str, Any]:
    """The same said once more, with a remark: a message that is word for word an earlier one is taken for a mistake."""
    return {**said, "merknad": f"Sendt på nytt {day:%d.%m.%Y}"}


def paid_of(sent: Mapping[str, Any]) -> dict[str, Any]:
    """That the patient has paid since; the bill is known by its name, so nothing of it is said again."""
    kept = {name: sent[name] for name in ("guid", "regningsnummer", "tidspunkt")}
    return {
        **kept,
        "korrigeringBetaltEgenandel": True,
        "betaltEgenandel": True,
        "kreditering": False,
        "belop": 0.0,
    }


def message(practice_id: str, bills: Sequence[Mapping[str, Any]], *, sum_ore: int) -> dict[str, Any]:
    """The whole message."""
    return {
        "praksisId": practice_id,
        "behandlerkrav": {
            "navnEPJ": "Blikk",
            "antallRegninger": len(bills),
            "belop": kroner(sum_ore),
            "regninger": list(bills),
        },
    }
