"""Who is who in a conversation: the clinician's line, with one key for each way to be sure."""

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from blikk.consultations import queries as consultations
from blikk.invitations.information import information_for
from blikk.journeys import closing, information
from blikk.journeys import identity as journey
from blikk.journeys.booking import Booked
from blikk.kernel.errors import IllegalMove, Overtaken
from blikk.web.access import StaffRequest, staff
from blikk.web.identity_forms import IdentityForm
from blikk.web.presenters.identity import ShownWho, show_who

if TYPE_CHECKING:
    from blikk.consultations.models import Consultation
    from blikk.scheduling.services import BookedSeries


def who_is_who(
    consultation: "Consultation", *, form: IdentityForm | None = None, refused: str = ""
) -> ShownWho:
    """The identity line of a conversation."""
    return show_who(
        consultation,
        journey.who_is_who(consultation),
        consultations.roster(consultation),
        information_for(consultation.appointment),
        form=form,
        refused=refused,
    )


@require_http_methods(["GET", "POST"])
@never_cache
@staff("clinician", fragment=True)
def conversation_identity(request: StaffRequest, consultation_id: str) -> HttpResponse:
    """Show who is who, and write down how the clinician made sure of somebody."""
    consultation = _led(request, consultation_id)
    if request.method == "GET":
        return _line(request, consultation)
    form, known = IdentityForm(request.POST), journey.who_is_who(consultation).known
    try:
        made = form.attempt(
            lambda: journey.identify(
                request.clinic,
                consultation_id,
                participant_id=form.cleaned_data["participant"],
                seen=form.seen(own_name=request.membership.name, met_by=known.by if known else ""),
                replaces=form.cleaned_data["replaces"],
                **_who(request),
            )
        )
    except Overtaken:
        refused = gettext("Noen andre svarte akkurat nå. Se hva som står, og prøv igjen om det trengs.")
        return _line(request, consultation, refused=refused, status=409)
    if made is None:
        return _line(request, consultation, form=form, refused=_first_fault(form), status=422)
    return _line(request, consultation)


@require_POST
@staff("clinician", fragment=True)
def conversation_shown(request: StaffRequest, consultation_id: str) -> HttpResponse:
    """Write down that the clinician has shown the patient who they are."""
    consultation = _led(request, consultation_id)
    try:
        journey.show_card(request.clinic, consultation_id, **_who(request))
    except (Overtaken, IllegalMove):
        return _line(request, consultation, status=409)
    return _line(request, consultation)


@require_POST
@staff("clinician", fragment=True)
def conversation_told(request: StaffRequest, consultation_id: str) -> HttpResponse:
    """Write down that the patient was told by word of mouth, in the conversation."""
    consultation = _led(request, consultation_id)
    information.told_in_talk(request.clinic, consultation_id, **_who(request))
    return _line(request, consultation)


@require_POST
@staff("clinician", "secretary")
def informed(request: StaffRequest, appointment_id: str) -> HttpResponse:
    """Write down on the hour's page that the patient was told by word of mouth, or take it back."""
    information.told(
        request.clinic,
        appointment_id,
        is_told="take_back" not in request.POST,
        by=request.membership,
        actor=request.actor,
        now=timezone.now(),
    )
    return redirect("appointment", appointment_id)


def informed_while_booking(request: StaffRequest, booked: "Booked | BookedSeries") -> None:
    """Write down for each hour that was booked that the patient was told by word of mouth."""
    hours = [booked.appointment] if isinstance(booked, Booked) else booked.appointments
    for hour in hours:
        information.told(
            request.clinic, hour.public_id, by=request.membership, actor=request.actor, now=timezone.now()
        )


def _led(request: StaffRequest, consultation_id: str) -> "Consultation":
    return closing.consultation_of(request.clinic, consultation_id, membership=request.membership)


def _who(request: StaffRequest) -> dict[str, Any]:
    return {"membership": request.membership, "actor": request.actor, "now": timezone.now()}


def _line(
    request: StaffRequest,
    consultation: "Consultation",
    *,
    form: IdentityForm | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    shown = who_is_who(consultation, form=form, refused=refused)
    return render(request, "staff/_identity.html", {"who": shown}, status=status)


def _first_fault(form: IdentityForm) -> str:
    return next((str(fault) for faults in form.errors.values() for fault in faults), "")
