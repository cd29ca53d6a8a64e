"""Pages for administrators: which journal systems may start Blikk, and which of their appointments come in."""

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from blikk.documentation import launches
from blikk.documentation.ehr.connections import fhir_connection_of
from blikk.documentation.incoming import change_feed, feed_of
from blikk.documentation.smart.client import SCOPES
from blikk.documentation.smart.keys import public_keys
from blikk.web.access import StaffRequest, staff
from blikk.web.administrator_record_forms import FeedForm, IssuerForm
from blikk.web.presenters.incoming import show_feed


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def from_the_record(request: StaffRequest) -> HttpResponse:
    """Say which journal systems may start Blikk here, and which appointments come in by themselves."""
    issuer = IssuerForm(request.POST if "issuer" in request.POST else None)
    feed = FeedForm(request.POST if "feed" in request.POST else None, feed=feed_of(request.clinic))
    if issuer.is_bound and issuer.attempt(lambda: _register(request, issuer)):
        messages.success(
            request, gettext("Lagret. Gi nøkkelen og adressene nedenfor til journalleverandøren.")
        )
        return redirect("from_the_record")
    if feed.is_bound and feed.attempt(lambda: _change(request, feed)):
        messages.success(request, gettext("Lagret. Timene leses i løpet av et minutt."))
        return redirect("from_the_record")
    wrong = bool(issuer.errors or feed.errors)
    return render(
        request,
        "administrator/from_the_record.html",
        _context(request, issuer, feed),
        status=422 if wrong else 200,
    )


@staff("administrator")
@require_POST
def issuer_end(request: StaffRequest, issuer_id: str) -> HttpResponse:
    """Let a journal system start Blikk no more."""
    launches.end_issuer(request.clinic, issuer_id, actor=request.actor, now=timezone.now())
    messages.success(request, gettext("Blikk kan ikke lenger åpnes derfra."))
    return redirect("from_the_record")


def _register(request: StaffRequest, form: IssuerForm) -> Any:
    return launches.register_issuer(request.clinic, **form.values(), actor=request.actor, now=timezone.now())


def _change(request: StaffRequest, form: FeedForm) -> Any:
    return change_feed(request.clinic, **form.values(), actor=request.actor, now=timezone.now())


def _context(request: StaffRequest, issuer: IssuerForm, feed: FeedForm) -> dict[str, Any]:
    rows = [
        {
            "id": row.public_id,
            "label": row.label,
            "issuer": row.issuer,
            "client_id": row.client_id,
            "framed_by": row.framed_by,
            "keys": json.dumps(public_keys(row), indent=2),
        }
        for row in launches.issuers_of(request.clinic)
    ]
    return {
        "issuer_form": issuer,
        "feed_form": feed,
        "issuers": rows,
        "hosts": settings.BLIKK_EHR_HOSTS,
        "launch_url": settings.BLIKK_BASE_URL + reverse("launch"),
        "back_url": settings.BLIKK_BASE_URL + reverse("launch_back"),
        "scopes": SCOPES,
        "has_server": fhir_connection_of(request.clinic) is not None,
        "feed": show_feed(feed_of(request.clinic), request.clinic),
    }
