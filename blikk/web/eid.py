"""The patient's way to an eID and back: a page that leads there, and one that takes the answer. Needs no script."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods

from blikk.accounts.oidc.faults import Fault, Reason
from blikk.accounts.oidc.providers import Provider
from blikk.journeys import door, eid
from blikk.journeys.door import DoorView
from blikk.journeys.errors import NotAtThisStep
from blikk.kernel.errors import NotFound, Overtaken
from blikk.kernel.limits import may_try
from blikk.web.access import address_of
from blikk.web.door_page import door_page
from blikk.web.patient import device_secret
from blikk.web.presenters.eid import shown

TRIES_A_MINUTE = 30
# What an answer may hold, and how long each may be: everything else in the address is left out.
SAID = {"code": 4096, "state": 64, "iss": 300, "error": 100}
TRUSTED: dict[str, list[str]] = {"require-trusted-types-for": ["'script'"], "trusted-types": ["'none'"]}


def hosts_of(asked: Provider) -> list[str]:
    """The hosts that a form may lead to: the provider's own, those under it, and those that the operator named."""
    at = urlsplit(asked.issuer)
    under = [f"https://*.{at.hostname}"] if at.scheme == "https" else []
    return [f"{at.scheme}://{at.netloc}", *under, *(f"https://{host}" for host in sorted(asked.hosts))]


def leads_to(response: HttpResponse, asked: Provider | None, **more: list[str]) -> HttpResponse:
    """Let the forms of this one page lead to a provider."""
    named = {"form-action": hosts_of(asked)} if asked else {}
    response._csp_update = {**more, **named}  # type: ignore[attr-defined]
    return response


def said_in(given: Any) -> dict[str, str]:
    """What a provider's answer says; too long counts as not said."""
    found = {name: given.get(name, "") for name in SAID}
    return {name: value for name, value in found.items() if value and len(value) <= SAID[name]}


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, invitation: str) -> HttpResponse:
    """Show where the person is about to go and how the last try went; go there when they press."""
    now, secret = timezone.now(), device_secret(request)
    try:
        view = door.door_of(invitation, secret, now=now)
        offer = eid.offer(invitation, secret, now=now)
    except NotAtThisStep:
        return redirect("patient_page", invitation=invitation)
    except NotFound:
        # Theirs and not offered: the page that they came from says where they stand. Not theirs: there is no such.
        return _elsewhere(request, invitation, now)
    if request.method != "POST":
        return _offer(request, view, offer.label, offer.result)
    if not may_try("eid", address_of(request), times=TRIES_A_MINUTE, seconds=60, now=now):
        return _offer(request, view, offer.label, "too_many", status=429)
    try:
        to = eid.begin(
            invitation, secret, base_url=settings.BLIKK_BASE_URL, where=address_of(request), now=now
        )
    except Fault as fault:
        return _offer(request, view, offer.label, fault.reason, status=422)
    except (NotFound, NotAtThisStep, Overtaken):
        return redirect("patient_page", invitation=invitation)
    return HttpResponseRedirect(to)


@require_http_methods(["GET", "HEAD", "POST"])
def back(request: HttpRequest) -> HttpResponse:
    """Take the answer that a person is back with. A GET only shows it to the page, whose form then sends it."""
    now, secret = timezone.now(), device_secret(request)
    said = said_in(request.POST if request.method == "POST" else request.GET)
    if request.method != "POST" and said:
        return _answer(request, said, secret, now)
    if request.method != "POST":
        return _lost(request, Reason.WRONG_STATE, secret, now)
    try:
        invitation, result = eid.come_back(
            said, secret, base_url=settings.BLIKK_BASE_URL, where=address_of(request), now=now
        )
    except Fault as fault:
        return _lost(request, fault.reason, secret, now)
    if result == Reason.REPLAYED:
        return _lost(request, Reason.REPLAYED, secret, now)
    return redirect("patient_page" if result == "same" else "patient_eid", invitation=invitation)


def _elsewhere(request: HttpRequest, invitation: str, now: datetime) -> HttpResponse:
    try:
        door.door_of(invitation, device_secret(request), now=now)
    except NotFound:
        return render(request, "patient/unknown.html", status=404)
    return redirect("patient_page", invitation=invitation)


def _offer(
    request: HttpRequest, view: DoorView, label: str, result: str, *, status: int = 200
) -> HttpResponse:
    content = {"label": label, "result": str(result), "invitation": view.invitation, "shown": shown(result)}
    response = _in_their_language(request, "patient/eid.html", view, content, status=status)
    return leads_to(response, eid.asked(), **TRUSTED)


def _answer(request: HttpRequest, said: dict[str, str], secret: str, now: datetime) -> HttpResponse:
    content = {"said": said, "action": reverse("patient_eid_back")}
    return _in_their_language(request, "patient/eid_back.html", _view_of(secret, now), content)


def _lost(request: HttpRequest, reason: str, secret: str, now: datetime) -> HttpResponse:
    """An answer that nothing can be done with: what it was, and the way back to where the person waits."""
    view = _view_of(secret, now)
    content = {"result": str(reason), "invitation": view.invitation if view else "", "shown": shown(reason)}
    return _in_their_language(request, "patient/eid_lost.html", view, content, status=422)


def _view_of(secret: str, now: datetime) -> DoorView | None:
    invitation = eid.way_back(secret, now=now)
    try:
        return door.door_of(invitation, secret, now=now) if invitation else None
    except NotFound:
        return None


def _in_their_language(
    request: HttpRequest, page: str, view: DoorView | None, content: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    language = view.language if view else translation.get_language()
    with translation.override(language):
        of_door = door_page(view) if view else None
        response = render(request, page, {"door": of_door, **content}, status=status)
        response["Content-Language"] = translation.get_language() or ""
    patch_vary_headers(response, ["Cookie"])
    return leads_to(response, None, **TRUSTED)
