"""The note and the close-out: kept while it is written, signed, and finished with one key."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from blikk.consultations import queries as consultations
from blikk.consultations.channels import was_unreachable
from blikk.documentation.phrases import phrases_for
from blikk.documentation.queries import is_by_copy, is_taken, rules_of, versions_of
from blikk.journeys import closing, notes
from blikk.kernel.errors import Overtaken
from blikk.web import charging, forms
from blikk.web.access import StaffRequest, same_origin_json, staff
from blikk.web.charge_forms import ChargeForm
from blikk.web.note import SickNoteForm
from blikk.web.presenters.closing import show_closing
from blikk.web.presenters.note import show_versions
from blikk.web.presenters.note_draft import Decided, agreed, drafted
from blikk.web.presenters.phrases import show_phrases


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
    is_done = is_post and "done" in request.POST
    decided = forms.CloseOutForm(request.POST if is_done else None)
    written = forms.NoteForm(request.POST if is_post else None)
    if is_post and charging.asks(request):
        charge = charging.answer(request, consultation)
        decided = forms.CloseOutForm(initial=request.POST.dict())
        return _page(request, consultation_id, decided, written, charge=charge)
    if not is_post or not written.is_valid():
        return _page(request, consultation_id, decided, written)
    try:
        if is_done:
            if decided.attempt(lambda: _finish(request, consultation_id, written, decided)):
                return redirect("day")
        else:
            _sign(request, consultation_id, written)
            decided, written = forms.CloseOutForm(initial=request.POST.dict()), forms.NoteForm()
    except Overtaken:
        decided = forms.CloseOutForm(initial=request.POST.dict())
        return _page(request, consultation_id, decided, written, is_overtaken=True)
    return _page(request, consultation_id, decided, written)


def _page(
    request: StaffRequest,
    consultation_id: str,
    decided: forms.CloseOutForm,
    written: forms.NoteForm,
    *,
    is_overtaken: bool = False,
    charge: ChargeForm | None = None,
) -> HttpResponse:
    clinic, membership, now = request.clinic, request.membership, timezone.now()
    kept = closing.note_of(clinic, consultation_id, membership=membership, actor=request.actor, now=now)
    consultation = consultations.get(clinic, consultation_id)
    decided.initial = {**closing.prefilled(consultation), **decided.initial, "version": consultation.version}
    if was_unreachable(consultation):
        decided.initial.setdefault("outcome", "unreachable")
    draft, language = closing.draft_of(consultation), rules_of(clinic).language
    sick = SickNoteForm(
        request.POST if "free_text" in request.POST else None,
        initial={"sick_note": "sick_note" in draft.suitability.points},
    )
    shown = show_closing(
        consultation,
        kept,
        draft,
        language=language,
        key=notes.browser_key(kept, membership),
        decided=Decided(
            str(decided["outcome"].value() or ""), str(decided["follow_up"].value() or ""), sick.answers()
        ),
        says_in_journal=is_by_copy(clinic) and not is_taken(consultation),
    )
    context = {
        "closing": shown,
        "versions": show_versions(versions_of(consultation), clinic.zone),
        "sick_form": sick,
        "form": decided,
        "typed": written.data.get("free_text", shown.free_text),
        "is_overtaken": is_overtaken,
        "phrases": show_phrases(phrases_for(membership), notes.facts_of(consultation), language),
        "page": {"at": "closing", "says": shown.says},
        **charging.panel_for(request, consultation, decided, charge),
    }
    is_wrong = bool(decided.errors or (charge is not None and charge.errors))
    status = 409 if is_overtaken else 422 if is_wrong else 200
    return render(request, "staff/close_out.html", context, status=status)


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
    chosen = Decided(request.POST.get("outcome", ""), request.POST.get("follow_up", ""), weighed)
    draft, language = closing.draft_of(consultations.get(clinic, consultation_id)), rules_of(clinic).language
    closing.sign_note(
        clinic,
        consultation_id,
        version=kept.version,
        drafted=drafted(draft, language),
        agreed=agreed(draft, language, chosen),
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
