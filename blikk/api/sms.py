"""What an SMS gateway tells us: what became of messages, and what people have sent.

Who calls proves itself by the secret in the address, and by a signature where the gateway makes one. A wrong one is
told that there is no such page; a right one gets the same answer whatever it tells of.
"""

import hashlib
import hmac
import json
import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from blikk.journeys.delivery import take_report
from blikk.journeys.inbound import take_text
from blikk.kernel.errors import NotFound
from blikk.notifications.states import NUMBER_NOT_IN_USE, Outcome
from blikk.notifications.transports.chosen import gateway_template
from blikk.notifications.transports.http.template import Calling, Template, find, items

FRESH_FOR = 300

log = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def report(request: HttpRequest, secret: str) -> HttpResponse:
    """A gateway says what became of messages; early, late, doubled or unknown ones are answered alike."""
    gateway = _gateway(request, secret)
    how = gateway.report
    if how is None:
        raise NotFound
    for item in items(_said(request, how), how.items):
        _take_report(item, how)
    return HttpResponse(how.answer, content_type="text/plain")


@csrf_exempt
@require_POST
def text(request: HttpRequest, secret: str) -> HttpResponse:
    """A gateway brings an SMS that somebody sent to us."""
    gateway = _gateway(request, secret)
    how = gateway.text
    if how is None:
        raise NotFound
    for item in items(_said(request, how), how.items):
        phone, words = find(item, how.phone), find(item, how.words)
        if phone and words:
            name = find(item, how.id) if how.id else None
            take_text(source="http", provider_id=name or "", phone=phone, words=words, now=timezone.now())
    return HttpResponse(how.answer, content_type="text/plain")


def _take_report(item: Any, how: Calling) -> None:
    state = find(item, how.state)
    kinds = (
        (Outcome.ACCEPTED, how.accepted),
        (Outcome.DELIVERED, how.delivered),
        (Outcome.FAILED, how.failed),
    )
    outcome = next((kind for kind, states in kinds if state in states), None)
    if outcome is None:
        log.warning("sms.report_not_understood")
        return
    reason = ""
    if outcome == Outcome.FAILED:
        reason = NUMBER_NOT_IN_USE if how.not_in_use.fits(0, item) else "gateway_reports_failure"
    take_report(
        "sms",
        provider_id=(find(item, how.id) if how.id else None) or "",
        reference=(find(item, how.reference) if how.reference else None) or "",
        outcome=outcome,
        reason=reason,
        now=timezone.now(),
    )


def _gateway(request: HttpRequest, secret: str) -> Template:
    """The gateway that calls. Raises NotFound for everybody else, and where no gateway is set up."""
    gateway = gateway_template()
    mine = settings.BLIKK_SMS_HOOK_SECRET
    if gateway is None or not hmac.compare_digest(secret.encode(), mine.encode()):
        raise NotFound
    if gateway.signature and not _is_signed(request, gateway):
        raise NotFound
    return gateway


def _is_signed(request: HttpRequest, gateway: Template) -> bool:
    """Whether the call bears a fresh signature over its moment and its body."""
    how = gateway.signature
    moment = request.headers.get(how.timestamp, "") if how else ""
    if how is None or not moment.isascii() or not moment.isdigit() or len(moment) > 12:
        return False
    if abs(timezone.now().timestamp() - int(moment)) > FRESH_FOR:
        return False
    key = settings.BLIKK_SMS_HOOK_KEY.encode()
    right = hmac.new(key, moment.encode() + b"." + request.body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"{how.prefix}{right}".encode(), request.headers.get(how.header, "").encode())


def _said(request: HttpRequest, how: Calling) -> Any:
    if how.form:
        return request.POST.dict()
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError) as fault:
        raise BadRequest from fault
