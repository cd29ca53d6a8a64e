"""What is to become of an hour: held in person, judged, or waiting for something to be found out."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from blikk.clinics.models import Clinic, Membership
from blikk.kernel.errors import NotFound
from blikk.scheduling.models import Appointment, OfferedTime, Suitability, Task, Turn
from blikk.scheduling.states import TaskStatus, TurnStatus


def open_turn(appointment: Appointment) -> Turn | None:
    """The offer of times that the patient has not answered: to this hour, or to the meeting that it became."""
    found = _turns().filter(status=TurnStatus.OFFERED)
    return found.filter(appointment=appointment).first() or found.filter(meeting=appointment).first()


def turn_of(appointment: Appointment) -> Turn | None:
    """How an hour came to be held in person, if it is to be: the newest that was not taken back."""
    found = _turns().exclude(status=TurnStatus.TAKEN_BACK).filter(appointment=appointment)
    return found.order_by("-asked_at", "-pk").first()


def turned_into(meeting: Appointment) -> Turn | None:
    """Why a physical hour is one."""
    found = _turns().exclude(status=TurnStatus.TAKEN_BACK).filter(meeting=meeting)
    return found.order_by("-asked_at", "-pk").first()


def has_open_turn(appointment_pk: int) -> bool:
    """Whether a patient has times to choose between."""
    found = Turn.objects.filter(status=TurnStatus.OFFERED)
    return (found.filter(appointment=appointment_pk) | found.filter(meeting=appointment_pk)).exists()


def with_open_turns(appointments: Collection[int]) -> frozenset[int]:
    """Which of some hours wait for the patient to choose a time, in one query."""
    mine = Q(appointment__in=appointments) | Q(meeting__in=appointments)
    found = Turn.objects.filter(mine, status=TurnStatus.OFFERED).values_list("appointment_id", "meeting_id")
    return frozenset(pk for pair in found for pk in pair if pk is not None)


def offered_times(turn: Turn, *, now: datetime) -> list[OfferedTime]:
    """The times of an offer that are still to come."""
    return list(turn.times.filter(starts_at__gt=now).select_related("clinician__user"))


def newest_suitability(appointment: Appointment) -> Suitability | None:
    """What was noted last about video for this hour."""
    found = Suitability.objects.filter(appointment=appointment).select_related("noted_by__user")
    return found.order_by("-number").first()


def newest_suitabilities(appointments: Collection[int]) -> dict[int, Suitability]:
    """What was noted last for each of some hours, in one query."""
    found = Suitability.objects.filter(appointment__in=appointments).order_by("number")
    return {one.appointment_id: one for one in found}


def suitabilities_of(appointment: Appointment) -> list[Suitability]:
    """All that was noted, newest first."""
    found = Suitability.objects.filter(appointment=appointment).select_related("noted_by__user")
    return list(found.order_by("-number"))


def open_tasks(clinic: Clinic, *, holder: Membership | None = None) -> QuerySet[Task]:
    """What is still to be done, soonest first: nothing is forgotten."""
    found = _tasks(clinic).filter(status=TaskStatus.OPEN)
    if holder is not None:
        found = found.filter(holder=holder)
    return found.order_by("due_on", "pk")


def tasks_about(appointment: Appointment) -> list[Task]:
    """All that was to be done about an hour, oldest first."""
    return list(_tasks(appointment.clinic).filter(appointment=appointment).order_by("pk"))


def get_task(clinic: Clinic, task_id: str) -> Task:
    """The task of that name at this clinic; raises NotFound."""
    task = _tasks(clinic).filter(public_id=task_id).first()
    if task is None:
        raise NotFound
    return task


def _tasks(clinic: Clinic) -> QuerySet[Task]:
    return Task.objects.filter(clinic=clinic).select_related(
        "clinic", "appointment__patient", "holder__user", "set_by__user"
    )


def _turns() -> QuerySet[Turn]:
    return Turn.objects.select_related(
        "clinic", "appointment__clinic", "meeting__clinic", "meeting__clinician__user", "asked_by__user"
    )
