"""The desk's pages: booking, one appointment, and the patients."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from blikk.audit.services import looked_at
from blikk.clinics import queries as clinics
from blikk.invitations.words import preview
from blikk.journeys import booking
from blikk.journeys.booking import Booked
from blikk.journeys.day import row_of
from blikk.kernel.errors import NotFound
from blikk.kernel.times import local, wall_time
from blikk.patients import queries as patients
from blikk.patients import services as registering
from blikk.web import forms
from blikk.web.access import StaffRequest, staff
from blikk.web.presenters import words
from blikk.web.presenters.appointment import Found, Letter, show_appointment, show_found, show_letters

if TYPE_CHECKING:
    from blikk.patients.models import Patient

DESK = ("clinician", "secretary")
FEWEST_LETTERS = 2


@require_http_methods(["GET", "POST"])
@never_cache
@staff(*DESK)
def book(request: StaffRequest) -> HttpResponse:
    """Book a video consultation for a known or a new patient, and send the invitation."""
    form, person = _booking_forms(request)
    if request.method == "POST" and "find" not in request.POST:
        booked = _book(request, form, person)
        if booked:
            return _appointment(request, booked.appointment.public_id, booked, gettext("Timen er bestilt"))
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
    found: list[Patient] = list(_search(request)) if request.method == "POST" else []
    if chosen and all(patient.public_id != chosen for patient in found):
        patient = patients.find(request.clinic, chosen)
        found = [patient, *found] if patient else found
    return show_found(found, chosen=chosen)


def _search(request: StaffRequest) -> Sequence["Patient"]:
    asked, born = forms.SearchForm(request.POST).asked()
    if born is None and len(asked) < FEWEST_LETTERS:
        return []
    found = patients.search(request.clinic, asked, born=born)
    looked_at(
        "patients",
        actor=request.actor,
        about=request.clinic,
        clinic_id=request.clinic.pk,
        now=timezone.now(),
        found=len(found),
    )
    return found


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


@require_GET
@never_cache
@staff(*DESK)
def appointment(request: StaffRequest, appointment_id: str) -> HttpResponse:
    """One appointment: who is invited, how it went with the messages, and what can be changed."""
    return _appointment(request, appointment_id)


@require_POST
@staff(*DESK)
def move(request: StaffRequest, appointment_id: str) -> HttpResponse:
    """Give an appointment another time; everybody invited gets a new link."""
    form = forms.MoveForm(request.POST)
    moved = form.attempt(
        lambda: booking.move(
            request.clinic, appointment_id, **form.cleaned_data, actor=request.actor, now=timezone.now()
        )
    )
    if not moved:
        return _appointment(request, appointment_id, move_form=form)
    return _appointment(request, appointment_id, moved, gettext("Timen er flyttet"))


@require_POST
@staff(*DESK)
def cancel(request: StaffRequest, appointment_id: str) -> HttpResponse:
    """Cancel an appointment; everybody invited is told."""
    seen = forms.VersionForm(request.POST)
    seen.attempt(
        lambda: booking.cancel(
            request.clinic, appointment_id, **seen.cleaned_data, actor=request.actor, now=timezone.now()
        )
    )
    return redirect("appointment", appointment_id)


@require_POST
@staff(*DESK)
def send_again(request: StaffRequest, invitation_id: str) -> HttpResponse:
    """Send somebody a new link instead of one that was lost or not delivered."""
    sent = booking.send_again(request.clinic, invitation_id, actor=request.actor, now=timezone.now())
    return _appointment(request, sent.appointment.public_id, sent, gettext("Ny lenke er sendt"))


@require_POST
@staff(*DESK)
def companion(request: StaffRequest, appointment_id: str) -> HttpResponse:
    """Ask a relative, helper or interpreter in, by a link of their own."""
    form = forms.CompanionForm(request.POST)
    invited = form.attempt(
        lambda: booking.invite_companion(
            request.clinic, appointment_id, **form.cleaned_data, actor=request.actor, now=timezone.now()
        )
    )
    if not invited:
        return _appointment(request, appointment_id, companion_form=form)
    return _appointment(request, appointment_id, invited, gettext("Lenken er sendt"))


def _appointment(
    request: StaffRequest,
    appointment_id: str,
    done: Booked | None = None,
    said: str = "",
    *,
    move_form: forms.MoveForm | None = None,
    companion_form: forms.CompanionForm | None = None,
) -> HttpResponse:
    now = timezone.now()
    row = row_of(request.clinic, appointment_id, now=now)
    _looked(request, "appointment", f"scheduling.Appointment:{appointment_id}")
    starts = local(row.starts_at, request.clinic.zone)
    length = int((row.ends_at - row.starts_at).total_seconds() // 60)
    first = {"day": starts.date(), "at": starts.time(), "minutes": length, "version": row.version}
    is_refused = move_form is not None or companion_form is not None
    context = {
        "time": show_appointment(
            row,
            request.clinic,
            request.membership,
            heading=said,
            spoken=done.typed_code if done else "",
            spoken_to=done.invitation.name if done else "",
            base_url=settings.BLIKK_BASE_URL,
            now=now,
        ),
        "move_form": move_form or forms.MoveForm(initial=first),
        "companion_form": companion_form or forms.CompanionForm(),
        "page": {"at": "appointment", "address": reverse("appointment", args=[appointment_id])},
    }
    return render(request, "staff/appointment.html", context, status=422 if is_refused else 200)


@require_http_methods(["GET", "POST"])
@never_cache
@staff(*DESK)
def patients_page(request: StaffRequest) -> HttpResponse:
    """Find a patient by name or birth date."""
    asked = request.method == "POST"
    context = {
        "form": forms.SearchForm(request.POST if asked else None),
        "found": show_found(_search(request)) if asked else [],
        "asked": asked,
        "page": {"at": "patients", "found": reverse("patients_found")},
    }
    return render(request, "staff/patients.html", context)


@require_POST
@staff(*DESK, fragment=True)
def patients_found(request: StaffRequest) -> HttpResponse:
    """The patients that were found, while somebody types."""
    return render(
        request, "staff/_patients_found.html", {"found": show_found(_search(request)), "asked": True}
    )


@require_http_methods(["GET", "POST"])
@never_cache
@staff(*DESK)
def patient_new(request: StaffRequest) -> HttpResponse:
    """Register a patient."""
    form = forms.PatientForm(request.POST if request.method == "POST" else None)
    patient = form.attempt(
        lambda: registering.register(request.clinic, **form.person(), actor=request.actor, now=timezone.now())
    )
    if patient:
        return redirect("patient", patient.public_id)
    return render(request, "staff/patient.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@never_cache
@staff(*DESK)
def patient(request: StaffRequest, patient_id: str) -> HttpResponse:
    """Show a patient's particulars and contact points, and correct them."""
    known = patients.get(request.clinic, patient_id)
    reach = {kind: words.phone(patients.contact(known, kind)) for kind in ("phone",)}
    first = {
        **{name: getattr(known, name) for name in ("given_name", "family_name", "birth_on", "language")},
        **reach,
        "email": patients.contact(known, "email"),
    }
    form = forms.PatientForm(request.POST if request.method == "POST" else None, initial=first)
    corrected = form.attempt(
        lambda: registering.correct(
            request.clinic, patient_id, **form.person(), actor=request.actor, now=timezone.now()
        )
    )
    if corrected:
        return redirect("patient", patient_id)
    _looked(request, "patient", f"patients.Patient:{patient_id}")
    shown = show_found([known])[0]
    return render(
        request, "staff/patient.html", {"form": form, "patient": shown}, status=422 if form.errors else 200
    )


def _looked(request: StaffRequest, what: str, about: str) -> None:
    looked_at(what, actor=request.actor, about=about, clinic_id=request.clinic.pk, now=timezone.now())
