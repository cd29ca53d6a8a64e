"""Whether somebody has an exemption card (frikort): the question, and Helfo's register that answers it.

As described at github.com/navikt/frikortoppslag-api-dokumentasjon (docs/frikortsporring-api.yaml and docs/endepunkter,
read November 2026), which takes the place of the older web service HIS 1024:2017. A no is also what the register says
of those who do not want their card in it, so a card that is shown counts. By an organisation's own contract with Helfo
it is asked as here; a clinician with a contract of their own would have to be signed in with HelseID, and is answered
that it is not allowed.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from django.conf import settings

from blikk.payments.helfo.faults import Fault, Reason
from blikk.payments.helfo.line import Line, client
from blikk.payments.helfo.sealed import seal_for

SCOPE = "hdir:frikortsporring/read"
AT = "/api/frikortsporring"
# Somebody waits for the answer.
PATIENCE = 4.0
# Trades, as the register calls the kinds of services; the others have no name there.
SERVICES = {"LE": "LE", "PS": "PS", "FY": "FT", "HS": "HS", "PO": "PO"}
OLDEST = timedelta(days=2 * 365)


class Card(StrEnum):
    """What the register says."""

    HAS = "has"
    HAS_NOT = "has_not"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """`reason` is why nothing is known."""

    card: Card
    reason: str = ""


class FrikortRegister(Protocol):
    """Asks about one person on one day; never raises, for nobody is held up by it."""

    def ask(self, number: str, on: date, *, field: str, now: datetime) -> Answer: ...


class Helfo:
    """The register as Helfo runs it, asked on behalf of one organisation."""

    def __init__(self, organisation: str) -> None:
        self._organisation = organisation

    def ask(self, number: str, on: date, *, field: str, now: datetime) -> Answer:
        if now.date() - on > OLDEST or field not in SERVICES:
            return Answer(Card.UNKNOWN, "cannot_be_asked")
        asked = {"borgerIdent": number, "tjenestetypeKode": SERVICES[field], "tjenestedato": on.isoformat()}
        try:
            said = self._answer(json.dumps(asked), now)
        except Fault as fault:
            return Answer(Card.UNKNOWN, str(fault.reason))
        return Answer(Card.HAS if said else Card.HAS_NOT)

    def _answer(self, asked: str, now: datetime) -> bool:
        with _line(self._organisation) as line:
            try:
                said = line.ask("POST", f"{AT}/helseid/v1", sealed=_sealed(line, asked, now), now=now)
            except Fault as fault:
                if fault.reason != Reason.REFUSED:
                    raise
                # The key may have been changed before its time.
                fresh = _sealed(line, asked, now, fresh=True)
                said = line.ask("POST", f"{AT}/helseid/v1", sealed=fresh, now=now)
        has = said.get("harEgenandelsfritak")
        if not isinstance(has, bool):
            raise Fault(Reason.NOT_UNDERSTOOD)
        return has


def faults_of_client(organisation: str, *, now: datetime) -> list[str]:
    """What the register finds wrong with how we ask, without anybody being asked about. Raises Fault."""
    with _line(organisation) as line:
        said = line.ask("POST", f"{AT}/helseid/v1/klientstatus", sealed=_sealed(line, "{}", now), now=now)
    checks = {name: said.get(name) for name in ("autentisering", "kryptering", "helfoAvtale")}
    return [name for name, one in checks.items() if not isinstance(one, dict) or one.get("status") != "OK"]


def _line(organisation: str) -> Line:
    return Line(settings.BLIKK_FRIKORT_URL, scope=SCOPE, organisation=organisation, patience=PATIENCE)


def _sealed(line: Line, asked: str, now: datetime, *, fresh: bool = False) -> str:
    return seal_for(
        f"{settings.BLIKK_FRIKORT_URL}{AT}/jwks",
        asked,
        fetch=lambda: line.ask("GET", f"{AT}/jwks", is_open=True, now=now),
        now=now,
        fresh=fresh,
    )


def register_for(organisation: str) -> FrikortRegister | None:
    """The register, where this installation and the clinic can ask it."""
    return Helfo(organisation) if organisation and client() is not None else None
