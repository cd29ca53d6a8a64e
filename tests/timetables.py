"""Builders for the timetable: periods of booked hours and of drop-in, on the weekday of NOW."""

from datetime import date, time, timedelta

from blikk.clinics.models import Clinic, Membership
from blikk.kernel.actors import SYSTEM
from blikk.scheduling.models import Opening, Period
from blikk.scheduling.services import add_period, opening_for
from tests.builders import NOW, a_member

TODAY = NOW.date()  # a Tuesday


def a_period(clinic: Clinic, *clinicians: Membership, **more: object) -> Period:
    """Booked hours of twenty minutes, from nine to noon every Tuesday."""
    values: dict[str, object] = {
        "kind": "booked",
        "name": "Timer på video",
        "weekday": TODAY.weekday(),
        "starts": time(9, 0),
        "ends": time(12, 0),
        "valid_from": TODAY - timedelta(days=365),
        "slot_minutes": 20,
        "booked_by": "both",
        **more,
    }
    people = clinicians or (a_member(clinic),)
    return add_period(clinic, clinicians=people, actor=SYSTEM, now=NOW, **values)  # type: ignore[arg-type]


def a_drop_in(clinic: Clinic, *clinicians: Membership, **more: object) -> Period:
    """Drop-in from nine to noon every Tuesday, the last one in at half past eleven."""
    values: dict[str, object] = {
        "kind": "drop_in",
        "name": "Drop-in på video",
        "last_entry": time(11, 30),
        "capacity": 20,
        "slot_minutes": None,
        "booked_by": "staff",
        **more,
    }
    return a_period(clinic, *clinicians, **values)


def an_opening(clinic: Clinic, *clinicians: Membership, day: date = TODAY, **more: object) -> Opening:
    return opening_for(a_drop_in(clinic, *clinicians, **more), day, now=NOW)
