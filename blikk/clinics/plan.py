"""The office's own plan: one part under each heading, written together, and kept in every version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from blikk.audit.services import record
from blikk.bus import announce
from blikk.clinics.models import Clinic, Membership, PlanPart, PlanVersion
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound, Overtaken

# What a practice has to agree on, in the order in which the page shows it.
HEADINGS = (
    "organisation",
    "patients_told",
    "knowledge",
    "equipment",
    "invitations",
    "companions",
    "failure",
)
LONGEST = 8000
# Who goes on within so long writes in the same sitting: one version, not one for each pause.
SITTING = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Written:
    """A part as it stands: its words, the version to write on, and who wrote last and when."""

    heading: str
    words: str = ""
    version: int = 0
    by: str = ""
    at: datetime | None = None


@transaction.atomic
def write(
    clinic: Clinic,
    heading: str,
    *,
    words: str,
    version: int,
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Written:
    """Keep what the office writes under a heading.

    Raises NotFound for a heading that the plan does not have, Invalid (`words: too_long`), and Overtaken when
    somebody else has written since `version`.
    """
    if heading not in HEADINGS:
        raise NotFound
    if len(words) > LONGEST:
        raise Invalid(words="too_long")
    part, _ = PlanPart.objects.get_or_create(clinic=clinic, heading=heading)
    number = version + 1
    if PlanPart.objects.filter(pk=part.pk, version=version).update(words=words, version=number) != 1:
        raise Overtaken
    if not _went_on(part, words, version, membership, now):
        PlanVersion.objects.create(
            part=part, number=number, words=words, written_by=membership, begun_at=now, written_at=now
        )
        record(
            "plan.written",
            actor=actor,
            about=part,
            clinic_id=clinic.pk,
            now=now,
            heading=heading,
            version=number,
        )
    announce(f"clinic:{clinic.public_id}", "clinic")
    return Written(heading, words, number, membership.name, now)


def _went_on(part: PlanPart, words: str, version: int, membership: Membership, now: datetime) -> bool:
    """Whether this belongs to the sitting that wrote last, which then holds it."""
    mine = PlanVersion.objects.filter(
        part=part, number=version, written_by=membership, begun_at__gt=now - SITTING
    )
    return mine.update(number=version + 1, words=words, written_at=now) == 1


def plan_of(clinic: Clinic) -> Sequence[Written]:
    """Every part in the order of the headings, in two queries; what nobody has written is empty."""
    parts = {part.heading: part for part in PlanPart.objects.filter(clinic=clinic)}
    last = {
        (each.part_id, each.number): each
        for each in PlanVersion.objects.filter(part__clinic=clinic, number=F("part__version")).select_related(
            "written_by__user"
        )
    }
    return [_as_written(heading, parts.get(heading), last) for heading in HEADINGS]


def part_of(clinic: Clinic, heading: str) -> Written:
    """One part as it stands; raises NotFound for a heading that the plan does not have."""
    found = {part.heading: part for part in plan_of(clinic)}
    if heading not in found:
        raise NotFound
    return found[heading]


def versions_of(clinic: Clinic, heading: str) -> Sequence[Written]:
    """All that was ever kept under a heading, newest first; raises NotFound for a heading that is none."""
    if heading not in HEADINGS:
        raise NotFound
    rows = PlanVersion.objects.filter(part__clinic=clinic, part__heading=heading)
    return [
        Written(heading, each.words, each.number, each.written_by.name, each.written_at)
        for each in rows.select_related("written_by__user").order_by("-number")
    ]


def _as_written(heading: str, part: PlanPart | None, last: dict[tuple[int, int], PlanVersion]) -> Written:
    if part is None:
        return Written(heading)
    by = last.get((part.pk, part.version))
    return Written(
        heading,
        part.words,
        part.version,
        by.written_by.name if by else "",
        by.written_at if by else None,
    )
