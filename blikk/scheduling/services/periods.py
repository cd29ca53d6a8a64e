"""Acts on the periods of the timetable."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from blikk.audit.services import hold, record
from blikk.bus.services import announce
from blikk.clinics.models import Clinic, Membership, Role
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound, Overtaken
from blikk.kernel.moves import change
from blikk.patients.services import clean_name
from blikk.scheduling.models import BookedBy, Form, Kind, Period
from blikk.scheduling.policies import LONGEST, SHORTEST
from blikk.scheduling.queries import get_period
from blikk.scheduling.services.openings import follow_period
from blikk.scheduling.states import PERIOD, PeriodStatus

COMMON = ("name", "weekday", "starts", "ends", "valid_from", "valid_to", "on_holidays")
OF_BOOKED = ("form", "slot_minutes", "buffer_minutes", "ahead_days", "booked_by")
OF_DROP_IN = ("last_entry", "capacity", "expected_minutes")
MOST_AHEAD, MOST_BUFFER, MOST_CAPACITY, MOST_EXPECTED = 365, 120, 500, 240


@transaction.atomic
def add_period(
    clinic: Clinic,
    *,
    kind: str,
    name: str,
    weekday: int,
    starts: time,
    ends: time,
    valid_from: date,
    valid_to: date | None = None,
    clinicians: Sequence[Membership],
    on_holidays: bool = False,
    form: str = Form.VIDEO,
    slot_minutes: int | None = None,
    buffer_minutes: int = 0,
    ahead_days: int = 60,
    booked_by: str = BookedBy.STAFF,
    last_entry: time | None = None,
    capacity: int | None = None,
    expected_minutes: int = 10,
    actor: Actor,
    now: datetime,
) -> Period:
    """Put a period on the timetable, every week from a day on.

    What belongs to the other kind is not looked at. Raises Invalid, field by field; `starts: overlaps` where one
    of the clinicians has another period then.
    """
    hold(clinic.pk)
    period = Period(
        clinic=clinic,
        kind=kind,
        name=clean_name(name),
        weekday=weekday,
        starts=starts,
        ends=ends,
        valid_from=valid_from,
        valid_to=valid_to,
        on_holidays=on_holidays,
        created_at=now,
    )
    if kind == Kind.BOOKED:
        period.form, period.slot_minutes, period.buffer_minutes = form, slot_minutes, buffer_minutes
        period.ahead_days, period.booked_by = ahead_days, booked_by
    else:
        period.last_entry = last_entry if last_entry is not None else ends
        period.capacity, period.expected_minutes = capacity, expected_minutes
    _require_usable(period, clinicians)
    _require_no_overlap(period, clinicians)
    period.save(force_insert=True)
    period.clinicians.set(clinicians)
    record("period.added", actor=actor, about=period, clinic_id=clinic.pk, now=now, kind=str(kind))
    _announce(clinic)
    return get_period(clinic, period.public_id)


@transaction.atomic
def change_period(
    clinic: Clinic,
    period_id: str,
    *,
    version: int,
    clinicians: Sequence[Membership] | None = None,
    actor: Actor,
    now: datetime,
    **changes: Any,
) -> Period:
    """Change a period, in what is given only; what is booked in it stays booked.

    Moved to another time, it takes its last entry along. The queue of a day to come follows, and so does today's.
    Raises as `add_period`; Overtaken if somebody changed it meanwhile.
    """
    hold(clinic.pk)
    period = _running(clinic, period_id, version)
    before = {name: getattr(period, name) for name in changes}
    if period.kind == Kind.DROP_IN and "last_entry" not in changes and "ends" in changes:
        changes["last_entry"] = _moved(period, changes)
    wanted = _of_its_kind(period, changes)
    for name, value in wanted.items():
        setattr(period, name, value)
    people = list(period.clinicians.all()) if clinicians is None else list(clinicians)
    _require_usable(period, people)
    _require_no_overlap(period, people)
    change(period, **wanted)
    period.clinicians.set(people)
    period = get_period(clinic, period_id)
    follow_period(period, now=now)
    told = {name: str(value) for name, value in wanted.items() if value != before.get(name)}
    record("period.changed", actor=actor, about=period, clinic_id=clinic.pk, now=now, **told)
    _announce(clinic)
    return period


@transaction.atomic
def retire_period(clinic: Clinic, period_id: str, *, version: int, actor: Actor, now: datetime) -> Period:
    """Take a period off the timetable from today on; what is booked in it stays booked."""
    hold(clinic.pk)
    period = _running(clinic, period_id, version)
    PERIOD.make(period, PeriodStatus.RETIRED, version=version, retired_at=now)
    record("period.retired", actor=actor, about=period, clinic_id=clinic.pk, now=now)
    _announce(clinic)
    return period


def _running(clinic: Clinic, period_id: str, version: int) -> Period:
    period = get_period(clinic, period_id)
    if period.status != PeriodStatus.RUNNING:
        raise NotFound
    if period.version != version:
        raise Overtaken
    return period


def _of_its_kind(period: Period, changes: Mapping[str, Any]) -> dict[str, Any]:
    mine = OF_BOOKED if period.kind == Kind.BOOKED else OF_DROP_IN
    wanted = {name: value for name, value in changes.items() if name in (*COMMON, *mine)}
    if "name" in wanted:
        wanted["name"] = clean_name(wanted["name"])
    return wanted


def _moved(period: Period, changes: Mapping[str, Any]) -> time:
    """The last entry keeps its distance from the end, as far as the new period is long enough."""
    starts, ends = changes.get("starts", period.starts), changes["ends"]
    day = date.min + timedelta(days=1)
    ahead = datetime.combine(day, period.ends) - datetime.combine(day, period.last_entry or period.ends)
    return max((datetime.combine(day, ends) - ahead), datetime.combine(day, starts)).time()


def _require_usable(period: Period, clinicians: Sequence[Membership]) -> None:
    faults = _faults_of_time(period) | _faults_of_kind(period)
    if not period.name:
        faults["name"] = "missing"
    elif len(period.name) > 60:
        faults["name"] = "too_long"
    if not clinicians:
        faults["clinicians"] = "missing"
    elif not all(_works_here(period.clinic, each) for each in clinicians):
        faults["clinicians"] = "unknown"
    if faults:
        raise Invalid(**faults)


def _faults_of_time(period: Period) -> dict[str, str]:
    faults = {}
    if not 0 <= period.weekday <= 6:
        faults["weekday"] = "unknown"
    if period.ends <= period.starts:
        faults["ends"] = "before_start"
    if period.valid_to is not None and period.valid_to < period.valid_from:
        faults["valid_to"] = "before_start"
    return faults


def _faults_of_kind(period: Period) -> dict[str, str]:
    faults = {}
    if period.kind == Kind.BOOKED:
        if not SHORTEST <= (period.slot_minutes or 0) <= LONGEST:
            faults["slot_minutes"] = "unlikely_length"
        elif period.starts < period.ends and (period.slot_minutes or 0) > _length(period):
            faults["slot_minutes"] = "longer_than_period"
        if not 0 <= period.buffer_minutes <= MOST_BUFFER:
            faults["buffer_minutes"] = "unlikely_length"
        if not 0 <= period.ahead_days <= MOST_AHEAD:
            faults["ahead_days"] = "unlikely"
        if period.booked_by not in BookedBy.values:
            faults["booked_by"] = "unknown"
        if period.form not in Form.values:
            faults["form"] = "unknown"
        elif period.form == Form.IN_PERSON and period.booked_by == BookedBy.BOTH:
            # What patients book themselves is video; a physical hour is offered by staff.
            faults["booked_by"] = "only_video"
    elif period.kind == Kind.DROP_IN:
        if period.last_entry is None or not period.starts <= period.last_entry <= period.ends:
            faults["last_entry"] = "outside_period"
        if period.capacity is not None and not 1 <= period.capacity <= MOST_CAPACITY:
            faults["capacity"] = "unlikely"
        if not 1 <= period.expected_minutes <= MOST_EXPECTED:
            faults["expected_minutes"] = "unlikely_length"
    else:
        faults["kind"] = "unknown"
    return faults


def _length(period: Period) -> int:
    begins, ends = period.starts, period.ends
    return (ends.hour - begins.hour) * 60 + ends.minute - begins.minute


def _works_here(clinic: Clinic, clinician: Membership) -> bool:
    is_ours = clinician.clinic_id == clinic.pk
    return is_ours and clinician.role == Role.CLINICIAN and clinician.ended_at is None


def _require_no_overlap(period: Period, clinicians: Sequence[Membership]) -> None:
    others = Period.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=period.valid_from),
        status=PeriodStatus.RUNNING,
        clinic=period.clinic,
        clinicians__in=clinicians,
        weekday=period.weekday,
        starts__lt=period.ends,
        ends__gt=period.starts,
    ).exclude(pk=period.pk)
    if period.valid_to is not None:
        others = others.filter(valid_from__lte=period.valid_to)
    if others.exists():
        raise Invalid(starts="overlaps")


def _announce(clinic: Clinic) -> None:
    announce(f"day:{clinic.public_id}", "timetable")
