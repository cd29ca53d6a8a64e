"""The staff's pages for writing: ask for more, begin in writing, and a case with its words and photos."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from blikk.audit.services import looked_at
from blikk.clinics.queries import clinicians_of
from blikk.consultations import queries as consultations
from blikk.invitations.words import spaced
from blikk.journeys import writing
from blikk.journeys.writing import Opened
from blikk.kernel.errors import NotFound
from blikk.kernel.limits import may_try
from blikk.kernel.times import local
from blikk.patients import queries as patients
from blikk.scheduling import queries as scheduling
from blikk.web.access import StaffRequest, staff
from blikk.web.forms import VersionForm
from blikk.web.presenters import words
from blikk.web.presenters.writing import ShownCase, show_case
from blikk.web.refusals import words_for
from blikk.web.writing_forms import AnswerForm, AskForm, BeginForm, HandOverForm, RulesForm, refusal_of
from blikk.web.writing_words import chosen_questions
from blikk.web.written import picture
from blikk.writing import queries
from blikk.writing import services as rules
from blikk.writing.sealed import Asked, picture_of

if TYPE_CHECKING:
    from blikk.patients.models import Patient
    from blikk.scheduling.models import Appointment

DESK = ("clinician", "secretary")
LOOK_LASTS = 600
USUAL_WAIT = timedelta(days=3)


@require_http_methods(["GET", "POST"])
@never_cache
@staff("clinician")
def ask_for_more(request: StaffRequest, appointment_id: str) -> HttpResponse:
    """Choose what the patient of an appointment is asked, and send the link."""
    clinic, now = request.clinic, timezone.now()
    appointment = scheduling.get(clinic, appointment_id)
    own = queries.rules_of(clinic).questions
    first = {
        "due_on": local(now + USUAL_WAIT, clinic.zone).date(),
        "channels": writing.ways_to(appointment.patient)[:1],
    }
    form = AskForm(request.POST or None, own=own, initial=first)
    opened = None
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        opened = form.attempt(
            lambda: writing.ask_for_more(
                clinic,
                appointment_id,
                asked=Asked(chosen_questions(typed["questions"], own), typed["words"].strip()),
                wants_photo=typed["wants_photo"],
                due_on=typed["due_on"],
                channels=tuple(typed["channels"]),
                membership=request.membership,
                actor=request.actor,
                now=now,
            )
        )
    if opened:
        messages.success(request, gettext("Spørsmålene er sendt. Svaret kommer opp på dagen."))
        return _case_page(request, opened.case.public_id, opened=opened)
    return _begin_page(request, "staff/ask.html", form, appointment.patient, appointment)


@require_http_methods(["GET", "POST"])
@never_cache
@staff("clinician")
def text_from(request: StaffRequest, appointment_id: str) -> HttpResponse:
    """Go on in writing with the patient of an appointment."""
    clinic, now = request.clinic, timezone.now()
    appointment = scheduling.get(clinic, appointment_id)
    patient = appointment.patient
    first = {"version": appointment.version, "channels": writing.ways_to(patient)[:1]}
    form = BeginForm(request.POST or None, clinicians=(), may_write=True, initial=first)
    opened = form.attempt(
        lambda: writing.turn_into_text(
            clinic,
            appointment_id,
            version=form.cleaned_data["version"] or 0,
            channels=tuple(form.cleaned_data["channels"]),
            words=form.cleaned_data["words"],
            membership=request.membership,
            actor=request.actor,
            now=now,
        )
    )
    if opened:
        messages.success(request, gettext("Pasienten har fått en lenke til å skrive med deg."))
        return _case_page(request, opened.case.public_id, opened=opened)
    return _begin_page(request, "staff/text_new.html", form, patient, appointment)


@require_http_methods(["GET", "POST"])
@never_cache
@staff(*DESK)
def text_new(request: StaffRequest, patient_id: str) -> HttpResponse:
    """Book a consultation in writing for a patient."""
    clinic, now = request.clinic, timezone.now()
    patient = patients.get(clinic, patient_id)
    is_clinician = request.membership.role == "clinician"
    people = [(one.public_id, one.name) for one in clinicians_of(clinic)]
    first: dict[str, Any] = {"channels": writing.ways_to(patient)[:1]}
    form = BeginForm(
        request.POST or None,
        clinicians=() if is_clinician else people,
        may_write=is_clinician,
        initial=first,
    )
    opened = form.attempt(
        lambda: writing.begin_with(
            clinic,
            patient,
            clinician=request.membership
            if is_clinician
            else writing.require_clinician_of(clinic, form.cleaned_data["clinician"]),
            channels=tuple(form.cleaned_data["channels"]),
            words=form.cleaned_data.get("words", ""),
            actor=request.actor,
            now=now,
        )
    )
    if opened:
        messages.success(request, gettext("Pasienten har fått en lenke til å skrive med dere."))
        return _case_page(request, opened.case.public_id, opened=opened)
    return _begin_page(request, "staff/text_new.html", form, patient, None)


def _begin_page(
    request: StaffRequest,
    template: str,
    form: AskForm | BeginForm,
    patient: "Patient",
    appointment: "Appointment | None",
) -> HttpResponse:
    now = timezone.now()
    href = reverse("patient", args=[patient.public_id])
    if appointment is not None:
        href = reverse("appointment", args=[appointment.public_id])
    context = {
        "form": form,
        "name": patient.name,
        "born": words.born(patient.birth_on),
        "back_href": href,
        "answer_by": words.long_day(
            local(queries.answer_due(request.clinic, now=now), request.clinic.zone).date()
        ),
        "is_booked": appointment is not None and appointment.status in {"booked", "arrived"},
    }
    return render(request, template, context, status=422 if form.is_bound and form.errors else 200)


@require_GET
@never_cache
@staff(*DESK)
def case(request: StaffRequest, case_id: str) -> HttpResponse:
    """A case: its words for the clinician who has it, and that it exists for the others."""
    return _case_page(request, case_id)


@require_GET
@never_cache
@staff(*DESK, fragment=True)
def case_parts(request: StaffRequest, case_id: str) -> HttpResponse:
    """What changes in a case, for its page that is open."""
    return render(request, "staff/_case_parts.html", {"case": _shown(request, case_id)})


def _shown(request: StaffRequest, case_id: str) -> ShownCase:
    clinic, membership, now = request.clinic, request.membership, timezone.now()
    found = queries.get(clinic, case_id)
    is_mine = found.clinician_id == membership.pk
    # An open page asks again and again: one look in ten minutes is one line in the record.
    who = f"{membership.public_id}:{case_id}"
    if may_try("look_at_case", who, times=1, seconds=LOOK_LASTS, now=now):
        about, actor = f"writing.Case:{case_id}", request.actor
        what = "case" if is_mine else "case_outside"
        looked_at(what, actor=actor, about=about, clinic_id=clinic.pk, now=now)
    talk = consultations.find_for(found.appointment) if found.kind == "text" else None
    return show_case(
        found,
        queries.messages_of(found),
        membership,
        undecided=queries.undecided(found),
        consultation=talk.public_id if talk and talk.status in {"ended", "closed_out"} else "",
        now=now,
    )


def _case_page(
    request: StaffRequest,
    case_id: str,
    *,
    opened: Opened | None = None,
    answer: AnswerForm | None = None,
    over: HandOverForm | None = None,
    refused: str = "",
) -> HttpResponse:
    shown = _shown(request, case_id)
    form = answer or AnswerForm(initial={"version": shown.version})
    # What was typed is sent again with what is seen now.
    form.data = {**form.data.dict(), "version": shown.version} if form.is_bound else form.data  # type: ignore[attr-defined]
    context = {
        "case": shown,
        "form": form,
        "over": over or _over(request, {"version": shown.version}),
        "refused": words_for(refused) if refused else "",
        "spoken": spaced(opened.typed_code) if opened else "",
        "page": {
            "at": "case",
            "address": reverse("case", args=[case_id]),
            "parts": reverse("case_parts", args=[case_id]),
        },
    }
    is_wrong = bool(refused or (answer and answer.errors) or (over and over.errors))
    return render(request, "staff/case.html", context, status=422 if is_wrong else 200)


def _over(request: StaffRequest, initial: dict[str, Any] | None = None) -> HandOverForm:
    people = [(one.public_id, one.name) for one in clinicians_of(request.clinic)]
    data = request.POST if initial is None else None
    return HandOverForm(data, clinicians=people, initial=initial)


@require_POST
@staff("clinician")
def case_read(request: StaffRequest, case_id: str) -> HttpResponse:
    """Read what came; from now on the patient cannot change it."""
    writing.read(request.clinic, case_id, **_who(request))
    return redirect("case", case_id)


@require_POST
@staff("clinician")
def case_answer(request: StaffRequest, case_id: str) -> HttpResponse:
    """Answer the patient; what was typed stands there still if somebody wrote meanwhile."""
    writing.case_for(request.clinic, case_id, membership=request.membership)
    form = AnswerForm(request.POST)
    done = form.attempt_in_time(
        lambda: writing.answer(request.clinic, case_id, **form.cleaned_data, **_who(request))
    )
    if not done:
        return _case_page(request, case_id, answer=form)
    messages.success(request, gettext("Svaret er sendt."))
    return redirect("case", case_id)


@require_POST
@staff("clinician")
def case_close(request: StaffRequest, case_id: str) -> HttpResponse:
    """Close a case; a consultation in writing goes on to its close-out."""
    seen = VersionForm(request.POST)
    version = seen.cleaned_data["version"] if seen.is_valid() else 0
    closed: list[str] = []
    refused = refusal_of(
        lambda: closed.append(writing.close(request.clinic, case_id, version=version, **_who(request)))
    )
    if refused:
        return _case_page(request, case_id, refused=refused)
    return redirect("close_out", closed[0]) if closed[0] else redirect("case", case_id)


@require_POST
@staff(*DESK)
def case_hand_over(request: StaffRequest, case_id: str) -> HttpResponse:
    """Let a colleague go on with a case."""
    queries.get(request.clinic, case_id)
    form = _over(request)
    done = form.attempt_in_time(
        lambda: writing.hand_over(
            request.clinic,
            case_id,
            clinician=writing.require_clinician_of(request.clinic, form.cleaned_data["clinician"]),
            version=form.cleaned_data["version"],
            actor=request.actor,
            now=timezone.now(),
        )
    )
    if not done:
        return _case_page(request, case_id, over=form)
    messages.success(request, gettext("Saken er gitt til kollegaen."))
    return redirect("case", case_id)


@require_GET
@never_cache
@staff("clinician")
def case_photo(request: StaffRequest, case_id: str, photo_id: str) -> HttpResponse:
    """A photo, for the clinician of its case."""
    found = writing.look_at_photo(request.clinic, case_id, photo_id, **_who(request))
    return picture(picture_of(found))


@require_POST
@staff("clinician")
def case_decide(request: StaffRequest, case_id: str, photo_id: str) -> HttpResponse:
    """Delete a photo for good, or keep it for the record."""
    decided = request.POST.get("decided", "")
    if decided not in {"delete", "record"}:
        raise NotFound
    writing.decide_photo(request.clinic, case_id, photo_id, keep=decided == "record", **_who(request))
    return redirect("case", case_id)


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def writing_rules(request: StaffRequest) -> HttpResponse:
    """Choose the clinic's own questions, and when patients can expect an answer."""
    known = queries.rules_of(request.clinic)
    first = {"questions": "\n".join(known.questions), "answer_within_days": known.answer_within_days}
    form = RulesForm(request.POST or None, initial=first)
    done = form.attempt(
        lambda: rules.change_rules(
            request.clinic,
            questions=form.asked(),
            days=form.cleaned_data["answer_within_days"],
            actor=request.actor,
            now=timezone.now(),
        )
    )
    if done:
        messages.success(request, gettext("Innstillingene er lagret."))
        return redirect("writing_rules")
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "administrator/writing.html", {"form": form}, status=status)


def _who(request: HttpRequest) -> dict[str, Any]:
    at: Any = request
    return {"membership": at.membership, "actor": at.actor, "now": timezone.now()}
