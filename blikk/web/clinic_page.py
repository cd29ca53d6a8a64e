"""The clinic's own page for everybody, the badge and the state behind it, the QR code and the equipment test."""

import io
from typing import Any

import segno
from csp.constants import NONCE, NONE
from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from blikk.clinics import queries as clinics
from blikk.kernel.times import local
from blikk.web.access import JsonRequest, same_origin_json
from blikk.web.door_page import phone_words
from blikk.web.lent_relay import lend
from blikk.web.patient import trusted_types
from blikk.web.presenters.clinic_live import live_state
from blikk.web.presenters.clinic_page import clinic_page as on_the_page
from blikk.web.presenters.clinic_page import for_search
from blikk.web.presenters.cost import cost_of_clinic

# Search engines may find the clinic's page, and no other.
FOUND = "all"
STATE_FOR = "public, max-age=2"
QR_FOR = "public, max-age=86400"

# The badge stands inside other sites' pages: it may be framed by all of them, sends nothing anywhere but here, and
# asks for no cookie.
framed: Any = csp_replace(
    {
        "default-src": [NONE],
        "script-src": [NONCE],
        "style-src": [NONCE],
        # Its own socket too, which older Safari does not count as of this host.
        "connect-src": settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["connect-src"],
        "base-uri": [NONE],
        "object-src": [NONE],
        "form-action": [NONE],
        "frame-ancestors": ["*"],
    }
)


@require_safe
@gzip_page
@trusted_types
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """What the clinic does by video, who works there, and whether one can come now."""
    clinic = clinics.public_clinic(slug)
    now = timezone.now()
    shown = on_the_page(clinic)
    content = {
        "clinic": shown,
        "cost": cost_of_clinic(clinic, local(now, clinic.zone).date()),
        "slug": slug,
        "live": live_state(clinic, now=now),
        "notices": clinics.notices_for(clinic, "public", on=local(now, clinic.zone).date()),
        "for_search": for_search(clinic, shown),
        "address": settings.BLIKK_BASE_URL + reverse("clinic_page", args=[slug]),
    }
    response = render(request, "public/clinic.html", content)
    response["X-Robots-Tag"] = FOUND
    return response


@require_safe
def status(request: HttpRequest, slug: str) -> HttpResponse:
    """The state now as JSON, for the page itself, the badge, and a municipality that draws its own."""
    clinic = clinics.public_clinic(slug)
    live = live_state(clinic, now=timezone.now())
    response = JsonResponse({"clinic": clinic.name, **live.facts()})
    response["Cache-Control"] = STATE_FOR
    response["Vary"] = "Accept-Language, Cookie"
    # Public facts, given without cookies: any site may read them.
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
@framed
def badge(request: HttpRequest, slug: str) -> HttpResponse:
    """A small page to stand inside another site, with the state now. It sets no cookie and reads none."""
    clinic = clinics.public_clinic(slug)
    content = {
        "name": clinic.name,
        "slug": slug,
        "live": live_state(clinic, now=timezone.now()),
        "address": settings.BLIKK_BASE_URL + reverse("clinic_page", args=[slug]),
    }
    response = render(request, "public/badge.html", content)
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Cache-Control"] = STATE_FOR
    return response


@require_safe
def qr(request: HttpRequest, slug: str) -> HttpResponse:
    """The address of the clinic's page as a picture for a poster."""
    clinic = clinics.public_clinic(slug)
    drawn = io.BytesIO()
    address = settings.BLIKK_BASE_URL + reverse("clinic_page", args=[clinic.slug])
    segno.make(address, error="m").save(drawn, kind="svg", scale=8, border=4, dark="#000", light="#fff")
    response = HttpResponse(drawn.getvalue(), content_type="image/svg+xml")
    response["Cache-Control"] = QR_FOR
    return response


@require_safe
@gzip_page
@trusted_types
def equipment(request: HttpRequest, slug: str) -> HttpResponse:
    """Try camera, sound and network, without an invitation and without anybody seeing it."""
    clinic = clinics.public_clinic(slug)
    door = {"phone": phone_words(clinic.phone), "phone_link": clinic.phone.replace(" ", "")}
    content = {"name": clinic.name, "slug": slug, "door": door, "page": {"relay": f"/k/{slug}/test/nett"}}
    return render(request, "public/equipment.html", content)


@same_origin_json
def relay(request: JsonRequest, slug: str) -> HttpResponse:
    """Lend the relay for two minutes to a browser that tries its network."""
    clinics.public_clinic(slug)
    return lend(request)
