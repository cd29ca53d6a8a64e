"""The staff's own equipment check: the page, the relay for it, what was found, and the blur's worker."""

import json
from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from blikk.clinics import equipment
from blikk.kernel.limits import may_try
from blikk.kernel.times import local
from blikk.media.services import check_credentials
from blikk.web.access import StaffRequest, same_origin_json, staff
from blikk.web.patient import too_many

EVERYBODY = ("clinician", "secretary", "administrator")
RELAYS, REPORTS, WINDOW = 30, 60, 10 * 60
BLUR = "built/blur"

# Only the worker that computes the blur may run WebAssembly: no page may, and the worker reaches this host alone.
calculating: Any = csp_replace(
    {
        "default-src": [NONE],
        "script-src": [SELF, "'wasm-unsafe-eval'"],
        "connect-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
)


@require_safe
@never_cache
@staff(*EVERYBODY)
def page(request: StaffRequest) -> HttpResponse:
    """Try one's own camera, sound, network, light and the way one is heard."""
    last = equipment.last_check(request.membership)
    content = {
        "last_at": local(last.checked_at, request.clinic.zone) if last else None,
        "is_well": last.is_well if last else False,
        "page": {"relay": reverse("staff_equipment_relay"), "found": reverse("staff_equipment_found")},
    }
    return render(request, "staff/equipment.html", content)


@same_origin_json
@staff(*EVERYBODY, fragment=True)
def relay(request: StaffRequest) -> HttpResponse:
    """Lend the relay for two minutes to a member of staff who tries the network."""
    now, who = timezone.now(), request.membership.public_id
    if not may_try("staff-relay", who, times=RELAYS, seconds=WINDOW, now=now):
        return too_many()
    return JsonResponse({"ice": check_credentials(f"staff:{who}", now=now).as_json()})


@same_origin_json
@staff(*EVERYBODY, fragment=True)
def found(request: StaffRequest) -> HttpResponse:
    """Keep what the page has found."""
    now = timezone.now()
    if not may_try("staff-equipment", request.membership.public_id, times=REPORTS, seconds=WINDOW, now=now):
        return too_many()
    sent: dict[str, object] = request.json  # type: ignore[attr-defined]
    check = equipment.note_check(request.membership, found=sent, actor=request.actor, now=now)
    return JsonResponse({"well": check.is_well})


@require_safe
@calculating
def blur_worker(_request: HttpRequest) -> HttpResponse:
    """The first lines of the worker that blurs the background: where its parts lie on this host."""
    parts = {"module": f"{BLUR}-tflite.js", "wasm": f"{BLUR}-tflite.wasm", "model": f"{BLUR}-model.tflite"}
    places = json.dumps({name: static(path) for name, path in parts.items()})
    lines = f"self.blikkParts={places};importScripts(self.blikkParts.module,{json.dumps(static(f'{BLUR}-worker.js'))});"
    return HttpResponse(lines, content_type="text/javascript; charset=utf-8")
