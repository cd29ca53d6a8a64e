"""Another time, or another clinician, for an hour that cannot stay as it is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from blikk.clinics.models import Clinic, Membership
from blikk.clinics.queries import clinicians_of
from blikk.kernel.times import local
from blikk.scheduling.models import Appointment
from blikk.scheduling.queries.slots import Slot, engaged, free_slots
from blikk.scheduling.queries.timetable import Frame, blocks_on, frame_of

# A patient needs time to read that their hour is another one.
READING_TIME = timedelta(hours=1)
# So much earlier with a colleague is worth more than the same face.
SOONER = timedelta(days=7)
DAYS = 31
SLOTS, COLLEAGUES = 3, 2


@dataclass(frozen=True, slots=True)
class OtherTimes:
    """What may be done with an hour: slots, the best one first, and colleagues who are free at the same time."""

    slots: Sequence[Slot]
    colleagues: Sequence[Membership]


def other_times(
    clinic: Clinic, appointments: Sequence[Appointment], *, now: datetime
) -> dict[str, OtherTimes]:
    """Proposals for each appointment by its name; no slot is the first proposal of two of them.

    The number of queries grows with the clinic's clinicians, not with the appointments.
    """
    if not appointments:
        return {}
    today = local(now, clinic.zone).date()
    free = {
        form: [
            slot
            for slot in free_slots(clinic, first=today, days=DAYS, form=form, now=now)
            if slot.starts_at >= now + READING_TIME
        ]
        for form in {one.form for one in appointments}
    }
    free_at = _free_colleagues(clinic, appointments, now=now)
    taken: set[str] = set()
    found = {}
    for one in sorted(appointments, key=lambda each: (each.starts_at, each.pk)):
        slots = _nearest(one, [slot for slot in free[one.form] if slot.name not in taken])
        taken.update(slot.name for slot in slots[:1])
        found[one.public_id] = OtherTimes(slots, free_at[one.public_id])
    return found


def _nearest(one: Appointment, free: Iterable[Slot]) -> list[Slot]:
    length = one.ends_at - one.starts_at
    fits = [slot for slot in free if slot.ends_at - slot.starts_at >= length]
    own = list(islice((slot for slot in fits if slot.clinician == one.clinician), SLOTS))
    others = list(islice((slot for slot in fits if slot.clinician != one.clinician), SLOTS))
    if own and others and own[0].starts_at - others[0].starts_at > SOONER:
        return [*others[:1], *own[:2], *others[1:]][:SLOTS]
    return [*own[:2], *others, *own[2:]][:SLOTS]


def _free_colleagues(
    clinic: Clinic, appointments: Sequence[Appointment], *, now: datetime
) -> dict[str, list[Membership]]:
    first = min(one.starts_at for one in appointments)
    last = max(one.ends_at for one in appointments)
    at_work = _at_work(clinic, first, last)
    engagements = [(one, engaged(one, first, last, now=now)) for one in clinicians_of(clinic)]
    found = {}
    for appointment in appointments:
        stretch = (appointment.starts_at, appointment.ends_at)
        free = [
            member
            for member, busy in engagements
            if member.pk != appointment.clinician_id and not busy.problem(stretch)
        ]
        here = {pk for pk, starts_at, ends_at in at_work if starts_at <= stretch[0] and stretch[1] <= ends_at}
        # Who has a period then comes first; a clinic without a timetable knows best itself who is at work.
        found[appointment.public_id] = sorted(free, key=lambda one: one.pk not in here)[:COLLEAGUES]
    return found


def _at_work(clinic: Clinic, first: datetime, last: datetime) -> list[tuple[int, datetime, datetime]]:
    days = list(_days(local(first, clinic.zone).date(), local(last, clinic.zone).date()))
    frame: Frame = frame_of(clinic, first=days[0], days=len(days))
    return [
        (member.pk, block.starts_at, block.ends_at)
        for day in days
        for block in blocks_on(frame, day)
        for member in block.clinicians
    ]


def _days(first: date, last: date) -> Iterator[date]:
    for number in range(min((last - first).days + 1, DAYS)):
        yield first + timedelta(days=number)
