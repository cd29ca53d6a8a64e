"""The page where a clinician lets somebody in whom an eID named as somebody else than the patient."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from blikk.audit.services import looked_at
from blikk.journeys import despite
from blikk.web.access import StaffRequest, staff
from blikk.web.forms import REQUIRED, StaffForm
from blikk.web.presenters import words


class DespiteForm(StaffForm):
    """Why."""

    reason = forms.CharField(
        label=_("Hvorfor slipper du inn likevel?"),
        help_text=_("For eksempel: mor logget inn med sin egen BankID, pasienten sitter ved siden av."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=REQUIRED,
    )


@require_http_methods(["GET", "POST"])
@never_cache
@staff("clinician")
def admit_despite(request: StaffRequest, arrival_id: str) -> HttpResponse:
    """Ask why, and let the person in."""
    arrival = despite.who(request.clinic, arrival_id)
    form = DespiteForm(request.POST if request.method == "POST" else None)
    now = timezone.now()
    if request.method == "POST" and form.is_valid():
        consultation = form.attempt(
            lambda: despite.let_in(
                request.clinic,
                arrival_id,
                reason=form.cleaned_data["reason"],
                membership=request.membership,
                actor=request.actor,
                now=now,
            )
        )
        if consultation:
            return redirect("conversation", consultation.public_id)
    about = f"waiting_room.Arrival:{arrival_id}"
    looked_at("queue_place", actor=request.actor, about=about, clinic_id=request.clinic.pk, now=now)
    content = {"form": form, "name": arrival.invitation.name, "phone": words.phone(arrival.invitation.phone)}
    return render(request, "staff/admit_despite.html", content, status=422 if form.errors else 200)
