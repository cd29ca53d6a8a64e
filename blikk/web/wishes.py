"""What staff do about what a patient asked for from the link, and whether a patient is reminded."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from blikk.journeys import from_the_link, reminders
from blikk.patients import queries as patients
from blikk.patients.services import set_uses_text
from blikk.web.access import StaffRequest, staff
from blikk.web.desk import DESK


@require_POST
@staff(*DESK)
def settle(request: StaffRequest, wish_id: str) -> HttpResponse:
    """Note that it was settled with the patient, and that the hour stands."""
    wish = from_the_link.settle(request.clinic, wish_id, actor=request.actor, now=timezone.now())
    messages.success(request, gettext("Ønsket er avklart. Timen står som den er."))
    appointment = wish.invitation.appointment
    return redirect("appointment", appointment.public_id) if appointment else redirect("day")


@require_POST
@staff(*DESK)
def reminders_of(request: StaffRequest, patient_id: str) -> HttpResponse:
    """Choose by which channels a patient is reminded."""
    patient = patients.get(request.clinic, patient_id)
    for channel in ("sms", "email"):
        reminders.choose(
            request.clinic,
            patient,
            channel=channel,
            wanted=channel in request.POST.getlist("channels"),
            actor=request.actor,
            now=timezone.now(),
        )
    messages.success(request, gettext("Valget er lagret."))
    return redirect("patient", patient_id)


@require_POST
@staff(*DESK)
def text_of(request: StaffRequest, patient_id: str) -> HttpResponse:
    """Note whether a patient reads and writes in conversations."""
    patient = patients.get(request.clinic, patient_id)
    uses_text = request.POST.get("uses_text") == "on"
    set_uses_text(patient, uses_text=uses_text, actor=request.actor, now=timezone.now())
    messages.success(request, gettext("Valget er lagret."))
    return redirect("patient", patient_id)
