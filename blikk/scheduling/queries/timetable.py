"""Periods laid out on the days of a clinic's calendar."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Prefetch, Q, QuerySet

from blikk.clinics.models import Clinic, Membership
from blikk.kernel.errors import NotFound
from blikk.kernel.times import day_bounds, from_wall, local
from blikk.scheduling.models import Absence, Appointment, Form, Period
from blikk.scheduling.queries.appointments import of
from blikk.scheduling.queries.holidays import holiday_name
from blikk.scheduling.queries.stretches import Stretch, left_of, meet, together
from blikk.scheduling.states import AppointmentStatus, PeriodStatus


@dataclass(frozen=True, slots=True)
class Block:
    """A period as it lies on one day, with those of its clinicians who still work here.

    `attended` are the stretches in which at least one of them is there; where there is none,
    `is_closed_because` says why: "holiday", "absent", "closed", "nobody" or "no_such_hour".
    """

    period: Period
    kind: str
    form: str
    name: str
    starts: time
    ends: time
    starts_at: datetime
    ends_at: datetime
    clinicians: tuple[Membership, ...]
    attended: tuple[Stretch, ...] = ()
    is_closed_because: str = ""


@dataclass(frozen=True, slots=True)
class WeekDay:
    """A day of the week view."""

    day: date
    holiday_name: str
    blocks: Sequence[Block]
    appointments: Sequence[Appointment]
    absences: Sequence[Absence]


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from a Monday on."""

    days: Sequence[WeekDay]


@dataclass(frozen=True, slots=True)
class Frame:
    """All that is needed to lay out some days, read once."""

    clinic: Clinic
    periods: Sequence[Period]
    absences: Sequence[Absence]

    def away(self, clinician: Membership | None) -> list[Stretch]:
        """When a clinician is away, or the whole clinic closed."""
        who = {None, clinician.pk if clinician else None}
        return [(each.starts_at, each.ends_at) for each in self.absences if each.clinician_id in who]


def periods_of(clinic: Clinic, *, on: date | None = None) -> list[Period]:
    """The periods that come round, with their clinicians; those of one day only where a day is given."""
    found = _periods(clinic).filter(status=PeriodStatus.RUNNING)
    if on is not None:
        valid = Q(valid_to__isnull=True) | Q(valid_to__gte=on)
        found = found.filter(valid, weekday=on.weekday(), valid_from__lte=on)
    return list(found)


def get_period(clinic: Clinic, period_id: str) -> Period:
    """The period of that name at this clinic; raises NotFound."""
    period = _periods(clinic).filter(public_id=period_id).first()
    if period is None:
        raise NotFound
    return period


def absences_of(clinic: Clinic) -> QuerySet[Absence]:
    """The clinic's absences that count, by time."""
    found = Absence.objects.filter(clinic=clinic, ended_at__isnull=True)
    return found.select_related("clinician__user").order_by("starts_at", "pk")


def get_absence(clinic: Clinic, absence_id: str) -> Absence:
    """The absence of that name at this clinic; raises NotFound."""
    absence = absences_of(clinic).filter(public_id=absence_id).first()
    if absence is None:
        raise NotFound
    return absence


def hit_by(absence: Absence) -> list[Appointment]:
    """The booked appointments that an absence makes impossible, by time; people already seen are not among them."""
    found = of(absence.clinic).filter(
        status__in=(AppointmentStatus.PROPOSED, AppointmentStatus.BOOKED),
        starts_at__lt=absence.ends_at,
        ends_at__gt=absence.starts_at,
    )
    if absence.clinician_id is not None:
        found = found.filter(clinician=absence.clinician_id)
    return list(found.order_by("starts_at", "pk"))


def is_away(appointment: Appointment) -> bool:
    """Whether an absence of its clinician, or of the clinic, makes an appointment impossible."""
    mine = Q(clinician=appointment.clinician_id) | Q(clinician__isnull=True)
    found = absences_of(appointment.clinic).filter(mine)
    return found.filter(starts_at__lt=appointment.ends_at, ends_at__gt=appointment.starts_at).exists()


def frame_of(clinic: Clinic, *, first: date, days: int, kind: str | None = None) -> Frame:
    """Read what is needed to lay out `days` days from the first on: three queries."""
    start, _ = day_bounds(first, clinic.zone)
    _, end = day_bounds(first + timedelta(days=days - 1), clinic.zone)
    periods = _periods(clinic).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=first), valid_from__lt=first + timedelta(days=days)
    )
    if kind is not None:
        periods = periods.filter(kind=kind)
    absences = absences_of(clinic).filter(starts_at__lt=end, ends_at__gt=start)
    return Frame(clinic, list(periods), list(absences))


def blocks_on(frame: Frame, day: date) -> Iterator[Block]:
    """The periods of one day, by time, closed ones too."""
    zone = frame.clinic.zone
    for period in frame.periods:
        if period.weekday != day.weekday() or not _is_valid(period, day, zone):
            continue
        yield block_of(frame, period, day)


def block_of(frame: Frame, period: Period, day: date) -> Block:
    """One period as it lies on one day."""
    zone = frame.clinic.zone
    starts_at = from_wall(datetime.combine(day, period.starts), zone)
    ends_at = from_wall(datetime.combine(day, period.ends), zone)
    clinicians = tuple(each for each in period.clinicians.all() if each.ended_at is None)
    is_holiday = bool(holiday_name(day)) and not period.on_holidays
    there: list[Stretch] = []
    if not is_holiday and starts_at < ends_at:
        for clinician in clinicians:
            there += left_of((starts_at, ends_at), frame.away(clinician))
    attended = tuple(together(there))
    because = "" if attended else "holiday" if is_holiday else _closed(frame, clinicians, starts_at, ends_at)
    return Block(
        period=period,
        kind=period.kind,
        form=period.form,
        name=period.name,
        starts=period.starts,
        ends=period.ends,
        starts_at=starts_at,
        ends_at=ends_at,
        clinicians=clinicians,
        attended=attended,
        is_closed_because=because,
    )


def week_of(clinic: Clinic, monday: date, *, clinician: Membership | None = None) -> Week:
    """A week of the timetable with what is booked and who is away, in as many queries whatever it holds."""
    frame = frame_of(clinic, first=monday, days=7)
    start, _ = day_bounds(monday, clinic.zone)
    _, end = day_bounds(monday + timedelta(days=6), clinic.zone)
    booked = of(clinic).filter(starts_at__gte=start, starts_at__lt=end).exclude(form=Form.TEXT)
    booked = booked.exclude(status=AppointmentStatus.CANCELLED).order_by("starts_at", "pk")
    if clinician is not None:
        booked = booked.filter(clinician=clinician)
    appointments = list(booked)
    days = [monday + timedelta(days=number) for number in range(7)]
    return Week([_week_day(frame, day, appointments, clinician) for day in days])


def _week_day(
    frame: Frame, day: date, appointments: Sequence[Appointment], clinician: Membership | None
) -> WeekDay:
    zone = frame.clinic.zone
    bounds = day_bounds(day, zone)
    return WeekDay(
        day=day,
        holiday_name=holiday_name(day),
        blocks=[
            block for block in blocks_on(frame, day) if clinician is None or clinician in block.clinicians
        ],
        appointments=[each for each in appointments if local(each.starts_at, zone).date() == day],
        absences=[
            each
            for each in frame.absences
            if meet((each.starts_at, each.ends_at), bounds)
            and (clinician is None or each.clinician_id in {None, clinician.pk})
        ],
    )


def _periods(clinic: Clinic) -> QuerySet[Period]:
    people = Membership.objects.select_related("user", "clinic").order_by("user__name", "pk")
    found = Period.objects.filter(clinic=clinic).select_related("clinic")
    return found.order_by("weekday", "starts", "pk").prefetch_related(Prefetch("clinicians", queryset=people))


def _is_valid(period: Period, day: date, zone: str) -> bool:
    # A period that was retired still stands on the days before, so that past weeks show what there was.
    if period.retired_at is not None and day >= local(period.retired_at, zone).date():
        return False
    return period.valid_from <= day and (period.valid_to is None or day <= period.valid_to)


def _closed(frame: Frame, clinicians: Sequence[Membership], starts_at: datetime, ends_at: datetime) -> str:
    if starts_at >= ends_at:
        return "no_such_hour"
    if not left_of((starts_at, ends_at), frame.away(None)):
        return "closed"
    return "absent" if clinicians else "nobody"
