"""The signed note: put right, copied for the journal, and on paper."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from blikk.documentation.paper import NoPaper, pdf_of
from blikk.documentation.queries import rules_of, signed_version_of
from blikk.journeys import closing
from blikk.kernel.errors import NotFound, Overtaken
from blikk.patients.numbers import masked_of
from blikk.web.access import StaffRequest, same_origin_json, staff
from blikk.web.forms import REQUIRED, StaffForm
from blikk.web.presenters.note import POINTS, head_of


class CorrectForm(StaffForm):
    """The whole text as it should be, and why."""

    text = forms.CharField(
        label=_("Notatet slik det skal være"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16, "autocomplete": "off"}),
        error_messages=REQUIRED,
    )
    reason = forms.CharField(
        label=_("Hvorfor rettes det?"),
        help_text=_("Står sammen med den nye versjonen. Den forrige kan fortsatt leses."),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages=REQUIRED,
    )
    number = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


def _point(name: str) -> forms.BooleanField:
    tick = forms.CheckboxInput(attrs={"class": "ds-input"})
    return forms.BooleanField(label=POINTS[name], required=False, widget=tick)


class SickNoteForm(StaffForm):
    """Whether a sick note was written, and what must be so for one without an examination."""

    sick_note = forms.BooleanField(
        label=_("Jeg skriver sykmelding"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "ds-input"}),
    )
    known_patient = _point("known_patient")
    known_diagnosis = _point("known_diagnosis")
    work_ability = _point("work_ability")
    is_sound = _point("is_sound")

    @property
    def points(self) -> list[forms.BoundField]:
        return [self[name] for name in POINTS]

    def answers(self) -> dict[str, bool] | None:
        """What was weighed; None where no sick note was written."""
        if not self.is_valid() or not self.cleaned_data["sick_note"]:
            return None
        return {name: self.cleaned_data[name] for name in POINTS}


@require_http_methods(["GET", "POST"])
@never_cache
@staff("clinician")
def note_correct(request: StaffRequest, consultation_id: str) -> HttpResponse:
    """Put a signed note right: the old version stays, the new one says why."""
    asked: dict[str, Any] = {"membership": request.membership, "actor": request.actor, "now": timezone.now()}
    closing.note_of(request.clinic, consultation_id, **asked)
    consultation = closing.consultation_of(request.clinic, consultation_id, membership=request.membership)
    current = signed_version_of(consultation)
    if current is None:
        raise NotFound
    form = CorrectForm(request.POST or None, initial={"text": current.text, "number": current.number})
    is_overtaken = False
    if request.method == "POST":
        try:
            saved = form.attempt(
                lambda: closing.correct_note(request.clinic, consultation_id, **form.cleaned_data, **asked)
            )
        except Overtaken:
            # What was typed stays, beside what came in between; signed again it comes after that.
            is_overtaken, saved = True, None
            form = CorrectForm(initial={**request.POST.dict(), "number": current.number})
        if saved:
            messages.success(request, gettext("Rettelsen er signert som en ny versjon."))
            return redirect("close_out", consultation_id)
    context = {
        "is_overtaken": is_overtaken,
        "form": form,
        "patient": consultation.appointment.patient.name,
        "consultation": consultation_id,
        "current": current,
    }
    status = 409 if is_overtaken else 422 if form.errors else 200
    return render(request, "staff/note_correct.html", context, status=status)


@same_origin_json
@staff("clinician", fragment=True)
def note_taken(request: StaffRequest, consultation_id: str) -> JsonResponse:
    """The text was copied for the journal: the record says so."""
    number = request.json.get("number")  # type: ignore[attr-defined]
    taken = closing.take_note(
        request.clinic,
        consultation_id,
        how="text",
        number=number if isinstance(number, int) else None,
        membership=request.membership,
        actor=request.actor,
        now=timezone.now(),
    )
    return JsonResponse({"number": taken.number})


@require_POST
@never_cache
@staff("clinician")
def note_pdf(request: StaffRequest, consultation_id: str) -> HttpResponse:
    """The newest version as PDF; where the machine cannot make one, a page to print."""
    consultation = closing.consultation_of(request.clinic, consultation_id, membership=request.membership)
    version = closing.take_note(
        request.clinic,
        consultation_id,
        how="pdf",
        membership=request.membership,
        actor=request.actor,
        now=timezone.now(),
    )
    number = masked_of(consultation.appointment.patient) if rules_of(request.clinic).shows_number else ""
    head = head_of(consultation, version, number=number)
    try:
        made = pdf_of(version, head)
    except NoPaper:
        context = {"head": head, "version": version, "consultation": consultation_id}
        return render(request, "staff/note_print.html", context)
    # No name of anybody in a name that lies in a folder of downloads.
    name = f"notat-{version.signed_at:%Y-%m-%d}-v{version.number}.pdf"
    sent = HttpResponse(made, content_type="application/pdf")
    sent["Content-Disposition"] = f'attachment; filename="{name}"'
    return sent
