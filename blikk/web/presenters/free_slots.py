"""Free hours in words, day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from blikk.kernel.times import local
from blikk.web.door_page import day_of, time_of

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic
    from blikk.journeys.self_booking import HeldSlot
    from blikk.scheduling.queries import Slot


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """An hour that one can take."""

    name: str
    time: str
    who: str


@dataclass(frozen=True, slots=True)
class DayOfSlots:
    """The free hours of one day."""

    day: str
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


def days_of_slots(clinic: "Clinic", free: Sequence["Slot"]) -> list[DayOfSlots]:
    """Put free hours in words, by day."""
    by_day = groupby(free, key=lambda slot: local(slot.starts_at, clinic.zone).date())
    days = []
    for _day, slots in by_day:
        found = tuple(slots)
        days.append(
            DayOfSlots(
                day=day_of(local(found[0].starts_at, clinic.zone)),
                slots=tuple(
                    FreeSlot(slot.name, time_of(local(slot.starts_at, clinic.zone)), slot.clinician.name)
                    for slot in found
                ),
            )
        )
    return days


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
