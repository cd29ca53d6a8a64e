"""The administrators' pages about how long what is kept, and about what is kept of one patient."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from blikk.audit.services import looked_at
from blikk.clinics import retention
from blikk.clinics.deletions import newest_of
from blikk.journeys.keeping import asked, told
from blikk.journeys.keeping.due import tonight
from blikk.journeys.keeping.looks import looks_of
from blikk.kernel.errors import NotFound
from blikk.patients import queries as patients
from blikk.web.access import StaffRequest, staff
from blikk.web.desk import search
from blikk.web.forms import SearchForm
from blikk.web.keeping_forms import DeleteForm, HandOutForm, PeriodsForm
from blikk.web.presenters import words
from blikk.web.presenters.appointment import show_found
from blikk.web.presenters.handed_out import packed
from blikk.web.presenters.keeping import HELD, show_tonight
from blikk.web.presenters.looks import show_looks

LINES = 50


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def keeping(request: StaffRequest) -> HttpResponse:
    """How long each kind is kept, what would go tonight, and the proof of what went."""
    now = timezone.now()
    form = PeriodsForm(
        request.POST if request.method == "POST" else None, initial=retention.amounts_of(request.clinic)
    )
    if request.method == "POST":
        done = form.attempt(
            lambda: retention.choose(request.clinic, form.cleaned_data, actor=request.actor, now=now)
        )
        if done:
            messages.success(request, gettext("Innstillingene er lagret."))
            return redirect("keeping")
    context = {
        "form": form,
        "tonight": show_tonight(tonight(request.clinic, now=now)),
        "deletions": newest_of(request.clinic),
    }
    return render(request, "administrator/keeping.html", context, status=422 if form.errors else 200)


@staff("administrator")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def kept(request: StaffRequest) -> HttpResponse:
    """Find the patient who wants to know what is kept. The name goes in a body, never in an address."""
    was_asked = request.method == "POST"
    found = show_found(search(request)) if was_asked else []
    rows = [{"one": one, "href": reverse("kept_of", args=[one.id])} for one in found]
    form = SearchForm(request.POST if was_asked else None)
    return render(request, "administrator/kept.html", {"form": form, "rows": rows, "asked": was_asked})


@staff("administrator")
@never_cache
@require_safe
def kept_of(request: StaffRequest, patient_id: str) -> HttpResponse:
    """What can be done for one patient: hand out, show who saw, delete."""
    return _page(request, patient_id)


@staff("administrator")
@never_cache
@require_POST
def hand_out(request: StaffRequest, patient_id: str) -> HttpResponse:
    """Give out everything that is kept of a patient, in one file."""
    form = HandOutForm(request.POST)
    given = form.attempt(
        lambda: told.hand_out(
            request.clinic, patient_id, **form.cleaned_data, actor=request.actor, now=timezone.now()
        )
    )
    if given is None:
        return _page(request, patient_id, hand_out_form=form)
    answer = HttpResponse(packed(given, request.clinic, now=timezone.now()), content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="opplysninger.zip"'
    return answer


@staff("administrator")
@never_cache
@require_safe
def looks(request: StaffRequest, patient_id: str) -> HttpResponse:
    """Who has seen a patient's data, some lines at a time."""
    before = request.GET.get("eldre", "")
    lines = looks_of(
        request.clinic, patient_id, before=int(before) if before.isdecimal() else None, most=LINES + 1
    )
    _looked(request, patient_id)
    older = lines[LINES - 1].number if len(lines) > LINES else None
    rows = show_looks(request.clinic, lines[:LINES])
    context = {"rows": rows, "older": older, "patient_id": patient_id, "name": _name(request, patient_id)}
    return render(request, "administrator/looks.html", context)


@staff("administrator")
@never_cache
@require_safe
def looks_sheet(request: StaffRequest, patient_id: str) -> HttpResponse:
    """The whole of it, as it is printed and given to the patient."""
    lines = looks_of(request.clinic, patient_id)
    _looked(request, patient_id)
    context = {
        "rows": show_looks(request.clinic, lines),
        "patient_id": patient_id,
        "name": _name(request, patient_id),
        "years": retention.amounts_of(request.clinic)["audit"],
        "phone": words.phone(request.clinic.phone) if request.clinic.phone else "",
        "now": timezone.now(),
    }
    return render(request, "administrator/looks_sheet.html", context)


@staff("administrator")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forget(request: StaffRequest, patient_id: str) -> HttpResponse:
    """Say what would go and what stays, and then delete it: two steps, and a reason."""
    now = timezone.now()
    found = asked.deletable(request.clinic, patient_id, now=now)
    form = DeleteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and not form.cleaned_data["is_sure"]:
        form.refuse("is_sure", "not_sure")
    if request.method == "POST" and form.is_valid():
        why = {name: form.cleaned_data[name] for name in ("asked_by", "because")}
        done = form.attempt(
            lambda: asked.delete(request.clinic, patient_id, **why, actor=request.actor, now=now)
        )
        if done:
            run, is_gone = done
            context = {"run": run, "is_gone": is_gone, "patient_id": patient_id}
            return render(request, "administrator/forgotten.html", context)
    stays = [{"day": one.day, "why": HELD[one.why]} for one in found.stays]
    context = {"form": form, "found": found, "stays": stays, "patient_id": patient_id}
    return render(request, "administrator/forget.html", context, status=422 if form.errors else 200)


def _page(
    request: StaffRequest, patient_id: str, *, hand_out_form: HandOutForm | None = None
) -> HttpResponse:
    known = patients.get(request.clinic, patient_id)
    looked_at("patient", actor=request.actor, about=known, clinic_id=request.clinic.pk, now=timezone.now())
    context: dict[str, Any] = {
        "patient": known,
        "patient_id": patient_id,
        "form": hand_out_form or HandOutForm(),
    }
    wrong = hand_out_form is not None and hand_out_form.errors
    return render(request, "administrator/kept_of.html", context, status=422 if wrong else 200)


def _name(request: StaffRequest, patient_id: str) -> str:
    """Whose log it is; nothing where the patient is deleted."""
    try:
        return patients.get(request.clinic, patient_id).name
    except NotFound:
        return ""


def _looked(request: StaffRequest, patient_id: str) -> None:
    looked_at(
        "audit",
        actor=request.actor,
        about=f"patients.Patient:{patient_id}",
        clinic_id=request.clinic.pk,
        now=timezone.now(),
    )
