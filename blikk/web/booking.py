"""Booking: for whom, with whom and when, and the invitation as it will be sent."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from blikk.clinics import queries as clinics
from blikk.invitations.words import preview
from blikk.journeys import booking
from blikk.journeys.booking import Booked
from blikk.kernel.errors import NotFound
from blikk.kernel.times import local, wall_time
from blikk.patients import queries as patients
from blikk.web import forms
from blikk.web.access import StaffRequest, staff
from blikk.web.desk import DESK, appointment_page, search
from blikk.web.presenters.appointment import Found, Letter, show_found, show_letters

if TYPE_CHECKING:
    from blikk.patients.models import Patient


@require_http_methods(["GET", "POST"])
@never_cache
@staff(*DESK)
def book(request: StaffRequest) -> HttpResponse:
    """Book a video consultation for a known or a new patient, and send the invitation."""
    form, person = _booking_forms(request)
    if request.method == "POST" and "find" not in request.POST:
        booked = _book(request, form, person)
        if booked:
            return appointment_page(
                request, booked.appointment.public_id, booked, gettext("Timen er bestilt")
            )
    context = {
        "form": form,
        "person": person,
        "found": _found(request, form),
        "asked": "find" in request.POST,
        "letters": _letters(request, form),
        "page": {"at": "booking", "found": reverse("book_found"), "letters": reverse("book_letters")},
    }
    if "find" in request.POST:
        form.forgive()
    return render(request, "staff/book.html", context, status=422 if form.errors or person.errors else 200)


@require_POST
@staff(*DESK, fragment=True)
def book_found(request: StaffRequest) -> HttpResponse:
    """Patients to choose from, while somebody types. A POST, so that no name stands in an address."""
    form, _person = _booking_forms(request)
    return render(request, "staff/_found.html", {"found": _found(request, form), "asked": True})


@require_POST
@staff(*DESK, fragment=True)
def book_letters(request: StaffRequest) -> HttpResponse:
    """The exact message, as it will be sent."""
    form, _person = _booking_forms(request)
    return render(request, "staff/_letters.html", {"letters": _letters(request, form)})


def _booking_forms(request: StaffRequest) -> tuple[forms.BookForm, forms.PatientForm]:
    members = clinics.clinicians_of(request.clinic)
    choices = [(member.public_id, member.name) for member in members]
    if request.method != "POST":
        today = local(timezone.now(), request.clinic.zone).date()
        mine = request.membership.public_id if request.membership.role == "clinician" else None
        first = {
            "clinician": mine,
            "patient": request.GET.get("pasient", ""),
            "day": today,
            "channels": ["sms"],
        }
        return forms.BookForm(clinicians=choices, initial=first), forms.PatientForm(prefix="ny")
    form = forms.BookForm(request.POST, clinicians=choices)
    if form.is_for_new_patient:
        person = forms.PatientForm(request.POST, prefix="ny")
    else:
        typed = {name: request.POST.get(f"ny-{name}", "") for name in forms.PatientForm.base_fields}
        person = forms.PatientForm(prefix="ny", initial=typed)
    form.beside = person
    return form, person


def _book(request: StaffRequest, form: forms.BookForm, person: forms.PatientForm) -> Booked | None:
    is_new = form.is_for_new_patient
    if not all([form.is_valid(), person.is_valid() if is_new else True]):
        return None
    clinician = clinics.find_member(request.clinic, form.cleaned_data["clinician"])
    if clinician is None:
        raise NotFound
    asked: dict[str, Any] = {
        "clinician": clinician,
        **{name: form.cleaned_data[name] for name in ("day", "at", "minutes")},
        "channels": tuple(form.cleaned_data["channels"]),
        "actor": request.actor,
        "now": timezone.now(),
    }
    if is_new:
        return form.attempt(
            lambda: booking.register_and_book(request.clinic, person=person.person(), **asked)
        )
    patient = patients.get(request.clinic, form.cleaned_data["patient"])
    return form.attempt(lambda: booking.book(request.clinic, patient=patient, **asked))


def _found(request: StaffRequest, form: forms.BookForm) -> list[Found]:
    chosen = str(form["patient"].value() or "")
    found: list[Patient] = list(search(request)) if request.method == "POST" else []
    if chosen and all(patient.public_id != chosen for patient in found):
        patient = patients.find(request.clinic, chosen)
        found = [patient, *found] if patient else found
    return show_found(found, chosen=chosen)


def _letters(request: StaffRequest, form: forms.BookForm) -> list[Letter]:
    asked = forms.PreviewForm(request.POST if request.method == "POST" else form.initial)
    if not asked.is_valid():
        return []
    wanted = asked.cleaned_data
    starts_at = asked.attempt(lambda: wall_time(wanted["day"], wanted["at"], request.clinic.zone))
    if starts_at is None:
        return []
    patient = patients.find(request.clinic, wanted["patient"]) if wanted["patient"] else None
    spoken = patient.language if patient else ""
    if wanted["mode"] == forms.BookForm.NEW:
        spoken = request.POST.get("ny-language", "")
    message = preview(
        request.clinic,
        starts_at=starts_at,
        language=spoken if spoken in dict(forms.LANGUAGES) else request.clinic.language,
        base_url=settings.BLIKK_BASE_URL,
    )
    return show_letters(message, wanted["channels"])
