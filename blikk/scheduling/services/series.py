"""Booking a series of appointments."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction

from blikk.audit.services import hold, record
from blikk.clinics.models import Clinic, Membership
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid
from blikk.patients.models import Patient
from blikk.scheduling.models import Appointment, Series
from blikk.scheduling.queries import preview_series
from blikk.scheduling.services.appointments import book


@dataclass(frozen=True, slots=True)
class BookedSeries:
    """A series with its appointments, by time."""

    series: Series
    appointments: list[Appointment]


@transaction.atomic
def book_series(
    clinic: Clinic,
    *,
    patient: Patient,
    clinician: Membership,
    day: date,
    at: time,
    minutes: int,
    every_weeks: int,
    count: int,
    days: Collection[date] | None = None,
    actor: Actor,
    now: datetime,
) -> BookedSeries:
    """Book the days of a series that were chosen from its preview; all that have no problem where none are given.

    A holiday is booked when it was chosen. Raises Invalid: `days: unknown` or `days: missing`, and `starts_at` with
    the problem of a chosen day that cannot be; then nothing is booked.
    """
    hold(clinic.pk)
    plan = preview_series(
        clinic,
        clinician=clinician,
        day=day,
        at=at,
        minutes=minutes,
        every_weeks=every_weeks,
        count=count,
        now=now,
    )
    chosen = {each.day for each in plan if not each.problem} if days is None else set(days)
    if not chosen:
        raise Invalid(days="missing")
    if chosen - {each.day for each in plan}:
        raise Invalid(days="unknown")
    series = Series.objects.create(clinic=clinic, every_weeks=every_weeks, count=count, created_at=now)
    record("series.booked", actor=actor, about=series, clinic_id=clinic.pk, now=now, count=len(chosen))
    appointments = [
        book(
            clinic,
            patient=patient,
            clinician=clinician,
            day=each,
            at=at,
            minutes=minutes,
            series=series,
            actor=actor,
            now=now,
        )
        for each in sorted(chosen)
    ]
    return BookedSeries(series, appointments)
