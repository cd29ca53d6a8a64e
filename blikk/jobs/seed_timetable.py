"""The demo's timetable: a week of booked hours, and a drop-in queue that is open at this very moment."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from blikk.clinics.profile import change_profile
from blikk.kernel.errors import Invalid
from blikk.kernel.times import local
from blikk.scheduling import queries, services

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic, Membership
    from blikk.kernel.actors import Actor

WORKDAYS = range(5)
QUEUE = "Drop-in på video"
LAST_MINUTE = time(23, 59)


def put_up_timetable(
    clinic: Clinic, doctor: Membership, psychologist: Membership, *, actor: Actor, now: datetime
) -> None:
    """Fill the weeks to come, and open the clinic's page with booking by patients."""
    change_profile(clinic, {"is_public": True, "allows_self_booking": True}, actor=actor, now=now)
    today = local(now, clinic.zone).date()
    common: dict[str, Any] = {
        "kind": "booked",
        "valid_from": today - timedelta(days=28),
        "actor": actor,
        "now": now,
    }
    for weekday in WORKDAYS:
        if weekday == today.weekday():
            continue
        services.add_period(
            clinic,
            **common,
            name="Timer hos fastlegen",
            weekday=weekday,
            starts=time(9, 0),
            ends=time(12, 0),
            clinicians=[doctor],
            slot_minutes=20,
            buffer_minutes=5,
            booked_by="both",
        )
        services.add_period(
            clinic,
            **common,
            name="Samtaler",
            weekday=weekday,
            starts=time(9, 0),
            ends=time(12, 0),
            clinicians=[psychologist],
            slot_minutes=45,
            buffer_minutes=15,
        )
        _visits(clinic, doctor, weekday, common)
        _drop_in(clinic, [doctor, psychologist], weekday, time(13, 0), time(15, 0), actor=actor, now=now)


def _visits(clinic: Clinic, doctor: Membership, weekday: int, common: dict[str, Any]) -> None:
    """Some hours in person, for whom video is not right."""
    services.add_period(
        clinic,
        **common,
        form="in_person",
        name="Oppmøte hos fastlegen",
        weekday=weekday,
        starts=time(15, 0),
        ends=time(16, 0),
        clinicians=[doctor],
        slot_minutes=20,
    )


def open_queue_now(
    clinic: Clinic, doctor: Membership, psychologist: Membership, *, actor: Actor, now: datetime
) -> None:
    """See to it that somebody can come without an appointment at this moment; what stands in the way is retired."""
    coming = queries.next_opening(clinic, now=now)
    if coming is not None and coming.accepts_now:
        return
    at = local(now, clinic.zone)
    starts = time(max(at.hour - 1, 0))
    ends = time(at.hour + 5) if at.hour < 19 else LAST_MINUTE
    for period in queries.periods_of(clinic, on=at.date()):
        if period.starts < ends and starts < period.ends:
            services.retire_period(clinic, period.public_id, version=period.version, actor=actor, now=now)
    try:
        _drop_in(clinic, [doctor, psychologist], at.weekday(), starts, ends, actor=actor, now=now)
    except Invalid:
        return  # somebody has put up a timetable of their own, and it stands


def _drop_in(
    clinic: Clinic,
    clinicians: list[Membership],
    weekday: int,
    starts: time,
    ends: time,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    last_entry = ends if ends == LAST_MINUTE else time(ends.hour - 1, 30)
    services.add_period(
        clinic,
        kind="drop_in",
        name=QUEUE,
        weekday=weekday,
        starts=starts,
        ends=ends,
        valid_from=local(now, clinic.zone).date() - timedelta(days=28),
        clinicians=clinicians,
        on_holidays=True,
        last_entry=last_entry,
        capacity=30,
        expected_minutes=8,
        actor=actor,
        now=now,
    )
