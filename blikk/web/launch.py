"""Blikk started from a journal system: the way there and back, who is who, and where the work is."""

from typing import TYPE_CHECKING, Any, cast

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from blikk.accounts.policies import Standing
from blikk.documentation import launches
from blikk.documentation.smart.faults import LaunchFault, Why
from blikk.journeys import launch as starts
from blikk.kernel.actors import Actor
from blikk.kernel.errors import NotFound
from blikk.kernel.ids import new_secret
from blikk.kernel.limits import may_try
from blikk.web.access import address_of
from blikk.web.eid import said_in
from blikk.web.middleware import CLINIC, PRACTICE
from blikk.web.presenters.launch import show_question, shown_fault

if TYPE_CHECKING:
    from blikk.accounts.models import User
    from blikk.clinics.models import Membership
    from blikk.journeys.launch import Step

BROWSER = "launch_browser"
TRIES_A_MINUTE = 60
LONGEST = {"iss": 300, "launch": 2000}
FRAMES = frozenset({"iframe", "frame", "embed", "object"})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Take what a journal system starts Blikk with. A GET only shows it to the page, whose form then sends it."""
    given = request.POST if request.method == "POST" else request.GET
    asked = {name: given.get(name, "")[: most + 1] for name, most in LONGEST.items()}
    if any(len(asked[name]) > most for name, most in LONGEST.items()):
        return _fault(request, Why.WRONG_STATE)
    if request.method != "POST":
        return _start_page(request, asked)
    now, browser = timezone.now(), request.session.setdefault(BROWSER, new_secret())
    if not may_try("launch", address_of(request), times=TRIES_A_MINUTE, seconds=60, now=now):
        return _fault(request, "too_many", status=429)
    try:
        launch = starts.open_start(
            asked["iss"], asked["launch"], browser=browser, actor=_self(request), now=now
        )
    except LaunchFault as fault:
        return _fault(request, fault.why)
    return _go(request, launch) if _is_whole(request) else redirect("launch_go", launch)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def go(request: HttpRequest, launch: str) -> HttpResponse:
    """Go on to the journal system, for who is signed in now; where they work at several, they say where."""
    if not _is_whole(request):
        return _to_sign_in(request)
    if request.method == "POST":
        return _go(request, launch)
    try:
        places = starts.places_for(launch, _user(request), browser=_browser(request), now=timezone.now())
    except LaunchFault as fault:
        return _lost(request, fault)
    return _leads_out(render(request, "account/launch_go.html", {"places": places}))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def back(request: HttpRequest) -> HttpResponse:
    """Take the answer that somebody is back with. A GET only shows it to the page, whose form then sends it."""
    given = request.POST if request.method == "POST" else request.GET
    said = said_in(given)
    if request.method != "POST" and said:
        content = {"said": said, "action": reverse("launch_back")}
        return render(request, "account/launch_answer.html", content)
    if request.method != "POST":
        return _fault(request, Why.WRONG_STATE)
    if not _is_whole(request):
        return _fault(request, "signed_out")
    try:
        step = starts.come_back(
            said,
            _user(request),
            browser=_browser(request),
            base_url=settings.BLIKK_BASE_URL,
            actor=cast("Actor", _self(request)),
            now=timezone.now(),
        )
    except LaunchFault as fault:
        return _fault(request, fault.why)
    return _to(step)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bind(request: HttpRequest, launch: str) -> HttpResponse:
    """Show once that account and journal's user are the same person. Who did not confirm just now does first."""
    if not _is_whole(request):
        return _to_sign_in(request)
    now = timezone.now()
    try:
        found = launches.get_launch(launch, browser=_browser(request), now=now)
        launches.said_in(found, at=(starts.BIND,))
    except LaunchFault as fault:
        return _lost(request, fault)
    raise_if_reauthentication_required(request, app="allauth.mfa")
    if request.method != "POST":
        return render(request, "account/launch_bind.html")
    try:
        step = starts.bind(
            launch,
            _user(request),
            browser=_browser(request),
            actor=cast("Actor", _self(request)),
            now=now,
        )
    except LaunchFault as fault:
        return _fault(request, fault.why)
    messages.success(request, gettext("Brukeren din i journalen er koblet til kontoen din her."))
    return _to(step)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, launch: str) -> HttpResponse:
    """Say which of our patients the one in the journal is, or that it is a new one."""
    if not _is_whole(request):
        return _to_sign_in(request)
    who: dict[str, Any] = {"browser": _browser(request), "now": timezone.now()}
    try:
        if request.method != "POST":
            asked = starts.question(launch, _user(request), **who)
            return render(request, "account/launch_decide.html", {"asked": show_question(asked)})
        step = starts.decide(
            launch,
            request.POST.get("patient", ""),
            _user(request),
            actor=cast("Actor", _self(request)),
            **who,
        )
    except LaunchFault as fault:
        return _lost(request, fault)
    return _to(step)


@require_POST
def unbind(request: HttpRequest) -> HttpResponse:
    """Let no user of a journal system be this account any more."""
    if not _is_whole(request):
        return _to_sign_in(request)
    membership = cast("Membership | None", getattr(request, "membership", None))
    launches.unbind(
        _user(request),
        clinic_id=membership.clinic_id if membership else None,
        actor=cast("Actor", _self(request)),
        now=timezone.now(),
    )
    messages.success(request, gettext("Brukeren din i journalen er koblet fra."))
    return redirect("mfa_index")


def _start_page(request: HttpRequest, asked: dict[str, str]) -> HttpResponse:
    """The page that sends itself on; inside a frame of the journal's, a way out into a window of its own.

    In a frame of another site browsers keep neither our sign-in nor, by themselves, the camera, and what stands in a
    frame can be covered over. So only this page may be framed, and it holds nothing but that way out (decision 46).
    """
    rows = launches.registered(asked["iss"])
    if request.headers.get("Sec-Fetch-Dest", "") not in FRAMES:
        if not rows:
            return _fault(request, Why.UNKNOWN_ISSUER)
        return _leads_out(render(request, "account/launch_start.html", {"asked": asked}))
    response = render(request, "account/launch_framed.html", {"here": request.get_full_path()})
    origins = sorted({row.framed_by for row in rows if row.framed_by})
    if origins:
        response._csp_replace = {"frame-ancestors": origins}  # type: ignore[attr-defined]
    return response


def _go(request: HttpRequest, launch: str) -> HttpResponse:
    browser, now = _browser(request), timezone.now()
    try:
        places = starts.places_for(launch, _user(request), browser=browser, now=now)
        place = _place(request, places)
        if place is None:
            return redirect("launch_go", launch)
        to = starts.go(launch, place, browser=browser, base_url=settings.BLIKK_BASE_URL, now=now)
    except LaunchFault as fault:
        if fault.why != Why.WRONG_STATE:
            launches.note_refused(fault.why, issuer="", clinic_id=None, actor=_self(request), now=now)
        return _lost(request, fault)
    # What is opened is of that clinic, and no practising.
    request.session[CLINIC] = place.clinic.public_id
    request.session.pop(PRACTICE, None)
    return HttpResponseRedirect(to)


def _place(request: HttpRequest, places: "list[Membership]") -> "Membership | None":
    """Where the person chose to work with it; by itself the only one, or the one that they are at."""
    chosen = request.POST.get("clinic") or (request.session.get(CLINIC, "") if len(places) > 1 else "")
    if len(places) == 1 and not request.POST.get("clinic"):
        return places[0]
    return next((each for each in places if each.clinic.public_id == chosen), None)


def _to(step: "Step") -> HttpResponse:
    if step.at == starts.BIND:
        return redirect("launch_bind", step.launch)
    if step.at == starts.DECIDE:
        return redirect("launch_decide", step.launch)
    if step.at == starts.NEW:
        return HttpResponseRedirect(f"{reverse('book')}?journal={step.launch}")
    if step.consultation:
        return redirect("conversation", step.consultation)
    if step.appointment:
        return redirect("appointment", step.appointment)
    return HttpResponseRedirect(f"{reverse('book')}?pasient={step.patient}")


def _lost(request: HttpRequest, fault: LaunchFault) -> HttpResponse:
    """A start that is named in the address: one of another browser's is not there at all."""
    if fault.why == Why.WRONG_STATE:
        raise NotFound
    return _fault(request, fault.why)


def _fault(request: HttpRequest, why: str, *, status: int = 422) -> HttpResponse:
    content = {"fault": shown_fault(str(why)), "is_in": _is_whole(request), "why": str(why)}
    return render(request, "account/launch_fault.html", content, status=status)


def _leads_out(response: HttpResponse) -> HttpResponse:
    """Let the forms of this one page lead to the journal systems that the operator has opened for."""
    places = [f"https://{place}" for place in settings.BLIKK_EHR_HOSTS]
    response._csp_update = {"form-action": places}  # type: ignore[attr-defined]
    return response


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if getattr(request, "standing", None) is Standing.PASSWORD_ONLY:
        return redirect("mfa_index")
    return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))


def _is_whole(request: HttpRequest) -> bool:
    return getattr(request, "standing", None) is Standing.FULL


def _user(request: HttpRequest) -> "User":
    return cast("User", request.user)


def _browser(request: HttpRequest) -> str:
    return str(request.session.get(BROWSER, ""))


def _self(request: HttpRequest) -> Actor | None:
    if not request.user.is_authenticated:
        return None
    return Actor("staff", _user(request).public_id, where=address_of(request))
