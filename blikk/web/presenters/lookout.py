"""What the pages for everybody show of a clinic, read once and put into the words of each language that is read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.utils.translation import get_language, override

from blikk.clinics import queries as clinics
from blikk.journeys import self_booking as booking
from blikk.kernel.errors import NotFound
from blikk.kernel.ids import digest
from blikk.kernel.times import local
from blikk.web.door_page import day_of, time_of
from blikk.web.presenters.clinic_live import KEPT_FOR, keep_live, read

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic
    from blikk.scheduling.queries import Slot

SHOWN_DAYS = 14


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen: its facts by language, what announces that they change, and when they do by the clock alone."""

    facts: Mapping[str, dict[str, Any]]
    topics: Sequence[str]
    changes_at: datetime | None


def look(slug: str, part: str, weeks: int, *, languages: Sequence[str], now: datetime) -> Sight:
    """See how the drop-in is ("now") or which hours are free ("slots"). Raises NotFound."""
    clinic = clinics.public_clinic(slug)
    topics = [f"clinic:{clinic.public_id}", f"day:{clinic.public_id}"]
    facts: dict[str, dict[str, Any]] = {}
    if part == "now":
        reading = read(clinic, now=now)
        for language in languages:
            with override(language):
                facts[language] = keep_live(reading).shown()
        return Sight(facts, topics, reading.changes_at)
    if not clinic.allows_self_booking:
        raise NotFound
    free = booking.slots_for_patients(clinic, first=first_day(clinic, weeks, now), days=SHOWN_DAYS, now=now)
    for language in languages:
        with override(language):
            facts[language] = slots_shown(clinic, free)
    falls_free = booking.next_falls_free(clinic, now=now)
    return Sight(facts, [*topics, f"slots:{clinic.public_id}"], falls_free)


def free_now(clinic: "Clinic", weeks: int, *, now: datetime) -> dict[str, Any]:
    """The free hours for a page that asks by and by, at most two seconds old."""
    key = f"clinic-free:{clinic.pk}:{weeks}:{get_language()}"
    kept: dict[str, Any] | None = cache.get(key)
    if kept is None:
        first = first_day(clinic, weeks, now)
        free = booking.slots_for_patients(clinic, first=first, days=SHOWN_DAYS, now=now)
        kept = slots_shown(clinic, free)
        cache.set(key, kept, KEPT_FOR)
    return kept


def first_day(clinic: "Clinic", weeks: int, now: datetime) -> date:
    """The day that a page begins with which shows the hours from so many weeks on."""
    return local(now, clinic.zone).date() + timedelta(days=weeks * 7)


def slots_shown(clinic: "Clinic", free: "Sequence[Slot]") -> dict[str, Any]:
    """Free hours as plain JSON values, and a mark by which a page knows whether it shows the same ones."""
    shown = []
    for slot in free:
        at = local(slot.starts_at, clinic.zone)
        shown.append(
            {
                "name": slot.name,
                "on": at.date().isoformat(),
                "day": day_of(at),
                "time": time_of(at),
                "who": slot.clinician.name,
            }
        )
    return {"mark": mark_of(slot.name for slot in free), "slots": shown}


def mark_of(names: Iterable[str]) -> str:
    """A short name for a list of hours."""
    return digest(" ".join(names))[:16]
