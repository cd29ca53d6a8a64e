"""Free hours in words, day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from blikk.kernel.times import local
from blikk.web.door_page import day_of, time_of
from blikk.web.presenters.lookout import mark_of

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic
    from blikk.journeys.self_booking import HeldSlot
    from blikk.scheduling.queries import Slot

Held = frozenset[tuple[int, datetime]]


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """An hour that one can take."""

    name: str
    time: str
    who: str
    is_mine: bool


@dataclass(frozen=True, slots=True)
class DayOfSlots:
    """The free hours of one day."""

    day: str
    on: str
    slots: tuple[FreeSlot, ...]


@dataclass(frozen=True, slots=True)
class ChosenSlot:
    """The hour that somebody is about to take."""

    name: str
    day: str
    time: str
    who: str
    title: str
    held_until: str


def days_of_slots(clinic: "Clinic", free: Sequence["Slot"], mine: Held = frozenset()) -> list[DayOfSlots]:
    """Put free hours in words, by day; `mine` are those that the reader holds."""
    by_day = groupby(free, key=lambda slot: local(slot.starts_at, clinic.zone).date())
    days = []
    for day, slots in by_day:
        found = tuple(slots)
        words = day_of(local(found[0].starts_at, clinic.zone))
        days.append(
            DayOfSlots(
                words, day.isoformat(), tuple(_free(clinic, slot, _key(slot) in mine) for slot in found)
            )
        )
    return days


def mark_for(free: Sequence["Slot"], mine: Held) -> str:
    """The mark of what everybody else is shown."""
    return mark_of(slot.name for slot in free if _key(slot) not in mine)


def _free(clinic: "Clinic", slot: "Slot", is_mine: bool) -> FreeSlot:
    at = time_of(local(slot.starts_at, clinic.zone))
    return FreeSlot(slot.name, at, slot.clinician.name, is_mine)


def _key(slot: "Slot") -> tuple[int, datetime]:
    return slot.clinician.pk, slot.starts_at


def chosen_slot(clinic: "Clinic", held: "HeldSlot") -> ChosenSlot:
    """Put the chosen hour in words."""
    starts = local(held.slot.starts_at, clinic.zone)
    return ChosenSlot(
        name=held.slot.name,
        day=day_of(starts),
        time=time_of(starts),
        who=held.slot.clinician.name,
        title=held.slot.clinician.title,
        held_until=time_of(local(held.held_until, clinic.zone)) if held.held_until else "",
    )


def booked_words(clinic: "Clinic", starts_at: datetime) -> tuple[str, str]:
    """The day and the time of what was booked."""
    starts = local(starts_at, clinic.zone)
    return day_of(starts), time_of(starts)
