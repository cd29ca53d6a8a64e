"""Those who come along with patients: standing agreements, and what is decided about them in a conversation."""

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from blikk.audit.services import looked_at
from blikk.journeys import companions, talk
from blikk.kernel.errors import Invalid
from blikk.kernel.times import local
from blikk.patients import agreements
from blikk.patients import queries as patients
from blikk.patients.services import normal_phone
from blikk.web import companion_forms as forms
from blikk.web.access import StaffRequest, staff
from blikk.web.clinician import people_of
from blikk.web.desk import DESK, appointment_page
from blikk.web.presenters import words
from blikk.web.presenters.companions import show_agreement, show_found
from blikk.web.queue import place_page
from blikk.web.refusals import WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blikk.journeys.booking import Booked
    from blikk.patients.models import Companion
    from blikk.web.presenters.companions import FoundCompanion

FEWEST_LETTERS = 2


def _act(request: StaffRequest) -> dict[str, Any]:
    return {"actor": request.actor, "now": timezone.now()}


@require_http_methods(["GET", "POST"])
@never_cache
@staff(*DESK)
def agreement_new(request: StaffRequest, patient_id: str) -> HttpResponse:
    """Write down whom a patient takes along from now on."""
    patient = patients.get(request.clinic, patient_id)
    known = _known(request)
    today = local(timezone.now(), request.clinic.zone).date()
    is_saved = request.method == "POST" and "find" not in request.POST and "choose" not in request.POST
    first = {**forms.first_terms(today), **request.POST.dict()}
    if known is not None:
        first |= {"companion": known.public_id, "name": known.name}
    form = forms.AgreementForm(request.POST if is_saved else None, initial=first, known=known)
    made = form.attempt(
        lambda: agreements.agree(
            request.clinic,
            patient_id,
            terms=form.terms(),
            person=None if known else form.person(),
            companion_id=known.public_id if known else "",
            is_another=form.cleaned_data["is_another"],
            by=request.membership.name,
            **_act(request),
        )
    )
    if made:
        return redirect("patient", patient_id)
    context = {
        "form": form,
        "find": forms.FindForm(request.POST if "find" in request.POST else None),
        "found": _found(request),
        "asked": "find" in request.POST,
        "known": known,
        "asks_another": "is_another" in request.POST or _is_other_name(form),
        "patient": patient,
    }
    return render(request, "staff/agreement_new.html", context, status=422 if form.errors else 200)


def _is_other_name(form: forms.AgreementForm) -> bool:
    return any(str(WORDS["other_name"]) == fault for fault in form.errors.get("name", []))


def _known(request: StaffRequest) -> "Companion | None":
    name = request.POST.get("choose") or request.POST.get("companion") or ""
    if not name or "find" in request.POST:
        return None
    return patients.get_companion(request.clinic, name)


def _found(request: StaffRequest) -> "Sequence[FoundCompanion]":
    """Those who were asked for, without whom they come along with; that somebody looked is recorded."""
    typed = request.POST.get("sok", "").strip()[:80]
    if "find" not in request.POST or len(typed) < FEWEST_LETTERS:
        return []
    try:
        number = normal_phone(typed)
    except Invalid:
        number = ""
    found = patients.search_companions(request.clinic, typed, number=number)
    looked_at(
        "companions",
        actor=request.actor,
        about=request.clinic,
        clinic_id=request.clinic.pk,
        now=timezone.now(),
        found=len(found),
    )
    return show_found(found)


@require_http_methods(["GET", "POST"])
@never_cache
@staff(*DESK)
def agreement(request: StaffRequest, agreement_id: str) -> HttpResponse:
    """A standing agreement: what it says, who it is with, and until when."""
    return _agreement_page(request, agreement_id)


@require_POST
@staff(*DESK)
def agreement_end(request: StaffRequest, agreement_id: str) -> HttpResponse:
    """End an agreement, for a reason."""
    form = forms.EndForm(request.POST)
    ended = form.attempt(
        lambda: agreements.end_agreement(
            request.clinic,
            agreement_id,
            because=form.cleaned_data["because"],
            by=request.membership.name,
            **_act(request),
        )
    )
    if ended:
        return redirect("patient", ended.patient.public_id)
    return _agreement_page(request, agreement_id, end=form)


def _agreement_page(
    request: StaffRequest, agreement_id: str, *, end: forms.EndForm | None = None
) -> HttpResponse:
    found = patients.get_agreement(request.clinic, agreement_id)
    who = found.companion
    first = {
        name: getattr(who, name) for name in ("name", "phone", "email", "language", "spoken", "qualification")
    }
    is_change = request.method == "POST" and end is None
    form = forms.ChangeForm(
        request.POST if is_change else None,
        initial={**first, "phone": words.phone(who.phone), "until_on": found.until_on},
        agreement=found,
    )
    changed = form.attempt(
        lambda: agreements.change_agreement(
            request.clinic,
            agreement_id,
            person=form.person(),
            until_on=form.cleaned_data["until_on"],
            **_act(request),
        )
    )
    if changed:
        return redirect("agreement", agreement_id)
    looked_at(
        "agreement",
        actor=request.actor,
        about=found,
        clinic_id=request.clinic.pk,
        now=timezone.now(),
    )
    context = {
        "one": show_agreement(found, on=local(timezone.now(), request.clinic.zone).date()),
        "form": form,
        "end": end or forms.EndForm(),
    }
    return render(request, "staff/agreement.html", context, status=422 if is_change or end else 200)


@require_POST
@staff(*DESK)
def companion(request: StaffRequest, appointment_id: str) -> HttpResponse:
    """Ask somebody in, by a link of their own: who has an agreement with one press, anybody else by name."""
    invited, form = _invited(request, appointment_id)
    if not invited:
        return appointment_page(request, appointment_id, companion_form=form)
    return appointment_page(request, appointment_id, invited, gettext("Lenken er sendt"))


def _invited(request: StaffRequest, appointment_id: str) -> "tuple[Booked | None, forms.InviteForm]":
    agreed = request.POST.get("agreement", "")
    if agreed:
        asked = companions.invite_agreed(request.clinic, appointment_id, agreed, **_act(request))
        return asked, forms.InviteForm()
    form = forms.InviteForm(request.POST, is_group="alias" in request.POST)
    invited = form.attempt(
        lambda: companions.invite(
            request.clinic,
            appointment_id,
            **form.asked(),
            alias=form.cleaned_data.get("alias", ""),
            **_act(request),
        )
    )
    return invited, form


@require_POST
@staff(*DESK)
def group(request: StaffRequest, appointment_id: str) -> HttpResponse:
    """Let an hour be a group, or none any more."""
    form = forms.GroupForm(request.POST)
    form.attempt(
        lambda: companions.make_group(request.clinic, appointment_id, **form.cleaned_data, **_act(request))
    )
    return redirect("appointment", appointment_id)


@require_POST
@staff("clinician", fragment=True)
def conversation_companion(request: StaffRequest, consultation_id: str) -> HttpResponse:
    """Ask somebody into a conversation that is going on, by a link of their own."""
    invited, form = _invited(request, people_of(request, consultation_id).appointment)
    name = invited.invitation.name if invited else ""
    shown = people_of(request, consultation_id, form=None if invited else form, invited=name)
    return render(request, "staff/_companions.html", {"people": shown}, status=200 if invited else 422)


@require_POST
@staff("clinician", fragment=True)
def conversation_decide(request: StaffRequest, consultation_id: str) -> HttpResponse:
    """Write down that the patient said yes, that a guardian has another ground, or that one is left out."""
    people_of(request, consultation_id)
    form = forms.DecideForm(request.POST)
    decided = form.attempt(
        lambda: companions.write_down(
            request.clinic,
            consultation_id,
            form.cleaned_data["invitation"],
            answer=form.cleaned_data["answer"],
            reason=form.cleaned_data["reason"],
            membership=request.membership,
            **_act(request),
        )
    )
    shown = people_of(request, consultation_id, refused="" if decided else _first_fault(form))
    return render(request, "staff/_talk_people.html", {"people": shown}, status=200 if decided else 422)


@require_POST
@staff("clinician", fragment=True)
def conversation_send_out(request: StaffRequest, consultation_id: str) -> HttpResponse:
    """Ask somebody who comes along to leave; they come back only by being let in again."""
    shown, asked = people_of(request, consultation_id), request.POST.get("participant", "")[:22]
    if not asked:
        return render(request, "staff/_talk_people.html", {"people": shown}, status=422)
    talk.send_out(request.clinic, consultation_id, asked, membership=request.membership, **_act(request))
    return render(request, "staff/_talk_people.html", {"people": people_of(request, consultation_id)})


@require_POST
@staff(*DESK)
def queue_companion(request: StaffRequest, arrival_id: str) -> HttpResponse:
    """Ask somebody in beside a patient who waits in a queue."""
    agreed = request.POST.get("agreement", "")
    form = forms.InviteForm(request.POST, auto_id="along_%s")
    if agreed:
        companions.invite_beside(request.clinic, arrival_id, agreement_id=agreed, **_act(request))
        return place_page(request, arrival_id, said=gettext("Lenken er sendt"))
    invited = form.attempt(
        lambda: companions.invite_beside(request.clinic, arrival_id, **form.asked(), **_act(request))
    )
    if not invited:
        return place_page(request, arrival_id, along=form)
    return place_page(request, arrival_id, said=gettext("Lenken er sendt"))


def _first_fault(form: forms.DecideForm) -> str:
    return next((str(fault) for faults in form.errors.values() for fault in faults), "")
