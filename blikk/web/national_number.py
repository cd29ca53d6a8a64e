"""A patient's national number on the patient's page: typed if staff like, shown masked, whole when asked for."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from blikk.patients import numbers
from blikk.patients import queries as patients
from blikk.web.access import StaffRequest, staff
from blikk.web.desk import patient_page
from blikk.web.number_forms import NumberForm

DESK = ("clinician", "secretary")


@require_POST
@never_cache
@staff(*DESK)
def national_number(request: StaffRequest, patient_id: str) -> HttpResponse:
    """Keep, show or throw away the number. It goes in a body and comes in a body: never in an address."""
    known = patients.get(request.clinic, patient_id)
    act, actor, now = request.POST.get("act", ""), request.actor, timezone.now()
    if act == "show":
        return patient_page(
            request, known, number=numbers.reveal(request.clinic, known, actor=actor, now=now)
        )
    if act == "forget":
        numbers.forget(known, actor=actor, now=now)
        messages.success(request, gettext("Fødselsnummeret er tatt bort."))
        return redirect("patient", patient_id)
    form = NumberForm(request.POST)
    form.attempt(
        lambda: numbers.type_in(known, form.cleaned_data["national_number"], actor=actor, now=now) or True
    )
    if form.errors:
        return patient_page(request, known, number_form=form)
    messages.success(request, gettext("Fødselsnummeret er lagret."))
    return redirect("patient", patient_id)
