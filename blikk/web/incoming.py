"""What the desk does about an hour from the journal system: says who it is, invites, moves, or has seen it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from blikk.audit.services import looked_at
from blikk.documentation import incoming as words_of_record
from blikk.documentation.matching import differences, match
from blikk.journeys import incoming, incoming_people
from blikk.kernel.errors import Invalid
from blikk.web.access import StaffRequest, staff
from blikk.web.presenters.incoming import show_incoming
from blikk.web.refusals import words_for

DESK = ("clinician", "secretary")


@require_GET
@never_cache
@staff(*DESK)
def from_record(request: StaffRequest, row_id: str) -> HttpResponse:
    """What the journal says, what stands here, and what there is to do about it."""
    row = words_of_record.get_word(request.clinic, row_id)
    person = words_of_record.person_of(row)
    candidates = []
    if row.notice == "which_patient" and person is not None:
        looked_at("incoming", actor=request.actor, about=row, clinic_id=request.clinic.pk, now=timezone.now())
        found = match(request.clinic, row.server, person)
        candidates = [(one, differences(one, person)) for one in found.candidates]
    return render(request, "staff/incoming.html", {"one": show_incoming(row, person, candidates)})


@require_POST
@staff(*DESK)
def seen(request: StaffRequest, row_id: str) -> HttpResponse:
    """Take it off the day page."""
    row = words_of_record.get_word(request.clinic, row_id)
    words_of_record.note_seen(row, actor=request.actor, now=timezone.now())
    return redirect("day")


@require_POST
@staff(*DESK)
def invite(request: StaffRequest, row_id: str) -> HttpResponse:
    """Send the invitation, where somebody has verified how the patient is reached."""
    try:
        incoming.invite(request.clinic, row_id, actor=request.actor, now=timezone.now())
    except Invalid as fault:
        messages.error(request, words_for(next(iter(fault.fields.values()))))
        return redirect("incoming", row_id)
    messages.success(request, gettext("Innkallingen er sendt."))
    return redirect("day")


@require_POST
@staff(*DESK)
def move_now(request: StaffRequest, row_id: str) -> HttpResponse:
    """Move the hour of somebody who waits already to where the journal has it."""
    try:
        incoming.move_now(request.clinic, row_id, actor=request.actor, now=timezone.now())
    except Invalid as fault:
        messages.error(request, words_for(next(iter(fault.fields.values()))))
        return redirect("incoming", row_id)
    messages.success(request, gettext("Timen er flyttet, og pasienten har fått beskjed."))
    return redirect("day")


@require_POST
@staff(*DESK)
def say_who(request: StaffRequest, row_id: str) -> HttpResponse:
    """Say which of our patients the one in the journal is, or that it is a new one."""
    incoming_people.say_who(
        request.clinic, row_id, request.POST.get("patient", ""), actor=request.actor, now=timezone.now()
    )
    messages.success(request, gettext("Lagret. Timen kommer på Dagen i løpet av et minutt."))
    return redirect("day")
