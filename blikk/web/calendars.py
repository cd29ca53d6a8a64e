"""Calendars of those who work here: the feed that a calendar program fetches, and the page where it is made."""

import re

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from blikk.calendars import queries, services
from blikk.calendars.files import write
from blikk.kernel.errors import NotFound
from blikk.kernel.ids import digest
from blikk.kernel.limits import may_try
from blikk.web.access import StaffRequest, staff
from blikk.web.presenters.calendars import show_calendar

# Programs ask some times an hour, several on one address; more than this is a fault or an attack.
TIMES, WINDOW = 60, 10 * 60
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponseBase:
    """A clinician's hours, for the calendar program that holds the secret address; for others it is not there."""
    found = queries.find_feed(secret) if _SECRET.fullmatch(secret) else None
    if found is None:
        raise NotFound
    now = timezone.now()
    if not may_try("calendar-feed", found.public_id, times=TIMES, seconds=WINDOW, now=now):
        return HttpResponse(status=429, headers={"Retry-After": str(WINDOW)})
    services.note_fetched(found, now=now)
    hours = queries.hours_of(found.membership, base_url=settings.BLIKK_BASE_URL, now=now)
    text = write(hours, method="PUBLISH", name=f"Blikk – {found.membership.clinic.sender_label}")
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = etag = quote_etag(digest(text))
    return get_conditional_response(request, etag=etag, response=response) or response


@require_safe
@staff("clinician")
def calendar(request: StaffRequest) -> HttpResponse:
    """Where a clinician's hours are shown besides here."""
    return _page(request)


@require_POST
@staff("clinician")
def feed_open(request: StaffRequest) -> HttpResponse:
    """Make the secret address, or a new one instead; it is shown on this answer and never again."""
    secret = services.open_feed(request.membership, actor=request.actor, now=timezone.now())
    return _page(request, address=settings.BLIKK_BASE_URL + reverse("calendar_feed", args=[secret]))


@require_POST
@staff("clinician")
def feed_close(request: StaffRequest) -> HttpResponse:
    """Let the secret address lead nowhere."""
    services.close_feed(request.membership, actor=request.actor, now=timezone.now())
    messages.success(request, gettext("Adressen er stengt. Kalendere som brukte den, får ikke vite noe mer."))
    return redirect("calendar")


def _page(request: StaffRequest, *, address: str = "") -> HttpResponse:
    shown = show_calendar(
        queries.feed_of(request.membership),
        queries.calendar_of(request.membership),
        zone=request.clinic.zone,
        address=address,
    )
    return render(request, "account/calendar.html", {"calendar": shown, "page": {"at": "copy"}})
