"""«Kom i gang»: what a new clinic still needs before its first consultation."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from blikk.clinics import services as clinics
from blikk.invitations.words import grouped
from blikk.journeys import getting_started as journey
from blikk.kernel.errors import Invalid
from blikk.kernel.limits import may_try
from blikk.web.access import StaffRequest, staff
from blikk.web.page_help import address_if_there
from blikk.web.presenters.marks import words_of

# Messages are paid for.
TRIALS, WINDOW = 6, 60 * 60
# The practice consultation is a part of its own: linked where this version has it.
PRACTICE = "practice"
STEPS: dict[str, tuple[Promise, Promise, str]] = {
    "clinic": (
        _("Navn, avsender og telefon"),
        _("Avsenderen og telefonnummeret står i alle meldinger."),
        "clinic",
    ),
    "members": (_("Minst én behandler"), _("Legg til dem som skal møte pasienter, og skranken."), "members"),
    "hours": (
        _("Tider i timelisten"),
        _("Behandleren eller skranken legger inn når dere tar imot på video."),
        "",
    ),
    "messages": (
        _("En prøve på meldingene"),
        _("Send en invitasjon til deg selv, og se at den kommer fram."),
        "",
    ),
    "first": (
        _("Den første konsultasjonen"),
        _("Bestill en time, og ta den. Da er dere i gang, og denne listen er ferdig."),
        "",
    ),
}


@dataclass(frozen=True, slots=True)
class StepRow:
    """A line of the list."""

    code: str
    title: Promise
    words: Promise
    href: str
    is_done: bool


@staff("administrator")
@require_http_methods(["GET", "HEAD"])
def getting_started(request: StaffRequest) -> HttpResponse:
    """Show what is done and what is missing."""
    start = journey.start_of(request.clinic)
    rows = []
    for step in start.steps:
        title, words, page = STEPS[step.code]
        rows.append(StepRow(step.code, title, words, reverse(page) if page else "", step.is_done))
    context = {
        "rows": rows,
        "missing": start.missing,
        "trial": words_of(start.trials[0]) if start.trials else "",
        "email": request.user.email,
        "phone": grouped(request.user.phone) if request.user.phone else "",
        "practice": address_if_there(PRACTICE),
        "address": settings.BLIKK_BASE_URL + reverse("clinic_page", args=[request.clinic.slug]),
    }
    return render(request, "administrator/getting_started.html", context)


@staff("administrator")
@require_POST
def send_trial(request: StaffRequest) -> HttpResponse:
    """Send a test invitation to oneself."""
    now = timezone.now()
    if not may_try("trial", request.clinic.public_id, times=TRIALS, seconds=WINDOW, now=now):
        messages.error(request, gettext("Du har sendt mange prøver. Vent en time før du sender en til."))
        return redirect("getting_started")
    try:
        journey.send_trial(
            request.membership,
            channel="sms" if request.POST.get("channel") == "sms" else "email",
            base_url=settings.BLIKK_BASE_URL,
            actor=request.actor,
            now=now,
        )
    except Invalid:
        messages.error(request, gettext("Legg inn mobilen din først. Ingenting er sendt."))
        return redirect("getting_started")
    messages.success(
        request, gettext("Prøven er på vei. Last siden på nytt om litt for å se om den kom fram.")
    )
    return redirect("getting_started")


@staff("administrator")
@require_POST
def hide_start(request: StaffRequest) -> HttpResponse:
    """Put the list away, or bring it back."""
    is_hidden = request.POST.get("hide") == "1"
    clinics.change_settings(
        request.clinic, {"hides_start": is_hidden}, actor=request.actor, now=timezone.now()
    )
    return redirect("clinic" if is_hidden else "getting_started")
