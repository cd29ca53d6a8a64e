"""Booking a free hour oneself: choose it, say who one is while it is held, and prove the phone. Needs no script."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from blikk.clinics import queries as clinics
from blikk.journeys import self_booking as booking
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.limits import may_try
from blikk.kernel.times import local
from blikk.web.access import address_of
from blikk.web.door_page import phone_words
from blikk.web.patient import device_secret, remember, trusted_types
from blikk.web.phone_code import PhoneStep
from blikk.web.presenters.free_slots import (
    ChosenSlot,
    booked_words,
    chosen_slot,
    days_of_slots,
    mark_for,
)
from blikk.web.presenters.lookout import SHOWN_DAYS, first_day, free_now
from blikk.web.public_forms import PersonForm

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic
    from blikk.journeys.booking import Booked

PURPOSE = "booking"
MOST_AHEAD = 56
KEPT = "public, max-age=2"
HOLDS_PER_ADDRESS, WINDOW = 30, 10 * 60
# How long the page that says "it is booked" can be loaded anew.
SAID_FOR = timedelta(hours=1)
_SALT = "blikk.booked"
_GONE = {"taken": "slot_taken", "held": "slot_taken", "absent": "slot_taken", "in_the_past": "slot_taken"}


@require_http_methods(["GET", "HEAD"])
@trusted_types
def slots(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the free hours of two weeks, and what was just booked."""
    clinic, now = _clinic(slug), timezone.now()
    if booked := _just_booked(request.GET.get("bestilt", "")):
        content = {"clinic": clinic, "phone": phone_words(clinic.phone), "when": booked_words(clinic, booked)}
        return render(request, "public/booked.html", content)
    return _slots_page(request, clinic, now=now)


@require_safe
def free(request: HttpRequest, slug: str) -> HttpResponse:
    """The free hours now as JSON, for a page whose network lets no socket through."""
    response = JsonResponse(free_now(_clinic(slug), _weeks(request), now=timezone.now()))
    response["Cache-Control"] = KEPT
    response["Vary"] = "Accept-Language, Cookie"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@trusted_types
def slot(request: HttpRequest, slug: str, slot: str) -> HttpResponse:
    """Hold an hour, ask who somebody is, and send a code to their phone."""
    clinic, now = _clinic(slug), timezone.now()
    step = PhoneStep(request, clinic, PURPOSE, now=now)
    try:
        if request.method == "POST" and "hold" in request.POST:
            return _hold(request, clinic, slot, step, now=now)
        chosen = _chosen(clinic, slot, step, now=now)
    except Invalid:
        return _slots_page(request, clinic, now=now, problem="slot_taken")
    if request.method != "POST" or "change" in request.POST:
        form = _form(clinic, None, now=now, initial=request.POST.dict())
        return _form_page(request, clinic, chosen, form)
    if "give_up" in request.POST:
        booking.give_up_slot(clinic, browser=step.secret, now=now)
        return _slots_page(request, clinic, now=now)
    form = _form(clinic, request, now=now)
    if not form.is_valid():
        return _form_page(request, clinic, chosen, form)
    phone = form.cleaned_data["phone"]
    if step.is_proven(phone):
        return _book(request, clinic, chosen, form, step, now=now)
    if not step.ask(phone, form):
        return _form_page(request, clinic, chosen, form)
    return _code_page(request, clinic, chosen, form, step)


@require_http_methods(["GET", "HEAD", "POST"])
@trusted_types
def code(request: HttpRequest, slug: str, slot: str) -> HttpResponse:
    """Take the code, and book the hour."""
    clinic, now = _clinic(slug), timezone.now()
    if request.method != "POST":
        return redirect("self_booking_slot", slug=slug, slot=slot)
    step = PhoneStep(request, clinic, PURPOSE, now=now)
    try:
        chosen = _chosen(clinic, slot, step, now=now)
    except Invalid:
        return _slots_page(request, clinic, now=now, problem="slot_taken")
    form = _form(clinic, request, now=now)
    if not form.is_valid():
        return _form_page(request, clinic, chosen, form)
    if not step.answer(form.cleaned_data["phone"]):
        return _code_page(request, clinic, chosen, form, step)
    return _book(request, clinic, chosen, form, step, now=now)


def _clinic(slug: str) -> "Clinic":
    clinic = clinics.public_clinic(slug)
    if not clinic.allows_self_booking:
        raise NotFound
    return clinic


def _hold(
    request: HttpRequest, clinic: "Clinic", slot: str, step: PhoneStep, *, now: datetime
) -> HttpResponse:
    where = address_of(request)
    if not may_try("hold-slot", where, times=HOLDS_PER_ADDRESS, seconds=WINDOW, now=now):
        return _slots_page(request, clinic, now=now, problem="too_many")
    booking.ask_slot(clinic, slot, browser=step.secret, where=where, now=now)
    if not _typed(request):
        return remember(redirect("self_booking_slot", slug=clinic.slug, slot=slot), step.secret)
    # Somebody who had another hour before: who they are stands there already.
    form = _form(clinic, None, now=now, initial=dict(_typed(request)))
    page = _form_page(request, clinic, _chosen(clinic, slot, step, now=now), form)
    return remember(page, step.secret)


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed about the person, to be taken along to another hour."""
    names = PersonForm.base_fields
    return [(name, request.POST[name]) for name in names if request.POST.get(name)]


def _chosen(clinic: "Clinic", slot: str, step: PhoneStep, *, now: datetime) -> ChosenSlot:
    return chosen_slot(clinic, booking.slot_for(clinic, slot, browser=step.secret, now=now))


def _book(
    request: HttpRequest,
    clinic: "Clinic",
    chosen: ChosenSlot,
    form: PersonForm,
    step: PhoneStep,
    *,
    now: datetime,
) -> HttpResponse:
    def act() -> "Booked":
        try:
            return booking.confirm_and_book(
                clinic,
                chosen.name,
                browser=step.secret,
                language=get_language() or clinic.language,
                where=address_of(request),
                now=now,
                **form.person(),
            )
        except Invalid as fault:
            # The page has no field for the hour: what is wrong with it is said of the whole.
            why = fault.fields.get("starts_at")
            raise (Invalid(hour=_GONE.get(why, "too_many_hours")) if why else fault) from fault

    booked = form.attempt(act)
    if booked is None:
        return remember(_form_page(request, clinic, chosen, form), step.secret)
    said = signing.dumps(booked.appointment.starts_at.isoformat(), salt=_SALT, compress=True)
    return redirect(f"{reverse('self_booking', args=[clinic.slug])}?bestilt={said}")


def _just_booked(said: str) -> datetime | None:
    try:
        return datetime.fromisoformat(signing.loads(said, salt=_SALT, max_age=SAID_FOR)) if said else None
    except (signing.BadSignature, ValueError):
        return None


def _form(
    clinic: "Clinic", request: HttpRequest | None, *, now: datetime, initial: dict[str, str] | None = None
) -> PersonForm:
    today = local(now, clinic.zone).date()
    return PersonForm(request.POST if request is not None else None, today=today, initial=initial)


def _slots_page(request: HttpRequest, clinic: "Clinic", *, now: datetime, problem: str = "") -> HttpResponse:
    weeks, browser = _weeks(request), device_secret(request)
    first = first_day(clinic, weeks, now)
    free = booking.slots_for_patients(clinic, first=first, days=SHOWN_DAYS, browser=browser, now=now)
    mine = booking.held_by(clinic, browser=browser, now=now)
    following = weeks * 7 + SHOWN_DAYS
    content = {
        "clinic": clinic,
        "phone": phone_words(clinic.phone),
        "days": days_of_slots(clinic, free, mine),
        "weeks": weeks,
        "mark": mark_for(free, mine),
        "typed": _typed(request),
        "problem": problem,
        "later": following // 7 if following < MOST_AHEAD else None,
        "earlier": max(weeks - 2, 0) if weeks else None,
        "first_free": None if free else booking.first_free_day(clinic, now=now),
    }
    status = {"": 200, "too_many": 429}.get(problem, 409)
    return render(request, "public/slots.html", content, status=status)


def _weeks(request: HttpRequest) -> int:
    """How many weeks from now on the page begins."""
    asked = request.GET.get("om", "")
    return min(int(asked), MOST_AHEAD // 7) if asked.isascii() and asked.isdigit() and len(asked) < 3 else 0


def _form_page(request: HttpRequest, clinic: "Clinic", chosen: ChosenSlot, form: PersonForm) -> HttpResponse:
    content = {"clinic": clinic, "phone": phone_words(clinic.phone), "chosen": chosen, "form": form}
    return render(request, "public/slot.html", content, status=422 if form.errors else 200)


def _code_page(
    request: HttpRequest, clinic: "Clinic", chosen: ChosenSlot, form: PersonForm, step: PhoneStep
) -> HttpResponse:
    content = {
        "clinic": clinic,
        "phone": phone_words(clinic.phone),
        "form": step.form,
        "typed": [(name, form.data.get(name, "")) for name in form.fields],
        "code_to": phone_words(form.cleaned_data["phone"]),
        "is_new": step.is_sent_again,
        "here": reverse("self_booking_code", args=[clinic.slug, chosen.name]),
        "back": reverse("self_booking_slot", args=[clinic.slug, chosen.name]),
    }
    response = render(request, "public/phone_code.html", content, status=422 if step.form.errors else 200)
    return remember(response, step.secret)
