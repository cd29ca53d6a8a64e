"""The desk's pages: one appointment, and the patients."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from blikk.audit.services import looked_at
from blikk.invitations.information import information_for
from blikk.journeys import booking, companions, tasks, timetable
from blikk.journeys.booking import Booked
from blikk.journeys.contacts import patient_of
from blikk.journeys.day import row_of
from blikk.journeys.missed import missing_of
from blikk.kernel.errors import Invalid
from blikk.kernel.times import local
from blikk.patients import numbers
from blikk.patients import queries as patients
from blikk.patients import services as registering
from blikk.patients.reading import readable_email
from blikk.scheduling import queries as scheduling
from blikk.web import forms
from blikk.web.access import StaffRequest, staff
from blikk.web.companion_forms import InviteForm
from blikk.web.missed_forms import MissedForm
from blikk.web.number_forms import NumberForm
from blikk.web.presenters import marks, words
from blikk.web.presenters.absence import slot_ways
from blikk.web.presenters.appointment import show_appointment, show_found
from blikk.web.presenters.change import show_reminders
from blikk.web.presenters.companions import show_agreement, show_offers
from blikk.web.presenters.contacts import show_contact_page, show_read_backs
from blikk.web.presenters.identity import show_informed
from blikk.web.presenters.missed import show_missed
from blikk.web.presenters.tasks import show_tasks
from blikk.web.refusals import words_for
from blikk.web.suits import shown_for

if TYPE_CHECKING:
    from blikk.patients.models import Patient
    from blikk.scheduling.models import Appointment

DESK = ("clinician", "secretary")
FEWEST_LETTERS = 2


def search(request: StaffRequest) -> Sequence["Patient"]:
    """The patients that were asked for; that somebody looked is recorded."""
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


@require_GET
@never_cache
@staff(*DESK)
def appointment(request: StaffRequest, appointment_id: str) -> HttpResponse:
    """One appointment: who is invited, how it went with the messages, and what can be changed."""
    return appointment_page(request, appointment_id)


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
        return appointment_page(request, appointment_id, move_form=form)
    return appointment_page(request, appointment_id, moved, gettext("Timen er flyttet"))


@require_POST
@staff(*DESK)
def move_to_free(request: StaffRequest, appointment_id: str) -> HttpResponse:
    """Move an appointment to a free slot that was proposed; everybody invited gets a new link."""
    form = forms.MoveToFreeForm(request.POST)
    moved = form.attempt(
        lambda: timetable.move_to_slot(
            request.clinic,
            appointment_id,
            form.cleaned_data["slot"],
            version=form.cleaned_data["version"],
            actor=request.actor,
            now=timezone.now(),
        )
    )
    if not moved:
        return appointment_page(request, appointment_id, free_form=form)
    return appointment_page(request, appointment_id, moved, gettext("Timen er flyttet"))


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
    """Send somebody a new link instead of one that was lost or not delivered, perhaps by another way."""
    way = request.POST.get("kanal")
    channels = (way,) if way in marks.CHANNELS else None
    actor, now = request.actor, timezone.now()
    try:
        sent = booking.send_again(request.clinic, invitation_id, channels=channels, actor=actor, now=now)
    except Invalid as fault:
        # The number has come into doubt since then: the patient's page is where it is read back.
        patient_id = patient_of(request.clinic, invitation_id)
        if not patient_id:
            raise
        messages.error(request, words_for(next(iter(fault.fields.values()))))
        return redirect("patient", patient_id)
    return appointment_page(request, sent.appointment.public_id, sent, gettext("Ny lenke er sendt"))


def appointment_page(
    request: StaffRequest,
    appointment_id: str,
    done: Booked | None = None,
    said: str = "",
    *,
    move_form: forms.MoveForm | None = None,
    free_form: forms.MoveToFreeForm | None = None,
    companion_form: InviteForm | None = None,
    missed_form: MissedForm | None = None,
) -> HttpResponse:
    """One appointment, with what was done to it just now or what was wrong with what was typed."""
    now = timezone.now()
    row = row_of(request.clinic, appointment_id, now=now)
    _looked(request, "appointment", f"scheduling.Appointment:{appointment_id}")
    starts = local(row.starts_at, request.clinic.zone)
    length = int((row.ends_at - row.starts_at).total_seconds() // 60)
    first = {"day": starts.date(), "at": starts.time(), "minutes": length, "version": row.version}
    is_refused = bool(move_form or free_form or companion_form or missed_form)
    known = scheduling.get(request.clinic, appointment_id)
    offers = companions.offered(request.clinic, known.patient, known, now=now)
    others = scheduling.other_times(request.clinic, [known] if known.status == "booked" else [], now=now)
    free = others.get(appointment_id)
    context = {
        "time": show_appointment(
            row,
            request.clinic,
            request.membership,
            heading=said,
            spoken=done.typed_code if done else "",
            spoken_to=done.invitation.name if done else "",
            turn=scheduling.turned_into(known),
            base_url=settings.BLIKK_BASE_URL,
            now=now,
        ),
        "informed": show_informed(information_for(known), request.clinic),
        "offers": show_offers(offers),
        "move_form": move_form or forms.MoveForm(initial=first),
        "free_form": free_form or forms.MoveToFreeForm(),
        "free": slot_ways(known, free, request.clinic) if free else [],
        "is_away": bool(free) and scheduling.is_away(known),
        **_about_video(request, known),
        "companion_form": companion_form or InviteForm(is_group=row.is_group),
        "may_write": request.membership.role == "clinician",
        "missed": show_missed(missing_of(known, now=now)),
        "missed_form": missed_form or MissedForm(),
        "page": {"at": "appointment", "address": reverse("appointment", args=[appointment_id])},
    }
    return render(request, "staff/appointment.html", context, status=422 if is_refused else 200)


def _about_video(request: StaffRequest, known: "Appointment") -> dict[str, Any]:
    suits, form = shown_for(request, known)
    today = local(timezone.now(), request.clinic.zone).date()
    mine = show_tasks(tasks.tasks_about(known), membership=request.membership, today=today)
    return {"suits": suits, "suits_form": form, "tasks": mine}


@require_http_methods(["GET", "POST"])
@never_cache
@staff(*DESK)
def patients_page(request: StaffRequest) -> HttpResponse:
    """Find a patient by name or birth date."""
    asked = request.method == "POST"
    context = {
        "form": forms.SearchForm(request.POST if asked else None),
        "found": show_found(search(request)) if asked else [],
        "asked": asked,
        "page": {"at": "patients", "found": reverse("patients_found")},
    }
    return render(request, "staff/patients.html", context)


@require_POST
@staff(*DESK, fragment=True)
def patients_found(request: StaffRequest) -> HttpResponse:
    """The patients that were found, while somebody types."""
    return render(
        request, "staff/_patients_found.html", {"found": show_found(search(request)), "asked": True}
    )


@require_http_methods(["GET", "POST"])
@never_cache
@staff(*DESK)
def patient_new(request: StaffRequest) -> HttpResponse:
    """Register a patient."""
    form = forms.PatientForm(request.POST if request.method == "POST" else None)
    patient = None
    if request.method == "POST" and form.is_valid() and form.ask_about_slips(request.clinic):
        patient = form.attempt(
            lambda: registering.register(
                request.clinic, **form.person(), actor=request.actor, now=timezone.now()
            )
        )
    if patient:
        return redirect("patient", patient.public_id)
    return _patient_page(request, form, None)


@require_http_methods(["GET", "POST"])
@never_cache
@staff(*DESK)
def patient(request: StaffRequest, patient_id: str) -> HttpResponse:
    """Show a patient's particulars and contact points, correct them, and note what was read back."""
    known = patients.get(request.clinic, patient_id)
    form = forms.PatientForm(request.POST if request.method == "POST" else None, initial=_as_known(known))
    if request.method == "POST" and form.is_valid() and form.ask_about_slips(request.clinic, known, asked=()):
        corrected = form.attempt(
            lambda: registering.correct(
                request.clinic, patient_id, **form.person(), actor=request.actor, now=timezone.now()
            )
        )
        if corrected:
            messages.success(request, gettext("Lagret."))
            return redirect("patient", patient_id)
    _looked(request, "patient", f"patients.Patient:{patient_id}")
    return _patient_page(request, form, known)


def patient_page(
    request: StaffRequest, known: "Patient", *, number: str = "", number_form: NumberForm | None = None
) -> HttpResponse:
    """The patient's page after something was done on it: with the whole number, or what is wrong with one."""
    _looked(request, "patient", f"patients.Patient:{known.public_id}")
    form = forms.PatientForm(initial=_as_known(known))
    return _patient_page(request, form, known, number=number, number_form=number_form)


def _as_known(known: "Patient") -> dict[str, Any]:
    return {
        **{name: getattr(known, name) for name in ("given_name", "family_name", "birth_on", "language")},
        "phone": words.phone(patients.contact(known, "phone")),
        "email": readable_email(patients.contact(known, "email")),
    }


def _agreements(request: StaffRequest, known: "Patient") -> dict[str, Any]:
    today = local(timezone.now(), request.clinic.zone).date()
    return {
        "agreements": [show_agreement(one, on=today) for one in patients.agreements_of(known)],
        "agreement_href": reverse("agreement_new", args=[known.public_id]),
    }


def _patient_page(
    request: StaffRequest,
    form: forms.PatientForm,
    known: "Patient | None",
    *,
    number: str = "",
    number_form: NumberForm | None = None,
) -> HttpResponse:
    masked = numbers.masked_of(known) if known else ""
    context = {
        "number": {"masked": masked, "whole": number, "form": number_form or NumberForm()},
        "form": form,
        "patient": show_found([known])[0] if known else None,
        "read_back_of": known.public_id if known else "",
        "read_backs": show_read_backs(form, request.clinic, patient=known),
        "contacts": show_contact_page(request.clinic, known, now=timezone.now()) if known else None,
        **(_agreements(request, known) if known else {}),
        "reminders": show_reminders(known) if known else [],
        "page": {"at": "patient", "readBack": reverse("read_back")},
    }
    is_wrong = form.errors or (number_form is not None and number_form.errors)
    return render(request, "staff/patient.html", context, status=422 if is_wrong else 200)


def _looked(request: StaffRequest, what: str, about: str) -> None:
    looked_at(what, actor=request.actor, about=about, clinic_id=request.clinic.pk, now=timezone.now())
