"""The clinician's pages: the day, and the conversation beside its notes."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from blikk.audit.services import looked_at
from blikk.clinics.video import is_elsewhere
from blikk.consultations import queries as consultations
from blikk.documentation.incoming import notices_of
from blikk.documentation.phrases import phrases_for
from blikk.documentation.queries import rules_of
from blikk.journeys import closing, companions, notes, talk
from blikk.journeys.day import day_of, row_of
from blikk.journeys.frame import own_side_of
from blikk.journeys.writing import in_writing
from blikk.kernel.limits import may_try
from blikk.kernel.times import local
from blikk.web import forms, queue_forms
from blikk.web.access import StaffRequest, staff
from blikk.web.companion_forms import InviteForm
from blikk.web.frame import panel
from blikk.web.help_words import help_choices
from blikk.web.identity import who_is_who
from blikk.web.presenters.companions import show_offers
from blikk.web.presenters.day import ShownDay, show_day
from blikk.web.presenters.incoming import show_notices
from blikk.web.presenters.phrases import show_phrases
from blikk.web.presenters.talk import ShownPeople, ShownTalk, show_people, show_talk
from blikk.web.suits import shown_for

LOOK_LASTS = 600


@require_GET
@never_cache
@staff("clinician", "secretary")
def day(request: StaffRequest) -> HttpResponse:
    """The live day: who comes when, who waits now, what is left to finish."""
    shown = _day(request)
    asked = f"?dag={shown.iso}{shown.keep}"
    page = {
        "at": "day",
        "rows": reverse("day_rows") + asked,
        "mayTalk": shown.may_talk,
        "isElsewhere": shown.may_talk and is_elsewhere(request.membership),
        "conversation": _conversation_address(),
        "closing": _closing_address(),
    }
    context = {"day": shown, "late": queue_forms.LateForm(), "page": page, **_from_record(request)}
    return render(request, "staff/day.html", context)


@require_GET
@never_cache
@staff("clinician", "secretary", fragment=True)
def day_rows(request: StaffRequest) -> HttpResponse:
    """The rows alone, for a day page that is open."""
    return render(request, "staff/_day_parts.html", {"day": _day(request), **_from_record(request)})


def _from_record(request: StaffRequest) -> dict[str, object]:
    """What there is to say about hours that came from the journal system, whatever day they are on."""
    is_clinician = request.membership.role == "clinician"
    is_mine = is_clinician and forms.DayForm(request.GET).is_mine(by_itself=True)
    found = notices_of(request.clinic, clinician=request.membership if is_mine else None, now=timezone.now())
    return {"from_record": show_notices(found)}


def _day(request: StaffRequest) -> ShownDay:
    now = timezone.now()
    asked = forms.DayForm(request.GET)
    is_clinician = request.membership.role == "clinician"
    on = asked.day(local(now, request.clinic.zone).date())
    is_mine = is_clinician and asked.is_mine(by_itself=True)
    # An open page asks again and again: one look in ten minutes is one line in the record.
    who = f"{request.membership.public_id}:{on}:{is_mine}"
    if may_try("look_at_day", who, times=1, seconds=LOOK_LASTS, now=now):
        _looked(request, "day", request.clinic, day=on.isoformat())
    found = day_of(request.clinic, day=on, clinician=request.membership if is_mine else None, now=now)
    helps = dict(help_choices(request.clinic))
    said_at = own_side_of(request.clinic, request.membership, now=now) if is_clinician else None
    return show_day(
        found,
        request.clinic,
        request.membership,
        is_mine=is_mine,
        helps=helps,
        own_side_at=said_at,
        now=now,
    )


@require_POST
@staff("clinician")
def admit(request: StaffRequest, arrival_id: str) -> HttpResponse:
    """Let somebody in from a page whose scripts or socket do not work, and go to the conversation."""
    seen = forms.VersionForm(request.POST)
    consultation = talk.admit(
        request.clinic,
        arrival_id,
        version=seen.cleaned_data["version"] if seen.is_valid() else None,
        membership=request.membership,
        actor=request.actor,
        now=timezone.now(),
    )
    return redirect("conversation", consultation.public_id)


@require_GET
@never_cache
@staff("clinician")
def conversation(request: StaffRequest, consultation_id: str) -> HttpResponse:
    """The conversation after a reload; what has ended leads to its close-out."""
    if written := in_writing(request.clinic, consultation_id, membership=request.membership):
        return redirect("case", written)
    talk_page = _talk(request, consultation_id)
    if not talk_page.is_going_on:
        return redirect("close_out", consultation_id)
    page = {
        "at": "conversation",
        "consultation": consultation_id,
        "phone": talk_page.phone,
        "conversation": _conversation_address(),
        "closing": _closing_address(),
    }
    context = {"talk": talk_page, "page": page, **_suits(request, consultation_id)}
    return render(request, "staff/conversation.html", context)


@require_GET
@never_cache
@staff("clinician", fragment=True)
def conversation_side(request: StaffRequest, consultation_id: str) -> HttpResponse:
    """What stands beside the picture, for a conversation that began on the day page."""
    context = {"talk": _talk(request, consultation_id), **_suits(request, consultation_id)}
    return render(request, "staff/_talk_side.html", context)


def _suits(request: StaffRequest, consultation_id: str) -> dict[str, object]:
    appointment = consultations.get(request.clinic, consultation_id).appointment
    suits, form = shown_for(request, appointment, talk=consultation_id)
    return {"suits": suits, "suits_form": form}


@require_GET
@never_cache
@staff("clinician", fragment=True)
def conversation_people(request: StaffRequest, consultation_id: str) -> HttpResponse:
    """Who takes part and who waits to, for a conversation page that is open."""
    return render(request, "staff/_talk_people.html", {"people": people_of(request, consultation_id)})


def people_of(
    request: StaffRequest,
    consultation_id: str,
    *,
    form: InviteForm | None = None,
    invited: str = "",
    refused: str = "",
) -> ShownPeople:
    """Who takes part and who waits to, for the clinician who leads the conversation; raises NotFound for others."""
    consultation = closing.consultation_of(request.clinic, consultation_id, membership=request.membership)
    now = timezone.now()
    row = row_of(request.clinic, consultation.appointment.public_id, now=now)
    roster = consultations.roster(consultation)
    offers = companions.offered(
        request.clinic, consultation.appointment.patient, consultation.appointment, now=now
    )
    return show_people(
        consultation,
        row,
        roster,
        show_offers(offers),
        form=form,
        invited=invited,
        refused=refused,
        now=now,
    )


def _talk(request: StaffRequest, consultation_id: str) -> ShownTalk:
    now = timezone.now()
    kept = closing.note_of(
        request.clinic, consultation_id, membership=request.membership, actor=request.actor, now=now
    )
    consultation = consultations.get(request.clinic, consultation_id)
    row = row_of(request.clinic, consultation.appointment.public_id, now=now)
    people = people_of(request, consultation_id)
    frame, who = panel(request, consultation_id), who_is_who(consultation)
    facts, language = notes.facts_of(consultation), rules_of(request.clinic).language
    phrases = show_phrases(phrases_for(request.membership), facts, language)
    key = notes.browser_key(kept, request.membership)
    return show_talk(consultation, row, people, frame, kept, who=who, key=key, phrases=phrases, now=now)


def _looked(request: StaffRequest, what: str, about: object, **details: str) -> None:
    looked_at(
        what,
        actor=request.actor,
        about=about,  # type: ignore[arg-type]
        clinic_id=request.clinic.pk,
        now=timezone.now(),
        **details,
    )


def _conversation_address() -> str:
    return reverse("conversation", args=["-"])


def _closing_address() -> str:
    return reverse("close_out", args=["-"])
