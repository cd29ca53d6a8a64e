"""Tokens for systems: given to who signs that it is itself (RFC 6749, 7523), and taken back (RFC 7009)."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from blikk.api.fhir.description import base, token_address
from blikk.api.fhir.guard import address_of
from blikk.api.fhir.words import ASSERTIONS
from blikk.clinics.machines.assertions import NotProven
from blikk.clinics.machines.scopes import written
from blikk.clinics.machines.services import NothingGranted, give_token, take_back
from blikk.kernel.limits import may_try

BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FORM = "application/x-www-form-urlencoded"
LARGEST = 64 * 1024
MOST_TRIES, WINDOW = 60, 60

View = Callable[[HttpRequest], HttpResponse]


def _asked(view: View) -> View:
    """Take a form, seldom enough; what is wrong is said as OAuth has it."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return _refusal("invalid_request", "not_a_form", 405, Allow="POST")
        now = timezone.now()
        if not may_try("fhir-token", address_of(request), times=MOST_TRIES, seconds=WINDOW, now=now):
            return _refusal("temporarily_unavailable", "too_often", 429, **{"Retry-After": str(WINDOW)})
        length = request.META.get("CONTENT_LENGTH") or "0"
        if request.content_type != FORM or not length.isdigit() or int(length) > LARGEST:
            return _refusal("invalid_request", "not_a_form", 400)
        try:
            return view(request)
        except NotProven as refusal:
            return _refusal("invalid_client", refusal.why, 401)
        except NothingGranted:
            return _refusal("invalid_scope", "nothing_granted", 400)
        except SuspiciousOperation:
            return _refusal("invalid_request", "not_a_form", 400)

    return guarded


@_asked
def token(request: HttpRequest) -> HttpResponse:
    """Give a system a token for some minutes."""
    if request.POST.get("grant_type") != "client_credentials":
        return _refusal("unsupported_grant_type", "grant_type", 400)
    issued = give_token(
        _assertion(request),
        audiences=_audiences(),
        scope=request.POST.get("scope", "")[:2000],
        where=address_of(request),
        now=timezone.now(),
    )
    said = {
        "access_token": issued.token,
        "token_type": "Bearer",
        "expires_in": int(issued.lasts.total_seconds()),
        "scope": written(issued.grants),
    }
    return JsonResponse(said, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})


@_asked
def revoke(request: HttpRequest) -> HttpResponse:
    """Make a token worthless before its time."""
    given = request.POST.get("token", "")
    if not given:
        return _refusal("invalid_request", "no_token", 400)
    take_back(_assertion(request), given, audiences=_audiences(), now=timezone.now())
    return HttpResponse(status=200, content_type="application/json")


def _audiences() -> list[str]:
    return [token_address(), f"{base()}/revoke"]


def _assertion(request: HttpRequest) -> str:
    """What the system signed. Raises NotProven: passwords and shared secrets are not known here."""
    given = request.POST.get("client_assertion", "")
    if request.POST.get("client_assertion_type") != BEARER or not given or "Authorization" in request.headers:
        raise NotProven("no_assertion")
    return given


def _refusal(error: str, why: str, status: int, **headers: str) -> JsonResponse:
    said = {"error": error, "error_description": str(ASSERTIONS[why])}
    return JsonResponse(said, status=status, headers=headers, json_dumps_params={"ensure_ascii": False})
