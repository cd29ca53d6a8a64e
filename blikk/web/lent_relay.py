"""The relay, lent to anybody who tries their network: for two minutes, so many times from one address."""

from django.http import HttpResponse, JsonResponse
from django.utils import timezone

from blikk.kernel.limits import may_try
from blikk.media.services import check_credentials
from blikk.web.access import JsonRequest, address_of
from blikk.web.patient import too_many

TIMES, WINDOW = 30, 10 * 60


def lend(request: JsonRequest) -> HttpResponse:
    """Give the relay's credentials of the check's own class, or say that it was enough for now."""
    now, where = timezone.now(), address_of(request)
    if not may_try("public-relay", where, times=TIMES, seconds=WINDOW, now=now):
        return too_many()
    return JsonResponse({"ice": check_credentials(f"public:{where}", now=now).as_json()})
