"""The block about whether video is right, for the pages that carry it."""

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone

from blikk.clinics import queries as clinics
from blikk.journeys import in_person
from blikk.journeys import suitability as journey
from blikk.scheduling.services import BookedSeries
from blikk.web.access import StaffRequest
from blikk.web.in_person_forms import SuitabilityForm
from blikk.web.presenters.suitability import ShownSuitability, known_words, new_words, show_suitability

if TYPE_CHECKING:
    from blikk.journeys.booking import Booked
    from blikk.patients.models import Patient
    from blikk.scheduling.models import Appointment
    from blikk.web.booking_forms import BookingForm

PREFIX = "passer"


def form_of(request: StaffRequest, *, bound: bool, points: tuple[str, ...] = ()) -> SuitabilityForm:
    """The ticks, with what was ticked last."""
    may_judge = request.membership.role == "clinician"
    data = request.POST if bound else None
    first = {"points": list(points)}
    return SuitabilityForm(data, prefix=PREFIX, may_judge=may_judge, initial=first)


def shown_for(
    request: StaffRequest, appointment: "Appointment", *, talk: str = ""
) -> tuple[ShownSuitability, SuitabilityForm]:
    """The block about an hour, with the form to change it; beside a conversation with its key."""
    facts = journey.suitability_of(
        request.clinic, appointment, wants_in_person=in_person.is_wished(appointment)
    )
    name = [talk or appointment.public_id]
    shown = show_suitability(
        facts,
        request.clinic,
        appointment.public_id,
        href=reverse("conversation_suitability" if talk else "suitability", args=name),
        confirm_href=reverse("video_right", args=name) if talk else "",
    )
    return shown, form_of(request, bound=False, points=facts.points)


def known_for_booking(request: StaffRequest, patient: "Patient | None", clinician_id: str) -> str:
    """Whether the chosen patient is known, for the booking page; empty while nobody is chosen."""
    if patient is None:
        return ""
    clinician = clinics.find_member(request.clinic, clinician_id) if clinician_id else None
    known = journey.known_patient(request.clinic, patient, clinician=clinician)
    return known_words(known, request.clinic) or new_words()


def booking_block(request: StaffRequest, form: "BookingForm") -> dict[str, Any]:
    """The folded block about whether video is right: open only where something in it was said or is wrong."""
    suits = form_of(request, bound=request.method == "POST")
    is_in_person = str(form["form"].value() or "") == "in_person"
    said_something = suits.is_bound and suits.is_valid() and suits.says_something
    return {
        "suits_form": suits,
        "suits_open": bool(suits.errors) or said_something or is_in_person,
    }


def note_at_booking(
    request: StaffRequest, booked: "Booked | BookedSeries | None"
) -> "Booked | BookedSeries | None":
    """Keep what was ticked at booking; most often nothing is, and then nothing is noted."""
    suits = form_of(request, bound=True)
    if booked is None or not suits.is_valid() or not suits.says_something:
        return booked
    hours = booked.appointments if isinstance(booked, BookedSeries) else [booked.appointment]
    for appointment_id in (one.public_id for one in hours):
        journey.note(
            request.clinic,
            appointment_id,
            points=suits.cleaned_data["points"],
            judgement=suits.cleaned_data.get("judgement", ""),
            reason=suits.cleaned_data["reason"],
            place="booking",
            membership=request.membership,
            actor=request.actor,
            now=timezone.now(),
        )
    return booked
