"""What things are called at the border: deterministic identifiers, so that sending twice changes nothing."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from blikk.consultations.models import Participant
from blikk.documentation.fhir.systems import PROFILES, URN
from blikk.kernel.ids import fhir_id as fhir_id
from blikk.kernel.ids import key_in as key_in
from blikk.kernel.ids import urn_of

Resource = dict[str, Any]
# From a kind of resource and our own key of the thing to what refers to it.
Refer = Callable[[str, str], str]


def by_urn(kind: str, key: str) -> str:
    """A reference within a transaction. Not the identifier: servers put their own name wherever this one stands."""
    return urn_of(f"{kind} in a transaction", key)


def by_path(kind: str, key: str) -> str:
    """A reference within our own API."""
    return f"{kind}/{fhir_id(key)}"


def own_identifier(kind: str, key: str) -> Resource:
    """The identifier that Blikk gives."""
    return {"system": URN, "value": urn_of(kind, key)}


def match_of(resource: Mapping[str, Any]) -> str:
    """The search that finds this thing and no other, for conditional creates and updates.

    The first identifier counts: a national one where it is one that belongs to the person alone, else our own.
    """
    found = resource["identifier"]
    first = found[0] if isinstance(found, list) else found
    return f"identifier={quote(first['system'], safe=':.')}%7C{quote(first['value'], safe=':.')}"


def related_person_key(participant: Participant) -> str:
    """What somebody who comes along is called: the same through all consultations with the same patient."""
    invitation = participant.invitation
    if invitation is None or invitation.companion is None:
        return participant.public_id
    patient = participant.consultation.appointment.patient
    return f"{invitation.companion.public_id}-{patient.public_id}"


def profile(name: str) -> Resource:
    """That a resource keeps to a Norwegian base profile."""
    return {"profile": [PROFILES + name]}


def moment(at: datetime) -> str:
    """A moment as FHIR writes it."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def period(start: datetime | None, end: datetime | None) -> Resource:
    """From when to when; what is not known is left out."""
    said = {"start": start, "end": end if end is None or start is None or end >= start else start}
    return {name: moment(at) for name, at in said.items() if at is not None}


def whole(said: Mapping[str, Any]) -> Resource:
    """A resource without what is empty, which FHIR does not allow."""
    return {name: value for name, value in said.items() if value not in (None, "", [], {})}
