"""Who may ask: a good token, seldom enough, for what was granted; and whatever goes wrong is said in FHIR's own way."""

import logging
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from blikk.api.fhir.answers import Problem, outcome
from blikk.clinics.machines.queries import Caller, caller_of
from blikk.journeys.sharing.kinds import TooCostly
from blikk.journeys.sharing.reading import KINDS
from blikk.kernel.actors import Actor
from blikk.kernel.addresses import asking_address
from blikk.kernel.errors import NotFound
from blikk.kernel.limits import may_try

# For each system, within a minute; a token that nobody knows is counted by where it comes from.
MOST_READS, MOST_GUESSES, WINDOW = 600, 60, 60
_ACCEPTED = ("*/*", "application/*", "application/json", "application/fhir+json")
_FORMATS = {"json", "application/json", "application/fhir+json"}

log = logging.getLogger(__name__)

View = Callable[..., HttpResponse]


class Asking(HttpRequest):
    """A request of a system that has shown its token. Never made: requests are cast to it."""

    caller: Caller
    actor: Actor


def fhir(*methods: str) -> Callable[[View], View]:
    """An address of the API: its methods, and its faults as OperationOutcomes."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                if request.method not in methods:
                    raise Problem(405, "method", Allow=", ".join(methods))
                response = view(request, *args, **kwargs)
            except Problem as problem:
                response = outcome(problem)
            except NotFound:
                response = outcome(Problem(404, "not_found"))
            except TooCostly:
                response = outcome(Problem(403, "too_costly"))
            except SuspiciousOperation:
                response = outcome(Problem(400, "bad_request"))
            except Exception:
                log.exception("fhir.fault")
                response = outcome(Problem(500, "server_error"))
            patch_vary_headers(response, ["Authorization", "Accept", "Prefer"])
            return response

        return guarded

    return decorate


def with_token(view: View) -> View:
    """Let in who shows a good token. Raises Problem."""

    @wraps(view)
    def guarded(request: HttpRequest, kind: str, *args: Any, **kwargs: Any) -> HttpResponse:
        require_json(request)
        asking = cast("Asking", request)
        asking.caller = _caller(request)
        asking.actor = Actor("machine", asking.caller.client_id, address_of(request))
        if kind not in KINDS:
            raise Problem(404, "no_such_kind")
        return view(asking, kind, *args, **kwargs)

    return guarded


def require_grant(asking: Asking, letter: str, kind: str) -> None:
    """Raises Problem for what the system may not do."""
    if not asking.caller.may(letter, kind):
        needed = f'Bearer error="insufficient_scope", scope="system/{kind}.{letter}"'
        raise Problem(403, "not_granted", WWW_Authenticate=needed)


def require_json(request: HttpRequest) -> None:
    """Raises Problem for who wants something else than JSON."""
    asked = request.GET.get("_format", "")
    # What stands in an address as a plus sign arrives as a space.
    if asked and asked.partition(";")[0].strip().replace(" ", "+") not in _FORMATS:
        raise Problem(406, "not_acceptable")
    kinds = [one.partition(";")[0].strip() for one in request.headers.get("Accept", "*/*").split(",")]
    if not asked and not any(kind in _ACCEPTED or not kind for kind in kinds):
        raise Problem(406, "not_acceptable")


def preference(request: HttpRequest) -> str:
    """How the other side prefers to be treated: "strict", "lenient" or not said."""
    words: Sequence[str] = request.headers.get("Prefer", "").replace(";", ",").split(",")
    said = [word.strip().removeprefix("handling=") for word in words if word.strip().startswith("handling=")]
    return said[0] if said and said[0] in {"strict", "lenient"} else ""


def address_of(request: HttpRequest) -> str:
    return asking_address(
        request.META.get("REMOTE_ADDR", ""),
        request.headers.get("X-Forwarded-For", ""),
        proxies=settings.ALLAUTH_TRUSTED_PROXY_COUNT,
    )


def _caller(request: HttpRequest) -> Caller:
    now = timezone.now()
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    caller = caller_of(token.strip(), now=now) if scheme.lower() == "bearer" else None
    if caller is None:
        _require_seldom("fhir-guess", address_of(request), MOST_GUESSES)
        said = 'Bearer error="invalid_token"' if scheme else "Bearer"
        raise Problem(401, "no_token", WWW_Authenticate=said)
    _require_seldom("fhir", caller.client_id, MOST_READS)
    return caller


def _require_seldom(what: str, who: str, times: int) -> None:
    if not may_try(what, who, times=times, seconds=WINDOW, now=timezone.now()):
        raise Problem(429, "too_often", Retry_After=str(WINDOW))
