"""Reading a FHIR Appointment: whether it is on video, when, with whom and for whom, as the journal says it now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from blikk.documentation.smart.addresses import below, is_id
from blikk.documentation.smart.persons import HPR

VIRTUAL = "http://hl7.no/fhir/StructureDefinition/no-basis-virtual-service"
# What is promised to a patient; all else is not, or not any more.
PLANNED = frozenset({"booked", "arrived", "checked-in", "fulfilled", "noshow"})
LONGEST = timedelta(hours=12)
_TYPES = ("appointmentType", "serviceType", "serviceCategory", "specialty")


@dataclass(frozen=True, slots=True)
class Said:
    """What the journal says of one appointment. `fault` is why it cannot be used: "unreadable" or "no_patient"."""

    id: str
    updated_at: datetime | None
    is_video: bool
    is_planned: bool
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    patient: str = ""
    # Those who are to hold it: numbers where the journal names them so, else where to read who they are.
    hpr_numbers: Sequence[str] = ()
    practitioners: Sequence[str] = ()
    fault: str = ""


def said_in(resource: Mapping[str, Any], base: str, codes: Sequence[str]) -> Said | None:
    """Read an Appointment; None for what is none, or has no name."""
    name = resource.get("id")
    if resource.get("resourceType") != "Appointment" or not isinstance(name, str) or not is_id(name):
        return None
    meta = resource.get("meta")
    updated_at = moment(meta.get("lastUpdated")) if isinstance(meta, Mapping) else None
    is_video, is_planned = _is_video(resource, codes), resource.get("status") in PLANNED
    if not (is_video and is_planned):
        return Said(name, updated_at, is_video, is_planned=False)
    starts_at, ends_at = _times(resource)
    actors = list(_actors(resource))
    patients = {found for one in actors if (found := below(base, _reference(one), "Patient"))}
    fault = "" if len(patients) == 1 else "no_patient"
    if starts_at is None or ends_at is None:
        fault = "unreadable"
    return Said(
        name,
        updated_at,
        is_video,
        is_planned,
        starts_at,
        ends_at,
        next(iter(patients), "").partition("/")[2] if len(patients) == 1 else "",
        [number for one in actors if (number := _number(one))],
        [
            found
            for one in actors
            for kind in ("Practitioner", "PractitionerRole")
            if (found := below(base, _reference(one), kind))
        ],
        fault,
    )


def moment(said: object) -> datetime | None:
    """A FHIR instant; None without a zone, for then nobody knows which hour it is."""
    try:
        found = datetime.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _times(resource: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    starts_at, ends_at = moment(resource.get("start")), moment(resource.get("end"))
    minutes = resource.get("minutesDuration")
    if (
        starts_at
        and not ends_at
        and isinstance(minutes, int)
        and not isinstance(minutes, bool)
        and minutes > 0
    ):
        ends_at = starts_at + timedelta(minutes=min(minutes, 24 * 60))
    if not starts_at or not ends_at or not timedelta(0) < ends_at - starts_at <= LONGEST:
        return None, None
    return starts_at, ends_at


def _is_video(resource: Mapping[str, Any], codes: Sequence[str]) -> bool:
    if any(one.get("url") == VIRTUAL for one in _rows(resource.get("extension"))):
        return True
    wanted = set(codes)
    return any(
        f"{coding.get('system', '')}|{coding.get('code')}" in wanted or coding.get("code") in wanted
        for name in _TYPES
        for concept in _concepts(resource.get(name))
        for coding in _rows(concept.get("coding"))
        if isinstance(coding.get("code"), str)
    )


def _concepts(said: object) -> Iterator[Mapping[str, Any]]:
    yield from _rows([said] if isinstance(said, Mapping) else said)


def _rows(said: object) -> Iterator[Mapping[str, Any]]:
    for one in said if isinstance(said, list) else []:
        if isinstance(one, Mapping):
            yield one


def _actors(resource: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Those who take part and have not said no."""
    for one in _rows(resource.get("participant")):
        actor = one.get("actor")
        if isinstance(actor, Mapping) and one.get("status") != "declined":
            yield actor


def _reference(actor: Mapping[str, Any]) -> str:
    said = actor.get("reference")
    return said if isinstance(said, str) else ""


def _number(actor: Mapping[str, Any]) -> str:
    """An HPR number that stands in the reference itself."""
    said = actor.get("identifier")
    value = said.get("value") if isinstance(said, Mapping) and said.get("system") == HPR else ""
    return value if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 9 else ""
