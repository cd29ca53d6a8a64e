"""Booking: for whom, with whom and when, and the invitation as it will be sent."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from blikk.clinics import queries as clinics
from blikk.invitations.words import preview
from blikk.journeys import booking, companions
from blikk.journeys import timetable as series
from blikk.journeys.booking import Booked
from blikk.journeys.consent import youth
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.times import local, wall_time
from blikk.patients import queries as patients
from blikk.patients.contact_points import KIND_OF
from blikk.scheduling import queries as scheduling
from blikk.scheduling import services as planning
from blikk.web import forms
from blikk.web.access import StaffRequest, staff
from blikk.web.booking_forms import BookingForm, SeriesForm, SlotForm, WhereForm, is_day
from blikk.web.booking_slots import held_by, holder_of, typed_booking
from blikk.web.contact_forms import ReachedForm
from blikk.web.contacts import reach_form
from blikk.web.desk import DESK, appointment_page, search
from blikk.web.identity import informed_while_booking
from blikk.web.launched import note_booked, said_in_journal
from blikk.web.presenters import words
from blikk.web.presenters.appointment import Found, Letter, show_found, show_letters
from blikk.web.presenters.booking import show_series, show_slots
from blikk.web.presenters.companions import show_offers, youth_words
from blikk.web.presenters.contacts import show_read_backs
from blikk.web.refusals import words_for
from blikk.web.suits import booking_block, form_of, known_for_booking, note_at_booking

if TYPE_CHECKING:
    from blikk.patients.models import Patient
    from blikk.scheduling.services import BookedSeries

SLOT_DAYS = 7
MOST_SLOTS = 60


@require_http_methods(["GET", "POST"])
@never_cache
@staff(*DESK)
def book(request: StaffRequest) -> HttpResponse:
    """Book a video consultation for a known or a new patient, and send the invitation."""
    form, person = _booking_forms(request)
    asks = next((name for name in ("find", "free", "dates", "in_writing") if name in request.POST), "")
    shown = _series(request)
    if asks == "in_writing" and form.data.get("patient"):
        return redirect("text_new", form.data["patient"])
    # A series is booked when its dates have been seen.
    if request.POST.get("repeats") and not request.POST.getlist("offered"):
        asks = asks or "dates"
    if request.method == "POST" and not asks:
        booked = note_at_booking(request, _book(request, form, person))
        if booked:
            return _booked_page(request, form, booked)
    context = {
        "form": form,
        "person": person,
        "found": _found(request, form),
        "asked": asks == "find",
        "letters": _letters(request, form),
        **_reach(request, form, person),
        **_slots(request, form),
        **_along(request, form),
        **booking_block(request, form),
        **shown,
        "page": {
            "at": "booking",
            **{
                name: reverse(f"book_{name}")
                for name in ("found", "letters", "slots", "hold", "series", "reach", "along")
            },
            "readBack": reverse("read_back"),
        },
    }
    if asks:
        form.forgive()
        if asks == "in_writing":
            form.add_error("sok", words_for("patient_for_writing"))
        if asks == "find" and form.beside:
            form.beside.forgive()
    return render(request, "staff/book.html", context, status=422 if form.is_refused else 200)


def _booked_page(request: StaffRequest, form: BookingForm, booked: "Booked | BookedSeries") -> HttpResponse:
    note_booked(request, booked)
    if form.cleaned_data["informed"]:
        informed_while_booking(request, booked)
    if isinstance(booked, Booked):
        return appointment_page(request, booked.appointment.public_id, booked, gettext("Timen er bestilt"))
    return _series_page(request, booked)


def _series_page(request: StaffRequest, booked: "BookedSeries") -> HttpResponse:
    hours = [
        (words.capital(words.day_and_clock(one.starts_at, request.clinic.zone)), one.public_id)
        for one in booked.appointments
    ]
    context = {"hours": hours, "name": booked.appointments[0].patient.name}
    return render(request, "staff/series.html", context)


@require_POST
@staff(*DESK, fragment=True)
def book_found(request: StaffRequest) -> HttpResponse:
    """Patients to choose from, while somebody types. A POST, so that no name stands in an address."""
    form, _person = _booking_forms(request)
    return render(request, "staff/_found.html", {"found": _found(request, form), "asked": True})


@require_POST
@staff(*DESK, fragment=True)
def book_reach(request: StaffRequest) -> HttpResponse:
    """How the patient who was chosen is reached, with what must be read back before an invitation can go there."""
    form, person = _booking_forms(request)
    return render(request, "staff/_reach.html", _reach(request, form, person))


@require_POST
@staff(*DESK, fragment=True)
def book_letters(request: StaffRequest) -> HttpResponse:
    """The exact message, as it will be sent."""
    form, _person = _booking_forms(request)
    return render(request, "staff/_letters.html", {"letters": _letters(request, form)})


@require_POST
@staff(*DESK, fragment=True)
def book_slots(request: StaffRequest) -> HttpResponse:
    """The free slots of a clinician in the week from the day that was typed."""
    form, _person = _booking_forms(request)
    return render(request, "staff/_slots.html", _slots(request, form))


@require_POST
@staff(*DESK, fragment=True)
def book_along(request: StaffRequest) -> HttpResponse:
    """Those whom the chosen patient has agreements with on the day that was typed."""
    form, _person = _booking_forms(request)
    return render(request, "staff/_book_along.html", _along(request, form))


@require_POST
@staff(*DESK, fragment=True)
def book_hold(request: StaffRequest) -> HttpResponse:
    """Keep a free slot while the booking is made; the one that was held before falls free."""
    form = SlotForm(request.POST)
    held = form.attempt(
        lambda: planning.hold_slot(
            request.clinic,
            form.cleaned_data["slot"],
            holder=holder_of(request),
            by="staff",
            form=form.cleaned_data["form"] or "video",
            actor=request.actor,
            now=timezone.now(),
        )
    )
    context = {
        "held": held.public_id if held else "",
        "until": words.clock(held.held_until, request.clinic.zone) if held else "",
        "refused": next((str(fault) for faults in form.errors.values() for fault in faults), ""),
    }
    return render(request, "staff/_held.html", context, status=200 if held else 422)


@require_POST
@staff(*DESK, fragment=True)
def book_series(request: StaffRequest) -> HttpResponse:
    """The dates of a series, each with what stands in its way."""
    return render(request, "staff/_series.html", _series(request))


def _booking_forms(request: StaffRequest) -> tuple[BookingForm, forms.PatientForm]:
    members = clinics.clinicians_of(request.clinic)
    choices = [(member.public_id, member.name) for member in members]
    if request.method != "POST":
        initial, said = _first(request), said_in_journal(request)
        return BookingForm(clinicians=choices, initial=initial), forms.PatientForm(prefix="ny", initial=said)
    form = BookingForm(typed_booking(request), clinicians=choices)
    if form.is_for_new_patient:
        person = forms.PatientForm(request.POST, prefix="ny")
        form.beside = person
    else:
        typed = {name: request.POST.get(f"ny-{name}", "") for name in forms.PatientForm.base_fields}
        person = forms.PatientForm(prefix="ny", initial=typed)
        form.beside = reach_form(request, str(form["patient"].value() or ""))
    return form, person


def _asked_kinds(form: BookingForm) -> list[str]:
    return [str(KIND_OF.get(channel, "")) for channel in form["channels"].value() or []]


def _reach(request: StaffRequest, form: BookingForm, person: forms.PatientForm) -> dict[str, Any]:
    """The fields of how the person is reached, and what is to be read back for the channels that were chosen."""
    asked = _asked_kinds(form)
    chosen = str(form["patient"].value() or "")
    known = patients.find(request.clinic, chosen) if chosen else None
    reach = form.beside if isinstance(form.beside, forms.ReachForm) else reach_form(request, chosen)
    return {
        "known_said": known_for_booking(request, known, str(form["clinician"].value() or "")),
        "reach": reach,
        "reach_read_backs": show_read_backs(reach, request.clinic, patient=known, asked=asked)
        if reach
        else [],
        "new_read_backs": show_read_backs(person, request.clinic, asked=asked),
    }


def _first(request: StaffRequest) -> dict[str, Any]:
    asked = forms.DayForm(request.GET)
    today = local(timezone.now(), request.clinic.zone).date()
    return {
        "clinician": request.membership.public_id if request.membership.role == "clinician" else None,
        "patient": request.GET.get("pasient", ""),
        "day": asked.day(today),
        "channels": ["sms"],
        "form": "in_person" if request.GET.get("form") == "in_person" else "video",
        **({"mode": BookingForm.NEW, "journal": request.GET["journal"]} if said_in_journal(request) else {}),
    }


def _book(
    request: StaffRequest, form: BookingForm, person: forms.PatientForm
) -> "Booked | BookedSeries | None":
    is_new = form.is_for_new_patient
    reach, suits = form.beside, form_of(request, bound=True)
    if not all([form.is_valid(), reach is None or reach.is_valid(), suits.is_valid()]):
        return None
    patient = None if is_new else patients.get(request.clinic, form.cleaned_data["patient"])
    if isinstance(reach, ReachedForm) and not reach.ask_about_slips(
        request.clinic, patient, asked=_asked_kinds(form)
    ):
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
    if isinstance(reach, forms.ReachForm):
        asked |= reach.reach()
    if form.cleaned_data["repeats"]:
        return _book_series(request, form, person, asked)
    asked["form"] = form.cleaned_data["form"]
    held = held_by(request, form)
    if patient is None:
        return form.attempt(
            lambda: booking.register_and_book(request.clinic, person=person.person(), held=held, **asked)
        )
    asked["agreements"] = tuple(request.POST.getlist("along"))
    return form.attempt(lambda: companions.book_with(request.clinic, patient=patient, held=held, **asked))


def _book_series(
    request: StaffRequest, form: BookingForm, person: forms.PatientForm, asked: dict[str, Any]
) -> "BookedSeries | None":
    asked |= {
        "every_weeks": form.cleaned_data["every_weeks"] or 1,
        "count": form.cleaned_data["count"],
        "held": held_by(request, form),
        "days": [date.fromisoformat(day) for day in request.POST.getlist("days") if is_day(day)],
    }
    if form.is_for_new_patient:
        return form.attempt(
            lambda: series.register_and_book_series(request.clinic, person=person.person(), **asked)
        )
    patient = patients.get(request.clinic, form.cleaned_data["patient"])
    asked["agreements"] = tuple(request.POST.getlist("along"))
    return form.attempt(lambda: companions.book_series_with(request.clinic, patient=patient, **asked))


def _slots(request: StaffRequest, form: BookingForm) -> dict[str, Any]:
    asked = WhereForm(form.data if form.is_bound else form.initial)
    if not asked.is_valid():
        return {"slots": [], "slots_asked": False}
    clinician = clinics.find_member(request.clinic, asked.cleaned_data["clinician"])
    if clinician is None:
        return {"slots": [], "slots_asked": False}
    chosen = request.POST.get("slot", "")
    found = scheduling.free_slots(
        request.clinic,
        first=asked.cleaned_data["day"],
        days=SLOT_DAYS,
        clinician=clinician,
        form=asked.held_as,
        holder=holder_of(request),
        now=timezone.now(),
    )
    return {
        "slots": show_slots(found[:MOST_SLOTS], request.clinic, chosen=chosen),
        "slot_chosen": any(slot.name == chosen for slot in found),
        "slots_asked": True,
    }


def _series(request: StaffRequest) -> dict[str, Any]:
    asked = SeriesForm(typed_booking(request) if request.method == "POST" else None)
    if not asked.is_valid():
        return {"series": []}
    wanted = dict(asked.cleaned_data)
    del wanted["repeats"]
    wanted["clinician"] = clinics.find_member(request.clinic, wanted["clinician"])
    if wanted["clinician"] is None:
        return {"series": []}
    try:
        dates = scheduling.preview_series(
            request.clinic, **wanted, holder=holder_of(request), now=timezone.now()
        )
    except Invalid as fault:
        return {"series": [], "series_refused": words_for(next(iter(fault.fields.values())))}
    days = request.POST.getlist("days")
    offered = set(request.POST.getlist("offered"))
    same = {one.day.isoformat() for one in dates} == offered
    return {"series": show_series(dates, chosen=days if same else None)}


def _along(request: StaffRequest, form: BookingForm) -> dict[str, Any]:
    """The patient's agreements that hold on the day, each with a tick; what their age means, for a child."""
    chosen = str(form["patient"].value() or "")
    patient = None if form.is_for_new_patient or not chosen else patients.find(request.clinic, chosen)
    if patient is None:
        return {"offers": []}
    typed = WhereForm(form.data if form.is_bound else form.initial)
    today = local(timezone.now(), request.clinic.zone).date()
    on = typed.cleaned_data["day"] if typed.is_valid() else today
    ticked = request.POST.getlist("along")
    return {
        "offers": show_offers(patients.agreements_on(patient, on), chosen=ticked),
        "youth": youth_words(youth(patient.birth_on, on)),
    }


def _found(request: StaffRequest, form: BookingForm) -> list[Found]:
    chosen = str(form["patient"].value() or "")
    found: list[Patient] = list(search(request)) if request.method == "POST" else []
    if chosen and all(patient.public_id != chosen for patient in found):
        patient = patients.find(request.clinic, chosen)
        found = [patient, *found] if patient else found
    return show_found(found, chosen=chosen)


def _letters(request: StaffRequest, form: BookingForm) -> list[Letter]:
    asked = forms.PreviewForm(request.POST if request.method == "POST" else form.initial)
    if not asked.is_valid():
        return []
    wanted = asked.cleaned_data
    starts_at = asked.attempt(lambda: wall_time(wanted["day"], wanted["at"], request.clinic.zone))
    if starts_at is None:
        return []
    patient = patients.find(request.clinic, wanted["patient"]) if wanted["patient"] else None
    spoken = patient.language if patient else ""
    if wanted["mode"] == BookingForm.NEW:
        spoken = request.POST.get("ny-language", "")
    message = preview(
        request.clinic,
        starts_at=starts_at,
        language=spoken if spoken in dict(forms.LANGUAGES) else request.clinic.language,
        in_person=wanted["form"] == "in_person",
        base_url=settings.BLIKK_BASE_URL,
    )
    return show_letters(message, wanted["channels"])
