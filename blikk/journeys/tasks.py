"""What is to be found out or done about an hour, by oneself or a colleague, until it is done."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from blikk.audit.services import hold
from blikk.clinics.models import Clinic, Membership
from blikk.clinics.queries import find_member
from blikk.kernel.actors import Actor
from blikk.scheduling import queries as planned
from blikk.scheduling import services as scheduling
from blikk.scheduling.models import Appointment, Task
from blikk.scheduling.states import TaskStatus


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A thing that somebody is still to do."""

    id: str
    version: int
    what: str
    due_on: date
    holder: str
    holder_name: str
    appointment: str
    patient_name: str


def open_tasks(clinic: Clinic, *, holder: Membership | None = None) -> list[OpenTask]:
    """What is still to be done by everybody, or by one, soonest first, in one query."""
    return [_open_task(task) for task in planned.open_tasks(clinic, holder=holder)]


def tasks_about(appointment: Appointment) -> list[OpenTask]:
    """What is still to be done about an hour."""
    return [_open_task(task) for task in planned.tasks_about(appointment) if task.status == TaskStatus.OPEN]


def _open_task(task: Task) -> OpenTask:
    return OpenTask(
        task.public_id,
        task.version,
        task.what,
        task.due_on,
        task.holder.public_id,
        task.holder.name,
        task.appointment.public_id,
        task.appointment.patient.name,
    )


@transaction.atomic
def set_task(
    clinic: Clinic,
    appointment_id: str,
    *,
    what: str,
    holder: str,
    due_on: date,
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Task:
    """Give somebody who works here a thing to do about an hour. Raises NotFound, and Invalid field by field."""
    hold(clinic.pk)
    return scheduling.set_task(
        planned.get(clinic, appointment_id),
        what=what,
        holder=find_member(clinic, holder),
        due_on=due_on,
        by=membership,
        actor=actor,
        now=now,
    )


@transaction.atomic
def finish_task(
    clinic: Clinic, task_id: str, *, version: int, is_done: bool, actor: Actor, now: datetime
) -> Task:
    """Note that a task is done, or not after all; whoever of the desk does it. Raises Overtaken, IllegalMove."""
    hold(clinic.pk)
    task = planned.get_task(clinic, task_id)
    return scheduling.finish_task(task, version=version, is_done=is_done, actor=actor, now=now)


@transaction.atomic
def hand_over_task(
    clinic: Clinic, task_id: str, *, version: int, holder: str, actor: Actor, now: datetime
) -> Task:
    """Let a colleague have a task. Raises Overtaken, and Invalid (`holder: unknown`)."""
    hold(clinic.pk)
    task = planned.get_task(clinic, task_id)
    return scheduling.hand_over_task(
        task, version=version, holder=find_member(clinic, holder), actor=actor, now=now
    )
