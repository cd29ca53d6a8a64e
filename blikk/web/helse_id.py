"""Pages where staff sign in with HelseID, and connect it with their account."""

from typing import TYPE_CHECKING, cast

from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from blikk.accounts.errors import IsSomebodyElses
from blikk.accounts.oidc.client import Person
from blikk.accounts.oidc.faults import Fault
from blikk.journeys import helse_id
from blikk.kernel.actors import Actor
from blikk.kernel.errors import NotFound
from blikk.kernel.ids import new_secret
from blikk.kernel.limits import may_try
from blikk.web.access import address_of
from blikk.web.eid import leads_to, said_in
from blikk.web.presenters.eid import said_to_staff

if TYPE_CHECKING:
    from blikk.accounts.models import EidTrip, User

BROWSER, NEXT = "eid_browser", "eid_next"
TRIES_A_MINUTE = 60
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Go to HelseID, to come back signed in."""
    _require_used()
    to = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(to, allowed_hosts=None):
        request.session[NEXT] = to
    return _go(request, None, "account_login")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def connect(request: HttpRequest) -> HttpResponse:
    """Show what connecting means, and go to HelseID. Who did not confirm a moment ago is asked to first."""
    _require_used()
    raise_if_reauthentication_required(request, app="allauth.mfa")
    if request.method == "POST":
        return _go(request, cast("User", request.user), "mfa_index")
    return leads_to(render(request, "account/helse_id.html"), helse_id.asked())


@login_required
@require_POST
def disconnect(request: HttpRequest) -> HttpResponse:
    """Let HelseID sign in to one's account no more."""
    user = cast("User", request.user)
    helse_id.disconnect(user, actor=_self(request, user), now=timezone.now())
    messages.success(request, gettext("HelseID er koblet fra. Du logger inn med passord."))
    return redirect("mfa_index")


@require_http_methods(["GET", "HEAD", "POST"])
def back(request: HttpRequest) -> HttpResponse:
    """Take the answer that somebody is back with. A GET only shows it to the page, whose form then sends it."""
    _require_used()
    if request.method != "POST":
        said, action = said_in(request.GET), reverse("helse_id_back")
        return render(request, "account/helse_id_back.html", {"said": said, "action": action})
    now = timezone.now()
    browser = str(request.session.get(BROWSER, ""))
    try:
        trip, person = helse_id.come_back(
            said_in(request.POST), browser=browser, base_url=settings.BLIKK_BASE_URL, now=now
        )
        if trip.purpose == "connect":
            return _connected(request, trip, person)
    except Fault as fault:
        return _refused(request, fault.reason)
    except IsSomebodyElses as fault:
        return _refused(request, fault.code)
    user = helse_id.recognise(person, where=address_of(request), now=now)
    if user is None:
        return _refused(request, "not_connected")
    return _let_in(request, user)


def _connected(request: HttpRequest, trip: "EidTrip", person: Person) -> HttpResponse:
    if not request.user.is_authenticated:
        raise NotFound
    user = request.user
    helse_id.connect(user, trip, person, actor=_self(request, user), now=timezone.now())
    messages.success(request, gettext("HelseID er koblet til. Nå kan du logge inn med den."))
    return redirect("mfa_index")


def _let_in(request: HttpRequest, user: "User") -> HttpResponse:
    """HelseID at the highest level counts as password and second factor together."""
    to = request.session.pop(NEXT, "")
    if request.user.is_authenticated and request.user.pk != user.pk:
        logout(request)
    record_authentication(request, user, method="mfa", type="helseid")
    login(request, user, backend=BACKEND)
    return HttpResponseRedirect(to or reverse(settings.LOGIN_REDIRECT_URL))


def _go(request: HttpRequest, user: "User | None", otherwise: str) -> HttpResponse:
    now = timezone.now()
    browser = request.session.setdefault(BROWSER, new_secret())
    if not may_try("helseid", address_of(request), times=TRIES_A_MINUTE, seconds=60, now=now):
        messages.error(request, gettext("Det er prøvd for mange ganger. Vent et minutt og prøv igjen."))
        return redirect(otherwise)
    try:
        to = helse_id.begin(
            user,
            browser=browser,
            base_url=settings.BLIKK_BASE_URL,
            language=translation.get_language() or "",
            now=now,
        )
    except Fault as fault:
        messages.error(request, said_to_staff(fault.reason))
        return redirect(otherwise)
    return HttpResponseRedirect(to)


def _refused(request: HttpRequest, reason: str) -> HttpResponse:
    messages.error(request, said_to_staff(reason))
    return redirect("mfa_index" if request.user.is_authenticated else "account_login")


def _require_used() -> None:
    if helse_id.asked() is None:
        raise NotFound


def _self(request: HttpRequest, user: "User") -> Actor:
    return Actor("staff", user.public_id, where=address_of(request))
