"""The desk's page: all clinicians side by side, live, and moving an hour between them."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from blikk.audit.services import looked_at
from blikk.clinics import queries as clinics
from blikk.journeys import timetable as journeys
from blikk.journeys.day import day_of, row_of
from blikk.kernel.errors import NotFound
from blikk.kernel.limits import may_try
from blikk.kernel.times import local
from blikk.waiting_room import queries as waiting_room
from blikk.web import forms, queue_forms
from blikk.web.access import StaffRequest, staff
from blikk.web.help_words import help_choices
from blikk.web.presenters import words
from blikk.web.presenters.front_desk import ShownDesk, show_desk

DESK = ("clinician", "secretary")
LOOK_LASTS = 600


@require_GET
@never_cache
@staff(*DESK)
def front_desk(request: StaffRequest) -> HttpResponse:
    """Everybody's day beside each other: who waits for whom, who is free, and the queues."""
    shown = _desk(request)
    page = {
        "at": "front-desk",
        "rows": f"{reverse('front_desk_parts')}?dag={shown.iso}",
        "mayTalk": False,
        "conversation": reverse("conversation", args=["-"]),
        "closing": reverse("close_out", args=["-"]),
    }
    return render(request, "staff/front_desk.html", {"day": shown, "page": page})


@require_GET
@never_cache
@staff(*DESK, fragment=True)
def front_desk_parts(request: StaffRequest) -> HttpResponse:
    """The columns and the queues alone, for a page that is open."""
    return render(request, "staff/_front_desk_parts.html", {"day": _desk(request)})


def _desk(request: StaffRequest) -> ShownDesk:
    now = timezone.now()
    on = forms.DayForm(request.GET).day(local(now, request.clinic.zone).date())
    # An open page asks again and again: one look in ten minutes is one line in the record.
    who = f"{request.membership.public_id}:{on}"
    if may_try("look_at_desk", who, times=1, seconds=LOOK_LASTS, now=now):
        looked_at(
            "day",
            actor=request.actor,
            about=request.clinic,
            clinic_id=request.clinic.pk,
            now=now,
            day=on.isoformat(),
        )
    clinicians = clinics.clinicians_of(request.clinic)
    return show_desk(
        day_of(request.clinic, day=on, now=now),
        request.clinic,
        request.membership,
        clinicians,
        dict(help_choices(request.clinic)),
        delays=waiting_room.delays_of([one.pk for one in clinicians], on),
        now=now,
    )


@require_http_methods(["GET", "POST"])
@never_cache
@staff(*DESK)
def hand_over(request: StaffRequest, appointment_id: str) -> HttpResponse:
    """Give an hour to a colleague, at the same time."""
    now = timezone.now()
    row = row_of(request.clinic, appointment_id, now=now)
    others = [
        (one.public_id, one.name)
        for one in clinics.clinicians_of(request.clinic)
        if one.public_id != row.clinician
    ]
    form = queue_forms.HandOverForm(
        request.POST if request.method == "POST" else None,
        clinicians=others,
        initial={"version": row.version},
    )
    done = form.attempt(lambda: _hand_over(request, appointment_id, form))
    if done:
        day = local(row.starts_at, request.clinic.zone).date()
        return redirect(f"{reverse('front_desk')}?dag={day.isoformat()}")
    context = {
        "form": form,
        "name": row.patient_name,
        "when": words.day_and_clock(row.starts_at, request.clinic.zone),
        "clinician": row.clinician_name,
        "href": reverse("hand_over", args=[appointment_id]),
        "page": {"at": "sheet"},
    }
    return render(request, "staff/hand_over.html", context, status=422 if form.errors else 200)


def _hand_over(request: StaffRequest, appointment_id: str, form: queue_forms.HandOverForm) -> object:
    colleague = clinics.find_member(request.clinic, form.cleaned_data["clinician"])
    if colleague is None:
        raise NotFound
    return journeys.hand_over(
        request.clinic,
        appointment_id,
        version=form.cleaned_data["version"],
        clinician=colleague,
        actor=request.actor,
        now=timezone.now(),
    )
