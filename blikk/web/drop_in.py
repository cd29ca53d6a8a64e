"""Coming without an appointment: who one is, a code to the phone, and then a place in the queue. Needs no script."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from blikk.clinics import queries as clinics
from blikk.journeys import queue
from blikk.journeys.errors import WaitsElsewhere
from blikk.kernel.errors import NotFound
from blikk.kernel.times import local
from blikk.scheduling import queries as scheduling
from blikk.scheduling import services as timetable
from blikk.waiting_room.errors import QueueClosed
from blikk.web.access import address_of
from blikk.web.door_page import phone_words
from blikk.web.help_words import help_choices
from blikk.web.patient import remember, trusted_types
from blikk.web.phone_code import PhoneStep
from blikk.web.presenters.clinic_live import Live, forget_live, live_state
from blikk.web.public_forms import DropInForm

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic

PURPOSE = "drop_in"


@require_http_methods(["GET", "HEAD", "POST"])
@trusted_types
def entry(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask who somebody is and what kind of help they need, and send a code to their phone."""
    clinic, now = clinics.public_clinic(slug), timezone.now()
    live = live_state(clinic, now=now)
    if request.method != "POST":
        return _form_page(request, clinic, live, _form(clinic, live, None, now=now))
    if "change" in request.POST:
        typed = _form(clinic, live, None, now=now, initial=request.POST.dict())
        return _form_page(request, clinic, live, typed)
    form = _form(clinic, live, request, now=now)
    if not form.is_valid() or not _is_open(form, live):
        return _form_page(request, clinic, live, form)
    step = PhoneStep(request, clinic, PURPOSE, now=now)
    phone = form.cleaned_data["phone"]
    if step.is_proven(phone):
        return _enter(request, clinic, form, live, step, now=now)
    if not step.ask(phone, form):
        return _form_page(request, clinic, live, form)
    return _code_page(request, clinic, form, step)


@require_http_methods(["GET", "HEAD", "POST"])
@trusted_types
def code(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the code, and give a place in the queue."""
    clinic, now = clinics.public_clinic(slug), timezone.now()
    if request.method != "POST":
        return redirect("drop_in", slug=slug)
    live = live_state(clinic, now=now)
    form = _form(clinic, live, request, now=now)
    if not form.is_valid():
        return _form_page(request, clinic, live, form)
    step = PhoneStep(request, clinic, PURPOSE, now=now)
    if not step.answer(form.cleaned_data["phone"]):
        return _code_page(request, clinic, form, step)
    return _enter(request, clinic, form, live, step, now=now)


def _enter(
    request: HttpRequest, clinic: "Clinic", form: DropInForm, live: Live, step: PhoneStep, *, now: datetime
) -> HttpResponse:
    where, language = address_of(request), get_language() or clinic.language

    def act() -> queue.Entered | WaitsElsewhere:
        chosen = form.queue(live.lines[0].period if len(live.lines) == 1 else "")
        today = local(now, clinic.zone).date()
        periods = (view.period for view in scheduling.openings_on(clinic, today, now=now))
        period = next((period for period in periods if period.public_id == chosen), None)
        if period is None:
            raise QueueClosed
        try:
            opening = timetable.opening_for(period, today, now=now)
        except NotFound as fault:
            raise QueueClosed from fault
        try:
            return queue.enter(
                clinic,
                opening,
                help_kind=form.cleaned_data["help_kind"],
                already=request.POST.get("already", ""),
                browser=step.secret,
                language=language,
                where=where,
                now=now,
                **form.person(),
            )
        except WaitsElsewhere as fault:
            return fault

    entered = form.attempt(act)
    if isinstance(entered, WaitsElsewhere):
        return remember(_elsewhere_page(request, clinic, form, live, entered), step.secret)
    if entered is None:
        return remember(_form_page(request, clinic, live, form), step.secret)
    forget_live(clinic, language)
    arrived = redirect("patient_page", invitation=entered.view.invitation, permanent=False)
    return remember(arrived, entered.device_secret)


def _form(
    clinic: "Clinic",
    live: Live,
    request: HttpRequest | None,
    *,
    now: datetime,
    initial: dict[str, str] | None = None,
) -> DropInForm:
    return DropInForm(
        request.POST if request is not None else None,
        today=local(now, clinic.zone).date(),
        queues=[(line.period, line.name) for line in live.lines],
        kinds=help_choices(clinic),
        initial=initial,
    )


def _is_open(form: DropInForm, live: Live) -> bool:
    """Say before a code is sent that nobody more is taken in."""
    if live.may_enter:
        return True
    form.refuse(None, "queue_full" if any(line.state == "full" for line in live.lines) else "queue_closed")
    return False


def _form_page(request: HttpRequest, clinic: "Clinic", live: Live, form: DropInForm) -> HttpResponse:
    content = {
        "clinic": clinic,
        "phone": phone_words(clinic.phone),
        "live": live,
        "form": form,
        "is_open": live.may_enter or form.is_bound or bool(form.initial),
    }
    return render(request, "public/drop_in.html", content, status=422 if form.errors else 200)


def _elsewhere_page(
    request: HttpRequest, clinic: "Clinic", form: DropInForm, live: Live, stands: WaitsElsewhere
) -> HttpResponse:
    """They wait in another queue here: nothing is lost before they say which place they want."""
    chosen = form.queue(live.lines[0].period if len(live.lines) == 1 else "")
    content = {
        "clinic": clinic,
        "phone": phone_words(clinic.phone),
        "stands": stands,
        "chosen": next((line.name for line in live.lines if line.period == chosen), ""),
        "typed": [(name, form.data.get(name, "")) for name in form.fields],
        "here": reverse("drop_in_code", args=[clinic.slug]),
    }
    return render(request, "public/waits_elsewhere.html", content, status=409)


def _code_page(request: HttpRequest, clinic: "Clinic", form: DropInForm, step: PhoneStep) -> HttpResponse:
    content = {
        "clinic": clinic,
        "phone": phone_words(clinic.phone),
        "form": step.form,
        "typed": [(name, form.data.get(name, "")) for name in form.fields],
        "code_to": phone_words(form.cleaned_data["phone"]),
        "is_new": step.is_sent_again,
        "here": reverse("drop_in_code", args=[clinic.slug]),
        "back": reverse("drop_in", args=[clinic.slug]),
    }
    response = render(request, "public/phone_code.html", content, status=422 if step.form.errors else 200)
    return remember(response, step.secret)
