"""What happens around every page: headers, the staff session, and errors in words."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext

from blikk.accounts import policies as sessions
from blikk.accounts.policies import Standing
from blikk.clinics import queries as clinics
from blikk.consultations.queries import sits_in_conversation
from blikk.kernel.actors import Actor
from blikk.kernel.errors import DomainError, IllegalMove, Invalid, NotFound, Overtaken
from blikk.kernel.ids import new_id
from blikk.web.access import address_of, is_page, wants_json
from blikk.web.forms import WORDS

log = logging.getLogger(__name__)

Answer = Callable[[HttpRequest], HttpResponseBase]

CLINIC = "clinic"
# The practice place that the session is in; until it is left, every page is of that place.
PRACTICE = "practice"
# Set by a script on what it sends by itself, such as autosaves and counters: no sign of a person.
BACKGROUND = "X-Blikk-Background"
# What a session with a password only may reach: the pages that make it a whole one, and the way out.
SET_UP_PAGES = frozenset(
    {
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_view_recovery_codes",
    }
)
# What a practice place has of the staff side: what one practises, and nothing that writes to anybody.
PRACTISED_PAGES = frozenset(
    {"practice", "practice_begin", "practice_leave", "practice_follow", "staff_home", "day", "day_rows"}
    | {"admit", "own_side", "conversation", "conversation_side", "conversation_people", "note", "close_out"}
    | {"note_correct", "note_taken", "note_pdf"}
    | {"conversation_identity", "conversation_shown", "conversation_told", "conversation_suitability"}
    | {"video_right", "hold_a_while", "back_from_a_while", "frame", "frame_tick", "confirm_frame"}
)
STATUS_OF: dict[type[DomainError], int] = {NotFound: 404, Overtaken: 409, IllegalMove: 409, Invalid: 422}
REFUSED = 409


class Headers:
    """Names every request, and puts on every answer what no page may be without."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.id = new_id()  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-Id"] = request.id  # type: ignore[attr-defined]
        # A page for everybody may say otherwise of itself, such as the badge.
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("X-Robots-Tag", "noindex, nofollow")
        is_static = request.path.startswith(settings.STATIC_URL)
        if not is_static and not ("Cache-Control" in response and _is_for_everybody(request)):
            response["Cache-Control"] = "no-store"
        return response


def _is_for_everybody(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return (user is None or user.is_anonymous) and settings.BLIKK_DEVICE_COOKIE not in request.COOKIES


class Staff:
    """Puts the person, the current clinic and the membership on the request, and ends sessions that are over.

    A session that is not whole is nobody's session on every page but those that make it whole.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        request.standing = None
        request.membership = request.clinic = request.actor = None
        request.other_clinics = []
        timezone.deactivate()
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            self._recognise(request, timezone.now())
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        name = request.resolver_match.url_name
        if request.standing is Standing.PASSWORD_ONLY and name not in SET_UP_PAGES:
            request.user = AnonymousUser()
            request.actor = None
        is_at_work = request.clinic is None or not request.clinic.is_practice
        if is_at_work or not hasattr(view, "audience") or name in PRACTISED_PAGES:
            return None
        # What could reach people who exist is not there in a practice place (decision 37).
        if not is_page(request):
            return not_found(request)
        messages.info(request, gettext("Den siden er ikke med i øvingen. Avslutt øvingen først."))
        return redirect("practice")

    def _recognise(self, request: Any, now: datetime) -> None:
        user = request.user
        standing = sessions.standing_of(
            request.session, now=now, is_in_conversation=lambda: sits_in_conversation(user.pk, now=now)
        )
        if standing.is_over:
            logout(request)
            messages.info(request, _words_for(standing))
            return
        if standing is Standing.PASSWORD_ONLY and is_mfa_enabled(user):
            # Begun before the person had a second factor: it may not be the way to add another one.
            logout(request)
            return
        translation.activate(user.language)
        request.LANGUAGE_CODE = translation.get_language()
        request.standing = standing
        request.actor = Actor("staff", user.public_id, where=address_of(request))
        if is_human(request):
            sessions.note_human(request.session, now=now)
        if standing is Standing.FULL:
            self._enter_clinic(request)

    def _enter_clinic(self, request: Any) -> None:
        memberships = clinics.memberships_of(request.user)
        chosen = request.session.get(CLINIC)
        current = [m for m in memberships if len(memberships) == 1 or m.clinic.public_id == chosen]
        practising = clinics.practises_at(request.user, request.session.get(PRACTICE))
        # Who works there no more does not practise there either.
        if practising is not None and current:
            current = [practising]
            memberships = []
        if current:
            request.membership = current[0]
            request.clinic = current[0].clinic
            timezone.activate(request.clinic.zone)
        request.other_clinics = [m.clinic for m in memberships if m not in current]


def is_human(request: HttpRequest) -> bool:
    """Whether a person did this: opened a page or sent something; a page that refreshes itself does not count."""
    if BACKGROUND in request.headers:
        return False
    if request.method in {"GET", "HEAD"}:
        return "HX-Request" not in request.headers and (
            request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
        )
    return True


def _words_for(standing: Standing) -> str:
    if standing is Standing.IDLE:
        return gettext("Du er logget ut, for siden sto ubrukt i 30 minutter. Logg inn for å fortsette.")
    return gettext("Du er logget ut, for det er gått 12 timer siden du logget inn. Logg inn for å fortsette.")


class Errors:
    """Puts what the rooms refuse into words for a person, or a code for a script."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        status = next((s for kind, s in STATUS_OF.items() if isinstance(exception, kind)), REFUSED)
        log.info("refused: %s", exception.code)
        fields = exception.fields if isinstance(exception, Invalid) else None
        return answer_error(request, exception.code, status, fields=fields)


def answer_error(
    request: HttpRequest, code: str, status: int, *, fields: dict[str, str] | None = None
) -> HttpResponse:
    """Answer with the page, or for a script with the code, of what is wrong."""
    if wants_json(request):
        content: dict[str, Any] = {"code": code}
        if fields is not None:
            content["fields"] = fields
        return JsonResponse(content, status=status)
    pages = [f"errors/{code}.html", "errors/default.html"]
    said = [str(WORDS[one]) for one in (fields or {"": code}).values() if one in WORDS]
    return render(request, pages, {"code": code, "said": said}, status=status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The one answer for what does not exist and for what is somebody else's."""
    return answer_error(request, NotFound.code, 404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer_error(request, "bad_request", 400)


def server_error(request: HttpRequest) -> HttpResponse:
    return answer_error(request, "server_error", 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open for too long, or was sent by another site."""
    return answer_error(request, "form_too_old", 403)
