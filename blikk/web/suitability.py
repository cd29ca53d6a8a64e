"""Is video right: noted at booking, on the page of the hour, and beside the conversation. One key says that it is."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from blikk.journeys import closing
from blikk.journeys import suitability as journey
from blikk.scheduling import queries as scheduling
from blikk.web.access import StaffRequest, staff
from blikk.web.desk import DESK
from blikk.web.in_person_forms import SuitabilityForm
from blikk.web.suits import form_of, shown_for

if TYPE_CHECKING:
    from blikk.scheduling.models import Appointment


@require_POST
@staff(*DESK)
def suitability(request: StaffRequest, appointment_id: str) -> HttpResponse:
    """Note what speaks against video for an hour, and a clinician's judgement."""
    form = form_of(request, bound=True)
    if _note(request, appointment_id, form, place="day"):
        messages.success(request, gettext("Vurderingen er lagret."))
    else:
        messages.error(request, gettext("Vurderingen ble ikke lagret. Se over det som er krysset av."))
    return redirect("appointment", appointment_id)


@require_POST
@staff("clinician", fragment=True)
def conversation_suitability(request: StaffRequest, consultation_id: str) -> HttpResponse:
    """As `suitability`, beside the conversation: answers with the block as it is now."""
    appointment = _appointment(request, consultation_id)
    form = form_of(request, bound=True)
    noted = _note(request, appointment.public_id, form, place="talk")
    return _part(request, appointment, consultation_id, form=None if noted else form)


@require_POST
@staff("clinician", fragment=True)
def video_right(request: StaffRequest, consultation_id: str) -> HttpResponse:
    """One key beside the conversation: video is right."""
    appointment = _appointment(request, consultation_id)
    journey.confirm_video(
        request.clinic,
        appointment.public_id,
        place="talk",
        membership=request.membership,
        actor=request.actor,
        now=timezone.now(),
    )
    return _part(request, appointment, consultation_id)


def _appointment(request: StaffRequest, consultation_id: str) -> "Appointment":
    consultation = closing.consultation_of(request.clinic, consultation_id, membership=request.membership)
    return scheduling.get(request.clinic, consultation.appointment.public_id)


def _note(request: StaffRequest, appointment_id: str, form: SuitabilityForm, *, place: str) -> object:
    return form.attempt(
        lambda: journey.note(
            request.clinic,
            appointment_id,
            points=form.cleaned_data["points"],
            judgement=form.cleaned_data.get("judgement", ""),
            reason=form.cleaned_data["reason"],
            place=place,
            membership=request.membership,
            actor=request.actor,
            now=timezone.now(),
        )
    )


def _part(
    request: StaffRequest,
    appointment: "Appointment",
    consultation_id: str,
    *,
    form: SuitabilityForm | None = None,
) -> HttpResponse:
    shown, fresh = shown_for(request, appointment, talk=consultation_id)
    context = {"suits": shown, "suits_form": form or fresh}
    return render(request, "staff/_suitability.html", context, status=422 if form else 200)
