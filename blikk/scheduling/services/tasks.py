"""Things that somebody is to find out or do about an appointment."""

from datetime import date, datetime

from django.db import transaction

from blikk.audit.services import hold, record
from blikk.bus.services import announce
from blikk.clinics.models import Membership
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, Overtaken
from blikk.kernel.moves import change
from blikk.kernel.times import local
from blikk.scheduling.models import Appointment, Task
from blikk.scheduling.policies import FURTHEST, may_hold_tasks
from blikk.scheduling.states import TASK, TaskStatus

LONGEST_TASK = 300


@transaction.atomic
def set_task(
    appointment: Appointment,
    *,
    what: str,
    holder: Membership | None,
    due_on: date,
    by: Membership,
    actor: Actor,
    now: datetime,
) -> Task:
    """Give somebody here a thing to find out or do. Raises Invalid, field by field."""
    clinic = appointment.clinic
    hold(clinic.pk)
    what, today = " ".join(what.split()), local(now, clinic.zone).date()
    faults = {}
    if not what:
        faults["what"] = "missing"
    elif len(what) > LONGEST_TASK:
        faults["what"] = "too_long"
    if due_on < today:
        faults["due_on"] = "in_the_past"
    elif due_on > today + FURTHEST:
        faults["due_on"] = "too_far_ahead"
    if holder is None or not may_hold_tasks(holder, clinic):
        faults["holder"] = "unknown"
    if faults or holder is None:
        raise Invalid(**faults)
    task = Task.objects.create(
        clinic=clinic,
        appointment=appointment,
        holder=holder,
        what=what,
        due_on=due_on,
        set_by=by,
        set_at=now,
    )
    _tell(task, "task.set", actor, now, holder=holder.public_id)
    return task


@transaction.atomic
def finish_task(task: Task, *, version: int, is_done: bool, actor: Actor, now: datetime) -> Task:
    """Note that it is done, or that it is not after all. Raises Overtaken, IllegalMove."""
    hold(task.clinic_id)
    target = TaskStatus.DONE if is_done else TaskStatus.OPEN
    TASK.make(task, target, version=version, done_at=now if is_done else None)
    _tell(task, "task.done" if is_done else "task.undone", actor, now)
    return task


@transaction.atomic
def hand_over_task(
    task: Task, *, version: int, holder: Membership | None, actor: Actor, now: datetime
) -> Task:
    """Let a colleague have it from now on. Raises Overtaken, and Invalid (`holder: unknown`)."""
    hold(task.clinic_id)
    if task.version != version or task.status != TaskStatus.OPEN:
        raise Overtaken
    if holder is None or not may_hold_tasks(holder, task.clinic):
        raise Invalid(holder="unknown")
    before = task.holder
    if holder != before:
        change(task, holder=holder)
        _tell(task, "task.handed_over", actor, now, before=before.public_id, after=holder.public_id)
    return task


def _tell(task: Task, act: str, actor: Actor, now: datetime, **details: str) -> None:
    record(act, actor=actor, about=task, clinic_id=task.clinic_id, now=now, **details)
    announce(f"day:{task.clinic.public_id}", "day")
