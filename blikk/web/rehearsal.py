"""Where a patient practises: any time, any number of times, without a link, a queue or a trace on the server."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from blikk.patients.services import LANGUAGES
from blikk.web.access import JsonRequest, same_origin_json
from blikk.web.lent_relay import lend
from blikk.web.patient import trusted_types


@require_safe
@gzip_page
@trusted_types
def rehearsal(request: HttpRequest) -> HttpResponse:
    """See and hear oneself, answer a sample question, and meet a drawn clinician. All of it happens in the browser;
    the server lends the relay, so that the network is tried too, and keeps nothing.
    """
    asked = request.GET.get("sprak", "")
    with translation.override(asked if asked in LANGUAGES else translation.get_language()):
        response = render(request, "public/rehearsal.html", {"page": {"relay": reverse("rehearsal_relay")}})
        response["Content-Language"] = translation.get_language()
    return response


@same_origin_json
def relay(request: JsonRequest) -> HttpResponse:
    """Lend the relay for two minutes to a browser that tries its network."""
    return lend(request)
