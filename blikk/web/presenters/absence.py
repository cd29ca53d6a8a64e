"""An absence and those whose hours fall within it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from blikk.web.presenters import words
from blikk.web.presenters.timetable import away_words

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic, Membership
    from blikk.scheduling.models import Absence, Appointment, Period
    from blikk.scheduling.queries import OpeningView


@dataclass(frozen=True, slots=True)
class Hit:
    """A booked hour that falls within an absence, and what may be done with it."""

    name: str
    when: str
    clinician: str
    field: str
    choices: Sequence[tuple[str, str]]
    chosen: str
    fault: str


@dataclass(frozen=True, slots=True)
class ShownAbsence:
    """The page of one absence."""

    words: str
    is_over: bool
    hit: Sequence[Hit]
    # Queues that are open and have nobody while this lasts.
    queues: Sequence[tuple[str, str]]
    end_href: str


def show_absence(
    absence: Absence,
    hit: Sequence[Appointment],
    clinicians: Sequence[Membership],
    clinic: Clinic,
    *,
    left_alone: Sequence[OpeningView],
    chosen: Mapping[str, str],
    faults: Mapping[str, str],
) -> ShownAbsence:
    """Put an absence into the words of its page; `faults` are by appointment."""
    return ShownAbsence(
        words=away_words(absence, clinic.zone),
        is_over=absence.ended_at is not None,
        hit=[
            Hit(
                name=one.patient.name,
                when=words.day_and_clock(one.starts_at, clinic.zone),
                clinician=one.clinician.name if absence.clinician_id is None else "",
                field=f"time-{one.public_id}",
                choices=_choices(absence, one, clinicians),
                chosen=chosen.get(f"time-{one.public_id}", "keep"),
                fault=faults.get(one.public_id, ""),
            )
            for one in hit
        ],
        queues=[
            (
                f"{view.period.name}, {words.day_and_clock(view.opens_at, clinic.zone)}",
                reverse("queue_opening", args=[view.opening.public_id]),
            )
            for view in left_alone
            if view.opening
        ],
        end_href=reverse("absence_end", args=[absence.public_id]),
    )


def who_of(period: Period) -> list[Membership]:
    """The clinicians of a period, by name."""
    return sorted(period.clinicians.all(), key=lambda one: one.name)


def _choices(
    absence: Absence, appointment: Appointment, clinicians: Sequence[Membership]
) -> list[tuple[str, str]]:
    found = [
        ("keep", gettext("La timen stå")),
        ("cancel", gettext("Avlys og gi beskjed")),
    ]
    if absence.clinician_id is None:
        return found
    return found + [
        (f"colleague:{one.public_id}", gettext("Gi timen til %(name)s") % {"name": one.name})
        for one in clinicians
        if one.pk != appointment.clinician_id
    ]
