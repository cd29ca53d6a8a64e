"""Free slots to choose between, and the dates of a series with what stands in their way."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from blikk.kernel.times import local
from blikk.web.presenters import words

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic
    from blikk.scheduling.queries import SeriesDate, Slot


@dataclass(frozen=True, slots=True)
class ShownSlot:
    """A free slot."""

    name: str
    clock: str
    minutes: str
    day: str
    at: str
    length: int
    clinician: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class SlotDay:
    """The free slots of a day."""

    words: str
    slots: Sequence[ShownSlot]


@dataclass(frozen=True, slots=True)
class ShownDate:
    """One date of a series."""

    iso: str
    words: str
    problem: str
    is_chosen: bool
    may_be_chosen: bool


def show_slots(slots: Sequence[Slot], clinic: Clinic, *, chosen: str) -> list[SlotDay]:
    """Put free slots under their days."""

    def day_of(slot: Slot) -> date:
        return local(slot.starts_at, clinic.zone).date()

    days = groupby(slots, key=day_of)
    return [_slot_day(day, [_slot(slot, clinic, chosen) for slot in found]) for day, found in days]


def _slot_day(day: date, slots: list[ShownSlot]) -> SlotDay:
    """The length is said once where it is the same all day."""
    said = words.capital(words.long_day(day))
    if len({slot.minutes for slot in slots}) > 1:
        return SlotDay(said, slots)
    return SlotDay(f"{said}, {slots[0].minutes}", [replace(slot, minutes="") for slot in slots])


def show_series(dates: Sequence[SeriesDate], *, chosen: Collection[str] | None) -> list[ShownDate]:
    """Put the dates of a series into words; those that can be are chosen until somebody chooses otherwise."""
    return [
        ShownDate(
            iso=one.day.isoformat(),
            words=words.capital(words.long_day(one.day)),
            problem=problem_words(one.problem),
            is_chosen=(one.day.isoformat() in chosen) if chosen is not None else not one.problem,
            may_be_chosen=one.problem in {"", "holiday"},
        )
        for one in dates
    ]


def problem_words(code: str) -> str:
    """What stands in the way of a date."""
    return {
        "": "",
        "taken": gettext("Opptatt: behandleren har en annen time"),
        "holiday": gettext("Helligdag. Kryss av hvis timen likevel skal være"),
        "absent": gettext("Behandleren er borte"),
        "held": gettext("Noen holder på å bestille denne tiden"),
        "no_such_hour": gettext("Timen finnes ikke: klokken stilles fram"),
    }.get(code, gettext("Kan ikke brukes"))


def _slot(slot: Slot, clinic: Clinic, chosen: str) -> ShownSlot:
    start = local(slot.starts_at, clinic.zone)
    minutes = int((slot.ends_at - slot.starts_at).total_seconds() // 60)
    return ShownSlot(
        name=slot.name,
        clock=f"{start:%H:%M}",
        minutes=words.length(minutes),
        day=start.date().isoformat(),
        at=f"{start:%H:%M}",
        length=minutes,
        clinician=slot.clinician.public_id,
        is_chosen=slot.name == chosen,
    )
