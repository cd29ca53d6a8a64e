"""Booking somebody whom a journal system had open: what it says of them, and that the two are the same."""

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from blikk.documentation.smart.faults import LaunchFault
from blikk.journeys import launch as starts
from blikk.journeys.booking import Booked
from blikk.web.launch import BROWSER

if TYPE_CHECKING:
    from blikk.scheduling.services import BookedSeries
    from blikk.web.access import StaffRequest


def said_in_journal(request: "StaffRequest") -> dict[str, Any]:
    """A new patient's particulars as the journal has them; empty where no start of this browser brought any."""
    launch = request.GET.get("journal", "")
    if not launch:
        return {}
    try:
        person = starts.question(launch, request.user, browser=_browser(request), now=timezone.now()).person
    except LaunchFault:
        return {}
    return {
        "given_name": person.given,
        "family_name": person.family,
        "birth_on": person.birth_on,
        "phone": person.phone,
        "email": person.email,
        "language": request.clinic.language,
    }


def note_booked(request: "StaffRequest", booked: "Booked | BookedSeries") -> None:
    """The patient who was registered is the one of the journal."""
    launch = request.POST.get("journal", "")
    if not launch:
        return
    first = booked.appointment if isinstance(booked, Booked) else booked.appointments[0]
    starts.booked(
        launch,
        first.patient,
        request.user,
        browser=_browser(request),
        actor=request.actor,
        now=timezone.now(),
    )


def _browser(request: "StaffRequest") -> str:
    return str(request.session.get(BROWSER, ""))
