"""What is to be found out or done about an hour: set, done, undone, given to a colleague."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from blikk.audit.services import looked_at
from blikk.clinics import queries as clinics
from blikk.journeys import tasks as journey
from blikk.kernel.errors import IllegalMove, Overtaken
from blikk.kernel.times import local
from blikk.scheduling import queries as scheduling
from blikk.web.access import StaffRequest, staff
from blikk.web.desk import DESK
from blikk.web.in_person_forms import TaskDoneForm, TaskForm, TaskHolderForm

if TYPE_CHECKING:
    from blikk.scheduling.models import Appointment


def _members(request: StaffRequest) -> list[tuple[str, str]]:
    """Who may be given something to do, oneself first."""
    found = [one for one in clinics.running(request.clinic) if one.role in DESK]
    found.sort(key=lambda one: one.public_id != request.membership.public_id)
    return [(one.public_id, one.name) for one in found]


@require_http_methods(["GET", "POST"])
@never_cache
@staff(*DESK)
def task_new(request: StaffRequest, appointment_id: str) -> HttpResponse:
    """Set something to be found out or done about an hour."""
    appointment = scheduling.get(request.clinic, appointment_id)
    today = local(timezone.now(), request.clinic.zone).date()
    is_post = request.method == "POST"
    form = TaskForm(
        request.POST if is_post else None,
        members=_members(request),
        initial={"holder": request.membership.public_id, "due_on": today},
    )
    made = form.attempt(
        lambda: journey.set_task(
            request.clinic,
            appointment_id,
            **form.cleaned_data,
            membership=request.membership,
            actor=request.actor,
            now=timezone.now(),
        )
    )
    if made:
        messages.success(request, gettext("Oppgaven er lagret og står på dagen til den er gjort."))
        return redirect("appointment", appointment_id)
    _looked(request, appointment)
    context = {
        "form": form,
        "name": appointment.patient.name,
        "href": reverse("task_new", args=[appointment_id]),
        "back_href": reverse("appointment", args=[appointment_id]),
        "page": {"at": "sheet"},
    }
    return render(request, "staff/task_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@never_cache
@staff(*DESK)
def task(request: StaffRequest, task_id: str) -> HttpResponse:
    """One task: what, about whom, whose; and give it to a colleague."""
    found = scheduling.get_task(request.clinic, task_id)
    is_post = request.method == "POST"
    first = {"holder": found.holder.public_id, "version": found.version}
    form = TaskHolderForm(request.POST if is_post else None, members=_members(request), initial=first)
    try:
        given = form.attempt(
            lambda: journey.hand_over_task(
                request.clinic,
                task_id,
                **form.cleaned_data,
                actor=request.actor,
                now=timezone.now(),
            )
        )
    except Overtaken:
        given = None
        messages.error(request, gettext("Oppgaven ble endret av en annen. Dette er den nå."))
        return redirect("task", task_id)
    if given:
        messages.success(request, gettext("Oppgaven er hos %(name)s.") % {"name": given.holder.name})
        return redirect("day")
    _looked(request, found.appointment)
    context = {
        "task": found,
        "is_done": found.status == "done",
        "form": form,
        "page": {"at": "sheet"},
    }
    return render(request, "staff/task.html", context, status=422 if form.errors else 200)


@require_POST
@staff(*DESK)
def task_done(request: StaffRequest, task_id: str) -> HttpResponse:
    """Note that a task is done, or that it is not after all."""
    seen = TaskDoneForm(request.POST)
    if not seen.is_valid():
        return redirect("task", task_id)
    undo = seen.cleaned_data["undo"]
    try:
        done = journey.finish_task(
            request.clinic,
            task_id,
            version=seen.cleaned_data["version"],
            is_done=not undo,
            actor=request.actor,
            now=timezone.now(),
        )
    except (Overtaken, IllegalMove):
        messages.error(request, gettext("Oppgaven ble endret av en annen. Dette er den nå."))
        return redirect("task", task_id)
    said = gettext("Oppgaven er åpen igjen.") if undo else gettext("Oppgaven er gjort: %(what)s")
    messages.success(request, said % {"what": done.what})
    return redirect("task" if not undo else "day", *([task_id] if not undo else []))


def _looked(request: StaffRequest, appointment: "Appointment") -> None:
    looked_at(
        "appointment",
        actor=request.actor,
        about=f"scheduling.Appointment:{appointment.public_id}",
        clinic_id=request.clinic.pk,
        now=timezone.now(),
    )
