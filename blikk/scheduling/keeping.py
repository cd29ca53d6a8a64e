"""Which hours are old, what keeps them, and what goes when they are forgotten."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from blikk.clinics.models import Clinic
from blikk.kernel.forgetting import Forgotten
from blikk.scheduling.models import Appointment, OfferedTime, Series, SlotHold, Suitability, Task, Turn
from blikk.scheduling.states import TaskStatus, TurnStatus


def over_before(clinic: Clinic, *, before: datetime) -> "QuerySet[Appointment]":
    """The hours of a clinic that were over before a moment; those that were never held are among them."""
    rows = Appointment.objects.filter(clinic=clinic, starts_at__lt=before, ends_at__lt=before)
    return rows.exclude(cancelled_at__gte=before).order_by("pk")


def has_open_task() -> Exists:
    """That somebody still has something to do about an hour."""
    return Exists(Task.objects.filter(appointment=OuterRef("pk"), status=TaskStatus.OPEN))


def done_since(before: datetime) -> Exists:
    """That something about an hour was done at that moment or later."""
    return Exists(Task.objects.filter(appointment=OuterRef("pk"), done_at__gte=before))


def leads_on(before: datetime) -> Exists:
    """That an hour became another one that is not over, or that the patient may still choose when."""
    later = Q(meeting__ends_at__gte=before) & ~Q(meeting=F("appointment"))
    offered = Q(status=TurnStatus.OFFERED, times__ends_at__gte=before)
    return Exists(Turn.objects.filter(later | offered, appointment=OuterRef("pk")))


def forget_appointments(appointments: Collection[int], gone: Forgotten) -> None:
    """Delete these hours: what was judged, offered and to be done about them, and series that have none left."""
    rows = Appointment.objects.filter(pk__in=appointments)
    gone.days.extend(moment.date() for moment in rows.values_list("starts_at", flat=True))
    series = list(rows.filter(series__isnull=False).values_list("series", flat=True).distinct())
    Turn.objects.filter(meeting__in=appointments).exclude(appointment__in=appointments).update(meeting=None)
    gone.take(OfferedTime.objects.filter(turn__appointment__in=appointments))
    for kind in (Turn, Task, Suitability, SlotHold):
        gone.take(kind._default_manager.filter(appointment__in=appointments))
    gone.take(rows)
    gone.take(Series.objects.filter(pk__in=series, appointments__isnull=True))
