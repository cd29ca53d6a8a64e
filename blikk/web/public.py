"""Pages for everybody: what Blikk is, the typed code, and whether the service is up."""

from typing import Any

from django.db import connection
from django.db.utils import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from blikk.journeys import door, written
from blikk.kernel.errors import NotFound
from blikk.kernel.ids import new_secret
from blikk.kernel.limits import may_try
from blikk.web.access import address_of
from blikk.web.patient import device_secret, remember, trusted_types

WINDOW = 10 * 60
TRIES_PER_ADDRESS = 20
TRIES_IN_ALL = 600
PLAIN = "text/plain; charset=utf-8"


@require_safe
@trusted_types
def home(request: HttpRequest) -> HttpResponse:
    """What this is, the way in for a patient with a code, and the way in for staff."""
    return render(request, "public/home.html")


@require_http_methods(["GET", "HEAD", "POST"])
@trusted_types
def typed_code(request: HttpRequest) -> HttpResponse:
    """Take the code of a message, for those who never press links; needs no script up to the page."""
    if request.method != "POST":
        return _code_form(request)
    typed = request.POST.get("code", "")
    if not typed.strip():
        return _code_form(request, typed, problem="empty", status=422)
    now, where = timezone.now(), address_of(request)
    if not (
        may_try("typed-code", where, times=TRIES_PER_ADDRESS, seconds=WINDOW, now=now)
        and may_try("typed-code", "all", times=TRIES_IN_ALL, seconds=WINDOW, now=now)
    ):
        return _code_form(request, typed, problem="too_many", status=429)
    secret = device_secret(request) or new_secret()
    known = {"device_secret": secret, "where": where, "now": now}
    try:
        return remember(redirect(_page_behind(typed, known)), secret)
    except NotFound:
        return _code_form(request, typed, problem="unknown", status=422)


def _page_behind(typed: str, known: dict[str, Any]) -> str:
    """The page that a code leads to: into a conversation, or into something to write. Raises NotFound."""
    try:
        return reverse("patient_page", args=[door.open_code(typed, **known).invitation])
    except NotFound:
        return reverse("written", args=[written.open_code(typed, **known).public_id])


def _code_form(
    request: HttpRequest, typed: str = "", *, problem: str = "", status: int = 200
) -> HttpResponse:
    return render(request, "public/code.html", {"typed": typed[:40], "problem": problem}, status=status)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type=PLAIN)


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The process can do its work: the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database\n", status=503, content_type=PLAIN)
    return HttpResponse("ok\n", content_type=PLAIN)
