"""The patient's pages for paying: behind a link of their own, or from the page after the conversation."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from blikk.journeys import invoices, settling
from blikk.journeys.settling import PayPlace
from blikk.kernel.errors import NotFound, Refused
from blikk.kernel.ids import new_secret
from blikk.kernel.limits import may_try
from blikk.kernel.times import local
from blikk.settlement.asking import ask_about
from blikk.web.access import JsonRequest, address_of, same_origin_json
from blikk.web.invoices import as_file
from blikk.web.patient import device_secret, remember, too_many, trusted_types
from blikk.web.presenters.pay import at_the_provider, show_pay
from blikk.web.writing_forms import BornForm

# What a button says: by which way, and how the patient gets there.
WAYS = {"redirect": ("vipps", "redirect"), "push": ("vipps", "push"), "card": ("card", "redirect")}
OPENINGS_A_MINUTE, ACTS, LOOKS, WINDOW = 300, 30, 400, 10 * 60


@require_safe
@gzip_page
@trusted_types
def shell(request: HttpRequest) -> HttpResponse:
    """The page behind the link. The secret stands in the fragment, which no server ever sees."""
    return render(request, "patient/shell.html", {"open_at": reverse("pay_open")})


@same_origin_json
def open_link(request: JsonRequest) -> HttpResponse:
    """Take the secret of a link, and tell where its page is. Nothing is used up by it."""
    now, token = timezone.now(), request.json.get("token")
    if not may_try("open", address_of(request), times=OPENINGS_A_MINUTE, seconds=60, now=now):
        return too_many()
    secret = device_secret(request) or new_secret()
    link = settling.open_link(token if isinstance(token, str) else "", device_secret=secret, now=now)
    return remember(JsonResponse({"to": reverse("pay", args=[link.public_id])}), secret)


@require_http_methods(["GET", "HEAD", "POST"])
@gzip_page
@trusted_types
def page(request: HttpRequest, link_id: str) -> HttpResponse:
    """Ask whose bill it is, then show what it is and how to pay."""
    try:
        place = settling.place_of(link_id, device_secret(request))
    except NotFound:
        return render(request, "patient/unknown.html", status=404)
    with translation.override(place.link.language):
        return _answer(request, place) if request.method == "POST" else _page(request, place)


def _answer(request: HttpRequest, place: PayPlace) -> HttpResponse:
    now, where = timezone.now(), address_of(request)
    if not may_try("pay", where, times=ACTS, seconds=WINDOW, now=now):
        return _page(request, place, problem="too_many", status=429)
    if place.step == "birth_date":
        return _prove(request, place, where=where, now=now)
    flow = request.POST.get("flow", "")
    if place.step in {"pay", "checking"} and flow in WAYS:
        return _pay(request, place, flow, where=where, now=now)
    return redirect("pay", place.link.public_id)


def _prove(request: HttpRequest, place: PayPlace, *, where: str, now: datetime) -> HttpResponse:
    link_id, secret = place.link.public_id, device_secret(request)
    form = BornForm(request.POST, today=local(now, place.link.clinic.zone).date())
    right = form.attempt(
        lambda: settling.answer_birth_date(link_id, secret, born=form.born(), where=where, now=now)
    )
    if right is False:
        form.refuse("birth_date", "wrong_birth_date")
    if form.errors:
        return _page(request, settling.place_of(link_id, secret), form=form, status=422)
    return redirect("pay", link_id)


def _pay(request: HttpRequest, place: PayPlace, button: str, *, where: str, now: datetime) -> HttpResponse:
    link_id, secret = place.link.public_id, device_secret(request)
    way, flow = WAYS[button]
    try:
        payment = settling.pay(link_id, secret, way=way, flow=flow, where=where, now=now)
    except Refused as fault:
        return _page(request, settling.place_of(link_id, secret), problem=fault.code, status=422)
    # At once, for somebody waits; where it takes too long the worker goes on.
    ask_about(payment.pk, "web", words=settling.words_of, clock=timezone.now)
    return redirect(f"{reverse('pay', args=[link_id])}?til={way}")


def _page(
    request: HttpRequest,
    place: PayPlace,
    *,
    form: BornForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    shown = show_pay(place)
    content: dict[str, Any] = {
        "place": shown,
        "door": shown,
        "form": form or BornForm(today=None),
        "problem": problem,
        "page": {
            "at": reverse("pay_state", args=[place.link.public_id]),
            "mark": shown.mark,
            "address": place.address if request.GET.get("til") == place.way != "" else "",
        },
    }
    response = render(request, "patient/pay.html", content, status=status)
    response["Content-Language"] = translation.get_language()
    return response


@require_safe
def paper(request: HttpRequest, link_id: str, number: int, reminder: int = 0) -> HttpResponse:
    """The invoice, credit note or reminder as PDF, for the browser that has shown whose it is."""
    try:
        found = invoices.paper_for_patient(link_id, device_secret(request), number, reminder=reminder)
    except NotFound:
        return render(request, "patient/unknown.html", status=404)
    return as_file(found)


@same_origin_json
def state(request: JsonRequest, link_id: str) -> HttpResponse:
    """Have what is under way looked at, and say where it stands."""
    now, secret = timezone.now(), device_secret(request)
    if not may_try("pay-state", link_id, times=LOOKS, seconds=WINDOW, now=now):
        return too_many()
    settling.look_again(link_id, secret, now=now)
    return JsonResponse({"mark": show_pay(settling.place_of(link_id, secret)).mark})


@require_safe
@trusted_types
def back(request: HttpRequest, payment_id: str) -> HttpResponse:
    """Back from the provider: to the bill in the browser that knows it, otherwise the state alone."""
    try:
        payment, link = settling.came_back(payment_id, device_secret(request))
    except NotFound:
        return render(request, "patient/unknown.html", status=404)
    if link is not None:
        return redirect("pay", link.public_id)
    with translation.override(payment.clinic.language):
        return render(request, "patient/pay_back.html", {"state": at_the_provider(payment.status)})


@require_http_methods(["GET", "HEAD", "POST"])
@trusted_types
def after_talk(request: HttpRequest, invitation: str) -> HttpResponse:
    """From the page after the conversation to the bill, in the browser that proved itself there."""
    secret = device_secret(request)
    try:
        found, is_owed = settling.owed_after_talk(invitation, secret)
        if request.method == "POST" and is_owed:
            link = settling.pay_after_talk(invitation, secret, now=timezone.now())
            return redirect("pay", link.public_id)
    except NotFound:
        return render(request, "patient/unknown.html", status=404)
    with translation.override(found.language):
        content = {"is_owed": is_owed, "sender": found.clinic.sender_label}
        return render(request, "patient/pay_after.html", content)
