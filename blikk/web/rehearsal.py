"""Where a patient practises: any time, any number of times, without a link, a queue or a trace on the server."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from blikk.patients.services import LANGUAGES
from blikk.web.patient import trusted_types


@require_safe
@gzip_page
@trusted_types
def rehearsal(request: HttpRequest) -> HttpResponse:
    """See and hear oneself, answer a sample question, and meet a drawn clinician. All of it happens in the browser."""
    asked = request.GET.get("sprak", "")
    with translation.override(asked if asked in LANGUAGES else translation.get_language()):
        response = render(request, "public/rehearsal.html")
        response["Content-Language"] = translation.get_language()
    return response
