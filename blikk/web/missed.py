"""Saying that a patient did not come, and taking it back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from blikk.journeys import missed as journey
from blikk.kernel.errors import IllegalMove, Overtaken, Refused
from blikk.web.access import StaffRequest, staff
from blikk.web.desk import DESK, appointment_page
from blikk.web.missed_forms import MissedForm
from blikk.web.presenters.charge import KINDS
from blikk.web.refusals import words_for


@require_POST
@staff(*DESK)
def missed(request: StaffRequest, appointment_id: str) -> HttpResponse:
    """The patient did not come: with the bill that was shown, or without one."""
    form = MissedForm(request.POST)
    try:
        done = form.attempt(lambda: _say(request, appointment_id, form))
    except (Overtaken, IllegalMove):
        messages.error(request, gettext("Noe skjedde med timen imens. Se hvordan det står nå."))
        return redirect("appointment", appointment_id)
    if done is None:
        return appointment_page(request, appointment_id, missed_form=form)
    messages.success(request, gettext("Det er notert at pasienten ikke møtte."))
    return redirect("appointment", appointment_id)


def _say(request: StaffRequest, appointment_id: str, form: MissedForm) -> object:
    asked, is_charged = form.cleaned_data, request.POST.get("act") == "charge"
    with translation.override(request.clinic.language):
        words = str(KINDS["missed"])
    return journey.say_missed(
        request.clinic,
        appointment_id,
        version=asked["version"],
        fee_ore=(asked["fee"] or 0) if is_charged else 0,
        reason="" if is_charged else asked["reason"],
        words="" if is_charged else asked["words"],
        missed_words=words,
        membership=request.membership,
        actor=request.actor,
        now=timezone.now(),
    )


@require_POST
@staff(*DESK)
def missed_not(request: StaffRequest, appointment_id: str) -> HttpResponse:
    """It was said too early, or about the wrong hour: taken back, with its bill."""
    version = request.POST.get("version", "")
    seen = int(version) if version.isdigit() and len(version) < 9 else 0
    who = {"actor": request.actor, "now": timezone.now()}
    try:
        journey.undo_missed(request.clinic, appointment_id, version=seen, **who)  # type: ignore[arg-type]
    except (Overtaken, IllegalMove):
        messages.error(request, gettext("Noe skjedde med timen imens. Se hvordan det står nå."))
    except Refused as fault:
        messages.error(request, words_for(fault.code))
    else:
        messages.success(request, gettext("Angret. Timen står som før, og det er ingen regning."))
    return redirect("appointment", appointment_id)
