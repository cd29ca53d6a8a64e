"""The clinician's pages: the day, the conversation beside its notes, and the close-out."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from blikk.audit.services import looked_at
from blikk.clinics.video import is_elsewhere
from blikk.consultations import queries as consultations
from blikk.consultations.channels import was_unreachable
from blikk.documentation.incoming import notices_of
from blikk.documentation.queries import versions_of
from blikk.journeys import closing, companions, talk
from blikk.journeys.day import day_of, row_of
from blikk.journeys.frame import own_side_of
from blikk.journeys.writing import in_writing
from blikk.kernel.limits import may_try
from blikk.kernel.times import local
from blikk.web import charging, forms, queue_forms
from blikk.web.access import StaffRequest, same_origin_json, staff
from blikk.web.charge_forms import ChargeForm
from blikk.web.companion_forms import InviteForm
from blikk.web.frame import panel
from blikk.web.help_words import help_choices
from blikk.web.identity import who_is_who
from blikk.web.note import SickNoteForm
from blikk.web.presenters.companions import show_offers
from blikk.web.presenters.day import ShownDay, show_day
from blikk.web.presenters.incoming import show_notices
from blikk.web.presenters.note import show_versions, sick_note_line
from blikk.web.presenters.talk import ShownPeople, ShownTalk, drafted, show_closing, show_people, show_talk
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
    return show_talk(consultation, row, people, frame, kept, who=who, now=now)


@same_origin_json
@staff("clinician", fragment=True)
def note(request: StaffRequest, consultation_id: str) -> JsonResponse:
    """Keep what was written so far; answers with the version to write in next."""
    sent = forms.NoteForm(request.json)  # type: ignore[attr-defined]
    if not sent.is_valid():
        return JsonResponse({"code": "invalid"}, status=422)
    kept = closing.write_note(
        request.clinic,
        consultation_id,
        free_text=sent.cleaned_data["free_text"],
        version=sent.cleaned_data["note_version"],
        membership=request.membership,
        actor=request.actor,
        now=timezone.now(),
    )
    return JsonResponse({"version": kept.version})


@require_http_methods(["GET", "POST"])
@never_cache
@staff("clinician")
def close_out(request: StaffRequest, consultation_id: str) -> HttpResponse:
    """Read the drafted note, sign it, and finish the consultation."""
    consultation = closing.consultation_of(request.clinic, consultation_id, membership=request.membership)
    if consultations.is_running(consultation):
        return redirect("conversation", consultation_id)
    is_post = request.method == "POST"
    decided = forms.CloseOutForm(request.POST if is_post and "done" in request.POST else None)
    written = forms.NoteForm(request.POST if is_post else None)
    if is_post and charging.asks(request):
        charge = charging.answer(request, consultation)
        chosen = forms.CloseOutForm(initial=request.POST.dict())
        return _closing_page(request, consultation_id, chosen, written, charge)
    if is_post and written.is_valid():
        if "done" not in request.POST:
            _sign(request, consultation_id, written)
            chosen = forms.CloseOutForm(initial=request.POST.dict())
            return _closing_page(request, consultation_id, chosen, forms.NoteForm())
        if decided.attempt(lambda: _finish(request, consultation_id, written, decided)):
            return redirect("day")
    return _closing_page(request, consultation_id, decided, written)


def _closing_page(
    request: StaffRequest,
    consultation_id: str,
    decided: forms.CloseOutForm,
    written: forms.NoteForm,
    charge: ChargeForm | None = None,
) -> HttpResponse:
    now = timezone.now()
    kept = closing.note_of(
        request.clinic, consultation_id, membership=request.membership, actor=request.actor, now=now
    )
    consultation = consultations.get(request.clinic, consultation_id)
    shown = show_closing(consultation, kept, closing.draft_of(consultation))
    decided.initial = {**closing.prefilled(consultation), **decided.initial, "version": shown.version}
    if was_unreachable(consultation):
        decided.initial.setdefault("outcome", "unreachable")
    sent = request.POST if "free_text" in request.POST else None
    money = charging.panel_for(request, consultation, decided, charge)
    context = {
        "closing": shown,
        "versions": show_versions(versions_of(consultation), consultation.clinic.zone),
        "sick_form": SickNoteForm(sent),
        "form": decided,
        "typed": written.data.get("free_text", shown.free_text),
        "page": {"at": "closing"},
        **money,
    }
    wrong = decided.errors or (charge is not None and charge.errors)
    return render(request, "staff/close_out.html", context, status=422 if wrong else 200)


def _sign(request: StaffRequest, consultation_id: str, written: forms.NoteForm) -> None:
    """Keep the last words and sign them; a note that is signed already stays as it is."""
    clinic, membership, actor, now = request.clinic, request.membership, request.actor, timezone.now()
    kept = closing.note_of(clinic, consultation_id, membership=membership, actor=actor, now=now)
    if kept.status == "signed":
        return
    if written.cleaned_data["free_text"] != kept.free_text:
        kept = closing.write_note(
            clinic,
            consultation_id,
            free_text=written.cleaned_data["free_text"],
            version=written.cleaned_data["note_version"],
            membership=membership,
            actor=actor,
            now=now,
        )
    weighed = SickNoteForm(request.POST).answers()
    draft = drafted(closing.draft_of(consultations.get(clinic, consultation_id)), clinic.language)
    closing.sign_note(
        clinic,
        consultation_id,
        version=kept.version,
        drafted=f"{draft}\n{sick_note_line(weighed, clinic.language)}",
        sick_note=weighed,
        membership=membership,
        actor=actor,
        now=now,
    )


def _finish(
    request: StaffRequest, consultation_id: str, written: forms.NoteForm, decided: forms.CloseOutForm
) -> object:
    _sign(request, consultation_id, written)
    return closing.close_out(
        request.clinic,
        consultation_id,
        **decided.cleaned_data,
        membership=request.membership,
        actor=request.actor,
        now=timezone.now(),
    )


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
