"""Claims in KUHR: handed in, looked for, followed until they are paid.

As described at github.com/navikt/kuhr-krav-api-dokumentasjon (README.md, endepunkt_*.md,
jwe_ende_til_ende_kryptering.md, eksempler/normal_arbeidsflyt_eksempel.md, read November 2026). What is not said there:
the media type of the sealed body (`application/jose`, as the sister interface of exemption cards says it), and whether
a token without a person in it is taken from every organisation. A clinician who claims by a contract of their own signs
in with HelseID: that errand is not run from here, and such a clinic takes its files along.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings

from blikk.payments.helfo.faults import Fault, Reason
from blikk.payments.helfo.line import Line
from blikk.payments.helfo.sealed import seal_for

SCOPE = "hdir:kuhr-krav-api/krav"
AT = "/kuhr/krav/v1"
DUPLICATE = "DUPLIKAT_KRAV"
DECIDED, PAID, UNPAID = "ferdig_kontrollert", "utbetalt", "ingen_utbetaling"
FAULTY = "feil_i_melding"
_NAME = re.compile(r"[0-9A-Za-z\-]{1,64}")

Remark = dict[str, str]


class Refused(Exception):
    """The message as a whole was not taken. `remarks` are its codes, with the other side's words."""

    def __init__(self, remarks: Sequence[Remark]) -> None:
        super().__init__("refused")
        self.remarks = list(remarks)

    @property
    def is_duplicate(self) -> bool:
        return any(one["code"] == DUPLICATE for one in self.remarks)


@dataclass(frozen=True, slots=True)
class BillAnswer:
    """What became of one bill: `behandles`, `godkjent` or `avvist`."""

    guid: str
    status: str
    remarks: Sequence[Remark]


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as KUHR has it."""

    message_id: str
    practice_id: str
    status: str
    control: str
    payout: str
    count: int | None
    sum_ore: int | None = None
    received_at: datetime | None = None
    paid_ore: int | None = None
    paid_on: date | None = None
    bills: Sequence[BillAnswer] = ()
    remarks: Sequence[Remark] = ()


def line_for(organisation: str) -> Line:
    """Raises Fault where the installation or the clinic is not set up for it."""
    return Line(settings.BLIKK_KUHR_URL, scope=SCOPE, organisation=organisation)


def sealed(line: Line, body: str, *, now: datetime) -> str:
    """A message that only KUHR can read. Raises Fault."""
    where = f"{settings.BLIKK_KUHR_URL}{AT}/jwk"
    compact = json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False)
    return seal_for(where, compact, fetch=lambda: line.ask("GET", f"{AT}/jwk", now=now), now=now)


def hand_in(line: Line, message: str, *, now: datetime) -> str:
    """Hand a sealed message in; the name that it has there. Raises Refused, Fault."""
    try:
        said = line.ask("POST", f"{AT}/process/sendinnbehandlerkravmelding", sealed=message, now=now)
    except Fault as fault:
        if fault.reason == Reason.REFUSED and fault.content:
            raise Refused(_errors(fault.content)) from fault
        raise
    if said.get("status") == FAULTY:
        raise Refused(_errors(said))
    name = _name(said.get("behandlerkravmeldingId"))
    if not name:
        raise Fault(Reason.NOT_UNDERSTOOD)
    return name


def since(line: Line, day: date, *, now: datetime) -> list[Seen]:
    """The messages that came in from a day on."""
    params = {"fomMottattdato": day.isoformat()}
    return _several(line.ask("GET", f"{AT}/data/behandlerkravmelding", params=params, now=now))


def look(line: Line, message_id: str, *, now: datetime) -> Seen:
    """One message with all that is known of it; the last, where it has been through the control again."""
    said = line.ask("GET", f"{AT}/data/behandlerkravmelding/{message_id}", now=now)
    found = [one for one in _several(said) if one.message_id == message_id]
    if not found:
        raise Fault(Reason.NOT_UNDERSTOOD)
    return found[-1]


def practices(line: Line, *, now: datetime) -> dict[str, str]:
    """The practices that may claim here, each with whether it is ready (`ok`)."""
    said = line.ask("GET", f"{AT}/data/praksis", now=now).get("praksiser")
    rows = [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []
    return {str(one.get("praksisId", "")): str(one.get("status", "")) for one in rows}


def _several(said: Mapping[str, Any]) -> list[Seen]:
    """A list, as both questions have been answered since 2026; or the one that is asked for, as before."""
    rows = said.get("behandlerkravmeldinger", [said])
    found = [_seen(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return [one for one in found if one.message_id]


def _seen(row: Mapping[str, Any]) -> Seen:
    sent, decided = _object(row.get("innsending")), _object(row.get("vedtak"))
    paid = _object(decided.get("utbetaling"))
    sums = row if row.get("sumUtbetaltbelop") is not None else sent
    count = row.get("antallRegninger", sent.get("antallRegninger"))
    return Seen(
        message_id=_name(row.get("behandlerkravmeldingId")),
        practice_id=str(row.get("praksisId", ""))[:20],
        status=str(row.get("meldingsstatus", ""))[:40],
        control=str(row.get("kontrollstatus") or "")[:40],
        payout=str(row.get("utbetalingsstatus") or "")[:40],
        count=count if type(count) is int else None,
        sum_ore=_ore(row.get("sumKravbelop", sent.get("sumKravbelop"))),
        received_at=_moment(row.get("mottattidspunkt")),
        paid_ore=_ore(sums.get("sumUtbetaltbelop")),
        paid_on=_day(paid.get("utbetaltdato")),
        bills=[_bill(one) for one in _list(sent.get("regninger"))],
        remarks=[*_remarks(sent.get("merknader")), *_remarks(decided.get("merknader"))],
    )


def _bill(row: Mapping[str, Any]) -> BillAnswer:
    return BillAnswer(
        str(row.get("guid", "")).strip("{}").lower()[:36],
        str(row.get("status", ""))[:20],
        _remarks(row.get("merknader")),
    )


def _errors(said: Mapping[str, Any]) -> list[Remark]:
    rows = _list(said.get("feilmeldinger"))
    found = [
        {"code": str(one.get("kode", ""))[:60], "text": str(one.get("melding", ""))[:500]} for one in rows
    ]
    return found or [{"code": "", "text": ""}]


def _remarks(said: object) -> list[Remark]:
    rows = [one for one in _list(said) if one.get("nummer") or one.get("tekst")]
    return [
        {"code": str(one.get("nummer") or "")[:20], "text": str(one.get("tekst") or "")[:1000]}
        for one in rows
    ]


def _list(said: object) -> list[Mapping[str, Any]]:
    return [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []


def _object(said: object) -> Mapping[str, Any]:
    return said if isinstance(said, dict) else {}


def _name(said: object) -> str:
    text = str(said or "").strip("{}")
    return text if _NAME.fullmatch(text) else ""


def _ore(said: object) -> int | None:
    if not isinstance(said, int | float) or isinstance(said, bool) or not abs(said) < 1e9:
        return None
    return round(said * 100)


def _day(said: object) -> date | None:
    try:
        return date.fromisoformat(str(said or "")[:10])
    except ValueError:
        return None


def _moment(said: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(said or ""))
    except ValueError:
        return None
    return at if at.tzinfo else None
