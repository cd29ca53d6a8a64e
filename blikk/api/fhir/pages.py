"""The way to the next page: sealed for the system that asked, so that it says nothing to anybody else."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag

from blikk.api.fhir.answers import Problem
from blikk.clinics.machines.queries import Caller
from blikk.kernel.secrets import KeyIsMissing, seal, unseal

LASTS = timedelta(hours=1)
_TO_ADDRESS = str.maketrans("+/=:", "-_.~")
_FROM_ADDRESS = str.maketrans("-_.~", "+/=:")


@dataclass(frozen=True, slots=True)
class Further:
    """The search that a page belongs to, and where it goes on."""

    pairs: Sequence[tuple[str, str]]
    prefer: str
    after: tuple[int, int]


def sealed(caller: Caller, kind: str, further: Further, *, now: datetime) -> str:
    """The way to the next page, good for an hour. A search may hold a number that must stand in no address."""
    until = int((now + LASTS).timestamp())
    text = json.dumps([list(further.pairs), further.prefer, list(further.after), until])
    return seal(text, _bound(caller, kind)).translate(_TO_ADDRESS)


def opened(caller: Caller, kind: str, text: str, *, now: datetime) -> Further:
    """Read it again. Raises Problem where it is another system's, of another kind, changed or too old."""
    try:
        pairs, prefer, after, until = json.loads(unseal(text.translate(_FROM_ADDRESS), _bound(caller, kind)))
    except (ValueError, InvalidTag, KeyIsMissing, TypeError) as fault:
        raise Problem(410, "page_is_gone") from fault
    if until < now.timestamp():
        raise Problem(410, "page_is_gone")
    return Further([(str(name), str(value)) for name, value in pairs], prefer, (after[0], after[1]))


def _bound(caller: Caller, kind: str) -> str:
    return f"fhir-page:{caller.client_id}:{caller.clinic.pk}:{kind}"
