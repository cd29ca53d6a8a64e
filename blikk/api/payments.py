"""What Vipps and Stripe tell us of payments.

A call bears a signature with the secret of the clinic's webhook there, which no browser has: that stands in for the
CSRF token. It changes nothing but when we look. One that is forged, malformed or for nobody is told that there is no
such page.
"""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from blikk.kernel.errors import NotFound
from blikk.settlement.told import LARGEST, told_by_stripe, told_by_vipps


@csrf_exempt
@require_POST
def told(request: HttpRequest, setup_id: str) -> HttpResponse:
    """Take a call; twice, late, out of order or about nothing here, it is answered alike."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        raise NotFound
    is_taken = told_by_vipps(
        setup_id,
        body=request.body,
        said=request.headers.get("Authorization", ""),
        path=request.get_full_path(),
        date=request.headers.get("x-ms-date", ""),
        host=request.headers.get("Host", ""),
        now=timezone.now(),
    )
    if not is_taken:
        raise NotFound
    return HttpResponse(status=200)


@csrf_exempt
@require_POST
def told_by_card(request: HttpRequest, setup_id: str) -> HttpResponse:
    """Take a call from Stripe, in the same way."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        raise NotFound
    said = request.headers.get("Stripe-Signature", "")
    if not told_by_stripe(setup_id, body=request.body, said=said, now=timezone.now()):
        raise NotFound
    return HttpResponse(status=200)
