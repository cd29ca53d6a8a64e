"""Ready words for the switchboard, the website, the answering machine and the foot of messages."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from blikk.kernel.times import local
from blikk.scheduling import queries as scheduling
from blikk.web.access import StaffRequest, staff
from blikk.web.badge import line_of_html
from blikk.web.presenters.ready_words import show_ready_words


@require_GET
@never_cache
@staff("clinician", "secretary", "administrator")
def ready_words(request: StaffRequest) -> HttpResponse:
    """Texts to copy, filled with the clinic's own times and links."""
    today = local(timezone.now(), request.clinic.zone).date()
    periods = [
        period
        for period in scheduling.periods_of(request.clinic)
        if period.valid_to is None or period.valid_to >= today
    ]
    texts = show_ready_words(
        request.clinic, periods, base_url=settings.BLIKK_BASE_URL, badge=line_of_html(request.clinic)
    )
    context = {"texts": texts, "is_public": request.clinic.is_public, "page": {"at": "copy"}}
    return render(request, "staff/ready_words.html", context)
