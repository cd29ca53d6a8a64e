"""Which slots of the timetable are free, and why a stretch of a clinician's time is not."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from django.db.models import Q

from blikk.clinics.models import Clinic, Membership
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.times import day_bounds, is_second_time, local
from blikk.scheduling.models import Absence, Appointment, BookedBy, Form, Kind, Period, SlotHold
from blikk.scheduling.queries.stretches import Stretch, left_of, lies_in, meet
from blikk.scheduling.queries.timetable import Block, Frame, blocks_on, frame_of
from blikk.scheduling.states import FILLS_TIME

By = Literal["staff", "patient"]
# A patient needs a moment to type who they are before the hour begins.
NOTICE = timedelta(minutes=15)
MOST_DAYS = 62
_NAME = re.compile(r"(\d{12})-([A-Za-z0-9_-]{22})")


@dataclass(frozen=True, slots=True)
class Slot:
    """A free stretch of a clinician's booked hours."""

    clinician: Membership
    starts_at: datetime
    ends_at: datetime
    period: Period

    @property
    def name(self) -> str:
        """What the slot is called in an address: its moment and whose time it is."""
        return f"{self.starts_at.astimezone(UTC):%Y%m%d%H%M}-{self.clinician.public_id}"


def free_slots(
    clinic: Clinic,
    *,
    first: date,
    days: int,
    clinician: Membership | None = None,
    by: By = "staff",
    form: str = Form.VIDEO,
    holder: str = "",
    now: datetime,
) -> list[Slot]:
    """The slots of one form that may be booked on some days, by time, in as many queries whatever the timetable holds.

    What `holder` holds is free to them. A time that the clock shows twice is offered the first time only, since
    nobody could tell the two apart.
    """
    days = min(days, MOST_DAYS)
    frame = frame_of(clinic, first=first, days=days, kind=Kind.BOOKED)
    busy = _busy(clinic, first, days, holder, now)
    today = local(now, clinic.zone).date()
    earliest = now + NOTICE if by == "patient" else now
    slots: list[Slot] = []
    for day in (first + timedelta(days=number) for number in range(days)):
        for block in blocks_on(frame, day):
            period = block.period
            if period.form != form or day > today + timedelta(days=period.ahead_days):
                continue
            if by == "patient" and period.booked_by != BookedBy.BOTH:
                continue
            for each in block.clinicians:
                if clinician is None or each == clinician:
                    slots += _free_in(frame, block, each, busy[each.pk], earliest)
    return sorted(slots, key=lambda slot: (slot.starts_at, slot.clinician.name, slot.clinician.pk))


def find_slot(
    clinic: Clinic, name: str, *, by: By = "staff", form: str = Form.VIDEO, holder: str = "", now: datetime
) -> Slot:
    """The free slot of that name and form.

    Raises NotFound for a name that no slot can have, Invalid (`starts_at: taken`) for one that is not free.
    """
    matched = _NAME.fullmatch(name)
    if matched is None:
        raise NotFound
    try:
        starts_at = datetime.strptime(matched[1], "%Y%m%d%H%M").replace(tzinfo=UTC)
        day = local(starts_at, clinic.zone).date()
    except (ValueError, OverflowError) as fault:
        raise NotFound from fault
    for slot in free_slots(clinic, first=day, days=1, by=by, form=form, holder=holder, now=now):
        if slot.name == name:
            return slot
    raise Invalid(starts_at="taken")


def get_hold(clinic: Clinic, hold_id: str, *, holder: str) -> SlotHold:
    """The slot that this holder holds or held; raises NotFound for anybody else's."""
    found = SlotHold.objects.filter(clinic=clinic, public_id=hold_id, holder=holder or "nobody")
    hold = found.select_related("clinician__user", "period", "clinic", "appointment").first()
    if hold is None:
        raise NotFound
    return hold


@dataclass(frozen=True, slots=True)
class Engaged:
    """What a clinician's time is taken by, read once."""

    taken: Sequence[Stretch]
    away: Sequence[Stretch]
    held: Sequence[Stretch]

    def problem(self, stretch: Stretch) -> str:
        """Why the clinician cannot be booked in a stretch: "taken", "absent", "held", or empty where they can."""
        for code, stretches in (("taken", self.taken), ("absent", self.away), ("held", self.held)):
            if any(meet(stretch, each) for each in stretches):
                return code
        return ""


def engaged(
    clinician: Membership,
    starts_at: datetime,
    ends_at: datetime,
    *,
    but: Appointment | None = None,
    holder: str = "",
    now: datetime,
) -> Engaged:
    """What takes a clinician's time in a stretch, but for one appointment and for what `holder` holds."""
    overlap = Q(starts_at__lt=ends_at, ends_at__gt=starts_at)
    taken = Appointment.objects.filter(overlap, clinician=clinician, status__in=FILLS_TIME, drop_in=False)
    mine = Q(clinician=clinician) | Q(clinician__isnull=True)
    away = Absence.objects.filter(overlap, mine, clinic=clinician.clinic_id, ended_at__isnull=True)
    held = SlotHold.objects.filter(
        overlap, clinician=clinician, let_go_at__isnull=True, held_until__gt=now
    ).exclude(holder=holder or "nobody")
    return Engaged(
        list(taken.exclude(pk=but.pk if but else 0).values_list("starts_at", "ends_at")),
        list(away.values_list("starts_at", "ends_at")),
        list(held.values_list("starts_at", "ends_at")),
    )


def why_not(
    clinician: Membership,
    starts_at: datetime,
    ends_at: datetime,
    *,
    but: Appointment | None = None,
    holder: str = "",
    now: datetime,
) -> str:
    """Why a clinician cannot be booked in a stretch: "taken", "absent", "held", or empty where they can."""
    found = engaged(clinician, starts_at, ends_at, but=but, holder=holder, now=now)
    return found.problem((starts_at, ends_at))


def _busy(
    clinic: Clinic, first: date, days: int, holder: str, now: datetime
) -> defaultdict[int, list[Stretch]]:
    start = day_bounds(first, clinic.zone)[0] - timedelta(days=1)
    end = day_bounds(first + timedelta(days=days - 1), clinic.zone)[1] + timedelta(days=1)
    overlap = Q(starts_at__lt=end, ends_at__gt=start)
    booked = Appointment.objects.filter(overlap, clinic=clinic, status__in=FILLS_TIME, drop_in=False)
    held = SlotHold.objects.filter(overlap, clinic=clinic, let_go_at__isnull=True, held_until__gt=now)
    held = held.exclude(holder=holder or "nobody")
    busy: defaultdict[int, list[Stretch]] = defaultdict(list)
    for rows in (booked, held):
        for clinician, starts_at, ends_at in rows.values_list("clinician_id", "starts_at", "ends_at"):
            busy[clinician].append((starts_at, ends_at))
    return busy


def _free_in(
    frame: Frame, block: Block, clinician: Membership, busy: Sequence[Stretch], earliest: datetime
) -> Iterator[Slot]:
    period, zone = block.period, frame.clinic.zone
    if block.is_closed_because or not period.slot_minutes:
        return
    there = left_of((block.starts_at, block.ends_at), frame.away(clinician))
    length, pause = timedelta(minutes=period.slot_minutes), timedelta(minutes=period.buffer_minutes)
    # Only what is near the block can stand in its way.
    near = [each for each in busy if meet(each, (block.starts_at - pause, block.ends_at + pause))]
    starts_at = block.starts_at
    while starts_at + length <= block.ends_at:
        ends_at = starts_at + length
        clashes = any(meet(each, (starts_at - pause, ends_at + pause)) for each in near)
        is_usable = starts_at >= earliest and not is_second_time(starts_at, zone)
        if is_usable and not clashes and lies_in((starts_at, ends_at), there):
            yield Slot(clinician, starts_at, ends_at, period)
        starts_at = ends_at + pause
