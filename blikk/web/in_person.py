"""Come in person instead: one page and sheet for every place, and the ways back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from blikk.audit.services import looked_at
from blikk.consultations import queries as consultations
from blikk.journeys import in_person as journey
from blikk.journeys.in_person import Asked, TypedTime
from blikk.kernel.errors import IllegalMove, Overtaken
from blikk.scheduling import queries as scheduling
from blikk.web import forms
from blikk.web.access import StaffRequest, staff
from blikk.web.desk import DESK, appointment_page
from blikk.web.in_person_forms import InPersonForm
from blikk.web.presenters.in_person import ShownInPerson, show_in_person
from blikk.web.refusals import words_for

DAYS, MOST = 31, 12


@require_http_methods(["GET", "POST"])
@never_cache
@staff(*DESK)
def in_person(request: StaffRequest, appointment_id: str) -> HttpResponse:
    """Ask somebody to come in person instead: why, and when. What was typed stays, whatever happened meanwhile."""
    if request.method == "POST":
        form = _form(request, appointment_id, bound=True)
        try:
            made = form.attempt(lambda: _come(request, appointment_id, form))
        except Overtaken:
            made = None
            # Seen again in its new state, with all that was typed; the next press is about this one.
            form = _form(request, appointment_id, bound=True, fresh=True)
            form.is_valid()
            form.refuse(None, "overtaken_kept")
        except IllegalMove:
            made = None
            form.refuse(None, "too_late_in_person")
        if made:
            return _done(request, appointment_id, made.status)
        return _page(request, appointment_id, form, status=422)
    return _page(request, appointment_id, _form(request, appointment_id, bound=False))


def _form(request: StaffRequest, appointment_id: str, *, bound: bool, fresh: bool = False) -> InPersonForm:
    appointment = scheduling.get(request.clinic, appointment_id)
    now = timezone.now()
    shown = _shown(request, appointment_id)
    free = journey.free_meetings(request.clinic, appointment, days=DAYS, most=MOST, now=now)
    slots = shown.slots(free, chosen=request.POST.getlist("slots"))
    first = {
        "version": appointment.version,
        "reason": "wish" if shown.is_wished else None,
        "same_time": shown.is_wished and shown.may_stay,
        "place": request.GET.get("fra", "day"),
        "minutes": min(forms.LENGTHS, key=lambda length: abs(length - appointment.minutes)),
    }
    if not bound:
        return InPersonForm(slots=slots, initial=first)
    typed = request.POST.copy()
    if fresh:
        typed["version"] = str(appointment.version)
    return InPersonForm(typed, slots=slots)


def _come(request: StaffRequest, appointment_id: str, form: InPersonForm) -> Any:
    given = form.cleaned_data
    typed = TypedTime(given["day"], given["at"], given["minutes"]) if given["day"] and given["at"] else None
    asked = Asked(
        reason=given["reason"],
        words=given["words"],
        place=given["place"] or "day",
        same_time=given["same_time"],
        slots=tuple(given["slots"]),
        typed=typed,
    )
    return journey.come_in_person(
        request.clinic,
        appointment_id,
        asked,
        version=given["version"],
        membership=request.membership,
        actor=request.actor,
        now=timezone.now(),
    )


def _shown(request: StaffRequest, appointment_id: str) -> ShownInPerson:
    appointment = scheduling.get(request.clinic, appointment_id)
    consultation = consultations.find_for(appointment)
    return show_in_person(
        request.clinic,
        appointment,
        talk=consultation.public_id if consultation else "",
        is_running=bool(consultation and consultations.is_running(consultation)),
        is_wished=journey.is_wished(appointment),
        turn=scheduling.turn_of(appointment),
        now=timezone.now(),
    )


def _done(request: StaffRequest, appointment_id: str, status: str) -> HttpResponse:
    said = {
        "offered": gettext("Pasienten har fått en melding og velger tid selv."),
        "settled": gettext("Pasienten skal møte opp, og har fått en melding med dag og tid."),
    }[status]
    messages.success(request, said)
    talk = consultations.find_for(scheduling.get(request.clinic, appointment_id))
    if talk is not None:
        return redirect("close_out", talk.public_id)
    return redirect("appointment", appointment_id)


def _page(
    request: StaffRequest, appointment_id: str, form: InPersonForm, *, status: int = 200
) -> HttpResponse:
    looked_at(
        "appointment",
        actor=request.actor,
        about=f"scheduling.Appointment:{appointment_id}",
        clinic_id=request.clinic.pk,
        now=timezone.now(),
    )
    context = {
        "form": form,
        "meeting": _shown(request, appointment_id),
        "href": reverse("in_person", args=[appointment_id]),
        "page": {"at": "sheet"},
    }
    return render(request, "staff/in_person.html", context, status=status)


@require_POST
@staff(*DESK)
def withdraw(request: StaffRequest, appointment_id: str) -> HttpResponse:
    """Take back the times that a patient was offered and has not chosen between."""
    seen = forms.VersionForm(request.POST)
    try:
        taken_back = seen.attempt(
            lambda: journey.withdraw_offer(
                request.clinic, appointment_id, **seen.cleaned_data, actor=request.actor, now=timezone.now()
            )
        )
    except Overtaken:
        messages.error(
            request, gettext("Pasienten rakk å velge tid, eller tilbudet er tatt tilbake allerede.")
        )
        return redirect("appointment", appointment_id)
    if taken_back:
        messages.success(request, gettext("Tilbudet om oppmøte er tatt tilbake."))
    return redirect("appointment", appointment_id)


@require_POST
@staff(*DESK)
def back_to_video(request: StaffRequest, appointment_id: str) -> HttpResponse:
    """Let an hour in person be on video after all; everybody who had a link gets a new one."""
    seen = forms.VersionForm(request.POST)
    back = seen.attempt(
        lambda: journey.back_to_video(
            request.clinic, appointment_id, **seen.cleaned_data, actor=request.actor, now=timezone.now()
        )
    )
    if back:
        messages.success(request, gettext("Timen er på video igjen, og pasienten har fått en ny lenke."))
        return redirect("appointment", appointment_id)
    for fault in seen.non_field_errors():
        messages.error(request, str(fault))
    return appointment_page(request, appointment_id)


@require_POST
@staff(*DESK)
def agree(request: StaffRequest, appointment_id: str) -> HttpResponse:
    """Say yes to a patient who would rather come in person, at the same time; everybody invited is told."""
    seen = forms.VersionForm(request.POST)
    agreed = seen.attempt(
        lambda: journey.come_in_person(
            request.clinic,
            appointment_id,
            Asked(reason="wish", same_time=True, place="day"),
            **seen.cleaned_data,
            membership=request.membership,
            actor=request.actor,
            now=timezone.now(),
        )
    )
    if not agreed:
        for fault in seen.non_field_errors():
            messages.error(request, str(fault) or words_for("overtaken_kept"))
        return appointment_page(request, appointment_id)
    messages.success(request, gettext("Timen er gjort om til fysisk oppmøte, og pasienten har fått beskjed."))
    return redirect("appointment", appointment_id)
