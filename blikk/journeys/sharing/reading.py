"""Reading one resource or a page of them, within one clinic, with the look on record."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from blikk.audit.services import looked_at
from blikk.clinics.models import Clinic
from blikk.documentation.fhir.names import moment
from blikk.journeys.sharing import people, visits
from blikk.journeys.sharing.asked import Search
from blikk.journeys.sharing.kinds import Kind, Made, Resource, Shown, shown
from blikk.kernel.actors import Actor
from blikk.kernel.errors import NotFound
from blikk.kernel.ids import key_in

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        visits.APPOINTMENT,
        visits.DOCUMENT_REFERENCE,
        visits.ENCOUNTER,
        people.PATIENT,
        people.PRACTITIONER,
        visits.QUESTIONNAIRE_RESPONSE,
        people.RELATED_PERSON,
    )
}


@dataclass(frozen=True, slots=True)
class Page:
    """Some of what was found; `after` is where to go on, and None at the end."""

    resources: Sequence[Resource]
    after: tuple[int, int] | None
    total: int | None = None


@transaction.atomic
def read(clinic: Clinic, kind: str, name: str, *, actor: Actor, now: datetime) -> Resource:
    """One resource. Raises NotFound, for another clinic's as for what never was."""
    for source in KINDS[kind].sources:
        row = source.rows(clinic).filter(source.keyed(key_in(name))).order_by("pk").first()
        made = source.make(clinic, [row])[0] if row is not None else None
        if row is None or made is None:
            continue
        resource = _whole(made)
        found = shown(KINDS[kind], row, made)
        looked_at("fhir", actor=actor, about=found.thing, clinic_id=clinic.pk, now=now, **_whose([found]))
        return resource
    raise NotFound


@transaction.atomic
def search(
    clinic: Clinic, asked: Search, *, after: tuple[int, int] = (0, 0), actor: Actor, now: datetime
) -> Page:
    """A page of what fits, oldest first, so that what is new comes last. Raises TooCostly.

    `after` is the place of the last that was shown: in which table, and which row.
    """
    kind = KINDS[asked.kind]
    found: list[Shown] = []
    last: tuple[int, int] | None = None
    is_more = False
    left = asked.count
    for number, source in enumerate(kind.sources):
        if number < after[0] or is_more:
            continue
        rows = kind.rows(clinic, source, asked.wanted).order_by("pk")
        if number == after[0]:
            rows = rows.filter(pk__gt=after[1])
        page = list(rows[: left + 1])
        is_more = len(page) > left
        page = page[:left]
        left -= len(page)
        for row, made in zip(page, source.make(clinic, page) if page else (), strict=True):
            last = (number, row.pk)
            if made is not None:
                found.append(shown(kind, row, _with_meta(made)))
    total = _count(clinic, kind, asked) if asked.with_total else None
    _note_looks(clinic, asked, found, actor=actor, now=now)
    return Page([one.resource for one in found], last if is_more else None, total)


@transaction.atomic
def count(clinic: Clinic, asked: Search, *, actor: Actor, now: datetime) -> int:
    """How many fit. That somebody is there at all says something of them, so it is on record. Raises TooCostly."""
    total = _count(clinic, KINDS[asked.kind], asked)
    looked_at(
        "fhir_search", actor=actor, about=clinic, clinic_id=clinic.pk, now=now, kind=asked.kind, counted=total
    )
    return total


def version_of(resource: Resource) -> str:
    """The version of a resource: it changes when anything in it does, and not otherwise."""
    meta = {name: value for name, value in resource.get("meta", {}).items() if name == "profile"}
    text = json.dumps({**resource, "meta": meta}, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _count(clinic: Clinic, kind: Kind, asked: Search) -> int:
    return sum(kind.rows(clinic, source, asked.wanted).order_by().count() for source in kind.sources)


def _note_looks(
    clinic: Clinic, asked: Search, found: Sequence[Shown], *, actor: Actor, now: datetime
) -> None:
    patients = {one.patient for one in found if one.patient}
    about: Clinic | str = f"patients.Patient:{patients.pop()}" if len(patients) == 1 else clinic
    looked_at(
        "fhir_search",
        actor=actor,
        about=about,
        clinic_id=clinic.pk,
        now=now,
        kind=asked.kind,
        found=len(found),
        shown=" ".join(one.thing for one in found) or None,
        **_whose(found),
    )


def _whose(found: Sequence[Shown]) -> dict[str, str]:
    """Whose they are, as the record names patients: who looks for one finds every look at anything of theirs."""
    patients = dict.fromkeys(f"patients.Patient:{one.patient}" for one in found if one.patient)
    return {"patients": " ".join(patients)} if patients else {}


def _with_meta(made: Made) -> Made:
    return Made(_whole(made), made.changed_at, made.patient)


def _whole(made: Made) -> dict[str, Any]:
    resource = made.resource
    meta = {
        "versionId": version_of(resource),
        "lastUpdated": moment(made.changed_at),
        **resource.get("meta", {}),
    }
    return {"resourceType": resource["resourceType"], "id": resource["id"], "meta": meta} | {
        name: value for name, value in resource.items() if name not in {"resourceType", "id", "meta"}
    }
