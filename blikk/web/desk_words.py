"""What the desk says on behalf of others: that a clinician is late, and a word to one who waits for their hour."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from blikk.audit.services import looked_at
from blikk.clinics import queries as clinics
from blikk.journeys import queue as journeys
from blikk.kernel.errors import NotFound
from blikk.waiting_room import queries as waiting_room
from blikk.web import queue_forms as forms
from blikk.web.access import StaffRequest, staff

DESK = ("clinician", "secretary")


@require_http_methods(["GET", "POST"])
@never_cache
@staff(*DESK)
def late_for(request: StaffRequest, member_id: str) -> HttpResponse:
    """Tell all booked patients of a clinician that the clinician is late, for who rang the desk about it."""
    member = next((one for one in clinics.clinicians_of(request.clinic) if one.public_id == member_id), None)
    if member is None:
        raise NotFound
    form = forms.LateForm(request.POST if request.method == "POST" else None)
    told = form.attempt(
        lambda: journeys.late(
            request.clinic,
            membership=member,
            minutes=form.cleaned_data["minutes"],
            actor=request.actor,
            now=timezone.now(),
        )
    )
    if told:
        return redirect("front_desk")
    context = {
        "form": form,
        "name": member.name,
        "href": reverse("late_for", args=[member_id]),
        "page": {"at": "sheet"},
    }
    return render(request, "staff/late_for.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@never_cache
@staff(*DESK)
def tell_waiting(request: StaffRequest, arrival_id: str) -> HttpResponse:
    """Say something on the screen of somebody who waits, in a queue or for their hour."""
    now = timezone.now()
    arrival = waiting_room.get(request.clinic, arrival_id)
    form = forms.TellForm(request.POST if request.method == "POST" else None)
    said = form.attempt(
        lambda: journeys.tell(
            request.clinic, arrival_id=arrival_id, **form.cleaned_data, actor=request.actor, now=now
        )
    )
    back = forms.BackForm(request.POST or request.GET).page()
    if said:
        return redirect(back)
    looked_at(
        "queue_place",
        actor=request.actor,
        about=f"waiting_room.Arrival:{arrival_id}",
        clinic_id=request.clinic.pk,
        now=now,
    )
    context = {
        "tell": form,
        "name": arrival.invitation.name,
        "href": reverse("tell_waiting", args=[arrival_id]),
        "til": back,
        "page": {"at": "sheet"},
    }
    return render(request, "staff/tell_waiting.html", context, status=422 if form.errors else 200)
