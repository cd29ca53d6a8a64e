"""The frame on the clinician's side: the panel beside the picture, what its keys do, and five minutes for who waits."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from blikk.journeys import frame as journeys
from blikk.kernel.errors import Invalid, Refused
from blikk.web.access import StaffRequest, staff
from blikk.web.presenters.frame import ShownFrame, show_frame
from blikk.web.queue_forms import BackForm
from blikk.web.refusals import words_for


def panel(request: StaffRequest, consultation_id: str, *, refused: str = "", typed: str = "") -> ShownFrame:
    """The frame of a conversation, for the clinician who leads it; raises NotFound for everybody else."""
    now = timezone.now()
    standing = journeys.standing_of(request.clinic, consultation_id, membership=request.membership, now=now)
    others = journeys.troubled_of(request.clinic, request.membership)
    return show_frame(standing, others, request.clinic.zone, refused=refused, typed=typed)


def _panel(
    request: StaffRequest, consultation_id: str, *, refused: str = "", typed: str = ""
) -> HttpResponse:
    shown = panel(request, consultation_id, refused=refused, typed=typed)
    return render(request, "staff/_frame.html", {"frame": shown}, status=422 if refused else 200)


@require_GET
@never_cache
@staff("clinician", fragment=True)
def frame(request: StaffRequest, consultation_id: str) -> HttpResponse:
    """The panel alone, for a conversation page that is open."""
    return _panel(request, consultation_id)


@require_POST
@staff("clinician", fragment=True)
def tick(request: StaffRequest, consultation_id: str) -> HttpResponse:
    """Note how it stands with a question that was asked aloud."""
    try:
        journeys.tick(
            request.clinic,
            consultation_id,
            question=request.POST.get("question", ""),
            value=request.POST.get("value", ""),
            membership=request.membership,
            actor=request.actor,
            now=timezone.now(),
        )
    except Invalid:
        # The question was changed meanwhile: the panel shows what is asked now.
        return _panel(request, consultation_id, refused=words_for("overtaken_question"))
    return _panel(request, consultation_id)


@require_POST
@staff("clinician", fragment=True)
def confirm(request: StaffRequest, consultation_id: str) -> HttpResponse:
    """Confirm the frame, or say what is left."""
    typed = request.POST.get("exception", "")
    try:
        journeys.confirm_frame(
            request.clinic,
            consultation_id,
            exception=typed,
            membership=request.membership,
            actor=request.actor,
            now=timezone.now(),
        )
    except Refused as refusal:
        return _panel(request, consultation_id, refused=words_for(refusal.code), typed=typed)
    return _panel(request, consultation_id)


@require_POST
@staff("clinician", fragment=True)
def own_side(request: StaffRequest) -> HttpResponse:
    """Say of today that one's own side is in order, or not any more; from the day page or beside the picture."""
    consultation = request.POST.get("consultation", "")
    journeys.say_own_side(
        request.clinic,
        ok=request.POST.get("ok") == "yes",
        membership=request.membership,
        actor=request.actor,
        now=timezone.now(),
    )
    if consultation:
        return _panel(request, consultation)
    return redirect("day")


@require_POST
@staff("clinician", "secretary")
def hold_a_while(request: StaffRequest, arrival_id: str) -> HttpResponse:
    """Give somebody five minutes; they come back by themselves."""
    words = request.POST.get("words", "")
    journeys.hold_a_while(request.clinic, arrival_id, words=words, actor=request.actor, now=timezone.now())
    return redirect(BackForm(request.POST).page())


@require_POST
@staff("clinician", "secretary")
def back_from_a_while(request: StaffRequest, arrival_id: str) -> HttpResponse:
    """Take somebody back before the five minutes are over."""
    journeys.back_from_a_while(request.clinic, arrival_id, actor=request.actor, now=timezone.now())
    return redirect(BackForm(request.POST).page())
