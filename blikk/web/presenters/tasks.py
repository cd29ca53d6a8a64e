"""What is to be found out or done, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from blikk.web.presenters import words

if TYPE_CHECKING:
    from blikk.clinics.models import Membership
    from blikk.journeys.tasks import OpenTask


@dataclass(frozen=True, slots=True)
class ShownTask:
    """A thing to do, on the day page or on the page of its hour."""

    id: str
    version: int
    what: str
    about: str
    due: str
    is_late: bool
    holder: str
    href: str
    done_href: str
    appointment_href: str


def show_tasks(
    tasks: Sequence[OpenTask], *, membership: Membership | None = None, today: date
) -> list[ShownTask]:
    """Put tasks into words; whose they are is said where they are not one's own."""
    return [_task(task, membership, today) for task in tasks]


def _task(task: OpenTask, membership: Membership | None, today: date) -> ShownTask:
    is_mine = membership is not None and task.holder == membership.public_id
    return ShownTask(
        id=task.id,
        version=task.version,
        what=task.what,
        about=task.patient_name,
        due=_due(task.due_on, today),
        is_late=task.due_on < today,
        holder="" if is_mine else task.holder_name,
        href=reverse("task", args=[task.id]),
        done_href=reverse("task_done", args=[task.id]),
        appointment_href=reverse("appointment", args=[task.appointment]),
    )


def _due(day: date, today: date) -> str:
    if day == today:
        return gettext("Frist i dag")
    if day == today + timedelta(days=1):
        return gettext("Frist i morgen")
    if day < today:
        return gettext("Fristen var %(day)s") % {"day": words.long_day(day)}
    return gettext("Frist %(day)s") % {"day": words.long_day(day)}
