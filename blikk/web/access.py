"""Who may come in through which page: the one place where pages are opened to people.

Whoever may not see a thing is told that it does not exist. The one exception is the way to the sign-in page: a
person who is not signed in, and opens a page of the staff side in a browser, is sent there before anything is looked
up, so the answer is the same for what exists and for what does not.
"""

import json
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from blikk.accounts.policies import Standing
from blikk.kernel.addresses import asking_address
from blikk.kernel.errors import NotFound

if TYPE_CHECKING:
    from blikk.accounts.models import User
    from blikk.clinics.models import Clinic, Membership
    from blikk.kernel.actors import Actor

LARGEST_JSON = 64 * 1024

View = Callable[..., HttpResponseBase]


class StaffRequest(HttpRequest):
    """What a page of the staff side knows about the person who asks. Never made: requests are cast to it."""

    user: "User"
    clinic: "Clinic"
    membership: "Membership"
    other_clinics: Sequence["Clinic"]
    actor: "Actor"


class JsonRequest(HttpRequest):
    """A request whose body is a JSON object, already read."""

    json: dict[str, Any]


def staff(*roles: str, fragment: bool = False) -> Callable[[View], View]:
    """Open a page to members of the current clinic in one of `roles`; to all of them if none is named.

    A `fragment` is fetched by a page that is open already and never leads to the sign-in page.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            membership = getattr(request, "membership", None)
            if membership is None:
                if fragment or not is_page(request):
                    raise NotFound
                return _way_in(request)
            if roles and membership.role not in roles:
                raise NotFound
            response = view(cast("StaffRequest", request), *args, **kwargs)
            patch_vary_headers(response, ["Cookie"])
            return response

        guarded.audience = ("staff", *roles)  # type: ignore[attr-defined]
        return guarded

    return decorate


def is_page(request: HttpRequest) -> bool:
    """Whether a browser asks for this as a page of its own, not a script for a part of one."""
    if request.method not in {"GET", "HEAD"} or "HX-Request" in request.headers:
        return False
    return request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate" and not wants_json(request)


def wants_json(request: HttpRequest) -> bool:
    return request.content_type == "application/json" or request.headers.get("Accept") == "application/json"


def _way_in(request: HttpRequest) -> HttpResponse:
    standing: Standing | None = getattr(request, "standing", None)
    if standing is Standing.PASSWORD_ONLY:
        return redirect("mfa_index")
    if standing is Standing.FULL:
        return redirect("choose_clinic")
    return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))


def same_origin_json(view: View) -> View:
    """Take a POST of a JSON object from our own pages only; `request.json` holds it.

    No form and no foreign page can send it: the Origin is compared exactly, and the content type needs a preflight
    that is never granted. That stands in for the CSRF token, which patients' pages do not carry.
    """

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return _refuse("method", 405, Allow="POST")
        if request.headers.get("Origin") not in settings.BLIKK_ORIGINS:
            return _refuse("foreign", 403)
        if request.content_type != "application/json":
            return _refuse("not_json", 415)
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_JSON or len(request.body) > LARGEST_JSON:
            return _refuse("too_large", 413)
        try:
            content = json.loads(request.body or b"{}")
        except (ValueError, RecursionError):
            return _refuse("not_json", 400)
        if not isinstance(content, dict):
            return _refuse("not_json", 400)
        asked = cast("JsonRequest", request)
        asked.json = content
        return view(asked, *args, **kwargs)

    guarded.same_origin_json = True  # type: ignore[attr-defined]
    return guarded


def same_origin_bytes(view: View) -> View:
    """Take a POST of bytes from our own pages only; the view reads as many of them as it takes."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return _refuse("method", 405, Allow="POST")
        if request.headers.get("Origin") not in settings.BLIKK_ORIGINS:
            return _refuse("foreign", 403)
        return view(request, *args, **kwargs)

    guarded.same_origin_json = True  # type: ignore[attr-defined]
    return guarded


def _refuse(code: str, status: int, **headers: str) -> JsonResponse:
    return JsonResponse({"code": code}, status=status, headers=headers)


def address_of(request: HttpRequest) -> str:
    """The network address that asks: the peer, or what our own proxies say about it; never what it says itself."""
    return asking_address(
        request.META.get("REMOTE_ADDR", ""),
        request.headers.get("X-Forwarded-For", ""),
        proxies=settings.ALLAUTH_TRUSTED_PROXY_COUNT,
    )
